"""Two calculations that share no code agree on 100,000 generated lives of clocks."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.agree import CALENDARS, CASES, compare, computed, some_life, wall
from tests.rules.slow_life import due

SHARES = 8
SHARE = CASES // SHARES


@pytest.mark.parametrize("share", range(SHARES))
def test_a_share_of_the_hundred_thousand_agrees(
    share: int, record_property: Callable[[str, object], None]
) -> None:
    about, wrong = compare(share * SHARE, (share + 1) * SHARE)
    assert wrong == []
    _met(about)
    record_property("cases", about["cases"])  # added up by tests.totals


def _met(about: Counter[str]) -> None:
    """Every share has plenty of what is hard."""
    assert about["cases"] == SHARE
    for name in ("paused", "extended", "capped", "months", "working_days", "working_minutes", "clock_time"):
        assert about[name] > SHARE // 20, name


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(CALENDARS)))
def test_hypothesis_finds_no_life_on_which_they_differ(chance: Random, world: str) -> None:
    life = some_life(chance, world)
    assert computed(life, world) == due(life, wall(world))
