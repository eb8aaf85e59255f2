"""Why this date 期限说明: sentences that a clerk understands, in Chinese and English."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from documents.rules.calendars import Line, WorkCalendar

WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOLIDAYS_EN = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明": "Qingming Festival",
    "劳动": "Labour Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆": "National Day",
}
MOST_WEEKENDS = 6  # more weekends than this are told in one sentence


class DayMark(NamedTuple):
    """One day of a count: counted, makeup (counted), off, rest or paused; its name and its number."""

    day: date
    kind: str
    name: str = ""
    number: int = 0

    @property
    def counts(self) -> bool:
        """Whether the day is one of the counted ones."""
        return self.kind in {"counted", "makeup"}


def day_zh(day: date) -> str:
    """2026-02-13 周五."""
    return f"{day.isoformat()} {WEEKDAYS_ZH[day.weekday()]}"


def day_en(day: date) -> str:
    """Fri 2026-02-13."""
    return f"{WEEKDAYS_EN[day.weekday()]} {day.isoformat()}"


def clock(local: datetime) -> str:
    """17:30; the last second of a day reads 24:00, as the law has it."""
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return "24:00"
    return f"{local.hour:02}:{local.minute:02}"


def moment_zh(local: datetime) -> str:
    """2026-02-13 周五 16:40."""
    return f"{day_zh(local.date())} {clock(local)}"


def moment_en(local: datetime) -> str:
    """Fri 2026-02-13 16:40."""
    return f"{day_en(local.date())} {clock(local)}"


def name_en(name: str) -> str:
    """English for the name of a day off; a name that nobody translated stays as it is."""
    known = [english for chinese, english in HOLIDAYS_EN.items() if chinese in name]
    return " and ".join(known) or name


class Trace:
    """The lines gathered while one deadline is computed, and the years nobody has a notice for."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.lines: list[Line] = []
        self.unknown_years: set[int] = set()

    def say(self, zh: str, en: str) -> None:
        """Add one line."""
        self.lines.append(Line(zh, en))

    def consulted(self, first: date, last: date) -> None:
        """The count depended on the calendar of these days."""
        for year in range(first.year, last.year + 1):
            if year not in self.calendar.covered_years:
                self.unknown_years.add(year)

    def warn(self) -> None:
        """Say which years were counted without their notice."""
        years = sorted(self.unknown_years)
        if years:
            named = "、".join(map(str, years))
            self.say(
                f"注意：{named} 年放假安排尚未载入，按一般周历推算，日期可能变动",
                f"Note: no holiday notice is loaded for {', '.join(map(str, years))}; "
                "counted by the ordinary week, so the date may change.",
            )

    def tell_days(self, marks: Iterable[DayMark]) -> None:
        """Runs of skipped days merged, every make-up working day named."""
        runs = [list(run) for _, run in groupby(marks, key=_run_of)]
        rests = [run for run in runs if run[0].kind == "rest"]
        folded = len(rests) > MOST_WEEKENDS
        for run in runs:
            if not (folded and run[0].kind == "rest"):
                self._tell_run(run)
        if folded:
            days = sum(map(len, rests))
            self.say(
                f"其间 {len(rests)} 段休息日共 {days} 天，不计入",
                f"{len(rests)} weekly rests in between, {days} days, are not counted.",
            )

    def _tell_run(self, run: list[DayMark]) -> None:
        mark = run[0]
        if mark.kind == "makeup":
            zh, en = (f"第 {mark.number} 日", f" as day {mark.number}") if mark.number else ("", "")
            self.say(
                f"{day_zh(mark.day)} 为调休上班日{_bracketed(mark.name)}，计入{zh}",
                f"{day_en(mark.day)} is a make-up working day; it counts{en}.",
            )
        elif mark.kind != "counted":
            zh, en = REASONS[mark.kind]
            self.say(
                f"{_stretch_zh(run)} {zh.format(mark.name)}，不计入",
                f"{_stretch_en(run)}: {en.format(name_en(mark.name))}, not counted.",
            )


REASONS = {
    "off": ("{}放假", "{} holiday"),
    "rest": ("休息日", "rest day"),
    "paused": ("暂停", "paused"),
}


def _run_of(mark: DayMark) -> tuple[str, str, date | None]:
    return mark.kind, mark.name, mark.day if mark.kind == "makeup" else None


def _bracketed(name: str) -> str:
    return f"（{name}）" if name else ""


def _stretch_zh(run: list[DayMark]) -> str:
    first, last = run[0].day, run[-1].day
    return day_zh(first) if first == last else f"{day_zh(first)} 至 {day_zh(last)}"


def _stretch_en(run: list[DayMark]) -> str:
    first, last = run[0].day, run[-1].day
    return day_en(first) if first == last else f"{day_en(first)} to {day_en(last)}"


def length_zh(amount: timedelta) -> str:
    """3 小时 20 分钟."""
    hours, minutes = divmod(amount // timedelta(minutes=1), 60)
    return (
        " ".join(part for part in (hours and f"{hours} 小时", minutes and f"{minutes} 分钟") if part)
        or "0 分钟"
    )


def length_en(amount: timedelta) -> str:
    """3 h 20 min."""
    hours, minutes = divmod(amount // timedelta(minutes=1), 60)
    return (
        " ".join(part for part in (hours and f"{hours} h", minutes and f"{minutes} min") if part) or "0 min"
    )
