"""Edits of a calendar 日历变更: single days, hours, the week, a year's notice – and what they change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.calendars import Unsound, WorkCalendar
from documents.rules.holiday_notices import YearDays

DASHES = re.compile(r"\s*[-–—~～至到]\s*")
SEPARATORS = re.compile(r"[、，,；;\s]+")
FIRST_YEAR, LAST_YEAR = 2000, 2100
OFF, MAKEUP, HOURS, ORDINARY = "off", "makeup", "hours", "ordinary"
Definition = Mapping[str, Any]
# What says of single days what they are.
OF_DAYS = ("days_off", "makeup_days", "special_hours")


@dataclass(frozen=True)
class DayChange:
    """What a day becomes 单日调整: off, a make-up day, a day with hours of its own, or as its weekday is."""

    kind: str
    name: str = ""
    hours: tuple[str, ...] = ()


@dataclass(frozen=True)
class CalendarEdit:
    """What changes in a calendar 日历变更, and where it comes from."""

    days: Mapping[date, DayChange] = field(default_factory=dict)
    notice: YearDays | None = None
    week: tuple[tuple[str, ...], ...] | None = None
    source: str = ""


def edited(definition: Definition, edit: CalendarEdit) -> dict[str, Any]:
    """The calendar's definition after the change; raises RuleBroken("calendar_invalid")."""
    parts = {name: dict(definition.get(name, {})) for name in OF_DAYS}
    years = set(definition.get("covered_years", ()))
    if edit.notice is not None:
        parts = _with_notice(parts, edit.notice, makeup=definition.get("works_makeup_days", True))
        years.add(edit.notice.year)
    for day, change in edit.days.items():
        _with_day(parts, day.isoformat(), change)
    changed: dict[str, Any] = {name: dict(sorted(days.items())) for name, days in parts.items()}
    if edit.week is not None:
        changed["week"] = [list(hours) for hours in edit.week]
    return checked({**definition, **changed, "covered_years": sorted(years)})


def _with_notice(parts: Definition, notice: YearDays, *, makeup: bool) -> dict[str, dict[str, Any]]:
    """The days of the year as the notice has them; a trading calendar has no make-up days 调休上班日."""
    own = {
        name: days if name == "special_hours" else _without(days, notice.year) for name, days in parts.items()
    }
    own["days_off"] |= {day.isoformat(): name for day, name in notice.days_off.items()}
    if makeup:
        own["makeup_days"] |= {day.isoformat(): name for day, name in notice.makeup_days.items()}
    # Hours that somebody set for a day that is off now would contradict the notice.
    own["special_hours"] = {
        day: one for day, one in own["special_hours"].items() if day not in own["days_off"]
    }
    return own


def _without(days: Definition, year: int) -> dict[str, Any]:
    return {day: name for day, name in days.items() if not day.startswith(f"{year}-")}


def _with_day(parts: Mapping[str, dict[str, Any]], day: str, change: DayChange) -> None:
    if not FIRST_YEAR <= int(day[:4]) <= LAST_YEAR:
        told = f"{FIRST_YEAR}–{LAST_YEAR}"
        raise _invalid(f"{day} 不在 {told} 年之内", f"{day} is not within the years {told}")
    for days in parts.values():
        days.pop(day, None)
    if change.kind == OFF:
        parts["days_off"][day] = change.name
    elif change.kind == MAKEUP:
        parts["makeup_days"][day] = change.name
    elif change.kind == HOURS:
        if not change.hours:
            raise _invalid(f"{day} 没有写工作时间", f"{day}: no working hours are given")
        parts["special_hours"][day] = list(change.hours)


def checked(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition, which can be read and works on some day; raises RuleBroken("calendar_invalid")."""
    try:
        calendar = WorkCalendar.from_definition(definition)
    except Unsound as error:
        raise _invalid(error.line.zh, error.line.en) from error
    except ValueError as error:
        raise RuleBroken("calendar_invalid", problem=str(error)) from error
    for year in sorted({day.year for day in (*calendar.days_off, *calendar.special_hours)}):
        _check_works(calendar, year)
    return definition


def _invalid(zh: str, en: str) -> RuleBroken:
    return RuleBroken("calendar_invalid", problem={"zh": zh, "en": en})


def _check_works(calendar: WorkCalendar, year: int) -> None:
    """Single days off must not add up to a year in which nobody works."""
    reached = next((day for day, working in calendar.walk(date(year, 1, 1)) if working), None)
    if reached is None or reached.year > year:
        raise RuleBroken("calendar_without_work", year=year)


def changed_days(old: Definition, new: Definition) -> Iterator[tuple[date, str, str]]:
    """Each day that becomes something else: what it was, what it is (`off:春节`, `hours:08:30-12:00`)."""
    before, after = _marks(old), _marks(new)
    for day in sorted({*before, *after}):
        if before.get(day) != after.get(day):
            yield date.fromisoformat(day), before.get(day, ORDINARY), after.get(day, ORDINARY)


def _marks(definition: Definition) -> dict[str, str]:
    found = {day: f"{OFF}:{name}" for day, name in definition.get("days_off", {}).items()}
    found |= {day: f"{MAKEUP}:{name}" for day, name in definition.get("makeup_days", {}).items()}
    hours = definition.get("special_hours", {})
    return found | {day: f"{HOURS}:{'、'.join(one)}" for day, one in hours.items()}


def span(old: Definition, new: Definition) -> tuple[date, date] | None:
    """The first and the last day whose meaning differs; None when there is none."""
    timeless = ("zone", "week", "works_makeup_days")
    if any(old.get(name) != new.get(name) for name in timeless):
        return date.min, date.max
    days = [day for day, _, _ in changed_days(old, new)]
    for year in set(new.get("covered_years", ())) ^ set(old.get("covered_years", ())):
        days += [date(year, 1, 1), date(year, 12, 31)]
    return (min(days), max(days)) if days else None


def read_hours(text: str) -> tuple[str, ...]:
    """Working hours as people type them: 08:30-12:00、14:00-17:30; nothing means that nobody works."""
    plain = DASHES.sub("-", text.replace("：", ":"))
    return tuple(part for part in SEPARATORS.split(plain.strip()) if part)
