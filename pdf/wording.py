"""How dates, moments and sizes are written on paper."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

# China has kept one zone without summer time since 1991; a fixed offset needs no zone files.
BEIJING = timezone(timedelta(hours=8), "CST")

MOST_LINES = 1000  # in a single answer; thirty pages of it
RUN = 1500
LINE_END = "／"
NUMERALS = "〇一二三四五六七八九"


def beijing(moment: datetime) -> datetime:
    """The same moment on the clock of Beijing; a moment without zone is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone cannot be printed: {moment!r}")
    return moment.astimezone(BEIJING)


def day(value: date | None) -> str:
    """2026年2月24日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def compact_day(value: date | None) -> str:
    """20260224, the eight digits of an archive catalogue."""
    return f"{value:%Y%m%d}" if value else ""


def moment(value: datetime | None) -> str:
    """2026-02-24 16:40."""
    if value is None:
        return ""
    local = beijing(value)
    # A day ends at 24:00; it is kept as its last second so that its date stays right.
    ends_the_day = (local.hour, local.minute, local.second) == (23, 59, 59)
    return f"{local:%Y-%m-%d} 24:00" if ends_the_day else f"{local:%Y-%m-%d %H:%M}"


def size(amount: int) -> str:
    """214 KB; whole bytes below one kilobyte."""
    if amount < 1024:
        return f"{amount} 字节"
    if amount < 1024 * 1024:
        return f"{amount / 1024:.0f} KB"
    return f"{amount / 1024 / 1024:.1f} MB"


def ordinal(number: int) -> str:
    """一, 二 … 十, 十一 … 九十九: the numbering of parts."""
    if number < 1 or number > 99:
        raise ValueError(f"no Chinese ordinal for {number}")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens] + "十")
    return head + (NUMERALS[ones] if ones else "")


def paragraphs(text: str) -> list[str]:
    """The lines of a text that hold something; of a flood of lines the later ones stand behind each other."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) <= MOST_LINES:
        return lines
    rest = LINE_END.join(lines[MOST_LINES:])
    return lines[:MOST_LINES] + [rest[start : start + RUN] for start in range(0, len(rest), RUN)]


def breakable(number: str) -> list[str]:
    """The parts of a long number, each with the sign after which a line may end."""
    return re.findall(r"[^-·/]+[-·/]?|[-·/]", number)
