"""What holds for every limit, calendar and moment."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import TimeLimit, deadline, extended, time_left
from documents.rules.reminders import Rung, plan
from tests.rules.time_world import BANK, EXCHANGE, HOTLINE

BERLIN = WorkCalendar("berlin", zone="Europe/Berlin")
HALF_DAYS = WorkCalendar.from_definition(
    {
        "key": "half days",
        "week": [["09:00-12:00", "13:00-18:00"]] * 5 + [["09:00-12:30"], []],
        "special_hours": {"2026-02-13": ["09:00-10:00"], "2026-03-11": [], "2025-12-31": ["09:00-12:00"]},
    }
)
calendars = st.sampled_from([BANK, EXCHANGE, HOTLINE, BERLIN, HALF_DAYS])
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001  # made UTC at once
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
amounts = {
    "minutes": 10_000,
    "hours": 200,
    "working_minutes": 10_000,
    "working_hours": 100,
    "working_days": 60,
    "natural_days": 90,
    "months": 12,
}
kinds = st.sampled_from(sorted(amounts))


@st.composite
def limits(draw: st.DrawFn) -> TimeLimit:
    """A limit of any counted kind, with what fits it."""
    kind = draw(kinds)
    in_days = kind in {"working_days", "natural_days", "months"}
    return TimeLimit(
        "t",
        kind,
        draw(st.integers(0, amounts[kind])),
        start_day_counts=in_days and draw(st.booleans()),
        rolls_over=in_days and draw(st.booleans()),
        ends=draw(st.sampled_from(["end_of_day", "close_of_business", "exact"])) if in_days else "end_of_day",
        after_hours=draw(st.sampled_from(["keep", "next_opening"])),
    )


@st.composite
def ladders(draw: st.DrawFn) -> list[Rung]:
    """Some rungs, some of them repeating."""
    places = ["start", "start+2wh", "20%", "50%", "90%", "due-2wd", "due-1wd", "due-4wh", "due-1d", "due"]
    places += ["due+30min", "due+4wh", "due+1wd", "due+3wd", "due+1d"]
    return [
        Rung.from_definition(
            {
                "key": f"r{number}",
                "at": draw(st.sampled_from(places)),
                "tell": [{}],
                "repeat": draw(
                    st.sampled_from([None, {"every": "1wd", "max": 3}, {"every": "2h", "max": 2}])
                ),
                "if_past": draw(st.sampled_from(["drop", "at_once"])),
            }
        )
        for number in range(draw(st.integers(1, 5)))
    ]


@given(limits(), moments, calendars)
def test_nothing_is_due_before_it_starts(limit, start, calendar):
    assert deadline(limit, start, calendar).due_at >= start


@given(limits(), moments, calendars, st.integers(1, 20))
def test_a_longer_limit_is_never_due_earlier(limit, start, calendar, more):
    longer = TimeLimit(
        "t",
        limit.counted_in,
        (limit.amount or 0) + more,
        start_day_counts=limit.start_day_counts,
        rolls_over=limit.rolls_over,
        ends="close_of_business" if limit.ends == "close_of_business" else "end_of_day",
        after_hours=limit.after_hours,
    )
    shorter = deadline(limit, start, calendar).due_at
    assert deadline(longer, start, calendar).due_at >= shorter


@given(limits(), moments, calendars, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_later_start_is_never_due_earlier_by_day(limit, start, calendar, later):
    assume(limit.ends == "end_of_day")
    assert deadline(limit, start + later, calendar).due_at >= deadline(limit, start, calendar).due_at


@given(limits(), moments, calendars, moments, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_pause_never_brings_a_deadline_forward(limit, start, calendar, begin, length):
    free = deadline(limit, start, calendar).due_at
    assert deadline(limit, start, calendar, pauses=[(begin, begin + length)]).due_at >= free


@given(limits(), moments, calendars)
def test_every_deadline_explains_itself(limit, start, calendar):
    result = deadline(limit, start, calendar)
    assert 1 <= len(result.explanation) <= 40
    assert all(line.zh and line.en for line in result.explanation)


@given(days, st.integers(-200, 200), calendars)
def test_adding_working_days_and_counting_them_are_inverse(day, count, calendar):
    assert calendar.working_days_between(day, calendar.add_working_days(day, count)) == count


@given(moments, st.integers(-30_000, 30_000), calendars)
def test_adding_working_minutes_and_counting_them_are_inverse(moment, minutes, calendar):
    assert (
        calendar.working_minutes_between(
            moment, calendar.add_working_time(moment, timedelta(minutes=minutes))
        )
        == minutes
    )


@given(moments, moments, moments, calendars)
@settings(max_examples=60)
def test_working_time_adds_up(one, two, three, calendar):
    first, middle, last = sorted([one, two, three])
    assert calendar.working_time_between(first, last) == calendar.working_time_between(
        first, middle
    ) + calendar.working_time_between(middle, last)


@given(moments, calendars)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(moment, calendar):
    opening = calendar.next_opening(moment)
    assert calendar.is_open(opening)
    assert calendar.working_time_between(moment, opening) == timedelta(0)


@given(moments, moments, calendars)
def test_time_left_has_the_sign_of_the_clock(now, due_at, calendar):
    left = time_left(now, due_at, calendar)
    assert left.overdue == (now > due_at)
    assert left.working_days >= 0
    assert left.working_minutes >= 0


@given(
    moments, st.timedeltas(timedelta(0), timedelta(days=40)), st.timedeltas(timedelta(0), timedelta(days=3))
)
def test_time_left_never_grows_while_time_goes_by(now, ahead, passed):
    # Not for half_days: a step of one working day at the same clock time may be a shorter one there.
    for calendar in (BANK, EXCHANGE, HOTLINE):
        due_at = now + ahead
        before, after = (
            time_left(now, due_at, calendar),
            time_left(min(now + passed, due_at), due_at, calendar),
        )
        assert (after.working_days, after.working_minutes) <= (before.working_days, before.working_minutes)


@given(ladders(), limits(), moments, calendars)
def test_a_plan_is_in_order_and_starts_no_earlier_than_the_limit(ladder, limit, start, calendar):
    due_at = max(deadline(limit, start, calendar).due_at, start)
    planned = plan(ladder, start, due_at, calendar)
    assert [timer.due for timer in planned] == sorted(timer.due for timer in planned)
    assert all(timer.due >= start for timer in planned)
    keys = [(timer.rung, timer.number) for timer in planned]
    assert len(keys) == len(set(keys))
    assert planned == plan(ladder, start, due_at, calendar)


@given(moments, st.integers(1, 60), st.sampled_from(["end_of_day", "exact"]))
def test_an_extension_reaches_exactly_the_day_that_was_asked_for(start, more, ends):
    current = deadline(TimeLimit("t", "working_days", 7, ends=ends), start, BANK)
    day = BANK.local(current.due_at).date() + timedelta(days=more)
    assert BANK.local(extended(current, day, cap=None, calendar=BANK).due_at).date() == day
