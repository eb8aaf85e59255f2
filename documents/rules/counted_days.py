"""A limit day by day 逐日计入: for the little calendar that shows which days were counted, and which not."""

from collections.abc import Sequence
from datetime import date, datetime

from documents.rules.calendars import WorkCalendar
from documents.rules.counting import marked
from documents.rules.durations import ONE_DAY
from documents.rules.explanations import DayMark
from documents.rules.limits import COUNTED_IN_DAYS, TimeLimit
from documents.rules.pauses import Pause, merged

IN_WORKING_TIME = frozenset({"working_days", "working_hours", "working_minutes"})
SHOWN = COUNTED_IN_DAYS | IN_WORKING_TIME


def counted_days(
    limit: TimeLimit,
    span: tuple[datetime, datetime],
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
) -> list[DayMark]:
    """Every day from the start to the deadline; the counted ones carry their number 第几日 where days count.

    Day zero, on which a limit in days starts, is not counted unless the limit says so (民法典 Art. 201).
    Empty for limits that count no days: clock times, fixed dates, what was agreed.
    """
    if limit.counted_in not in SHOWN:
        return []
    start, due = map(calendar.local, span)
    stopped = merged(pauses, span[0]).days(calendar.local)
    marks: list[DayMark] = []
    day, number = start.date(), 0
    while day <= due.date():
        mark = _mark(limit, day, calendar, stopped=stopped)
        if day == start.date() and limit.counted_in in COUNTED_IN_DAYS and not limit.start_day_counts:
            mark = DayMark(day, "start")
        if mark.counts and limit.counted_in in {"working_days", "natural_days"}:
            number += 1
            mark = mark._replace(number=number)
        marks.append(mark)
        day += ONE_DAY
    return marks


def _mark(
    limit: TimeLimit, day: date, calendar: WorkCalendar, *, stopped: Sequence[tuple[date, date]]
) -> DayMark:
    if any(begin < day <= end for begin, end in stopped):
        return DayMark(day, "paused")
    mark = marked(calendar, day, working=calendar.is_working(day))
    if limit.counted_in in IN_WORKING_TIME or mark.counts:
        return mark
    return DayMark(day, "counted", mark.name)
