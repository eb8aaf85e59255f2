"""Two calculations that share no code agree on limits alone; `test_agreement` has whole lives of clocks."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import TimeLimit, deadline, time_left
from tests.rules import agree
from tests.rules import slow_reference as slow
from tests.rules.time_world import BANK, EXCHANGE, SHANGHAI

SEED = 20260213
CASES = {
    "working_days": 9_000,
    "natural_days": 9_000,
    "months": 6_000,
    "hours": 6_000,
    "working_hours": 3_000,
    "clock changes": 2_000,
    "time left": 4_000,
}
MINUTE = timedelta(minutes=1)
RULER_ZERO = datetime(2024, 12, 1, tzinfo=SHANGHAI)
SIX_DAYS = WorkCalendar.from_definition(
    {"key": "six days", "week": [["09:00-12:00", "13:00-18:00"]] * 5 + [["09:00-12:30"], []]}
)
OFFICE = slow.day_pattern((510, 720), (840, 1050))
TRADING = slow.day_pattern((570, 690), (780, 900))
WEEKDAY, SATURDAY = slow.day_pattern((540, 720), (780, 1080)), slow.day_pattern((540, 750))
WORLDS: list[tuple[WorkCalendar, Callable[[date], bool], Callable[[date], bytes]]] = [
    (BANK, slow.china_works, lambda _: OFFICE),
    (EXCHANGE, slow.exchange_works, lambda _: TRADING),
    (SIX_DAYS, slow.six_day_week_works, lambda day: SATURDAY if day.isoweekday() == 6 else WEEKDAY),
]
KEYS = [calendar.key for calendar, *_ in WORLDS]


def drawn(kind, world):
    """A seeded source of chance for one kind and calendar, and its share of the cases."""
    return random.Random(f"{SEED} {kind} {KEYS[world]}"), CASES[kind] // len(WORLDS)


def a_start(chance):
    return RULER_ZERO + timedelta(days=40, minutes=chance.randrange(560 * 1440))


def some_pauses(chance, start, reach):
    if chance.random() < 0.5:
        return []
    begins = [start + MINUTE * chance.randrange(-1440, reach) for _ in range(chance.choice((1, 1, 2, 3)))]
    return [(begin, begin + MINUTE * chance.randrange(chance.choice((600, 20_000)))) for begin in begins]


def local_days(pauses):
    return [(first.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date()) for first, last in pauses]


def minutes(pauses):
    return [(as_minute(first), as_minute(last)) for first, last in pauses]


def as_minute(moment):
    return (moment - RULER_ZERO) // MINUTE


def clipped(pauses, start):
    """A pause counts from the start on; one that ended before the start is none."""
    return [(max(first, start), last) for first, last in pauses if last > start]


@pytest.mark.parametrize("world", range(len(WORLDS)), ids=KEYS)
@pytest.mark.parametrize(("kind", "most"), [("working_days", 30), ("natural_days", 60), ("months", 4)])
def test_limits_that_end_on_a_day(kind, most, world):
    calendar, works, _ = WORLDS[world]
    flags = slow.DayFlags(works)
    chance, cases = drawn(kind, world)
    for _ in range(cases):
        start, amount, rolls = a_start(chance), chance.randint(0, most), chance.random() < 0.5
        pauses = some_pauses(chance, start, 20_000)
        limit = TimeLimit("t", kind, amount, rolls_over=rolls)
        found = deadline(limit, start, calendar, pauses=pauses).due_at
        expected = flags.last_day(start.date(), kind, amount, local_days(clipped(pauses, start)))
        if rolls:
            expected = flags.rolled(expected)
        assert found.astimezone(SHANGHAI).replace(tzinfo=None) == datetime.combine(
            expected, time(23, 59, 59)
        ), (
            start,
            limit,
            pauses,
        )


@pytest.mark.parametrize("world", range(len(WORLDS)), ids=KEYS)
def test_hours_by_the_clock(world):
    chance, cases = drawn("hours", world)
    calendar = WORLDS[world][0]
    for _ in range(cases):
        start, hours = a_start(chance), chance.randint(0, 72)
        pauses = some_pauses(chance, start, 5_000)
        found = deadline(TimeLimit("t", "hours", hours), start, calendar, pauses=pauses).due_at
        expected = slow.elapsed(as_minute(start), hours * 60, minutes(pauses))
        assert as_minute(found) == expected, (start, hours, pauses)


@pytest.mark.parametrize("world", range(len(WORLDS)), ids=KEYS)
def test_working_hours(world):
    calendar, works, opening = WORLDS[world]
    ruler = slow.MinuteRuler.of_days(works, opening)
    chance, cases = drawn("working_hours", world)
    for _ in range(cases):
        start, need = a_start(chance), chance.randint(1, 24 * 60)
        pauses = some_pauses(chance, start, 8_000)
        found = deadline(TimeLimit("t", "working_minutes", need), start, calendar, pauses=pauses).due_at
        assert as_minute(found) == ruler.due(as_minute(start), need, minutes(pauses)), (start, need, pauses)


def test_working_hours_while_the_clocks_change():
    week = [["07:15-12:00", "20:00-24:00"]] * 5 + [["00:00-24:00"], ["00:00-01:30", "04:00-23:00"]]
    berlin = WorkCalendar.from_definition({"key": "berlin", "zone": "Europe/Berlin", "week": week})
    opening = [slow.day_pattern((435, 720), (1200, 1440))] * 5
    opening += [slow.day_pattern((0, 1440)), slow.day_pattern((0, 90), (240, 1380))]
    ruler = slow.MinuteRuler.of_wall_clock(
        berlin.tz, 350 * 1440, lambda wall: bool(opening[wall.weekday()][wall.hour * 60 + wall.minute])
    )
    zero = datetime(2024, 12, 1, tzinfo=UTC)
    # Half of the starts lie in the days around the changes of 30 March and 26 October 2025.
    around = [(datetime(2025, month, day, tzinfo=UTC) - zero) // MINUTE for month, day in ((3, 28), (10, 24))]
    chance = random.Random(f"{SEED} clock changes")
    for number in range(CASES["clock changes"]):
        begin = around[number % 4] if number % 4 < 2 else 0
        start = begin + chance.randrange(4 * 1440 if begin else 320 * 1440)
        need = chance.randint(1, 40 * 60)
        limit = TimeLimit("t", "working_minutes", need)
        found = deadline(limit, zero + MINUTE * start, berlin).due_at
        assert (found - zero) // MINUTE == ruler.due(start, need, []), (start, need)


def test_time_left_against_the_ruler():
    ruler = slow.MinuteRuler.of_days(slow.china_works, lambda _: OFFICE)
    chance = random.Random(f"{SEED} time left")
    for _ in range(CASES["time left"]):
        now = a_start(chance)
        due_at = now + MINUTE * chance.randrange(-20_000, 20_000)
        left = time_left(now, due_at, BANK)
        first, last = sorted((as_minute(now), as_minute(due_at)))
        # Every working day of this calendar has 420 minutes, so days and minutes add up exactly.
        assert left.working_days * 420 + left.working_minutes == ruler.open_minutes(first, last, []), (
            now,
            due_at,
        )
        assert left.overdue == (now > due_at)


def test_a_hundred_thousand_lives_are_compared_beside_these():
    assert agree.CASES >= 100_000
    assert all(CASES[kind] % len(WORLDS) == 0 for kind in ("working_days", "natural_days", "months", "hours"))
