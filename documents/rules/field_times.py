"""Reading days, moments and times of day 日期与时刻, as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from documents.rules.durations import in_reach
from documents.rules.field_reading import Definition, Reading, Unreadable, narrow

_DAY = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?:\(?(?:周|星期)[一二三四五六日天]\)?)?"
)
_HEAD = re.compile(
    r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*日?(?:\s*\(?(?:周|星期)[一二三四五六日天]\)?)?"
)
_SHORT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(
    r"(凌晨|早上|上午|中午|下午|傍晚|晚上|am|pm)?([0-9]{1,2})"
    r"(?:(?::|点|时|h)(?:([0-9]{1,2})分?(?::[0-9]{2}(?:\.[0-9]+)?)?|(半)|(?:整|钟)*)?)?(am|pm)?"
)
_SHORT_TIME = re.compile(r"([0-9]{1,2})([0-9]{2})")
_BOUND = re.compile(r"today(?:([+-])([0-9]{1,5}))?")
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "pm"})
NOON = 12


def day(_definition: Definition, raw: Any, _reading: Reading) -> date:
    """A day 日期."""
    whole = raw.date() if isinstance(raw, datetime) else raw
    found = whole if isinstance(whole, date) else read_day(str(whole))
    if found is None or not in_reach(found):
        raise Unreadable("not_date")
    return found


def moment(_definition: Definition, raw: Any, _reading: Reading) -> datetime:
    """A moment 日期时间 with its zone."""
    value = raw if isinstance(raw, datetime) else read_moment(str(raw))
    if value is None or value.tzinfo is None or not in_reach(value.date()):
        raise Unreadable("not_datetime")
    return value


def clock_time(_definition: Definition, raw: Any, _reading: Reading) -> str:
    """A time of day 时刻 as HH:MM."""
    found = read_time(str(raw))
    if found is None:
        raise Unreadable("not_time")
    return found


def read_day(text: str) -> date | None:
    """2026-2-4, 2026/02/04, 2026年2月4日, 20260204."""
    text = "".join(narrow(text[:40]).split())
    found = _DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def read_time(text: str) -> str | None:
    """16:40, 9点半, 下午3点, 0930."""
    text = "".join(narrow(text[:30]).split()).lower()
    short = _SHORT_TIME.fullmatch(text)
    if short and len(text) > 2:
        return _clock(int(short.group(1)), int(short.group(2)))
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    part = found.group(1) or found.group(5)
    hour, minute = int(found.group(2)), 30 if found.group(4) else int(found.group(3) or 0)
    if part in _AFTERNOON and hour < NOON:
        hour += NOON
    if part in ("am", "凌晨") and hour == NOON:
        hour = 0
    return _clock(hour, minute)


def _clock(hour: int, minute: int) -> str | None:
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def read_moment(text: str) -> datetime | None:
    """2026-02-24 16:40, 2026年2月24日下午4点40分, ISO 8601; without a zone when none was typed."""
    text = narrow(text[:60])
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    head = _HEAD.match(text)
    one = read_day(head.group()) if head else None
    clock = read_time(text[head.end() :].lstrip("T ,")) if head else None
    return datetime.fromisoformat(f"{one}T{clock}") if one and clock else None


def day_bound(bound: Any, today: date) -> date | None:
    """`today`, `today-30`, `today+7` or a date; nothing when it is none of them."""
    found = _BOUND.fullmatch(str(bound).replace(" ", ""))
    if found is None:
        return read_day(str(bound))
    days = int(found.group(2) or 0)
    return today + timedelta(days=-days if found.group(1) == "-" else days)
