"""A year of a work calendar as it is drawn 年历: its months, its holidays, its hours."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request

from admin_views.calendar_uses import shown_uses
from admin_views.forms import DayForm, NoticeForm, WeekForm
from admin_views.history import past_of
from admin_views.standing import today
from documents.calendar_change import CalendarChange
from documents.missing_years import missing_year
from documents.rules.calendar_files import spoken, stretches
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import written_day
from documents.rules.explanations import name_en
from documents.work_calendar import FIRST_YEAR, LAST_YEAR, CalendarVersion, WorkCalendarRecord

VERSIONS = 20  # of a calendar that its page lists


@dataclass(frozen=True)
class Cell:
    """One day of a month as it is drawn."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True)
class Month:
    """One small month: its weeks from Monday, and how many days are worked."""

    number: int
    weeks: list[list[Cell | None]]
    working: int


@dataclass(frozen=True)
class Holiday:
    """A stretch of days off, or make-up days, under one name."""

    name: str
    kind: str
    first: date
    last: date
    days: int


def year_page(record: WorkCalendarRecord, year: int) -> dict[str, Any]:
    """Everything that the year's page shows."""
    found, chosen = record.calendar(), asked_day()
    covered = sorted(found.covered_years)
    return {
        "record": record,
        "year": year,
        "records": list(WorkCalendarRecord.objects.order_by("id").only("id", "name")),
        "months": [month(found, year, number) for number in range(1, 13)],
        "holidays": sorted(holidays(found, year), key=lambda one: one.first),
        "covered": covered,
        "years": sorted({*range(year - 2, year + 3), today().year, today().year + 1}),
        "source": record.sources.get(str(year), ""),
        "missing": missing_year(set(covered), today()),
        "week_form": WeekForm(data=week_data(found)),
        "special": sorted((day, own) for day, own in hours_in_words(found).items() if day.year == year),
        "versions": list(CalendarVersion.objects(calendar=record.id).order_by("-version").limit(VERSIONS)),
        "changes": {one.to_version: one for one in CalendarChange.objects(calendar=record.id)},
        "shipped": FIRST_YEAR <= year <= LAST_YEAR,
        "day_form": DayForm(data=day_data(found, chosen)),
        "notice_form": NoticeForm(data={"year": missing_year(set(covered), today()) or year}),
        "chosen": chosen,
        "holiday_name": holiday_name,
        "uses": shown_uses(record.id),
        "past": past_of(f"calendar:{record.id}"),
    }


def asked_day() -> date | None:
    """The day that was clicked."""
    return written_day(request.args.get("day"))


def day_data(calendar: WorkCalendar, day: date | None) -> dict[str, Any]:
    """What the form of one day begins with."""
    if day is None:
        return {}
    cell = cell_of(calendar, day)
    kind = cell.kind if cell.kind in ("off", "makeup", "hours") else "ordinary"
    return {"day": day, "kind": kind, "name": cell.name, "hours": hours_in_words(calendar).get(day, "")}


def hours_in_words(calendar: WorkCalendar) -> dict[date, str]:
    """The days with hours of their own."""
    return {day: "、".join(map(spoken, hours)) for day, hours in calendar.special_hours.items()}


def month(calendar: WorkCalendar, year: int, number: int) -> Month:
    """One month with its days."""
    weeks = [
        [cell_of(calendar, day) if day.month == number else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, number)
    ]
    worked = sum(calendar.is_working(cell.day) for week in weeks for cell in week if cell)
    return Month(number, weeks, worked)


def cell_of(calendar: WorkCalendar, day: date) -> Cell:
    """What a day is, and what it is called."""
    if day in calendar.special_hours:
        return Cell(day, "hours", "、".join(map(spoken, calendar.special_hours[day])))
    if day in calendar.makeup_days:
        return Cell(day, "makeup", calendar.makeup_days[day])
    if day in calendar.days_off:
        return Cell(day, "off", calendar.days_off[day])
    return Cell(day, "worked" if calendar.is_working(day) else "rest", "")


def holidays(calendar: WorkCalendar, year: int) -> Iterator[Holiday]:
    """The days off and the make-up days of a year as stretches."""
    for kind, days in (("off", calendar.days_off), ("makeup", calendar.makeup_days)):
        own = {day: name for day, name in days.items() if day.year == year}
        for first, last, name in stretches(own):
            yield Holiday(name, kind, first, last, (last - first).days + 1)


def week_in_words(calendar: WorkCalendar) -> list[tuple[int, str]]:
    """The working hours of each weekday."""
    return list(enumerate("、".join(map(spoken, day)) for day in calendar.week))


def week_data(calendar: WorkCalendar) -> dict[str, str]:
    """What the form of the week begins with."""
    return {f"day{number}": words for number, words in week_in_words(calendar)}


def holiday_name(name: str, language: str) -> str:
    """The name of a day off in the language of the page."""
    return name_en(name) if language == "en" else name
