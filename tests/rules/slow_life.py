"""The life of a clock computed a second time, on a wall with every minute: the independent reference.

Nothing here uses the rules under test. A wall shows, for every minute of three years, what the clocks of a
zone say and whether anybody works; a life is walked along it in the order in which things happened: what is
left of the limit shrinks while the clock runs and stands still in a pause. Moments are seconds on the wall.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

ZERO = datetime(2024, 11, 1, tzinfo=UTC)
DAYS = 1_200
LOOK_EVERY = 15  # minutes: no zone of these years changes its clocks between two quarters of an hour
MINUTE = 60
BY_THE_CLOCK = frozenset({"minutes", "hours"})
IN_WORKING_TIME = frozenset({"working_minutes", "working_hours"})
FIXED = frozenset({"same_day", "clock_time", "date"})
Pattern = Sequence[tuple[int, int]]


def _minutes(pattern: Pattern) -> bytes:
    """One day as 1,440 flags."""
    flags = bytearray(1440)
    for begin, end in pattern:
        flags[begin:end] = b"\1" * (end - begin)
    return bytes(flags)


class Wall:
    """Every minute of a zone: its local day, its clock, and how many open minutes came before it."""

    def __init__(self, zone: str, opening: Callable[[date], Pattern]) -> None:
        self.clock, self.day, flags = array("h"), array("i"), bytearray()
        self.first: dict[int, int] = {}
        self.patterns: dict[int, Pattern] = {}
        self.known: dict[tuple[str, int, int], int | None] = {}  # each day is searched once
        flags_of: dict[int, bytes] = {}
        for minute in range(0, DAYS * 1440, LOOK_EVERY):
            shown = (ZERO + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
            day, clock = shown.toordinal(), shown.hour * 60 + shown.minute
            if day not in self.first:
                self.first[day] = minute
                self.patterns[day] = opening(shown.date())
                flags_of[day] = _minutes(self.patterns[day])
            self.clock.extend(range(clock, clock + LOOK_EVERY))
            self.day.extend([day] * LOOK_EVERY)
            flags += flags_of[day][clock : clock + LOOK_EVERY]
        self.before = array("i", accumulate(flags, initial=0))

    def works(self, day: int) -> bool:
        """Whether anybody works on a day."""
        return bool(self.patterns[day])

    def end_of_day(self, day: int) -> int:
        """The last second before the next day begins."""
        return self.first[day + 1] * MINUTE - 1

    def closing(self, day: int) -> int | None:
        """The second at which the last open minute of a day is over; 24:00 is the last second of the day."""
        key = "closing", day, 0
        if key not in self.known:
            minutes = range(self.first[day + 1] - 1, self.first[day] - 1, -1)
            last = next((one for one in minutes if self.before[one + 1] > self.before[one]), None)
            self.known[key] = None if last is None else min((last + 1) * MINUTE, self.end_of_day(day))
        return self.known[key]

    def at_clock(self, day: int, seconds: int) -> int:
        """The first second of a day at which its clock shows this or more."""
        wanted, rest = divmod(seconds, MINUTE)
        key = "clock", day, wanted
        if key not in self.known:
            minutes = range(self.first[day], self.first[day + 1])
            self.known[key] = next((one for one in minutes if self.clock[one] >= wanted), None)
        minute = self.known[key]
        if minute is None:
            return self.first[day + 1] * MINUTE
        return minute * MINUTE + (rest if self.clock[minute] == wanted else 0)

    def clock_of(self, second: int) -> int:
        """What the clock shows, in seconds of its day."""
        return self.clock[second // MINUTE] * MINUTE + second % MINUTE

    def day_of(self, second: int) -> int:
        """The local day of a moment."""
        return self.day[second // MINUTE]

    def opening_from(self, minute: int) -> int:
        """The minute itself when it is open, else the next one that is."""
        return bisect_left(self.before, self.before[minute] + 1) - 1


@dataclass(frozen=True)
class Life:
    """What happened to a clock; moments are minutes on the wall, days are ordinals."""

    kind: str
    amount: int
    start: int
    rule: Mapping[str, object] = field(default_factory=dict)
    pauses: tuple[tuple[int, int], ...] = ()
    extensions: tuple[tuple[int, int], ...] = ()
    cap: int | None = None


def due(life: Life, wall: Wall) -> int:
    """The second at which the clock is due, after all that happened, and not beyond its cap."""
    found = walked(life, wall)
    if life.cap is None or not life.pauses:
        return found
    return min(found, max(life.cap, walked(replace(life, pauses=()), wall)))


def walked(life: Life, wall: Wall) -> int:
    """The second at which the clock is due, whatever its cap."""
    start = wall.opening_from(life.start) if life.rule.get("after_hours") == "next_opening" else life.start
    walk: Walk = (
        MinuteWalk(wall, life, start)
        if life.kind in BY_THE_CLOCK | IN_WORKING_TIME
        else DayWalk(wall, life, start)
    )
    happened = [(begin, 0, (begin, end)) for begin, end in life.pauses]
    happened += [(at, 1, (until, 0)) for at, until in life.extensions]
    for _, what, (first, second) in sorted(happened):
        if what:
            walk.extend(first)
        elif second > start and max(first, start) * MINUTE < walk.due and life.kind not in FIXED:
            walk.stand_still(max(first, start), second)
    return walk.due


class Walk:
    """A walk along the wall."""

    due: int

    def __init__(self, wall: Wall, life: Life, start: int) -> None:
        self.wall, self.life, self.start = wall, life, start

    def stand_still(self, begin: int, end: int) -> None:
        """The clock stands still between two minutes."""
        raise NotImplementedError

    def extend(self, until: int) -> None:
        """The deadline moves to a later day."""
        raise NotImplementedError


class MinuteWalk(Walk):
    """Minute after minute, those that count taken from what is left."""

    def __init__(self, wall: Wall, life: Life, start: int) -> None:
        super().__init__(wall, life, start)
        self.left = life.amount * (60 if life.kind.endswith("hours") else 1)
        self.due = self._after(start, self.left) * MINUTE

    def _counted(self, begin: int, end: int) -> int:
        if self.life.kind in BY_THE_CLOCK:
            return end - begin
        return self.wall.before[end] - self.wall.before[begin]

    def _after(self, begin: int, left: int) -> int:
        if self.life.kind in BY_THE_CLOCK or not left:
            return begin + left
        return bisect_left(self.wall.before, self.wall.before[begin] + left, lo=begin)

    def stand_still(self, begin: int, end: int) -> None:
        left = self._counted(begin, self.due // MINUTE)
        self.due = max(self.due, self._after(end, left) * MINUTE)

    def extend(self, until: int) -> None:
        self.due = max(self.due, self.wall.at_clock(until, self.wall.clock_of(self.due)))


class DayWalk(Walk):
    """Day after day; a pause takes away those after the day it begins, up to the day it ends."""

    def __init__(self, wall: Wall, life: Life, start: int) -> None:
        super().__init__(wall, life, start)
        self.begin_day = wall.day[start]
        self.stopped: list[tuple[int, int]] = []
        self.is_extended = False
        self.last = self._rolled(self._counted_day())
        self.due = self._end(self.last)

    def _counted_day(self) -> int:
        kind, day = self.life.kind, self.begin_day
        if kind in FIXED:
            return self._fixed_day()
        left = self._days_of_months() if kind == "months" else self.life.amount
        if not left:
            return day
        if kind != "months" and self.life.rule.get("start_day_counts") and self._counts(day):
            left -= 1
        while left:
            day += 1
            left -= self._counts(day) and not self._is_stopped(day)
        return day

    def _is_stopped(self, day: int) -> bool:
        return bool(self.stopped) and any(first < day <= last for first, last in self.stopped)

    def _counts(self, day: int) -> bool:
        return self.life.kind != "working_days" or self.wall.works(day)

    def _days_of_months(self) -> int:
        begun = date.fromordinal(self.begin_day)
        year, month = divmod(begun.year * 12 + begun.month - 1 + self.life.amount, 12)
        day = begun.day
        while True:
            try:
                found = date(year, month + 1, day)
                break
            except ValueError:
                day -= 1
        one_less = self.life.rule.get("start_day_counts") and self.life.amount and day == begun.day
        return found.toordinal() - self.begin_day - bool(one_less)

    def _fixed_day(self) -> int:
        day = self.begin_day
        if self.life.kind == "date":
            month, wanted = map(int, str(self.life.rule["month_day"]).split("-"))
            shown = date.fromordinal(day)
            while (shown.month, shown.day) != (month, wanted):
                shown += timedelta(1)
            return shown.toordinal()
        if self.life.kind != "clock_time":
            return day
        late = self.start * MINUTE >= self.wall.at_clock(day, self._clock())
        if self.life.rule["after_hours"] == "next_day":
            return day + late
        day += late
        while not self.wall.works(day):
            day += 1
        return day

    def _clock(self) -> int:
        hour, minute = map(int, str(self.life.rule["at"]).split(":"))
        return (hour * 60 + minute) * MINUTE

    def _rolled(self, day: int) -> int:
        step = 1 if self.life.rule.get("rolls_over") else -1 if self.life.rule.get("rolls_back") else 0
        moved = day
        while step and not self.wall.works(moved):
            moved += step
        return day if moved < self.begin_day else moved

    def _end(self, day: int) -> int:
        ends = "at" if self.life.kind == "clock_time" else self.life.rule.get("ends", "end_of_day")
        if self.is_extended and ends in ("at", "exact"):
            return self.wall.at_clock(day, self.wall.clock_of(self.due))
        if ends == "exact":
            exact = self.wall.at_clock(day, self.wall.clock[self.start] * MINUTE)
            return max(exact, self.start * MINUTE) if day == self.begin_day else exact
        moment = None
        if ends == "at":
            moment = self.wall.at_clock(day, self._clock())
        elif ends == "close_of_business":
            moment = self.wall.closing(day)
        passed = moment is None or (moment <= self.start * MINUTE and not self.is_extended)
        return self.wall.end_of_day(day) if moment is None or passed else moment

    def stand_still(self, begin: int, end: int) -> None:
        first, last = self.wall.day[begin], self.wall.day[end]
        if not self.is_extended:
            self.stopped.append((first, last))
            self.last = self._rolled(self._counted_day())
        elif first == last:
            return
        else:
            self.last = max(self.last, self._postponed(first, last))
        self.due = self._end(self.last)

    def _postponed(self, first: int, last: int) -> int:
        """The days that were left when the pause began are walked again from its end."""
        left = sum(self._counts(day) for day in range(first + 1, self.last + 1))
        day = last
        while left:
            day += 1
            left -= self._counts(day)
        return day

    def extend(self, until: int) -> None:
        before, extended = self.due, self.is_extended
        self.is_extended = True
        moved = self._end(until)
        if moved > before:
            self.last, self.due = until, moved
        else:
            self.is_extended = extended
