"""Bad input is refused with the reason: never an endless loop, never a silent guess."""

from datetime import date

import pytest

from documents.pack_files import definition
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import TimeLimit, deadline
from documents.rules.durations import parse_day, parse_month_day
from documents.rules.pauses import merged
from documents.rules.periods import Recurrence, occurrences
from documents.rules.policy_checking import problems
from documents.rules.refused_years import RefusedYear, reason, sorted_out
from documents.rules.reminders import Rung
from tests.rules.time_world import BANK, DAYS_OFF, at, days

SEVEN = TimeLimit("t", "working_days", 7)


def test_a_week_without_a_working_day_is_refused_when_it_is_read():
    with pytest.raises(ValueError, match="no day of the week is worked"):
        WorkCalendar.from_definition({"key": "shut", "week": [[]] * 7})


@pytest.mark.parametrize("kind", ["working_days", "working_hours"])
def test_a_calendar_whose_only_working_days_are_all_off_ends_the_count_with_the_reason(kind):
    off = {day.isoformat(): "关闭" for day in days("2026-01-01", "2027-12-31")}
    shut = WorkCalendar.from_definition({"key": "shut", "days_off": off})
    with pytest.raises(RuleBroken) as refused:
        deadline(TimeLimit("t", kind, 7), at("2026-02-13 10:00"), shut)
    assert (refused.value.code, refused.value.facts["calendar"]) == ("calendar_never_works", "shut")


@pytest.mark.parametrize("kind", ["working_days", "natural_days", "months", "hours", "working_hours"])
@pytest.mark.parametrize("amount", [10**9, -1])
def test_a_limit_of_a_thousand_million_days_is_refused(kind, amount):
    with pytest.raises(ValueError, match="allowed are 0 to"):
        TimeLimit("t", kind, amount)


def test_the_longest_limits_that_are_allowed_end():
    for kind, amount in (("working_days", 2_500), ("working_hours", 20_000)):
        found = deadline(TimeLimit("t", kind, amount), at("2026-02-13 10:00"), BANK)
        assert not found.certain  # it runs into years without a notice, and says so
        assert "放假安排尚未载入" in found.explanation[-1].zh


def test_a_ladder_without_recipient_is_refused():
    with pytest.raises(ValueError, match="tells nobody"):
        Rung.from_definition({"key": "r", "at": "due", "tell": []})
    policy = definition("p17")
    policy["ladders"][0]["rungs"][0]["tell"] = []
    assert any(one.path.endswith(".tell") and "没有接收人" in one.zh for one in problems(policy))


def test_the_thirtieth_of_february_is_no_day():
    with pytest.raises(ValueError, match="day is out of range"):
        parse_day("2026-02-30")
    with pytest.raises(ValueError, match="'02-30': no year has such a day"):
        parse_month_day("02-30")


def test_an_interval_that_ends_before_it_starts_is_refused():
    with pytest.raises(RuleBroken) as refused:
        merged([(at("2026-03-02 10:00"), at("2026-03-01 10:00"))], at("2026-02-13 10:00"))
    assert refused.value.code == "pause_ends_before_start"
    with pytest.raises(ValueError, match="end before they start"):
        WorkCalendar.from_definition({"key": "x", "week": [["17:30-08:30"]] * 7})


def test_a_recurring_duty_in_a_year_without_calendar_is_refused_with_the_reason():
    known = WorkCalendar.from_definition({"key": "x", "days_off": DAYS_OFF, "covered_years": [2025, 2026]})
    moved = Recurrence("d", "month", day=25, nonworking="after")
    found = occurrences(moved, at("2026-11-01 00:00"), at("2027-03-01 00:00"), known)
    planned, refused = sorted_out(found, known)
    assert [one.day.isoformat() for one in planned] == ["2026-11-25", "2026-12-25"]
    assert refused == [RefusedYear(2027, date(2027, 1, 25), date(2027, 2, 25), 2)]
    assert "没有载入 2027 年放假安排" in reason({"zh": "营业日", "en": "Bank"}, 2027)["zh"]


def test_a_duty_that_would_move_into_a_year_without_calendar_is_refused_for_that_year():
    known = WorkCalendar.from_definition({"key": "x", "days_off": DAYS_OFF, "covered_years": [2026]})
    last = Recurrence("d", "year", on=((12, 26),), nonworking="after")  # a Saturday; the Monday is in 2026
    found = occurrences(last, at("2026-12-01 00:00"), at("2027-03-01 00:00"), known)
    assert sorted_out(found, known)[1] == []
    late = Recurrence("d", "month", nonworking="before")  # Sunday 31 January 2027 would come before
    found = occurrences(late, at("2026-12-01 00:00"), at("2027-02-01 00:00"), known)
    assert [one.year for one in sorted_out(found, known)[1]] == [2027]


def test_a_duty_whose_day_no_calendar_decides_is_planned_in_any_year():
    found = occurrences(
        Recurrence("d", "month", day=25), at("2031-01-01 00:00"), at("2031-03-01 00:00"), BANK
    )
    assert sorted_out(found, BANK) == (found, [])


def test_a_window_without_end_is_refused():
    with pytest.raises(RuleBroken, match="window_too_long"):
        occurrences(Recurrence("d", "day"), at("2026-01-01 00:00"), at("2226-01-01 00:00"), BANK)


@pytest.mark.parametrize("year", [1, 1949, 2251, 9999])
def test_a_start_in_another_age_is_refused(year):
    with pytest.raises(RuleBroken, match="moment_out_of_range"):
        deadline(SEVEN, at("2026-02-13 10:00").replace(year=year), BANK)
