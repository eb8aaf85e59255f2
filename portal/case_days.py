"""The little calendar of a limit 时限日历: its days in weeks, each counted or not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import format_date

from documents.case_parts import Clock
from documents.rules.calendars import WorkCalendar
from documents.rules.counted_days import counted_days
from documents.rules.explanations import DayMark
from documents.rules.limits import TimeLimit

LONGEST = 182  # days: half a year of little boxes


@dataclass(frozen=True)
class Day:
    """One day, with its marks 计入、休息、调休、延期、到期."""

    day: date
    marks: str
    name: str
    number: int
    month: str


Week = list[Day | None]


def weeks_of(clock: Clock, limit: TimeLimit, calendar: WorkCalendar) -> list[Week]:
    """From start to deadline; nothing where there are too many days, or too few, or the day was agreed."""
    if clock.agreed or (clock.due_at - clock.started_at).days > LONGEST:
        return []
    marks = counted_days(limit, (clock.started_at, clock.due_at), calendar, pauses=clock.intervals)
    if len(marks) < 2:
        return []
    original = calendar.local(clock.original_due_at).date()
    days: Week = [None] * marks[0].day.weekday()
    days += [_shown(mark, original, is_last=mark is marks[-1]) for mark in marks]
    days += [None] * (-len(days) % 7)
    return [days[week : week + 7] for week in range(0, len(days), 7)]


def _shown(mark: DayMark, original: date, *, is_last: bool) -> Day:
    marks = {"rest": ["off"], "makeup": ["counted", "makeup"]}.get(mark.kind, [mark.kind])
    if mark.day > original:
        marks.append("extended")
    if is_last:
        marks.append("due-day")
    month = str(format_date(mark.day, "LLL")) if mark.day.day == 1 else ""
    return Day(mark.day, " ".join(marks), mark.name, mark.number, month)
