"""Quiet hours 免打扰时段: when what leaves the house waits, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any

from documents.rules.durations import ONE_DAY, instant, parse_clock


@dataclass(frozen=True)
class Quiet:
    """From a clock time to another 免打扰时段, over midnight where it ends before it starts."""

    starts: time
    ends: time

    def __post_init__(self) -> None:
        if self.starts == self.ends:
            raise ValueError("quiet hours that start and end at the same time would be silent for ever")

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any] | None) -> Quiet | None:
        """The hours as a policy or a person writes them: {from: "21:00", to: "08:00"}."""
        if not definition:
            return None
        return cls(parse_clock(definition.get("from")), parse_clock(definition.get("to")))

    def until(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The end of the quiet hours in which the moment lies; None when it lies in none."""
        local = moment.astimezone(zone)
        clock, day = local.time().replace(tzinfo=None), local.date()
        if self.starts < self.ends:
            return instant(day, self.ends, zone) if self.starts <= clock < self.ends else None
        if clock >= self.starts:
            return instant(day + ONE_DAY, self.ends, zone)
        return instant(day, self.ends, zone) if clock < self.ends else None


def first_loud(moment: datetime, quiet: Iterable[Quiet | None], zone: tzinfo) -> datetime:
    """The first moment from this one on that lies in none of the quiet hours.

    Hours that leave no moment of the day free hold nothing back for ever: after two days the moment stands.
    """
    hours = [one for one in quiet if one is not None]
    last = moment + 2 * ONE_DAY
    free = moment
    while free < last:
        ends = [end for one in hours if (end := one.until(free, zone)) is not None and end > free]
        if not ends:
            return free
        free = max(ends)
    return moment


def next_at(clock: time, moment: datetime, zone: tzinfo) -> datetime:
    """The next moment, after this one, at which the local clock shows this time."""
    day = moment.astimezone(zone).date()
    today = instant(day, clock, zone)
    return today if today > moment else instant(day + ONE_DAY, clock, zone)
