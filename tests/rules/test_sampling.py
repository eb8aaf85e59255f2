"""The yearly sample is drawn the same way whoever draws it, and takes about the share that was asked for."""

from __future__ import annotations

import pytest

from documents.rules.sampling import is_chosen

NUMBERS = [f"0128-TS·2026-D10-{number:04}" for number in range(1, 4001)]


@pytest.mark.parametrize("percent", [1, 5, 50])
def test_the_share_is_kept(percent: float) -> None:
    taken = sum(is_chosen(2027, number, percent) for number in NUMBERS)
    assert abs(taken - len(NUMBERS) * percent / 100) < 100


def test_another_year_takes_others_and_the_same_year_the_same() -> None:
    drawn = {year: {one for one in NUMBERS if is_chosen(year, one, 10)} for year in (2027, 2028)}
    assert drawn[2027] == {one for one in NUMBERS if is_chosen(2027, one, 10)}
    assert len(drawn[2027] & drawn[2028]) < len(drawn[2027]) / 3


def test_all_and_none() -> None:
    assert all(is_chosen(2027, number, 100) for number in NUMBERS)
    assert not any(is_chosen(2027, number, 0) for number in NUMBERS)
