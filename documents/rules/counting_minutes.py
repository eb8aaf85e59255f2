"""Limits that end to the minute: minutes, hours and working time 工作时间."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from documents.rules.counting import Count, marked, tell_pauses
from documents.rules.durations import ONE_DAY, day_start
from documents.rules.explanations import (
    day_en,
    day_zh,
    length_en,
    length_zh,
    moment_en,
    moment_zh,
)

MOST_WORKED_DAYS = 5  # more days than this are not told one by one


def _minutes(count: Count) -> datetime:
    return _elapsed(count, timedelta(minutes=count.amount))


def _hours(count: Count) -> datetime:
    return _elapsed(count, timedelta(hours=count.amount))


def _elapsed(count: Count, amount: timedelta) -> datetime:
    count.trace.say(
        f"{moment_zh(count.start)} 起算，连续计时 {length_zh(amount)}，不论是否工作时间",
        f"Starts {moment_en(count.start)}; {length_en(amount)} by the clock, in and out of working hours.",
    )
    due_at = count.pauses.spend(
        count.start.astimezone(UTC),
        amount,
        between=lambda first, last: last - first,
        add=lambda moment, more: moment + more,
    )
    tell_pauses(count, due_at)
    return due_at


def _immediately(count: Count) -> datetime:
    if count.limit.amount is None:
        count.trace.say(
            f"{moment_zh(count.start)} 起应立即办理，未设内部时限",
            f"To be done at once from {moment_en(count.start)}; no internal limit is set.",
        )
        return count.start.astimezone(UTC)
    count.trace.say("应立即办理，按内部时限计时", "To be done at once; the internal limit is counted.")
    return _minutes(count)


def _working_minutes(count: Count) -> datetime:
    return _worked(count, timedelta(minutes=count.amount))


def _working_hours(count: Count) -> datetime:
    return _worked(count, timedelta(hours=count.amount))


def _worked(count: Count, amount: timedelta) -> datetime:
    calendar = count.calendar
    count.trace.say(
        f"{moment_zh(count.start)} 起算，只计工作时间，共 {length_zh(amount)}",
        f"Starts {moment_en(count.start)}; {length_en(amount)} of working time.",
    )
    due_at = count.pauses.spend(
        count.start.astimezone(UTC),
        amount,
        between=calendar.working_time_between,
        add=calendar.add_working_time,
    )
    tell_pauses(count, due_at)
    _tell_working_time(count, due_at)
    return due_at


def _tell_working_time(count: Count, due_at: datetime) -> None:
    calendar, last = count.calendar, count.calendar.local(due_at).date()
    count.trace.consulted(count.start_day, last)
    days = [count.start_day + timedelta(days=offset) for offset in range((last - count.start_day).days + 1)]
    marks = [marked(calendar, day, working=calendar.is_working(day)) for day in days]
    count.trace.tell_days(marks)
    worked = [mark.day for mark in marks if mark.counts]
    if len(worked) <= MOST_WORKED_DAYS:
        for day in worked:
            _tell_part(count, day, due_at)


def _tell_part(count: Count, day: date, due_at: datetime) -> None:
    zone = count.calendar.tz
    begin = max(count.start.astimezone(UTC), day_start(day, zone))
    end = min(due_at, day_start(day + ONE_DAY, zone))
    part = count.pauses.running(begin, end, between=count.calendar.working_time_between)
    if part:
        count.trace.say(f"{day_zh(day)} 计 {length_zh(part)}", f"{day_en(day)}: {length_en(part)} counted.")


TO_THE_MINUTE: dict[str, Callable[[Count], datetime]] = {
    "minutes": _minutes,
    "hours": _hours,
    "working_minutes": _working_minutes,
    "working_hours": _working_hours,
    "immediately": _immediately,
}
