"""A calendar as an iCal file 日历文件: days off, make-up days and days with their own hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby

from documents.rules.calendars import Interval, WorkCalendar
from documents.rules.durations import ONE_DAY
from documents.rules.holiday_notices import OWN_HOURS

LONGEST_LINE = 75  # octets, RFC 5545
Stretch = tuple[date, date, str]  # the first day, the last, and the name


def calendar_file(calendar: WorkCalendar, name: str, now: datetime) -> str:
    """Every stretch as an event of whole days; “（休）” and “（班）” say whether people work."""
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Juanzong//calendars//ZH", "CALSCALE:GREGORIAN"),
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for mark, days in (("休", calendar.days_off), ("班", calendar.makeup_days)):
        for first, last, title in stretches(days):
            lines += _event(calendar.key, (first, last, f"{title or mark}（{mark}）"), stamp)
    for day, hours in sorted(calendar.special_hours.items()):
        own = "、".join(map(spoken, hours))
        lines += _event(calendar.key, (day, day, own), stamp, f"{OWN_HOURS}:{_escaped(own)}")
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def stretches(days: Mapping[date, str]) -> Iterator[Stretch]:
    """Days that follow each other under one name."""
    own = sorted(days)
    runs = groupby(enumerate(own), key=lambda pair: (pair[1] - pair[0] * ONE_DAY, days[pair[1]]))
    for (_start, name), run in runs:
        stretch = [day for _, day in run]
        yield stretch[0], stretch[-1], name


def _event(key: str, stretch: Stretch, stamp: str, *more: str) -> list[str]:
    first, last, title = stretch
    return [
        "BEGIN:VEVENT",
        f"UID:{first:%Y%m%d}-{key}@juanzong",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + ONE_DAY:%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        *more,
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def spoken(interval: Interval) -> str:
    """08:30-12:00; an end at midnight is 24:00."""
    start, end = interval
    return f"{start:%H:%M}-{'24:00' if end.hour == end.minute == 0 else f'{end:%H:%M}'}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;").replace("\n", " ")


def _folded(line: str) -> str:
    """No line longer than 75 octets; one that is goes on after a space."""
    found, length = "", 0
    for one in line:
        size = len(one.encode())
        if length + size > LONGEST_LINE:
            found, length = f"{found}\r\n ", 1
        found, length = found + one, length + size
    return found
