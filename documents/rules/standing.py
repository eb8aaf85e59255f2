"""The standing deadline 现行期限 of a clock: from its start and from everything dated that happened to it.

Nothing is ever stored as a shifted number: the pauses, the extensions and the agreed moment are kept with
their dates, and the deadline is computed from them again whenever one is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from documents.rules.calendars import Line, WorkCalendar
from documents.rules.deadlines import Deadline, counted_from, deadline, ending_like, extended
from documents.rules.durations import aware
from documents.rules.explanations import moment_en, moment_zh
from documents.rules.limits import FIXED, SET_BY_SOMEBODY, TimeLimit
from documents.rules.pauses import Pause, Pauses, merged

# A pause of one of these moves its deadline; a fixed moment and one that somebody set stand.
UNMOVED_BY_PAUSE = FIXED | SET_BY_SOMEBODY
WORKING_TIME = frozenset({"working_minutes", "working_hours"})
DAYS = frozenset({"natural_days", "months"})


@dataclass(frozen=True)
class Extended:
    """An approved extension 已批延期: when it was decided, and until which day."""

    at: datetime
    until: date


@dataclass(frozen=True)
class History:
    """What happened to a clock 计时经过."""

    started_at: datetime
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Extended] = ()
    agreed: datetime | None = None
    cap: Deadline | None = None


def can_pause(limit: TimeLimit, *, agreed: bool = False) -> bool:
    """Whether a pause 暂停 moves the deadline: not a fixed moment, nor one that somebody set."""
    return not agreed and limit.counted_in not in UNMOVED_BY_PAUSE


def standing(limit: TimeLimit, history: History, calendar: WorkCalendar) -> Deadline:
    """现行期限: the deadline after all pauses and extensions, in the order in which they came.

    An extended date moves on by what a later pause takes away. No pause carries it past the cap 最长期限.
    """
    extensions = sorted(history.extensions, key=lambda one: one.at)
    ends = [aware(one.at) for one in extensions]
    first = ends[0] if ends else None
    before = [pause for pause in history.pauses if first is None or pause[0] < first]
    found = deadline(limit, history.started_at, calendar, pauses=before, agreed=history.agreed)
    for extension, until in zip(extensions, [*ends, None][1:], strict=True):
        found = _extended(found, extension.until, history.cap, calendar)
        begun = [pause for pause in history.pauses if extension.at <= pause[0] and _before(pause, until)]
        since = max(extension.at, counted_from(limit, history.started_at, calendar))
        found = _postponed(found, limit, merged(begun, since), calendar)
    return _capped(found, limit, history, calendar) if history.pauses else found


def _extended(found: Deadline, until: date, cap: Deadline | None, calendar: WorkCalendar) -> Deadline:
    """What was once approved stands; a date that is not later any more changes nothing."""
    new = ending_like(found, until, calendar)
    if new <= found.due_at:
        return found
    within = cap if cap and new <= cap.due_at else None
    return extended(found, until, cap=within, calendar=calendar, strict=False)


def _before(pause: Pause, moment: datetime | None) -> bool:
    return moment is None or pause[0] < moment


def _postponed(found: Deadline, limit: TimeLimit, pauses: Pauses, calendar: WorkCalendar) -> Deadline:
    """An extended deadline, moved on by the pauses that began after the extension."""
    if not can_pause(limit):
        return found
    for begin, end in pauses.ended:
        if begin < found.due_at:
            found = _moved(found, limit, (begin, end), calendar)
    since = pauses.open_since
    if since is None or since >= found.due_at:
        return found
    local = calendar.local(since)
    line = Line(
        f"自 {moment_zh(local)} 起暂停计时，恢复后期限相应顺延",
        f"The clock has stood still since {moment_en(local)}; the date moves on when it runs again.",
    )
    return replace(found, explanation=(*found.explanation, line), paused_since=since)


def _moved(
    found: Deadline, limit: TimeLimit, pause: tuple[datetime, datetime], calendar: WorkCalendar
) -> Deadline:
    # A date that people chose may lie outside working time: no pause brings it forward.
    due_at = max(found.due_at, _after_pause(found, limit, pause, calendar))
    first, last, new = (calendar.local(moment) for moment in (*pause, due_at))
    if due_at == found.due_at:
        return found
    line = Line(
        f"{moment_zh(first)} 至 {moment_zh(last)} 暂停，不计时；期限顺延至 {moment_zh(new)}",
        f"Paused {moment_en(first)} to {moment_en(last)}; not counted. Moved on to {moment_en(new)}.",
    )
    certain = found.certain and all(map(calendar.covers, (first.date(), new.date())))
    return replace(found, due_at=due_at, explanation=(*found.explanation, line), certain=certain)


def _after_pause(
    found: Deadline, limit: TimeLimit, pause: tuple[datetime, datetime], calendar: WorkCalendar
) -> datetime:
    """What was left of the limit when the pause began is left of it when the pause ends."""
    begin, end = pause
    if limit.counted_in in WORKING_TIME:
        left = calendar.working_time_between(begin, found.due_at)
        return calendar.add_working_time(end, left)
    first, last = calendar.local(begin).date(), calendar.local(end).date()
    due_day = calendar.local(found.due_at).date()
    if limit.counted_in == "working_days":
        day = calendar.add_working_days(last, calendar.working_days_between(first, due_day))
    elif limit.counted_in in DAYS:
        day = due_day + (last - first)
    else:
        return (found.due_at + (end - begin)).astimezone(UTC)
    return found.due_at if first == last else ending_like(found, day, calendar)


def _capped(found: Deadline, limit: TimeLimit, history: History, calendar: WorkCalendar) -> Deadline:
    """A deadline that its pauses would carry past the cap ends with the cap."""
    if history.cap is None or found.due_at <= history.cap.due_at:
        return found
    plain = standing(limit, replace(history, pauses=()), calendar)
    latest = max(history.cap.due_at, plain.due_at)
    if found.due_at <= latest:
        return found
    local = calendar.local(latest)
    line = Line(
        f"暂停不能使期限超过最长期限，以 {moment_zh(local)} 为止",
        f"No pause carries it past the longest period: it ends {moment_en(local)}.",
    )
    return replace(found, due_at=latest, explanation=(*found.explanation, line))
