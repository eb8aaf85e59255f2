"""Recurring duties and report periods."""

from datetime import date
from itertools import pairwise

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.periods import Period, Recurrence, ReportPeriod, occurrences, period, period_of
from tests.rules.time_world import BANK, at, shown


def due(definition, start, end):
    duty = Recurrence.from_definition({"key": "d", **definition})
    return [shown(once.due_at) for once in occurrences(duty, at(start), at(end), BANK)]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        pytest.param(
            {"every": "year", "on": ["06-15", "12-15"]},
            ["2025-06-15 23:59:59", "2025-12-15 23:59:59", "2026-06-15 23:59:59", "2026-12-15 23:59:59"],
            id="a Sunday is kept",
        ),
        pytest.param(
            {"every": "year", "on": ["06-15", "12-15"], "nonworking": "before"},
            ["2025-06-13 23:59:59", "2025-12-15 23:59:59", "2026-06-15 23:59:59", "2026-12-15 23:59:59"],
            id="a Sunday moves before",
        ),
        pytest.param(
            {"every": "year", "on": ["12-15", "06-15"], "nonworking": "after", "at": "close"},
            ["2025-06-16 17:30", "2025-12-15 17:30", "2026-06-15 17:30", "2026-12-15 17:30"],
            id="a Sunday moves after, by the close",
        ),
        pytest.param({"every": "year"}, ["2025-12-31 23:59:59", "2026-12-31 23:59:59"], id="year end"),
        pytest.param(
            {"every": "half_year", "nonworking": "before"},
            ["2025-06-30 23:59:59", "2025-12-31 23:59:59", "2026-06-30 23:59:59", "2026-12-31 23:59:59"],
            id="half-years",
        ),
    ],
)
def test_yearly_and_half_yearly_duties_of_two_years(definition, expected):
    assert due(definition, "2025-01-01 00:00", "2027-01-01 00:00") == expected


def test_the_25th_of_each_month():
    assert due(
        {"every": "month", "day": 25, "nonworking": "before"}, "2026-01-01 00:00", "2026-07-01 00:00"
    ) == [
        "2026-01-23 23:59:59",
        "2026-02-25 23:59:59",
        "2026-03-25 23:59:59",
        "2026-04-24 23:59:59",
        "2026-05-25 23:59:59",
        "2026-06-25 23:59:59",
    ]


def test_the_31st_of_a_shorter_month_is_its_last_day():
    assert due({"every": "month", "day": 31}, "2026-02-01 00:00", "2026-05-01 00:00") == [
        "2026-02-28 23:59:59",
        "2026-03-31 23:59:59",
        "2026-04-30 23:59:59",
    ]


def test_every_day_at_17():
    assert due({"every": "day", "at": "17:00"}, "2026-02-14 17:00", "2026-02-17 17:00") == [
        "2026-02-14 17:00",
        "2026-02-15 17:00",
        "2026-02-16 17:00",
    ]


def test_the_end_of_each_working_day():
    assert due({"every": "working_day", "at": "close"}, "2026-02-13 00:00", "2026-02-26 00:00") == [
        "2026-02-13 17:30",
        "2026-02-14 17:30",
        "2026-02-24 17:30",
        "2026-02-25 17:30",
    ]


def test_every_friday_before_a_holiday_moves_before():
    assert due(
        {"every": "week", "weekday": 5, "nonworking": "before"}, "2026-02-09 00:00", "2026-02-28 00:00"
    ) == [
        "2026-02-13 23:59:59",
        "2026-02-14 23:59:59",
        "2026-02-27 23:59:59",
    ]


def test_two_meetings_a_month_are_two_occurrences_at_the_month_end():
    duty = Recurrence.from_definition({"key": "meeting", "every": "month", "times": 2})
    found = occurrences(duty, at("2026-02-01 00:00"), at("2026-04-01 00:00"), BANK)
    assert [(once.number, shown(once.due_at)) for once in found] == [
        (1, "2026-02-28 23:59:59"),
        (2, "2026-02-28 23:59:59"),
        (1, "2026-03-31 23:59:59"),
        (2, "2026-03-31 23:59:59"),
    ]
    assert found[0].period == Period(date(2026, 2, 1), date(2026, 2, 28))


def test_adjoining_windows_share_no_occurrence_and_lose_none():
    definition = {"every": "month", "day": 2, "nonworking": "after"}
    edges = [
        "2026-01-01 00:00",
        "2026-02-02 23:59",
        "2026-05-06 23:59:59",
        "2026-10-08 00:00",
        "2027-01-01 00:00",
    ]
    parts = [once for first, last in pairwise(edges) for once in due(definition, first, last)]
    assert parts == due(definition, edges[0], edges[-1])
    assert len(parts) == 12


def test_a_duty_that_moved_into_the_window_from_the_month_before_is_found():
    definition = {"every": "month", "day": 31, "nonworking": "after"}
    assert due(definition, "2026-02-02 00:00", "2026-02-20 00:00") == ["2026-02-02 23:59:59"]


def test_a_duty_moved_by_a_year_without_its_notice_is_uncertain():
    duty = Recurrence.from_definition({"key": "d", "every": "month", "day": 3, "nonworking": "after"})
    found = occurrences(duty, at("2026-12-01 00:00"), at("2027-02-01 00:00"), BANK)
    assert [(once.day, once.certain) for once in found] == [
        (date(2026, 12, 3), True),
        (date(2027, 1, 4), False),
    ]
    kept = Recurrence.from_definition({"key": "d", "every": "month", "day": 3})
    assert all(
        once.certain for once in occurrences(kept, at("2027-01-01 00:00"), at("2027-02-01 00:00"), BANK)
    )


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"every": "fortnight"}, "every 'fortnight' is unknown"),
        ({}, "every is missing"),
        ({"every": "month", "day": 32}, "`day` 1 to 31"),
        ({"every": "month", "day": "25"}, "not a whole number"),
        ({"every": "year", "day": 25}, "goes with every: month"),
        ({"every": "month", "on": ["06-15"]}, "goes with every: year"),
        ({"every": "year", "on": "06-15"}, "not a list of days"),
        ({"every": "year", "on": ["02-30"]}, "day is out of range"),
        ({"every": "week"}, "week needs it"),
        ({"every": "week", "weekday": 8}, "`weekday` 1 to 7"),
        ({"every": "day", "nonworking": "after"}, "no other day to move to"),
        ({"every": "year", "nonworking": "skip"}, "none of keep, before, after"),
        ({"every": "month", "times": 101}, "101 times"),
        ({"every": "day", "at": "5pm"}, "not a clock time"),
        ({"every": "day", "on_day": 1}, "unknown 'on_day'"),
    ],
)
def test_a_recurrence_that_cannot_be_meant_is_refused_with_the_reason(definition, reason):
    with pytest.raises(ValueError, match=reason):
        Recurrence.from_definition({"key": "d", **definition})


def test_a_window_of_centuries_is_refused():
    with pytest.raises(RuleBroken) as refused:
        due({"every": "day"}, "2026-01-01 00:00", "2226-01-01 00:00")
    assert refused.value.code == "window_too_long"


@pytest.mark.parametrize(
    ("definition", "report_due", "first", "last"),
    [
        pytest.param(
            {"kind": "half_year", "cut_offs": ["05-31"]},
            "2026-06-15",
            "2026-01-01",
            "2026-05-31",
            id="P01 June report, cut off before the half-year ends",
        ),
        pytest.param(
            {"kind": "year", "cut_offs": ["11-30"]},
            "2026-12-15",
            "2026-01-01",
            "2026-11-30",
            id="P01 December report",
        ),
        pytest.param(
            {"kind": "year", "cut_offs": ["11-30"], "from_last_cut_off": True},
            "2026-12-15",
            "2025-12-01",
            "2026-11-30",
            id="no day is left out",
        ),
        pytest.param(
            {"kind": "half_year", "cut_offs": ["05-31", "11-30"], "from_last_cut_off": True},
            "2026-06-15",
            "2025-12-01",
            "2026-05-31",
            id="from the cut-off before",
        ),
        pytest.param({"kind": "half_year"}, "2026-06-15", "2025-07-01", "2025-12-31", id="not ended yet"),
        pytest.param({"kind": "half_year"}, "2026-06-30", "2026-01-01", "2026-06-30", id="ends today"),
        pytest.param({"kind": "half_year"}, "2026-07-15", "2026-01-01", "2026-06-30", id="after the end"),
        pytest.param({"kind": "year"}, "2027-04-30", "2026-01-01", "2026-12-31", id="the year before"),
        pytest.param({"kind": "month"}, "2026-03-05", "2026-02-01", "2026-02-28", id="the month before"),
        pytest.param(
            {"kind": "month", "cut_offs": ["02-29"]}, "2026-03-05", "2026-02-01", "2026-02-28", id="leap day"
        ),
        pytest.param(
            {"kind": "half_year", "cut_offs": ["06-15"]},
            "2026-06-15",
            "2026-01-01",
            "2026-06-15",
            id="cut off on the day it is due",
        ),
    ],
)
def test_the_period_of_a_report(definition, report_due, first, last):
    covered = period(ReportPeriod.from_definition(definition), date.fromisoformat(report_due))
    assert covered == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_reports_from_cut_off_to_cut_off_cover_every_day_once():
    rule = ReportPeriod("half_year", ((5, 31), (11, 30)), from_last_cut_off=True)
    june, december = period(rule, date(2026, 6, 15)), period(rule, date(2026, 12, 15))
    assert (december.first - june.last).days == 1


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("month", "2026-05-01", "2026-05-31"),
        ("quarter", "2026-04-01", "2026-06-30"),
        ("half_year", "2026-01-01", "2026-06-30"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_calendar_period_of_a_day(kind, first, last):
    assert period_of(date(2026, 5, 9), kind) == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"kind": "decade"}, "'decade' is none of"),
        ({"kind": "year", "cut_offs": "11-30"}, "not a list of days"),
        ({"kind": "year", "cutoff": ["11-30"]}, "unknown 'cutoff'"),
        ({}, "kind is missing"),
    ],
)
def test_a_report_period_that_cannot_be_meant_is_refused(definition, reason):
    with pytest.raises(ValueError, match=reason):
        ReportPeriod.from_definition(definition)
