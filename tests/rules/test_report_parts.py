"""A report covers fixed days of a year, or each month, quarter or half-year of it."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from documents.rules.broken import PolicyInvalid
from documents.rules.report_parts import part_name, part_of, parts, span

FIXED = {"from": "01-01", "cut_off": "05-31"}


@pytest.mark.parametrize(
    ("period", "part", "first", "last", "name"),
    [
        pytest.param(FIXED, 1, date(2026, 1, 1), date(2026, 5, 31), "", id="fixed days"),
        pytest.param({"kind": "year"}, 1, date(2026, 1, 1), date(2026, 12, 31), "", id="year"),
        pytest.param({"kind": "month"}, 2, date(2026, 2, 1), date(2026, 2, 28), "2月", id="February"),
        pytest.param({"kind": "month"}, 12, date(2026, 12, 1), date(2026, 12, 31), "12月", id="December"),
        pytest.param({"kind": "quarter"}, 3, date(2026, 7, 1), date(2026, 9, 30), "第3季度", id="quarter"),
        pytest.param({"kind": "half_year"}, 2, date(2026, 7, 1), date(2026, 12, 31), "下半年", id="half"),
    ],
)
def test_a_part_has_its_days_and_its_name(
    period: dict[str, Any], part: int, first: date, last: date, name: str
) -> None:
    assert span(period, 2026, part) == (first, last)
    assert part_name(period, part)["zh"] == name


@pytest.mark.parametrize(("kind", "number"), [("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)])
def test_the_parts_of_a_year_join_and_each_day_is_in_its_own(kind: str, number: int) -> None:
    period = {"kind": kind}
    assert parts(period) == number
    days = [span(period, 2024, part) for part in range(1, number + 1)]
    assert days[0][0] == date(2024, 1, 1)
    assert days[-1][1] == date(2024, 12, 31)
    for part, (first, last) in enumerate(days, start=1):
        assert part_of(period, first) == part_of(period, last) == part
    for (_, last), (first, _) in itertools.pairwise(days):
        assert (first - last).days == 1


@pytest.mark.parametrize(("period", "part"), [({"kind": "month"}, 13), ({"kind": "quarter"}, 0), (FIXED, 2)])
def test_there_is_no_other_part(period: dict[str, Any], part: int) -> None:
    with pytest.raises(PolicyInvalid):
        span(period, 2026, part)
