"""Time lines 时间线: when a limit is due and what reminds before and after, placed on a strip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from documents.rules import reminders
from documents.rules.broken import RuleBroken
from documents.rules.calendars import Line, WorkCalendar
from documents.rules.deadlines import deadline
from documents.rules.durations import ONE_DAY
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.policy import PolicyView
from documents.rules.reminders import Rung

LONGEST = 400
WIDTH = 1000
CLOSE = 20
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """One moment on the line."""

    at: datetime
    kind: str  # start, rung, due
    label: Mapping[str, str]
    tell: tuple[Mapping[str, Any], ...] = ()
    level: int = 0
    x: float = 0.0
    lane: int = 0
    rung: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the strip."""

    day: date
    working: bool
    x: float
    width: float


@dataclass(frozen=True)
class TimeLine:
    """The strip with its moments, and the sentences that explain the due date."""

    marks: tuple[Mark, ...]
    days: tuple[Day, ...]
    explanation: tuple[Line, ...]
    certain: bool


STARTED = {"zh": "起算", "en": "Starts"}
DUE = {"zh": "到期", "en": "Due"}


def time_line(
    view: PolicyView, limit: Mapping[str, Any], start: datetime, calendar: WorkCalendar
) -> TimeLine | None:
    """The example; None when this limit cannot be counted from that moment."""
    agreed = start + timedelta(days=10) if limit["counted_in"] in SET_BY_SOMEBODY else None
    try:
        found = deadline(view.time_limit(limit["key"]), start, calendar, agreed=agreed)
    except RuleBroken:
        return None
    marks = [Mark(start, "start", STARTED), Mark(found.due_at, "due", DUE)]
    rungs = _rungs(view, limit)
    for timer in reminders.plan(list(rungs.values()), start, found.due_at, calendar):
        rung = rungs[timer.rung]
        label = {"zh": rung.name.zh, "en": rung.name.en}
        marks.append(Mark(timer.due, "rung", label, tuple(rung.tell), rung.level, rung=rung.key))
    marks.sort(key=lambda mark: (mark.at, mark.kind != "start"))
    days = _days(marks, calendar)
    placed = [_placed(mark, days, calendar) for mark in marks] if days else marks
    return TimeLine(tuple(_stacked(placed)), days, found.explanation, found.certain)


def _rungs(view: PolicyView, limit: Mapping[str, Any]) -> dict[str, Rung]:
    if not limit.get("ladder"):
        return {}
    rungs = [Rung.from_definition(rung) for rung in view.ladder(limit["ladder"])["rungs"]]
    return {rung.key: rung for rung in rungs}


def _days(marks: list[Mark], calendar: WorkCalendar) -> tuple[Day, ...]:
    first, last = (calendar.local(mark.at).date() for mark in (marks[0], marks[-1]))
    count = (last - first).days + 1
    if count > LONGEST:
        return ()
    width = WIDTH / max(count, 7)
    return tuple(
        Day(day, calendar.is_working(day), round(index * width, 2), round(width, 2))
        for index, day in enumerate(first + ONE_DAY * offset for offset in range(count))
    )


def _stacked(marks: list[Mark]) -> Iterator[Mark]:
    """Marks that would cover each other stand one above the other."""
    before: Mark | None = None
    for mark in marks:
        lane = before.lane + 1 if before and mark.x - before.x < CLOSE else 0
        before = replace(mark, lane=lane)
        yield before


def spread(marks: Sequence[Mark], *, close: int = CLOSE) -> list[Mark]:
    """Marks in their order of time, each at its share of the time between the first and the last."""
    first, whole = marks[0].at, max(marks[-1].at - marks[0].at, MINUTE)
    found: list[Mark] = []
    for mark in marks:
        x = round(WIDTH * ((mark.at - first) / whole), 2)
        near = bool(found) and x - found[-1].x < close
        found.append(replace(mark, x=x, lane=found[-1].lane + 1 if near else 0))
    return found


def _placed(mark: Mark, days: tuple[Day, ...], calendar: WorkCalendar) -> Mark:
    local = calendar.local(mark.at)
    cell = days[(local.date() - days[0].day).days]
    share = (local.hour * 60 + local.minute) / 1440
    x = round(cell.x + cell.width * share, 2)
    return replace(mark, x=x)
