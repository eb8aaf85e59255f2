"""How long a sign-in lasts by role, and what a browser is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.sign_ins import (
    USUAL,
    WATCHED,
    Length,
    RoleRule,
    browser_of,
    checked,
    is_over,
    together,
    usual_rule,
)

NOW = datetime(2026, 2, 24, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("may", "rule"),
    [
        pytest.param(["administer"], RoleRule(WATCHED, True), id="administrator"),
        pytest.param(["reports", "archive"], RoleRule(WATCHED, True), id="archivist"),
        pytest.param(["register", "export"], RoleRule(USUAL, False), id="clerk"),
        pytest.param([], RoleRule(USUAL, False), id="nothing of the house"),
    ],
)
def test_whoever_administers_or_keeps_the_archive_is_asked_for_more(may: list[str], rule: RoleRule) -> None:
    assert usual_rule({"key": "role", "may": may}) == rule


def test_of_several_roles_the_shortest_counts_and_one_factor_is_enough() -> None:
    rules = [RoleRule(Length(20, 9), False), RoleRule(Length(60, 4), True)]
    assert together(rules) == RoleRule(Length(20, 4), True)
    assert together([]) == RoleRule(USUAL, False)


@pytest.mark.parametrize(
    ("unused", "passed", "over"),
    [(30, 30, False), (31, 31, True), (0, 599, False), (0, 600, True)],
    ids=["idle to the minute", "idle too long", "in use", "at its end"],
)
def test_it_ends_unused_or_at_the_end_of_its_time(unused: int, passed: int, over: bool) -> None:
    since = NOW - timedelta(minutes=passed)
    assert is_over(NOW - timedelta(minutes=unused), 30, Length(30, 10).ends(since), NOW) is over


@pytest.mark.parametrize(("length", "code"), [(Length(4, 8), "bad_idle"), (Length(30, 169), "bad_most")])
def test_what_is_no_sensible_length_is_refused(length: Length, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        checked("clerk", length)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0",
            ("Edge", "Windows"),
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", ("Firefox", "Linux")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            ("Safari", "iPhone"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0",
            ("微信", "Android"),
        ),
        ("curl/8.5", ("", "")),
        ("", ("", "")),
        ("Mozilla " + "x" * 100_000 + "Chrome", ("", "")),
    ],
)
def test_a_browser_is_called_by_its_name(agent: str, said: tuple[str, str]) -> None:
    assert browser_of(agent) == said
