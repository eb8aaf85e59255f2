"""Deadlines computed a second time, by other means: day flags and a ruler of open minutes.

Nothing here uses the rules under test. Days off come from the library chinesecalendar, not from our
tables; minutes are counted on a ruler that holds every minute of the years in question.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import chinese_calendar

RULER_START = date(2024, 12, 1)
RULER_DAYS = 1_200
Stop = tuple[datetime, datetime]


def china_works(day: date) -> bool:
    """Whether mainland China works, by a library; an ordinary week where it knows nothing yet."""
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.isoweekday() <= 5


def exchange_works(day: date) -> bool:
    """Weekdays that are no holidays."""
    return day.isoweekday() <= 5 and china_works(day)


def six_day_week_works(day: date) -> bool:
    """Monday to Saturday, no holidays at all."""
    return day.isoweekday() <= 6


class DayFlags:
    """Every day from the start of the ruler with a flag: worked or not."""

    def __init__(self, works: Callable[[date], bool]) -> None:
        self.worked = {
            RULER_START + timedelta(offset): works(RULER_START + timedelta(offset))
            for offset in range(RULER_DAYS)
        }

    def last_day(self, start: date, kind: str, amount: int, stops: Sequence[tuple[date, date]]) -> date:
        """Walk one day at a time, crossing off the days that count."""
        if kind == "months":
            kind, amount = "natural_days", (months_later(start, amount) - start).days
        day = start
        while amount:
            day += timedelta(1)
            stopped = False
            for first, last in stops:
                stopped = stopped or first < day <= last
            if not stopped and (kind == "natural_days" or self.worked[day]):
                amount -= 1
        return day

    def rolled(self, day: date) -> date:
        """The day, or the next one that is worked."""
        while not self.worked[day]:
            day += timedelta(1)
        return day


def months_later(day: date, months: int) -> date:
    """Try the same day of the month, then the day before, and so on."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


def stopped_minutes(stops: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """The pauses inside [start, end), cut so that no minute is in two of them."""
    cut: list[tuple[int, int]] = []
    for first, last in sorted(stops):
        begin = max([first, start, *(until for _, until in cut)])
        if begin < min(last, end):
            cut.append((begin, min(last, end)))
    return cut


def elapsed(start: int, need: int, stops: Sequence[tuple[int, int]]) -> int:
    """Grow the end by the paused minutes in it, until it grows no more."""
    end = start + need
    while True:
        grown = start + need + sum(last - first for first, last in stopped_minutes(stops, start, end))
        if grown == end:
            return end
        end = grown


class MinuteRuler:
    """How many open minutes lie before each minute since the start of the ruler."""

    def __init__(self, flags: Sequence[int]) -> None:
        self.before = [0, *accumulate(flags)]

    @classmethod
    def of_days(cls, works: Callable[[date], bool], opening: Callable[[date], bytes]) -> "MinuteRuler":
        """A ruler of whole local days in a zone whose clocks never change."""
        days = [RULER_START + timedelta(offset) for offset in range(RULER_DAYS)]
        return cls(b"".join(opening(day) if works(day) else bytes(1440) for day in days))

    @classmethod
    def of_wall_clock(
        cls, zone: ZoneInfo, minutes: int, is_open: Callable[[datetime], bool]
    ) -> "MinuteRuler":
        """A ruler that looks at the wall clock in every single minute."""
        first = datetime(RULER_START.year, RULER_START.month, RULER_START.day, tzinfo=UTC)
        walls = ((first + timedelta(minutes=minute)).astimezone(zone) for minute in range(minutes))
        return cls(bytes(is_open(wall) for wall in walls))

    def open_minutes(self, start: int, end: int, stops: Sequence[tuple[int, int]]) -> int:
        """Open minutes in [start, end) outside the pauses."""
        total = self.before[end] - self.before[start]
        for first, last in stopped_minutes(stops, start, end):
            total -= self.before[last] - self.before[first]
        return total

    def due(self, start: int, need: int, stops: Sequence[tuple[int, int]]) -> int:
        """The first minute before which enough open minutes have passed."""
        ends = range(start, len(self.before))
        return ends[bisect_left(ends, need, key=lambda end: self.open_minutes(start, end, stops))]


def day_pattern(*intervals: tuple[int, int]) -> bytes:
    """One day as 1,440 flags."""
    return bytes(any(first <= minute < last for first, last in intervals) for minute in range(1440))
