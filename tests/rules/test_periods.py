"""Recurring duties and report periods."""

from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from documents.pack_files import read
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


END = "23:59:59"
# What the shipped policies ask for, in every kind of recurrence; dates looked up in the notices by hand.
SHIPPED = [
    pytest.param("p01", "half_year_report", f"06-13 {END}", f"06-15 {END}", id="15 June, a Sunday in 2025"),
    pytest.param("p01", "annual_report", f"12-15 {END}", f"12-15 {END}", id="15 December"),
    pytest.param("p01", "archive_handover", f"12-31 {END}", f"12-31 {END}", id="year-end hand-over"),
    pytest.param(
        "p02",
        "monthly_analysis",
        "01-24 02-25 03-25 04-25 05-23 06-25 07-25 08-25 09-25 10-24 11-25 12-25",
        "01-23 02-25 03-25 04-24 05-25 06-25 07-24 08-25 09-24 10-23 11-25 12-25",
        id="the 25th, or the working day before",
    ),
    pytest.param(
        "p07",
        "category_warning",
        "01-06 02-05 03-05 04-07 05-06 06-05 07-07 08-05 09-05 10-09 11-05 12-05",
        "01-05 02-05 03-05 04-07 05-06 06-05 07-06 08-05 09-07 10-08 11-05 12-07",
        id="the 5th, or the working day after",
    ),
    pytest.param(
        "p25",
        "meetings_month",
        "01-27 02-28 03-31 04-30 05-30 06-30 07-31 08-29 09-30 10-31 11-28 12-31",
        "01-30 02-28 03-31 04-30 05-29 06-30 07-31 08-31 09-30 10-30 11-30 12-31",
        id="two meetings a month",
    ),
    pytest.param(
        "p25", "meetings_quarter", "03-31 06-30 09-30 12-31", "03-31 06-30 09-30 12-31", id="two a quarter"
    ),
    pytest.param("p25", "survey", "06-30 12-31", "06-30 12-31", id="a survey every half-year"),
    pytest.param("p18", "training", "06-30", "06-30", id="once a year, in June"),
]
TIMES = {"meetings_month": 2, "meetings_quarter": 2}


@pytest.mark.parametrize(("pack", "key", "in_2025", "in_2026"), SHIPPED)
def test_the_duties_of_shipped_policies_in_two_years(pack, key, in_2025, in_2026):
    for year, written in ((2025, in_2025), (2026, in_2026)):
        days = [day for day in written.replace(END, "").split() for _ in range(TIMES.get(key, 1))]
        found = due(shipped(pack, key), f"{year}-01-01 00:00", f"{year + 1}-01-01 00:00")
        assert found == [f"{year}-{day} {END}" for day in days]


def test_the_daily_duties_of_shipped_policies_around_a_spring_festival():
    boxes = due(shipped("p25", "box_check"), "2026-02-13 00:00", "2026-02-25 00:00")
    assert boxes == [f"2026-02-{day} {END}" for day in range(13, 25)], "every day, also those off"
    records = due(shipped("p15", "daily_submission"), "2026-02-13 00:00", "2026-02-26 00:00")
    assert records == [f"2026-02-{day} 17:30" for day in (13, 14, 24, 25)]
    before = due(shipped("p15", "daily_submission"), "2025-01-24 00:00", "2025-02-10 00:00")
    worked = ["01-24", "01-26", "01-27", "02-05", "02-06", "02-07", "02-08"]
    assert before == [f"2025-{day} 17:30" for day in worked]


@cache
def duties_of(pack):
    return {one["key"]: one["recurrence"] for one in read(pack, "yearly")["duties"]}


def shipped(pack, key):
    return duties_of(pack)[key]


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
