"""Pauses: a clock that stands still, in minutes and in days."""

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.deadlines import TimeLimit, deadline
from tests.rules.time_world import BANK, at, en, shown, zh


def paused(limit, start, *pauses):
    stops = [(at(begin), at(end) if end else None) for begin, end in pauses]
    return deadline(limit, at(start), BANK, pauses=stops)


SEVEN = TimeLimit("handle", "working_days", 7)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([], "2026-03-18", id="none"),
        pytest.param(
            [("2026-03-11 10:00", "2026-03-13 15:00")], "2026-03-20", id="Wednesday to Friday: two days"
        ),
        pytest.param(
            [("2026-03-11 10:00", "2026-03-11 15:00")], "2026-03-18", id="within a day: no day is gained"
        ),
        pytest.param(
            [("2026-03-13 10:00", "2026-03-16 09:00")], "2026-03-19", id="over a weekend: only Monday"
        ),
        pytest.param(
            [("2026-03-11 10:00", "2026-03-12 10:00"), ("2026-03-12 09:00", "2026-03-13 15:00")],
            "2026-03-20",
            id="overlapping pauses count once",
        ),
        pytest.param(
            [("2026-03-12 11:00", "2026-03-13 15:00"), ("2026-03-11 10:00", "2026-03-12 10:00")],
            "2026-03-20",
            id="in any order",
        ),
        pytest.param([("2026-03-01 10:00", "2026-03-09 08:00")], "2026-03-18", id="before the start"),
        pytest.param([("2026-03-19 10:00", "2026-03-25 08:00")], "2026-03-18", id="after the end"),
        pytest.param(
            [("2026-03-18 10:00", "2026-03-19 08:00")],
            "2026-03-18",
            id="from the last day: that day still counts",
        ),
        pytest.param(
            [("2026-03-17 10:00", "2026-03-18 08:00")], "2026-03-19", id="up to the last day: it does not"
        ),
        pytest.param(
            [("2026-03-09 11:00", "2026-03-10 08:00")], "2026-03-19", id="from the day of the start"
        ),
        pytest.param([("2026-03-11 10:00", "2027-03-11 10:00")], "2027-03-18", id="a year, up to a Thursday"),
    ],
)
def test_working_days_stand_still(pauses, expected):
    assert shown(paused(SEVEN, "2026-03-09 10:00", *pauses).due_at) == f"{expected} 23:59:59"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (TimeLimit("d", "natural_days", 15), "2026-03-30 23:59:59"),
        (TimeLimit("d", "natural_days", 2), "2026-03-11 23:59:59"),
        (TimeLimit("d", "natural_days", 3), "2026-03-18 23:59:59"),
        (TimeLimit("m", "months", 1), "2026-04-15 23:59:59"),
        (TimeLimit("h", "hours", 48), "2026-03-11 10:00"),
        (TimeLimit("h", "hours", 49), "2026-03-17 11:00"),
        (TimeLimit("h", "working_hours", 15), "2026-03-17 11:00"),
        (TimeLimit("h", "working_hours", 14), "2026-03-11 10:00"),
    ],
)
def test_every_kind_stands_still_from_wednesday_to_tuesday(limit, expected):
    result = paused(limit, "2026-03-09 10:00", ("2026-03-11 10:00", "2026-03-17 10:00"))
    assert shown(result.due_at) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (TimeLimit.from_definition({"key": "s", "counted_in": "same_day"}), "2026-03-09 23:59:59"),
        (
            TimeLimit.from_definition({"key": "d", "counted_in": "date", "month_day": "03-20"}),
            "2026-03-20 23:59:59",
        ),
    ],
)
def test_a_fixed_moment_does_not_move_and_says_so(limit, expected):
    result = paused(limit, "2026-03-09 10:00", ("2026-03-09 11:00", "2026-03-17 10:00"))
    assert shown(result.due_at) == expected
    assert "固定时刻的期限不因暂停而变" in zh(result)


def test_while_a_pause_lasts_the_deadline_says_that_the_clock_stands_still():
    result = paused(SEVEN, "2026-03-09 10:00", ("2026-03-11 10:00", None))
    assert shown(result.paused_since) == "2026-03-11 10:00"
    assert shown(result.due_at) == "2026-03-18 23:59:59"
    assert "自 2026-03-11 周三 10:00 起暂停计时，恢复后期限相应顺延" in zh(result)


def test_a_pause_that_joins_an_open_one_belongs_to_it():
    result = paused(
        SEVEN, "2026-03-09 10:00", ("2026-03-10 10:00", "2026-03-12 10:00"), ("2026-03-11 10:00", None)
    )
    assert shown(result.paused_since) == "2026-03-10 10:00"
    assert shown(result.due_at) == "2026-03-18 23:59:59"


def test_a_pause_that_begins_after_the_deadline_pauses_nothing():
    assert paused(SEVEN, "2026-03-09 10:00", ("2026-03-20 10:00", None)).paused_since is None


def test_a_pause_that_begins_at_the_due_moment_pauses_nothing():
    four = TimeLimit("h", "hours", 4)
    assert paused(four, "2026-03-09 10:00", ("2026-03-09 14:00", None)).paused_since is None
    assert paused(four, "2026-03-09 10:00", ("2026-03-09 13:59", None)).paused_since is not None


def test_a_fixed_moment_does_not_stand_still():
    result = paused(TimeLimit("s", "same_day"), "2026-03-09 10:00", ("2026-03-09 11:00", None))
    assert result.paused_since is None
    assert "固定时刻的期限不因暂停而变" in zh(result)


def test_reopening_is_a_pause_from_closing_to_reopening():
    result = paused(SEVEN, "2026-03-09 10:00", ("2026-03-12 16:00", "2026-03-25 09:00"))
    assert shown(result.due_at) == "2026-03-31 23:59:59"


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(RuleBroken) as refused:
        paused(SEVEN, "2026-03-09 10:00", ("2026-03-12 16:00", "2026-03-11 09:00"))
    assert refused.value.code == "pause_ends_before_start"


def test_the_explanation_names_the_paused_days_and_hours():
    by_day = paused(SEVEN, "2026-03-09 10:00", ("2026-03-11 10:00", "2026-03-13 15:00"))
    assert "2026-03-12 周四 至 2026-03-13 周五 暂停，不计入" in zh(by_day)
    assert "Thu 2026-03-12 to Fri 2026-03-13: paused, not counted." in en(by_day)
    by_hour = paused(TimeLimit("h", "hours", 4), "2026-03-09 10:00", ("2026-03-09 11:00", "2026-03-09 15:00"))
    assert "2026-03-09 周一 11:00 至 2026-03-09 周一 15:00 暂停，不计时" in zh(by_hour)
    by_date = paused(
        TimeLimit("d", "natural_days", 15), "2026-03-09 10:00", ("2026-03-11 10:00", "2026-03-17 10:00")
    )
    assert "2026-03-12 周四 至 2026-03-17 周二 暂停，6 日不计入" in zh(by_date)


def test_a_pause_within_one_day_is_not_told_as_a_day_taken_away():
    result = paused(
        TimeLimit("d", "natural_days", 15), "2026-03-09 10:00", ("2026-03-11 10:00", "2026-03-11 15:00")
    )
    assert not any("暂停" in line for line in zh(result))
