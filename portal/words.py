"""Days, moments and sizes in the words 用语 that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from documents.rules import time_words
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import time_left
from portal.clock import local, now, today
from portal.language import language

WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
SIZES = ("B", "KB", "MB", "GB")


def prepare_words(app: Flask) -> None:
    """Give the words to every template."""
    for word in (day, short_day, moment, clock_time, file_size, iso, ago):
        app.add_template_filter(word)
    app.add_template_global(left, "left")
    app.add_template_global(today, "today")
    app.add_template_global(now, "now")


def weekday(one: date) -> str:
    """周二 / Tue."""
    return WEEKDAYS[language()][one.weekday()]


def day(one: Any) -> str:
    """2026-02-24 周二."""
    one = _as_date(one)
    return f"{one.isoformat()} {weekday(one)}" if one else ""


def short_day(one: Any) -> str:
    """02-24 this year, 2025-02-24 in another."""
    one = _as_date(one)
    if one is None:
        return ""
    return f"{one:%m-%d}" if one.year == today().year else one.isoformat()


def moment(one: datetime | None) -> str:
    """2026-02-24 周二 16:40."""
    return f"{day(one)} {clock_time(one)}" if one else ""


def clock_time(one: datetime | None) -> str:
    """16:40; the end of a day is 24:00."""
    if one is None:
        return ""
    shown = local(one)
    # A day ends at 24:00; it is stored as its last second so that its date stays right.
    return "24:00" if (shown.hour, shown.minute, shown.second) == (23, 59, 59) else f"{shown:%H:%M}"


def iso(one: datetime | None) -> str:
    """For the machine-readable side of a <time> element."""
    return local(one).isoformat(timespec="minutes") if one else ""


def ago(one: datetime | None) -> str:
    """刚刚 / 5 分钟前 / 今天 16:40 / 02-24 16:40."""
    if one is None:
        return ""
    minutes = int((now() - one).total_seconds() // 60)
    if 0 <= minutes < 1:
        return str(_("刚刚"))
    if 0 <= minutes < 60:
        return str(_("%(count)s 分钟前", count=minutes))
    if local(one).date() == today():
        return str(_("今天 %(time)s", time=clock_time(one)))
    return f"{short_day(one)} {clock_time(one)}"


@dataclass(frozen=True)
class Left:
    """The time left 剩余时间 in words; `tone` is late, soon or calm, and never the only sign."""

    text: str
    tone: str
    due: datetime
    unsure: bool = False  # counted into a year whose holidays are not known


def left(
    due: datetime | None, calendar: WorkCalendar, *, unsure: bool = False, dated: bool = True
) -> Left | None:
    """还剩 1 个工作日 3 小时 (周三 17:30)."""
    if due is None:
        return None
    found = time_left(now(), due, calendar)
    line = time_words.words(found, calendar, now(), dated=dated)
    soon = found.working_days < 1 or local(due).date() == today()
    tone = "late" if found.overdue else "soon" if soon else "calm"
    return Left(line.zh if language() == "zh" else line.en, tone, due, unsure)


def file_size(size: int | None) -> str:
    """214 KB."""
    left, unit = float(size or 0), 0
    while left >= 1000 and unit < len(SIZES) - 1:
        left, unit = left / 1024, unit + 1
    return f"{left:.0f} {SIZES[unit]}" if left >= 10 or unit == 0 else f"{left:.1f} {SIZES[unit]}"


def _as_date(one: Any) -> date | None:
    if isinstance(one, datetime):
        return local(one).date()
    if isinstance(one, str) and one:
        return date.fromisoformat(one[:10])
    return one if isinstance(one, date) else None
