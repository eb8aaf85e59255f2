"""Limits that end on a day: its count, its roll-over, and the moment of the day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from documents.rules.calendars import WorkCalendar
from documents.rules.counting import Count, marked, tell_start, tell_stopped_days
from documents.rules.durations import ONE_DAY, add_months, day_end, day_of_month, instant
from documents.rules.explanations import (
    DayMark,
    day_en,
    day_zh,
    moment_en,
    moment_zh,
    name_en,
)


def _working_days(count: Count) -> date:
    tell_start(count)
    if not count.amount:
        return count.start_day
    marks = _working_day_marks(count)
    last = marks[-1].day
    count.trace.consulted(count.start_day, last)
    count.trace.tell_days(marks)
    count.trace.say(
        f"第 {count.amount} 个工作日为 {day_zh(last)}", f"Working day {count.amount} is {day_en(last)}."
    )
    return last


def _working_day_marks(count: Count) -> list[DayMark]:
    first = count.start_day if count.limit.start_day_counts else count.start_day + ONE_DAY
    stretches = count.stopped_days
    marks: list[DayMark] = []
    number = 0
    for day, working in count.calendar.walk(first):
        if any(begin < day <= end for begin, end in stretches):
            marks.append(DayMark(day, "paused"))
            continue
        mark = marked(count.calendar, day, working=working, number=number + 1)
        marks.append(mark)
        number += mark.counts
        if number == count.amount:
            break
    return marks


def _natural_days(count: Count) -> date:
    tell_start(count)
    left = count.amount - (1 if count.limit.start_day_counts and count.amount else 0)
    position = count.start_day
    for begin, end in count.stopped_days:
        run = (begin - position).days
        if run >= left:
            break
        left -= run
        position = end
        tell_stopped_days(count, begin, end)
    last = position + timedelta(days=left)
    count.trace.say(
        f"连续计算 {count.amount} 日（含节假日），至 {day_zh(last)}",
        f"{count.amount} days, holidays included, end on {day_en(last)}.",
    )
    return last


def _months(count: Count) -> date:
    tell_start(count)
    last = add_months(count.start_day, count.amount)
    clipped = last.day != count.start_day.day
    if count.limit.start_day_counts and count.amount and not clipped:
        last -= ONE_DAY
    count.trace.say(
        f"{count.amount} 个月，至 {day_zh(last)}" + ("（该月无对应日，以月末日为准）" if clipped else ""),
        f"{count.amount} months end on {day_en(last)}"
        + (", that month having no such day." if clipped else "."),
    )
    for begin, end in count.stopped_days:
        if begin < last:
            last += end - begin
            tell_stopped_days(count, begin, end)
    return last


def _same_day(count: Count) -> date:
    count.trace.say(
        f"{moment_zh(count.start)} 起算，当日办结",
        f"Starts {moment_en(count.start)}; to be done on the same day.",
    )
    return count.start_day


def _yearly_date(count: Count) -> date:
    month, day = count.limit.month_day or (1, 1)
    last = day_of_month(count.start_day.year, month, day)
    if last < count.start_day:
        last = day_of_month(count.start_day.year + 1, month, day)
    count.trace.say(f"固定日期 {day_zh(last)}", f"Fixed date {day_en(last)}.")
    return last


LAST_DAY: dict[str, Callable[[Count], date]] = {
    "working_days": _working_days,
    "natural_days": _natural_days,
    "months": _months,
    "same_day": _same_day,
    "date": _yearly_date,
}


def clock_time(count: Count) -> datetime:
    """15:30 today, or on the next day when that has passed (T25-1 is silent about those)."""
    limit, calendar, day = count.limit, count.calendar, count.start_day
    assert limit.at is not None  # noqa: S101  # TimeLimit has checked it
    late = count.start >= datetime.combine(day, limit.at, tzinfo=calendar.tz)
    if limit.after_hours == "next_working_day":
        due_day = calendar.next_working_day(day) if late or not calendar.is_working(day) else day
        count.trace.consulted(day, due_day)
    else:
        due_day = day + ONE_DAY if late else day
    count.trace.say(
        f"{moment_zh(count.start)} 起算，应于 {limit.at:%H:%M} 前办结",
        f"Starts {moment_en(count.start)}; to be done before {limit.at:%H:%M}.",
    )
    if due_day != day:
        _tell_moved_clock(count, due_day, late)
    return instant(due_day, limit.at, calendar.tz)


def _tell_moved_clock(count: Count, due_day: date, late: bool) -> None:
    reason_zh, reason_en = ("该时刻已过", "that time has passed") if late else ("不上班", "not a working day")
    count.trace.say(
        f"{day_zh(count.start_day)} {reason_zh}，顺延至 {day_zh(due_day)}",
        f"{day_en(count.start_day)}: {reason_en}; moved to {day_en(due_day)}.",
    )


def rolled(count: Count, last: date) -> date:
    """A last day that is not worked moves on (民法典 Art. 203) or back, when the limit says so."""
    limit, calendar = count.limit, count.calendar
    if not (limit.rolls_over or limit.rolls_back) or calendar.is_working(last):
        if limit.rolls_over or limit.rolls_back:
            count.trace.consulted(last, last)
        return last
    moved = calendar.add_working_days(last, 1 if limit.rolls_over else -1)
    count.trace.consulted(min(last, moved), max(last, moved))
    if moved < count.start_day:
        return _not_before_start(count, last)
    _tell_rolled(count, last, moved)
    return moved


def _not_before_start(count: Count, last: date) -> date:
    count.trace.say(
        f"{day_zh(last)} 不上班，但不能提前到起算日之前，故不变",
        f"{day_en(last)} is not worked, but cannot move back before the start; it stays.",
    )
    return last


def _tell_rolled(count: Count, last: date, moved: date) -> None:
    name = count.calendar.days_off.get(last, "")
    verb_zh, verb_en = ("顺延", "moved on") if moved > last else ("提前", "brought forward")
    count.trace.say(
        f"末日 {day_zh(last)} 为{name + '放假' if name else '休息日'}，{verb_zh}至 {day_zh(moved)}",
        f"The last day {day_en(last)} is a {name_en(name) + ' holiday' if name else 'rest day'}; "
        f"{verb_en} to {day_en(moved)}.",
    )


def end_of(count: Count, last: date) -> datetime:
    """The moment of the last day at which the limit ends."""
    limit, zone = count.limit, count.calendar.tz
    if limit.ends == "exact":
        exact = instant(last, count.start.time(), zone)
        # The hour that runs twice when the clocks go back: never its first time for a start in its second.
        return max(exact, count.start.astimezone(UTC)) if last == count.start_day else exact
    if limit.ends == "at" and limit.at is not None:
        return _not_passed(count, last, instant(last, limit.at, zone))
    if limit.ends == "close_of_business":
        count.trace.consulted(last, last)
        return _not_passed(count, last, close_of(count.calendar, last))
    return day_end(last, zone)


def close_of(calendar: WorkCalendar, day: date) -> datetime | None:
    """Close of business on a day; one at 24:00 is the day's last second, as the day's own end is."""
    closing = calendar.closing(day)
    return closing and min(closing, day_end(day, calendar.tz))


def _not_passed(count: Count, last: date, closing: datetime | None) -> datetime:
    """The closing moment; 24:00 when the day has none after the start: nothing is due before it starts."""
    if closing is not None and closing > count.start:
        return closing
    count.trace.say(
        f"{day_zh(last)} 起算之后已无该时刻，以当日 24:00 为准",
        f"{day_en(last)} has no such moment after the start; the day ends at 24:00.",
    )
    return day_end(last, count.calendar.tz)
