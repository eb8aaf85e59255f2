"""Stored work calendars 工作日历: days off and make-up working days per year, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from chinese_calendar.constants import holidays, workdays
from mongoengine import DateTimeField, DictField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken
from documents.rules.calendars import Line, WorkCalendar
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
        calendar = WorkCalendar.from_definition(self.definition)
        return replace(calendar, title=Line(self.name["zh"], self.name.get("en") or self.name["zh"]))


FIRST_YEAR, LAST_YEAR = 2004, 2026  # what chinesecalendar knows
BANK_WEEK = [["08:30-12:00", "14:00-17:30"]] * 5 + [[], []]
EXCHANGE_WEEK = [["09:30-11:30", "13:00-15:00"]] * 5 + [[], []]  # continuous trading 连续竞价; ours
BANK: dict[str, Any] = {
    "name": {"zh": "工作日历（营业日）", "en": "Bank working days"},
    "week": BANK_WEEK,
    "works_makeup_days": True,
}
EXCHANGE: dict[str, Any] = {
    "name": {"zh": "交易日历（交易所）", "en": "Exchange trading days"},
    "week": EXCHANGE_WEEK,
    "works_makeup_days": False,
}
# `cn` is the name under which the shipped policies know the bank's.
SHIPPED = {"cn": BANK, "cn-bank": BANK, "cn-exchange": EXCHANGE}

_remembered: dict[str, tuple[datetime | None, WorkCalendar]] = {}


def calendar_named(key: str) -> WorkCalendar:
    """A calendar, read again only when it was changed; raises RuleBroken("unknown_calendar")."""
    changed_at = WorkCalendarRecord.changed(key)
    known = _remembered.get(key)
    if known is None or known[0] != changed_at:
        known = _remembered[key] = changed_at, WorkCalendarRecord.get(key).calendar()
    return known[1]


def calendar_of(view: PolicyView, key: str | None = None) -> WorkCalendar:
    """The calendar of this key, by default the one that the policy names."""
    return calendar_named(key or str(view.definition["policy"]["calendar"]))


def shipped_calendar(key: str) -> dict[str, Any]:
    """A calendar that ships with the product, with the official holidays 法定节假日; needs no database.

    Raises RuleBroken("unknown_calendar").
    """
    if key not in SHIPPED:
        raise RuleBroken("unknown_calendar", calendar=key)
    return shipped_as(key)


@lru_cache
def shipped_work_calendar(key: str) -> WorkCalendar:
    """A shipped calendar as the rules take it; raises RuleBroken("unknown_calendar")."""
    return titled(shipped_calendar(key))


def titled(definition: Mapping[str, Any]) -> WorkCalendar:
    """A shipped definition as the rules take it, with what it is called."""
    name = SHIPPED.get(definition["key"], BANK)["name"]
    return replace(WorkCalendar.from_definition(definition), title=Line(name["zh"], name["en"]))


def shipped_as(key: str) -> dict[str, Any]:
    """A shipped calendar under the name that a policy gives to its own; the bank's when it is no other."""
    kind = SHIPPED.get(key, BANK)
    found = {
        "key": key,
        "zone": "Asia/Shanghai",
        "week": kind["week"],
        **official_years(FIRST_YEAR, LAST_YEAR),
    }
    # Exchanges stay closed on make-up weekends 调休上班的周末休市.
    return found if kind["works_makeup_days"] else {**found, "makeup_days": {}, "works_makeup_days": False}


def official_years(first: int, last: int) -> dict[str, Any]:
    """Days off, make-up days and covered years of mainland China from the published yearly notices."""
    days_off, makeup_days = (
        {
            day.isoformat(): _NAMES.get(name, name)
            for day, name in sorted(days.items())
            if first <= day.year <= last
        }
        for days in (holidays, workdays)
    )
    return {
        "days_off": days_off,
        "makeup_days": makeup_days,
        "covered_years": list(range(first, last + 1)),
    }


def official_source() -> str:
    """Where the shipped days come from, with the version 来源与版本."""
    return f"国务院办公厅节假日安排通知（chinesecalendar {version('chinesecalendar')}）"


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
