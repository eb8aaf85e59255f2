"""Deadlines 期限: the due moment of a time limit, with its explanation line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from documents.rules.broken import RuleBroken
from documents.rules.calendars import Line, WorkCalendar
from documents.rules.counting import Count
from documents.rules.counting_days import LAST_DAY, clock_time, close_of, end_of, rolled
from documents.rules.counting_minutes import TO_THE_MINUTE
from documents.rules.durations import aware, day_end, day_start, instant
from documents.rules.explanations import Trace, day_en, day_zh, moment_en, moment_zh
from documents.rules.limits import COUNTED_TO_THE_MINUTE, FIXED, SET_BY_SOMEBODY, TimeLimit
from documents.rules.pauses import Pause, merged

__all__ = [
    "Deadline",
    "Line",
    "TimeLeft",
    "TimeLimit",
    "deadline",
    "ending_like",
    "extended",
    "hard_cap",
    "time_left",
]

FIRST_YEAR, LAST_YEAR = 1950, 2250
ENDING = {
    "end_of_day": ("当日终了", "end of the day"),
    "close_of_business": ("当日营业终了", "close of business"),
    "at": ("规定时刻", "the set time"),
    "exact": ("按时刻计", "to the minute"),
}


@dataclass(frozen=True)
class Deadline:
    """期限: when something is due and why; the last second of the last day stands for 24:00.

    `certain` is False when the count used a year whose holiday notice is not loaded. `opens_at` is the
    beginning of a window. While a pause lasts (`paused_since`), `due_at` is the moment as if it had not
    begun: the clock stands still, timers are not to fire, and closing the pause gives the real one.
    """

    due_at: datetime
    explanation: tuple[Line, ...]
    certain: bool = True
    opens_at: datetime | None = None
    paused_since: datetime | None = None
    ends: str = "end_of_day"


def deadline(
    limit: TimeLimit,
    started_at: datetime,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    agreed: datetime | None = None,
) -> Deadline:
    """The deadline of a limit that started then; an agreed moment takes the limit's place."""
    _check_year(started_at)
    if agreed is not None:
        return _agreed_deadline(limit, started_at, calendar, agreed=aware(agreed).astimezone(UTC))
    if limit.counted_in in SET_BY_SOMEBODY:
        raise RuleBroken("moment_not_set", limit=limit.key)
    return _counted_deadline(_counting(limit, started_at, calendar, pauses=pauses))


def _check_year(moment: datetime) -> None:
    if not FIRST_YEAR <= aware(moment).year <= LAST_YEAR:
        raise RuleBroken("moment_out_of_range", moment=moment.isoformat())


def _counting(
    limit: TimeLimit, started_at: datetime, calendar: WorkCalendar, *, pauses: Sequence[Pause]
) -> Count:
    trace = Trace(calendar)
    start = calendar.local(started_at)
    if limit.after_hours == "next_opening":
        start = _taken_at_opening(start, trace)
    return Count(limit, start, calendar, merged(pauses, start.astimezone(UTC)), trace)


def counted_from(limit: TimeLimit, started_at: datetime, calendar: WorkCalendar) -> datetime:
    """The moment from which a limit counts: its start, or the next opening when the limit says so."""
    return calendar.next_opening(started_at) if limit.after_hours == "next_opening" else started_at


def _taken_at_opening(start: datetime, trace: Trace) -> datetime:
    opening = trace.calendar.local(trace.calendar.next_opening(start))
    trace.consulted(start, opening)
    if opening != start:
        trace.say(
            f"{moment_zh(start)} 不在工作时间内，视为 {moment_zh(opening)} 开始",
            f"{moment_en(start)} is outside working hours; taken as {moment_en(opening)}.",
        )
    return opening


def _counted_deadline(count: Count) -> Deadline:
    limit, due_at, since = count.limit, _due_moment(count), count.pauses.open_since
    ends = "exact" if limit.counted_in in COUNTED_TO_THE_MINUTE else "at" if limit.at else limit.ends
    paused_since = since if since is not None and since < due_at and limit.counted_in not in FIXED else None
    opens_at = _window(count)
    _tell_end(count, due_at, ends)
    _tell_standing(count, paused_since)
    count.trace.warn()
    certain = not count.trace.unknown_years
    return Deadline(due_at, tuple(count.trace.lines), certain, opens_at, paused_since, ends)


def _due_moment(count: Count) -> datetime:
    """The moment (UTC) at which the limit ends."""
    by_minute = TO_THE_MINUTE.get(count.limit.counted_in)
    if by_minute:
        return by_minute(count)
    if count.limit.counted_in == "clock_time":
        return clock_time(count)
    last = rolled(count, LAST_DAY[count.limit.counted_in](count))
    return end_of(count, last)


def _opening_moment(count: Count) -> datetime:
    """The moment (UTC) at which a window opens: its first day from the beginning, or its minute."""
    by_minute = TO_THE_MINUTE.get(count.limit.counted_in)
    if by_minute:
        return by_minute(count)
    return day_start(LAST_DAY[count.limit.counted_in](count), count.calendar.tz)


def _window(count: Count) -> datetime | None:
    """When a window 最早—最晚 opens."""
    if count.limit.earliest is None:
        return None
    aside = replace(count.limit, amount=count.limit.earliest, earliest=None)
    opens_at = _opening_moment(replace(count, limit=aside, trace=Trace(count.calendar)))
    local = count.calendar.local(opens_at)
    count.trace.say(f"最早自 {moment_zh(local)} 起办理", f"Not before {moment_en(local)}.")
    return opens_at


def _tell_end(count: Count, due_at: datetime, ends: str) -> None:
    local, (zh, en) = count.calendar.local(due_at), ENDING[ends]
    count.trace.say(f"期限为 {moment_zh(local)}（{zh}）", f"Due {moment_en(local)} ({en}).")
    if count.limit.soft:
        count.trace.say("本时限为一般要求，并非强制", "This limit is a general promise, not a strict one.")


def _tell_standing(count: Count, since: datetime | None) -> None:
    if count.limit.counted_in in FIXED and (count.pauses.ended or count.pauses.open_since):
        count.trace.say("固定时刻的期限不因暂停而变", "A pause does not move a fixed moment.")
    if since is None:
        return
    local = count.calendar.local(since)
    count.trace.say(
        f"自 {moment_zh(local)} 起暂停计时，恢复后期限相应顺延",
        f"The clock has stood still since {moment_en(local)}; the date moves on when it runs again.",
    )


def _agreed_deadline(
    limit: TimeLimit, started_at: datetime, calendar: WorkCalendar, *, agreed: datetime
) -> Deadline:
    if agreed < started_at:
        raise RuleBroken("agreed_before_start", limit=limit.key, agreed=agreed.isoformat())
    trace = Trace(calendar)
    local = calendar.local(agreed)
    who = ("上级规定", "Set by the superior body") if limit.counted_in == "external" else ("约定", "Agreed")
    trace.say(f"{who[0]} {moment_zh(local)} 为期限", f"{who[1]}: due {moment_en(local)}.")
    if limit.counted_in not in SET_BY_SOMEBODY:
        standing = deadline(limit, started_at, calendar)
        _tell_overridden(trace, standing)
        _check_bound(limit, standing, trace, agreed=agreed)
    return Deadline(agreed, tuple(trace.lines), ends="exact")


def _tell_overridden(trace: Trace, standing: Deadline) -> None:
    local = trace.calendar.local(standing.due_at)
    trace.say(
        f"优先于规定时限（原应为 {moment_zh(local)}）",
        f"Takes the place of the limit, which would have been {moment_en(local)}.",
    )


def _check_bound(limit: TimeLimit, standing: Deadline, trace: Trace, *, agreed: datetime) -> None:
    """A promise beyond its upper bound is refused; when the bound is soft, it is noted."""
    if limit.agreed_may_exceed or agreed <= standing.due_at:
        return
    if not limit.soft:
        raise RuleBroken("agreed_beyond_limit", limit=limit.key, latest=standing.due_at.isoformat())
    trace.say("超过一般承诺期，须说明理由", "Longer than is generally promised; a reason is needed.")


def hard_cap(
    first_received: datetime, cap: TimeLimit, calendar: WorkCalendar, *, pauses: Sequence[Pause] = ()
) -> Deadline:
    """最长期限: the moment beyond which no extension goes, counted from the first receipt."""
    counted = deadline(cap, first_received, calendar, pauses=pauses)
    head = Line("最长期限自首次收到之日起计算", "The longest period runs from the first receipt.")
    return replace(counted, explanation=(head, *counted.explanation))


def extended(
    current: Deadline,
    new_day: date,
    *,
    cap: Deadline | None,
    calendar: WorkCalendar,
    strict: bool = True,
) -> Deadline:
    """延期: the deadline moved to a later day, ending on it as the current one ends, within the cap.

    A limit that ends at close of business is not extended to a day without one, when `strict`.
    """
    old = calendar.local(current.due_at)
    due_at = ending_like(current, new_day, calendar, strict=strict)
    if due_at <= current.due_at:
        raise RuleBroken("extension_not_later", current=old.date().isoformat(), asked=new_day.isoformat())
    if cap is not None and due_at > cap.due_at:
        latest = calendar.local(cap.due_at).date()
        raise RuleBroken("extension_beyond_cap", latest=latest.isoformat(), asked=new_day.isoformat())
    new = calendar.local(due_at)
    added = [
        Line(
            f"延期：原期限 {moment_zh(old)}，延至 {moment_zh(new)}",
            f"Extended from {moment_en(old)} to {moment_en(new)}.",
        )
    ]
    if cap is not None:
        added.append(_cap_line(calendar.local(cap.due_at)))
    certain = current.ends != "close_of_business" or calendar.covers(new_day)
    return replace(current, due_at=due_at, explanation=(*current.explanation, *added), certain=certain)


def ending_like(current: Deadline, day: date, calendar: WorkCalendar, *, strict: bool = False) -> datetime:
    """The moment of another day at which a deadline ends as it does on its own.

    A day without close of business ends at 24:00; `strict`, it raises RuleBroken("extension_to_day_off").
    """
    if current.ends == "end_of_day":
        return day_end(day, calendar.tz)
    if current.ends != "close_of_business":
        return instant(day, calendar.local(current.due_at).time(), calendar.tz)
    closing = close_of(calendar, day)
    if closing is None and strict:
        raise RuleBroken("extension_to_day_off", asked=day.isoformat())
    return closing or day_end(day, calendar.tz)


def _cap_line(latest: datetime) -> Line:
    return Line(
        f"未超过最长期限 {day_zh(latest.date())}",
        f"Within the longest period, which ends {day_en(latest.date())}.",
    )


@dataclass(frozen=True)
class TimeLeft:
    """剩余(逾期)时间: whole working days, and the working minutes of the partial day."""

    overdue: bool
    working_days: int
    working_minutes: int
    due_at: datetime


def time_left(now: datetime, due_at: datetime, calendar: WorkCalendar) -> TimeLeft:
    """How much working time is left until the deadline, or has passed since."""
    # In UTC, because Python compares two moments of one zone by their clocks, which run twice in autumn.
    start, end = aware(now).astimezone(UTC), aware(due_at).astimezone(UTC)
    overdue = start > end
    days, minutes = _working_distance(*((end, start) if overdue else (start, end)), calendar)
    return TimeLeft(overdue, days, minutes, due_at)


def _working_distance(start: datetime, end: datetime, calendar: WorkCalendar) -> tuple[int, int]:
    """Steps of one working day at the same clock time, then what remains: a whole day, or its minutes."""
    opening = calendar.next_opening(start)
    if opening >= end:
        return 0, 0
    begin = calendar.local(opening)
    days = calendar.working_days_between(begin.date(), calendar.local(end).date())
    reached = _same_clock(begin, days, calendar)
    if reached > end:
        days -= 1
        reached = _same_clock(begin, days, calendar)
    whole = calendar.spans(calendar.local(reached).date())
    if reached == whole[0][0] and end >= whole[-1][1]:
        return days + 1, 0
    return days, calendar.working_minutes_between(reached, end)


def _same_clock(begin: datetime, days: int, calendar: WorkCalendar) -> datetime:
    if not days:
        return begin.astimezone(UTC)
    return instant(calendar.add_working_days(begin.date(), days), begin.time(), calendar.tz)
