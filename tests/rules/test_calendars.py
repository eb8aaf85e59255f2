"""Work calendars: days off, make-up days, intervals, and counting in them."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from tests.rules.time_world import BANK, DAYS_OFF, EXCHANGE, HOTLINE, MAKEUP_DAYS, at, days, shown

MINUTE = timedelta(minutes=1)
YEARS = days("2025-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("year", "by_month"),
    [
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ],
)
def test_working_days_of_each_month_as_counted_from_the_notices(year, by_month):
    counted = [
        sum(BANK.is_working(day) for day in YEARS if (day.year, day.month) == (year, month))
        for month in range(1, 13)
    ]
    assert counted == by_month
    assert sum(counted) == 248


@pytest.mark.parametrize(("year", "trading_days"), [(2025, 243), (2026, 242)])
def test_the_exchange_never_opens_on_a_make_up_weekend(year, trading_days):
    assert sum(EXCHANGE.is_working(day) for day in YEARS if day.year == year) == trading_days
    assert not any(EXCHANGE.is_working(date.fromisoformat(day)) for day in MAKEUP_DAYS)


def test_two_published_libraries_agree_on_every_day_of_both_years():
    china = holidays.country_holidays("CN", years=(2025, 2026))
    for day in YEARS:
        assert BANK.is_working(day) == chinese_calendar.is_workday(day), day
        assert BANK.is_working(day) == china.is_working_day(day), day


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param("2026-03-06", 1, "2026-03-09", id="Friday"),
        pytest.param("2026-03-07", 1, "2026-03-09", id="Saturday"),
        pytest.param("2026-02-13", 1, "2026-02-14", id="before a make-up Saturday"),
        pytest.param("2026-02-14", 1, "2026-02-24", id="across the Spring Festival"),
        pytest.param("2026-02-13", 7, "2026-03-02", id="both make-up Saturdays count"),
        pytest.param("2025-09-26", 2, "2025-09-29", id="make-up Sunday"),
        pytest.param("2025-09-30", 3, "2025-10-11", id="make-up Saturday after the holiday"),
        pytest.param("2025-12-31", 1, "2026-01-04", id="year end and a make-up Sunday"),
        pytest.param("2026-03-07", 0, "2026-03-07", id="none"),
        pytest.param("2026-02-24", -1, "2026-02-14", id="back across the festival"),
        pytest.param("2026-03-08", -1, "2026-03-06", id="back from a Sunday"),
        pytest.param("2026-10-08", -3, "2026-09-28", id="back across National Day"),
    ],
)
def test_adding_working_days(day, count, expected):
    assert BANK.add_working_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-03-06", "2026-03-09", 1),
        ("2026-03-06", "2026-03-06", 0),
        ("2026-03-07", "2026-03-08", 0),
        ("2026-02-13", "2026-02-24", 2),
        ("2026-02-24", "2026-02-13", -2),
        ("2026-03-09", "2026-03-06", -1),
        ("2025-12-31", "2026-12-31", 248),
    ],
)
def test_working_days_between(first, last, count):
    assert BANK.working_days_between(date.fromisoformat(first), date.fromisoformat(last)) == count


def test_the_next_working_day_after_a_make_up_saturday_is_after_the_festival():
    assert BANK.next_working_day(date(2026, 2, 14)) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("moment", "minutes", "expected"),
    [
        pytest.param("2026-03-09 11:30", 60, "2026-03-09 14:30", id="over lunch"),
        pytest.param("2026-03-09 12:30", 30, "2026-03-09 14:30", id="from within lunch"),
        pytest.param(
            "2026-03-09 17:00", 30, "2026-03-09 17:30", id="to the closing minute, not the next day"
        ),
        pytest.param("2026-03-09 17:00", 31, "2026-03-10 08:31", id="into the next day"),
        pytest.param("2026-03-06 17:30", 1, "2026-03-09 08:31", id="from Friday's closing"),
        pytest.param("2026-02-14 17:00", 60, "2026-02-24 09:00", id="make-up Saturday, then the festival"),
        pytest.param("2026-03-07 10:00", 420, "2026-03-09 17:30", id="Saturday, one whole day"),
        pytest.param("2026-03-07 10:00", 0, "2026-03-07 10:00", id="nothing"),
        pytest.param("2026-03-09 14:30", -60, "2026-03-09 11:30", id="back over lunch"),
        pytest.param("2026-03-09 17:30", -210, "2026-03-09 14:00", id="back to the opening minute"),
        pytest.param("2026-03-09 08:30", -1, "2026-03-06 17:29", id="back over a weekend"),
        pytest.param("2026-02-24 08:30", -30, "2026-02-14 17:00", id="back over the festival"),
    ],
)
def test_adding_working_minutes(moment, minutes, expected):
    assert shown(BANK.add_working_time(at(moment), minutes * MINUTE)) == expected


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-09 11:30", "2026-03-09 14:30", 60),
        ("2026-03-09 12:10", "2026-03-09 13:50", 0),
        ("2026-03-06 17:00", "2026-03-09 09:00", 60),
        ("2026-02-14 17:00", "2026-02-24 09:00", 60),
        ("2026-03-09 00:00", "2026-03-10 00:00", 420),
        ("2026-03-09 14:30", "2026-03-09 11:30", -60),
        ("2026-01-01 00:00", "2027-01-01 00:00", 248 * 420),
    ],
)
def test_working_minutes_between(start, end, minutes):
    assert BANK.working_minutes_between(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-09 09:15", "2026-03-09 09:15"),
        ("2026-03-09 12:00", "2026-03-09 14:00"),
        ("2026-03-09 17:30", "2026-03-10 08:30"),
        ("2026-02-14 20:00", "2026-02-24 08:30"),
    ],
)
def test_the_next_opening(moment, expected):
    assert shown(BANK.next_opening(at(moment))) == expected


def test_a_half_day_has_its_own_hours_and_is_a_working_day():
    eve = date(2026, 2, 13)
    calendar = WorkCalendar.from_definition({"key": "half", "special_hours": {"2026-02-13": ["08:30-12:00"]}})
    assert calendar.is_working(eve)
    assert shown(calendar.closing(eve)) == "2026-02-13 12:00"
    assert shown(calendar.add_working_time(at("2026-02-13 11:00"), 90 * MINUTE)) == "2026-02-16 09:00"


def test_special_hours_may_open_a_weekend_and_may_shut_a_weekday():
    calendar = WorkCalendar.from_definition(
        {"key": "odd", "special_hours": {"2026-03-07": ["09:00-12:00"], "2026-03-09": []}}
    )
    assert [calendar.is_working(date(2026, 3, day)) for day in (7, 8, 9, 10)] == [True, False, False, True]


def test_a_make_up_day_has_the_hours_of_the_first_working_weekday():
    calendar = WorkCalendar.from_definition(
        {
            "key": "shut on Monday",
            "week": [[], ["10:00-16:00"], ["09:00-12:00"], [], [], [], []],
            "makeup_days": {"2026-03-08": "补班"},
        }
    )
    assert shown(calendar.opening(date(2026, 3, 8))) == "2026-03-08 10:00"
    assert calendar.opening(date(2026, 3, 9)) is None


def test_a_calendar_round_the_clock_ends_its_day_at_24():
    assert shown(HOTLINE.closing(date(2026, 3, 9))) == "2026-03-10 00:00"
    assert shown(HOTLINE.add_working_time(at("2026-03-09 23:00"), 120 * MINUTE)) == "2026-03-10 01:00"


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        pytest.param("2026-03-28", 24 * 60, id="ordinary day"),
        pytest.param("2026-03-29", 23 * 60, id="clocks go forward"),
        pytest.param("2026-10-25", 25 * 60, id="clocks go back"),
    ],
)
def test_a_day_on_which_the_clocks_change_has_its_real_length(day, minutes):
    berlin = WorkCalendar.from_definition(
        {"key": "berlin", "zone": "Europe/Berlin", "week": [["00:00-24:00"]] * 7}
    )
    (start, end), *more = berlin.spans(date.fromisoformat(day))
    assert not more
    assert (end - start) == timedelta(minutes=minutes)


def test_hours_that_the_clocks_jump_over_begin_when_the_clocks_have_jumped():
    night = WorkCalendar.from_definition(
        {"key": "night", "zone": "Europe/Berlin", "week": [["01:00-02:30", "02:30-04:00"]] * 7}
    )
    first, second = night.spans(date(2026, 3, 29))
    assert shown(first[1], night.tz) == "2026-03-29 03:00"
    assert first[1] == second[0]
    assert (second[1] - first[0]) == timedelta(hours=2)


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"key": "x", "hollidays": {}}, "unknown 'hollidays'"),
        ({}, "key is missing"),
        ({"key": "x", "zone": "Asia/Guangzhou"}, "unknown time zone 'Asia/Guangzhou'"),
        ({"key": "x", "week": [["08:30-12:00"]] * 6}, "a week has seven days, not 6"),
        ({"key": "x", "week": [[]] * 7}, "no day of the week is worked"),
        ({"key": "x", "week": [["12:00-08:30"]] + [[]] * 6}, "end before they start"),
        ({"key": "x", "week": [["08:30-08:30"]] + [[]] * 6}, "end before they start"),
        ({"key": "x", "week": [["08:30-12:00", "11:00-15:00"]] + [[]] * 6}, "overlap"),
        ({"key": "x", "week": [["22:00-24:00", "00:00-06:00"]] + [[]] * 6}, "overlap"),
        ({"key": "x", "week": [["8:30-12:00"]] + [[]] * 6}, "'8:30' is not a clock time"),
        ({"key": "x", "week": [["08:30"]] + [[]] * 6}, "not an interval"),
        ({"key": "x", "week": "08:30-12:00"}, "not a list of seven days"),
        ({"key": "x", "week": ["08:30-12:00"] * 7}, "not a list of working hours"),
        ({"key": "x", "days_off": {"2026-02-30": "春节"}}, "day is out of range"),
        ({"key": "x", "days_off": ["2026-02-15"]}, "not a table of days"),
        ({"key": "x", "days_off": {20260215: "春节"}}, "20260215 is not a date"),
        ({"key": "x", "special_hours": ["2026-02-15"]}, "not a table of days and hours"),
        ({"key": "x", "covered_years": 2026}, "not a list of years"),
        (
            {"key": "x", "days_off": DAYS_OFF, "makeup_days": {"2026-02-16": "春节"}},
            "both day off and worked: 2026-02-16",
        ),
        (
            {"key": "x", "days_off": DAYS_OFF, "special_hours": {"2026-02-16": ["09:00-12:00"]}},
            "both day off and worked: 2026-02-16",
        ),
    ],
)
def test_a_definition_that_cannot_be_meant_is_refused_with_the_reason(definition, reason):
    with pytest.raises(ValueError, match=reason):
        WorkCalendar.from_definition(definition)


@pytest.mark.parametrize(
    "count",
    [
        lambda calendar: calendar.next_working_day(date(2026, 1, 1)),
        lambda calendar: calendar.add_working_days(date(2026, 1, 1), -5),
        lambda calendar: calendar.add_working_time(at("2026-01-01 09:00"), timedelta(minutes=5)),
        lambda calendar: calendar.add_working_time(at("2026-01-01 09:00"), timedelta(minutes=-5)),
        lambda calendar: calendar.next_opening(at("2026-01-01 09:00")),
    ],
)
def test_a_calendar_that_never_works_is_an_error_not_an_endless_loop(count):
    with pytest.raises(RuleBroken) as refused:
        count(WorkCalendar("never", week=((),) * 7))
    assert refused.value.code == "calendar_never_works"
    assert refused.value.facts["calendar"] == "never"


@pytest.mark.parametrize("days_wanted", [10**9, -(10**9), 30_000])
def test_an_absurd_count_is_an_error_not_an_endless_loop(days_wanted):
    with pytest.raises(RuleBroken) as refused:
        BANK.add_working_days(date(2026, 1, 1), days_wanted)
    assert refused.value.code == "count_too_long"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        BANK.add_working_time(at("2026-01-05 09:00").replace(tzinfo=None), timedelta(minutes=5))
