"""Counting a running clock again 重新计算期限, when its limit or its calendar is another one now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline, deadline
from documents.rules.limits import SET_BY_SOMEBODY, TimeLimit
from documents.rules.pauses import Pause

Definition = Mapping[str, Any]


class Counting(NamedTuple):
    """A limit as one version counts it 计时依据: the rule, the calendar."""

    limit: TimeLimit
    calendar: WorkCalendar


@dataclass
class Recount:
    """From one version's counting to another's; equal starts without pauses are counted once.

    A date that the old rule does not explain was extended or agreed by people: it stays.
    """

    old: Counting
    new: Counting
    _known: dict[Any, tuple[Deadline, Deadline]] = field(default_factory=dict)

    def due(self, started_at: datetime, due_at: datetime, *, pauses: Sequence[Pause] = ()) -> datetime:
        """The new due moment of a clock; its own when it stays."""
        if SET_BY_SOMEBODY & {self.old.limit.counted_in, self.new.limit.counted_in}:
            return due_at
        was, now = self.pair(started_at, pauses=pauses)
        return now.due_at if was.due_at == due_at else due_at

    def deadline(self, started_at: datetime, *, pauses: Sequence[Pause] = ()) -> Deadline:
        """The new deadline with its explanation."""
        return deadline(self.new.limit, started_at, self.new.calendar, pauses=pauses)

    def pair(self, started_at: datetime, *, pauses: Sequence[Pause] = ()) -> tuple[Deadline, Deadline]:
        """The deadline as it was and as it is, of any clock that shares this start."""
        if pauses:
            return self._count(started_at, pauses)
        key = self._key(started_at)
        if key not in self._known:
            self._known[key] = self._count(started_at, ())
        return self._known[key]

    def _count(self, started_at: datetime, pauses: Sequence[Pause]) -> tuple[Deadline, Deadline]:
        both = (self.old, self.new)
        was, now = (deadline(one.limit, started_at, one.calendar, pauses=pauses) for one in both)
        return was, now

    def _key(self, started_at: datetime) -> date | datetime:
        if by_the_day(self.old.limit) and by_the_day(self.new.limit) and self._same_zone():
            return self.old.calendar.local(started_at).date()
        return started_at

    def _same_zone(self) -> bool:
        return self.old.calendar.tz == self.new.calendar.tz


def by_the_day(limit: TimeLimit) -> bool:
    """Whether the hour of the start does not matter."""
    counted = limit.counted_in in ("working_days", "natural_days", "months", "same_day", "date")
    return counted and limit.ends != "exact" and limit.after_hours == "keep"
