"""Stored work calendars 工作日历: days off and make-up working days per year, with their source."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
from mongoengine import DateTimeField, DictField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.policy import PolicyView


class WorkCalendarRecord(Stored):
    """One calendar; `definition` has the shape that WorkCalendar.from_definition reads."""

    id = StringField(primary_key=True)
    name = DictField(required=True)
    definition = DictField(required=True)
    sources = DictField()
    changed_at = DateTimeField()

    meta = {"collection": "work_calendars"}

    @classmethod
    def get(cls, key: str) -> WorkCalendarRecord:
        """The calendar; raises RuleBroken("unknown_calendar")."""
        found: WorkCalendarRecord | None = cls.objects(id=key).first()
        if found is None:
            raise RuleBroken("unknown_calendar", calendar=key)
        return found

    @classmethod
    def changed(cls, key: str) -> datetime | None:
        """When the calendar was changed last: who remembers it asks this instead of reading it all."""
        row = cls.collection().find_one({"_id": key}, {"changed_at": 1})
        if row is None:
            raise RuleBroken("unknown_calendar", calendar=key)
        moment: datetime | None = row.get("changed_at")
        return moment

    def calendar(self) -> WorkCalendar:
        """The calendar as the rules take it."""
        return WorkCalendar.from_definition(self.definition)


FIRST_YEAR, LAST_YEAR = 2024, 2026
BANK_WEEK = [["08:30-12:00", "14:00-17:30"]] * 5 + [[], []]

_remembered: dict[tuple[str, datetime | None], WorkCalendar] = {}


def calendar_of(view: PolicyView) -> WorkCalendar:
    """The calendar that a policy names; raises RuleBroken("unknown_calendar")."""
    key = view.definition["policy"]["calendar"]
    changed_at = WorkCalendarRecord.changed(key)
    if (key, changed_at) not in _remembered:
        _remembered.clear()
        _remembered[(key, changed_at)] = WorkCalendarRecord.get(key).calendar()
    return _remembered[(key, changed_at)]


def shipped_calendar(key: str) -> dict[str, Any]:
    """The calendar that ships with the product: banking hours and the official holidays 法定节假日."""
    return {
        "key": key,
        "zone": "Asia/Shanghai",
        "week": BANK_WEEK,
        **official_years(FIRST_YEAR, LAST_YEAR),
    }


def official_years(first: int, last: int) -> dict[str, Any]:
    """Days off, make-up days and covered years of mainland China from the published yearly notices."""
    days_off: dict[str, str] = {}
    makeup_days: dict[str, str] = {}
    day = date(first, 1, 1)
    while day.year <= last:
        rest, name = chinese_calendar.get_holiday_detail(day)
        if rest and name:
            days_off[day.isoformat()] = _NAMES.get(name, name)
        elif not rest and day.weekday() >= 5:
            makeup_days[day.isoformat()] = _NAMES.get(name, name) if name else "调休"
        day += timedelta(days=1)
    return {
        "days_off": days_off,
        "makeup_days": makeup_days,
        "covered_years": list(range(first, last + 1)),
    }


_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
