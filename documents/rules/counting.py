"""Counting 计算期间: from the start of a limit to its last day or minute."""

from dataclasses import dataclass
from datetime import date, datetime

from documents.rules.calendars import WorkCalendar
from documents.rules.durations import ONE_DAY
from documents.rules.explanations import (
    DayMark,
    Trace,
    day_en,
    day_zh,
    moment_en,
    moment_zh,
)
from documents.rules.limits import TimeLimit
from documents.rules.pauses import Pauses


@dataclass(frozen=True)
class Count:
    """One limit being counted from one start."""

    limit: TimeLimit
    start: datetime  # local
    calendar: WorkCalendar
    pauses: Pauses
    trace: Trace

    @property
    def amount(self) -> int:
        """The number of units; 0 for a kind without."""
        return self.limit.amount or 0

    @property
    def start_day(self) -> date:
        """The local day of the start, day zero unless the limit says otherwise."""
        return self.start.date()

    @property
    def stopped_days(self) -> list[tuple[date, date]]:
        """The stretches of days that pauses take away."""
        return self.pauses.days(self.calendar.local)


def marked(calendar: WorkCalendar, day: date, *, working: bool, number: int = 0) -> DayMark:
    """What the day is to a count: counted, a make-up day, a day off or a weekly rest."""
    if working:
        name = calendar.makeup_days.get(day)
        return DayMark(day, "counted", "", number) if name is None else DayMark(day, "makeup", name, number)
    name = calendar.days_off.get(day)
    return DayMark(day, "rest") if name is None else DayMark(day, "off", name)


def tell_start(count: Count) -> None:
    """From when, and whether that day counts."""
    zh, en = (
        ("当日计入", "that day counts")
        if count.limit.start_day_counts
        else ("当日不计入", "that day is not counted")
    )
    count.trace.say(f"{moment_zh(count.start)} 起算；{zh}", f"Starts {moment_en(count.start)}; {en}.")


def tell_pauses(count: Count, due_at: datetime) -> None:
    """The pauses that the clock stood still in."""
    for begin, end in count.pauses.ended:
        if begin < due_at:
            first, last = count.calendar.local(begin), count.calendar.local(end)
            count.trace.say(
                f"{moment_zh(first)} 至 {moment_zh(last)} 暂停，不计时",
                f"Paused {moment_en(first)} to {moment_en(last)}; not counted.",
            )


def tell_stopped_days(count: Count, begin: date, end: date) -> None:
    """The days that a pause takes away."""
    days = (end - begin).days
    count.trace.say(
        f"{day_zh(begin + ONE_DAY)} 至 {day_zh(end)} 暂停，{days} 日不计入",
        f"Paused {day_en(begin + ONE_DAY)} to {day_en(end)}; {days} days are not counted.",
    )
