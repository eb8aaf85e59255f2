"""Deadlines: every kind of limit as a table of literal dates."""

from datetime import UTC, date, datetime

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import TimeLimit, deadline
from tests.rules.time_world import BANK, EXCHANGE, at, shown

END = "23:59:59"


def due(start, counted_in, amount=None, *, calendar=BANK, **more):
    limit = TimeLimit.from_definition({"key": "t", "counted_in": counted_in, "amount": amount, **more})
    return shown(deadline(limit, at(start), calendar).due_at, calendar.tz)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param("2026-03-05 10:00", 2, "2026-03-09", id="over a weekend"),
        pytest.param("2026-03-06 10:00", 5, "2026-03-13", id="received on a Friday"),
        pytest.param("2026-03-07 10:00", 5, "2026-03-13", id="received on a Saturday"),
        pytest.param("2026-03-08 23:59", 5, "2026-03-13", id="received on a Sunday, last minute"),
        pytest.param("2026-03-09 00:00", 5, "2026-03-16", id="received on Monday, first minute"),
        pytest.param("2026-03-09 10:00", 0, "2026-03-09", id="zero days"),
        pytest.param("2026-02-13 16:40", 1, "2026-02-14", id="make-up Saturday"),
        pytest.param("2026-02-13 16:40", 2, "2026-02-24", id="make-up Saturday, then the festival"),
        pytest.param("2026-02-13 16:40", 7, "2026-03-02", id="seven days, two make-up Saturdays"),
        pytest.param("2026-02-16 10:00", 1, "2026-02-24", id="received in the festival"),
        pytest.param("2026-02-27 10:00", 2, "2026-03-02", id="make-up Saturday after the festival"),
        pytest.param("2025-01-24 10:00", 3, "2025-02-05", id="2025 festival, make-up Sunday"),
        pytest.param("2025-09-30 10:00", 3, "2025-10-11", id="2025 National Day and make-up Saturday"),
        pytest.param("2026-09-18 10:00", 7, "2026-09-29", id="make-up Sunday and Mid-Autumn"),
        pytest.param("2026-09-30 10:00", 2, "2026-10-09", id="2026 National Day"),
        pytest.param("2025-12-31 10:00", 2, "2026-01-05", id="year end and a make-up Sunday"),
        pytest.param("2026-04-03 10:00", 1, "2026-04-07", id="Qingming"),
        pytest.param("2026-04-30 10:00", 4, "2026-05-09", id="Labour Day and make-up Saturday"),
    ],
)
def test_working_days(start, amount, expected):
    assert due(start, "working_days", amount) == f"{expected} {END}"


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param("2026-03-05 10:00", 2, "2026-03-06", id="Thursday is the first day"),
        pytest.param("2026-03-05 10:00", 1, "2026-03-05", id="one day is today"),
        pytest.param("2026-03-07 10:00", 1, "2026-03-09", id="a Saturday cannot count"),
        pytest.param("2026-02-14 10:00", 2, "2026-02-24", id="a make-up Saturday counts"),
        pytest.param("2026-03-05 10:00", 0, "2026-03-05", id="zero days"),
    ],
)
def test_working_days_with_the_start_day_counted(start, amount, expected):
    assert due(start, "working_days", amount, start_day_counts=True) == f"{expected} {END}"


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param("2026-02-13 10:00", 1, "2026-02-24", id="no trading on a make-up Saturday"),
        pytest.param("2026-02-27 10:00", 1, "2026-03-02", id="nor on the second"),
    ],
)
def test_trading_days(start, amount, expected):
    assert due(start, "working_days", amount, calendar=EXCHANGE) == f"{expected} {END}"


@pytest.mark.parametrize(
    ("start", "amount", "rolled", "kept"),
    [
        pytest.param("2026-02-05 10:00", 15, "2026-02-24", "2026-02-20", id="regulation, 15 days"),
        pytest.param("2026-02-05 10:00", 30, "2026-03-09", "2026-03-07", id="regulation, 30 days"),
        pytest.param("2026-02-05 10:00", 60, "2026-04-07", "2026-04-06", id="regulation, 60 days"),
        pytest.param("2026-03-02 10:00", 7, "2026-03-09", "2026-03-09", id="a week"),
        pytest.param("2026-02-07 10:00", 7, "2026-02-14", "2026-02-14", id="ends on a make-up Saturday"),
        pytest.param("2026-03-06 10:00", 1, "2026-03-09", "2026-03-07", id="ends on a Saturday"),
        pytest.param("2024-02-28 10:00", 1, "2024-02-29", "2024-02-29", id="leap day"),
        pytest.param("2026-12-20 10:00", 11, "2026-12-31", "2026-12-31", id="year end"),
        pytest.param("2026-03-07 10:00", 0, "2026-03-09", "2026-03-07", id="zero days from a Saturday"),
    ],
)
def test_natural_days_roll_over_only_when_the_limit_says_so(start, amount, rolled, kept):
    assert due(start, "natural_days", amount, rolls_over=True) == f"{rolled} {END}"
    assert due(start, "natural_days", amount) == f"{kept} {END}"


def test_natural_days_roll_back_or_count_the_start_day():
    assert due("2026-02-05 10:00", "natural_days", 15, rolls_back=True) == f"2026-02-14 {END}"
    assert due("2026-02-05 10:00", "natural_days", 15, start_day_counts=True) == f"2026-02-19 {END}"


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        pytest.param("2026-01-31 10:00", 1, "2026-02-28", id="no 31 February"),
        pytest.param("2024-01-31 10:00", 1, "2024-02-29", id="leap year"),
        pytest.param("2023-12-31 10:00", 2, "2024-02-29", id="into a leap year"),
        pytest.param("2026-11-30 10:00", 3, "2027-02-28", id="over the year end"),
        pytest.param("2026-02-28 10:00", 1, "2026-03-28", id="a month end is not sticky"),
        pytest.param("2026-08-31 10:00", 1, "2026-09-30", id="to a month of 30 days"),
        pytest.param("2026-03-15 10:00", 3, "2026-06-15", id="three months"),
        pytest.param("2024-02-29 10:00", 12, "2025-02-28", id="a year from a leap day"),
        pytest.param("2026-03-15 10:00", 0, "2026-03-15", id="no month"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_month_end(start, amount, expected):
    assert due(start, "months", amount) == f"{expected} {END}"


def test_months_roll_over_and_count_the_start_day_when_the_limit_says_so():
    assert due("2026-01-16 10:00", "months", 1, rolls_over=True) == f"2026-02-24 {END}"
    assert due("2026-01-15 10:00", "months", 3, start_day_counts=True) == f"2026-04-14 {END}"
    assert due("2026-01-31 10:00", "months", 1, start_day_counts=True) == f"2026-02-28 {END}"


@pytest.mark.parametrize(
    ("start", "counted_in", "amount", "expected"),
    [
        ("2026-03-09 16:58", "minutes", 5, "2026-03-09 17:03"),
        ("2026-03-09 23:58", "minutes", 5, "2026-03-10 00:03"),
        ("2026-03-06 17:00", "hours", 12, "2026-03-07 05:00"),
        ("2026-02-28 20:00", "hours", 24, "2026-03-01 20:00"),
        ("2026-03-09 11:30", "working_hours", 1, "2026-03-09 14:30"),
        ("2026-03-09 10:00", "working_hours", 8, "2026-03-10 11:00"),
        ("2026-03-06 16:30", "working_hours", 8, "2026-03-09 17:30"),
        ("2026-02-13 16:40", "working_hours", 8, "2026-02-24 08:40"),
        ("2026-03-07 10:00", "working_hours", 1, "2026-03-09 09:30"),
        ("2026-03-09 17:20", "working_minutes", 15, "2026-03-10 08:35"),
        ("2026-03-09 17:20", "immediately", None, "2026-03-09 17:20"),
        ("2026-03-09 17:20", "immediately", 30, "2026-03-09 17:50"),
    ],
)
def test_limits_that_end_to_the_minute(start, counted_in, amount, expected):
    assert due(start, counted_in, amount) == expected


def test_an_hour_is_an_hour_when_the_clocks_change_and_a_day_keeps_its_clock_time():
    berlin = WorkCalendar("berlin", zone="Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=berlin.tz)
    hours = TimeLimit("h", "hours", 24)
    a_day = TimeLimit("d", "natural_days", 1, ends="exact")
    assert shown(deadline(hours, start, berlin).due_at, berlin.tz) == "2026-03-29 13:00"
    assert shown(deadline(a_day, start, berlin).due_at, berlin.tz) == "2026-03-29 12:00"


@pytest.mark.parametrize(
    ("start", "more", "expected"),
    [
        pytest.param("2026-03-09 10:00", {}, "2026-03-09 23:59:59", id="midnight"),
        pytest.param("2026-03-09 10:00", {"ends": "close_of_business"}, "2026-03-09 17:30", id="close"),
        pytest.param("2026-03-09 10:00", {"ends": "at", "at": "16:00"}, "2026-03-09 16:00", id="set time"),
        pytest.param(
            "2026-03-09 18:00", {"ends": "close_of_business"}, "2026-03-09 23:59:59", id="after the close"
        ),
        pytest.param(
            "2026-03-07 10:00", {"ends": "close_of_business"}, "2026-03-07 23:59:59", id="nobody closes"
        ),
        pytest.param(
            "2026-03-06 18:00",
            {"ends": "close_of_business", "after_hours": "next_opening"},
            "2026-03-09 17:30",
            id="received after hours counts as received on Monday",
        ),
        pytest.param(
            "2026-03-07 10:00", {"rolls_over": True}, "2026-03-09 23:59:59", id="a Saturday rolls over"
        ),
    ],
)
def test_same_day(start, more, expected):
    assert due(start, "same_day", **more) == expected


@pytest.mark.parametrize(
    ("start", "after_hours", "expected"),
    [
        ("2026-03-09 10:00", "next_working_day", "2026-03-09 15:30"),
        ("2026-03-09 15:29", "next_working_day", "2026-03-09 15:30"),
        ("2026-03-09 15:30", "next_working_day", "2026-03-10 15:30"),
        ("2026-03-06 16:00", "next_working_day", "2026-03-09 15:30"),
        ("2026-03-07 10:00", "next_working_day", "2026-03-09 15:30"),
        ("2026-02-14 10:00", "next_working_day", "2026-02-14 15:30"),
        ("2026-02-14 16:00", "next_working_day", "2026-02-24 15:30"),
        ("2026-03-06 16:00", "next_day", "2026-03-07 15:30"),
        ("2026-03-07 10:00", "next_day", "2026-03-07 15:30"),
    ],
)
def test_a_clock_time_that_has_passed_moves_to_the_next_day(start, after_hours, expected):
    assert due(start, "clock_time", at="15:30", after_hours=after_hours) == expected


@pytest.mark.parametrize(
    ("start", "month_day", "more", "expected"),
    [
        ("2026-03-09 10:00", "06-15", {}, "2026-06-15"),
        ("2026-06-15 10:00", "06-15", {}, "2026-06-15"),
        ("2026-06-16 10:00", "06-15", {}, "2027-06-15"),
        ("2025-03-09 10:00", "06-15", {}, "2025-06-15"),
        ("2025-03-09 10:00", "06-15", {"rolls_over": True}, "2025-06-16"),
        ("2025-03-09 10:00", "06-15", {"rolls_back": True}, "2025-06-13"),
        ("2025-06-14 10:00", "06-15", {"rolls_back": True}, "2025-06-15"),
        ("2026-03-09 10:00", "12-31", {}, "2026-12-31"),
        ("2026-01-09 10:00", "02-29", {}, "2026-02-28"),
        ("2028-01-09 10:00", "02-29", {}, "2028-02-29"),
        ("2026-02-28 10:00", "02-29", {}, "2026-02-28"),
    ],
)
def test_calendar_dates(start, month_day, more, expected):
    assert due(start, "date", month_day=month_day, **more) == f"{expected} {END}"


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"ends": "end_of_day"}, "2026-03-11 23:59:59"),
        ({"ends": "close_of_business"}, "2026-03-11 17:30"),
        ({"ends": "exact"}, "2026-03-11 10:20"),
        ({"ends": "at", "at": "12:00"}, "2026-03-11 12:00"),
    ],
)
def test_where_on_the_last_day_a_limit_ends(ends, expected):
    assert due("2026-03-09 10:20", "working_days", 2, **ends) == expected


def test_close_of_business_on_a_half_day_is_at_noon():
    half = WorkCalendar.from_definition({"key": "half", "special_hours": {"2026-03-11": ["08:30-12:00"]}})
    assert due("2026-03-09 10:20", "working_days", 2, ends="close_of_business", calendar=half) == (
        "2026-03-11 12:00"
    )


@pytest.mark.parametrize(
    ("start", "counted_in", "amount", "expected"),
    [
        pytest.param("2026-03-06 18:00", "working_days", 2, f"2026-03-11 {END}", id="Monday is day zero"),
        pytest.param("2026-03-06 17:00", "working_days", 2, f"2026-03-10 {END}", id="in hours: as it is"),
        pytest.param("2026-03-06 20:00", "minutes", 30, "2026-03-09 09:00", id="minutes from the opening"),
        pytest.param("2026-03-09 12:30", "immediately", 30, "2026-03-09 14:30", id="after lunch"),
        pytest.param("2026-02-14 18:00", "natural_days", 1, f"2026-02-25 {END}", id="after the festival"),
    ],
)
def test_a_start_after_hours_may_be_taken_as_the_next_opening(start, counted_in, amount, expected):
    assert due(start, counted_in, amount, after_hours="next_opening") == expected


@pytest.mark.parametrize(
    ("counted_in", "amount", "earliest", "opens", "expected"),
    [
        ("months", 2, 1, "2026-02-28 00:00", f"2026-03-31 {END}"),
        ("working_days", 5, 2, "2026-02-03 00:00", f"2026-02-06 {END}"),
        ("natural_days", 5, 2, "2026-02-02 00:00", f"2026-02-05 {END}"),
        ("hours", 5, 2, "2026-01-31 12:00", "2026-01-31 15:00"),
    ],
)
def test_a_window_has_an_earliest_and_a_latest(counted_in, amount, earliest, opens, expected):
    limit = TimeLimit("w", counted_in, amount, earliest=earliest)
    result = deadline(limit, at("2026-01-31 10:00"), BANK)
    assert (shown(result.opens_at), shown(result.due_at)) == (opens, expected)


def test_the_due_moment_is_utc_and_its_local_date_is_the_last_day():
    result = deadline(TimeLimit("t", "working_days", 2), at("2026-03-09 10:00"), BANK)
    assert result.due_at.utcoffset() == date(1, 1, 2) - date(1, 1, 2)
    assert BANK.local(result.due_at).date() == date(2026, 3, 11)


@pytest.mark.parametrize("start", ["1899-01-01 10:00", "2999-01-01 10:00"])
def test_a_start_in_another_age_is_refused(start):
    with pytest.raises(RuleBroken) as refused:
        due(start, "working_days", 2)
    assert refused.value.code == "moment_out_of_range"


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        deadline(TimeLimit("t", "working_days", 2), at("2026-03-09 10:00").replace(tzinfo=None), BANK)


def test_a_calendar_that_never_works_is_refused():
    with pytest.raises(RuleBroken) as refused:
        due("2026-03-09 10:00", "working_days", 2, calendar=WorkCalendar("never", week=((),) * 7))
    assert refused.value.code == "calendar_never_works"


def test_an_exact_end_in_the_hour_that_runs_twice_is_not_before_its_start():
    berlin = WorkCalendar("berlin", zone="Europe/Berlin")
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin.tz)
    result = deadline(TimeLimit("t", "natural_days", 0, ends="exact"), second, berlin)
    assert result.due_at == second.astimezone(UTC)


def test_an_exact_end_that_the_clocks_jump_over_is_when_they_have_jumped():
    berlin = WorkCalendar("berlin", zone="Europe/Berlin")
    for start in (
        datetime(2027, 3, 27, 2, 30, tzinfo=berlin.tz),
        datetime(2026, 10, 25, 2, 30, tzinfo=berlin.tz),
    ):
        for fold in (0, 1):
            days = (date(2027, 3, 28) - start.date()).days
            result = deadline(
                TimeLimit("t", "natural_days", days, ends="exact"), start.replace(fold=fold), berlin
            )
            assert shown(result.due_at, berlin.tz) == "2027-03-28 03:00"
