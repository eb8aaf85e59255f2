"""How people behave in a simulated year (模拟行为): what they do next, after how long, drawn with a seed."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from documents.rules.calendars import WorkCalendar
from documents.rules.expressions import holds

Definition = Mapping[str, Any]
AMOUNT = re.compile(r"(\d+)(wmin|wh|wd)")
WORKING_DAY = 7 * 60  # minutes; a working day of the simulation, whatever the calendar's hours
MINUTES = {"wmin": 1, "wh": 60, "wd": WORKING_DAY}
BUSY_HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))


@dataclass(frozen=True)
class Step:
    """What somebody will do (下一步); `do` is None when nobody ever does anything."""

    do: str | None
    after: timedelta = timedelta(0)
    values: Definition | None = None
    once: bool = False


def chance(seed: int, *about: object) -> Random:
    """The luck of one thing in the year: the same seed gives it the same luck, whatever else happens."""
    return Random(":".join(map(str, (seed, *about))))  # noqa: S311 - a simulation wants luck it can repeat


def next_step(entries: Sequence[Definition], facts: Definition, done: Container[str], luck: Random) -> Step:
    """Draw what happens next in a stage, from the entries whose condition holds."""
    open_entries = [
        entry
        for entry in entries
        if holds(entry.get("when"), facts) and not (entry.get("once") and entry["do"] in done)
    ]
    if not open_entries:
        return Step(None)
    entry = luck.choices(open_entries, [entry["weight"] for entry in open_entries])[0]
    if entry["do"] is None:
        return Step(None)
    return Step(entry["do"], _between(entry["after"], luck), entry.get("values"), bool(entry.get("once")))


def _between(span: Sequence[str], luck: Random) -> timedelta:
    low, high = (_minutes(end) for end in span)
    return timedelta(minutes=luck.randint(low, high))


def _minutes(amount: str) -> int:
    found = AMOUNT.fullmatch(amount)
    if found is None:
        raise ValueError(f"cannot read the working time {amount!r}; write 20wmin, 3wh, 2wd")
    return int(found[1]) * MINUTES[found[2]]


def arrivals(
    definition: Definition, year: int, count: int, calendar: WorkCalendar, luck: Random
) -> list[datetime]:
    """So many moments over the working days of the year, in order."""
    first, last = (date.fromisoformat(f"{year}-{definition[end]}") for end in ("first", "last"))
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    working = [day for day in days if calendar.is_working(day)]
    moments = [_moment(luck.choice(working), calendar.tz, luck) for _ in range(count)]
    return sorted(moments)


def _moment(day: date, zone: ZoneInfo, luck: Random) -> datetime:
    opening, closing = luck.choice(BUSY_HOURS)
    start, end = (datetime.combine(day, clock, zone) for clock in (opening, closing))
    return start + timedelta(minutes=luck.randrange(int((end - start) / timedelta(minutes=1))))
