"""Stored work calendars 工作日历: days off and make-up working days per year, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from chinese_calendar.constants import holidays, workdays
from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken
from documents.rules.calendars import Line, WorkCalendar
from documents.rules.holiday_notices import YearDays
from documents.rules.policy import PolicyView

Counted = tuple[int, datetime]  # the version in which a clock was counted, and when its case was received


class WorkCalendarRecord(Stored):
    """One calendar; `definition` has the shape that WorkCalendar.from_definition reads."""

    id = StringField(primary_key=True)
    name = DictField(required=True)
    definition = DictField(required=True)
    sources = DictField()
    changed_at = DateTimeField()
    version = IntField(default=1)
    reach = ListField(DictField())  # {version, scope, since}: which open cases each later version counts for

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
        return self.as_calendar(self.definition, int(self.version))

    def as_calendar(self, definition: Mapping[str, Any], version: int) -> WorkCalendar:
        """A definition of this calendar as the rules take it."""
        title = Line(self.name["zh"], self.name.get("en") or self.name["zh"])
        return replace(WorkCalendar.from_definition(definition), key=self.id, title=title, version=version)

    def calendar_at(self, version: int) -> WorkCalendar:
        """The calendar as it was in an earlier version; raises RuleBroken("unknown_calendar")."""
        return self.as_calendar(self.definition_at(version), version)

    def definition_at(self, version: int) -> dict[str, Any]:
        """Its definition in an earlier version; raises RuleBroken("unknown_calendar")."""
        if version == self.version:
            return dict(self.definition)
        kept = CalendarVersion.objects(id=version_id(self.id, version)).first()
        if kept is None:
            raise RuleBroken("unknown_calendar", calendar=f"{self.id} v{version}")
        return dict(kept.definition)

    def version_for(self, at: Counted) -> int:
        """The version that counts for a clock now: its own, or a later one whose change took its case in."""
        started, received_at = at
        later = (one for one in self.reach if one["version"] > started and _reaches(one, received_at))
        return max((int(one["version"]) for one in later), default=started)

    def keep_version(self, *, by: str, source: str) -> None:
        """Keep the present version, unless it is kept already; joins the running transaction."""
        if not CalendarVersion.objects(id=version_id(self.id, self.version)).first():
            CalendarVersion.of(self, by=by, source=source).save(force_insert=True)

    def take(
        self, definition: dict[str, Any], reach: Mapping[str, Any], *, by: str, source: str, now: datetime
    ) -> None:
        """Keep the version that was and take the next one; joins the running transaction."""
        self.keep_version(by="", source="")
        self.definition, self.version, self.changed_at = definition, self.version + 1, now
        self.reach = [*self.reach, {**reach, "version": self.version}]
        self.keep_version(by=by, source=source)
        self.save()


class CalendarVersion(Stored):
    """One version 版本 of a calendar, as it was from that moment on; it never changes."""

    id = StringField(primary_key=True)
    calendar = StringField(required=True)
    version = IntField(required=True)
    name = DictField()
    definition = DictField(required=True)
    at = DateTimeField()
    by = StringField()
    source = StringField()

    meta = {"collection": "calendar_versions", "indexes": [("calendar", "-version")]}

    @classmethod
    def of(cls, record: WorkCalendarRecord, *, by: str, source: str) -> CalendarVersion:
        """The record's present version."""
        return cls(
            id=version_id(record.id, record.version),
            calendar=record.id,
            version=record.version,
            name=record.name,
            definition=record.definition,
            at=record.changed_at,
            by=by,
            source=source,
        )


def _reaches(one: Mapping[str, Any], received_at: datetime) -> bool:
    if one["scope"] == "from":
        since: datetime = one["since"]
        return since <= received_at
    return bool(one["scope"] == "all")


def version_id(calendar: str, version: int) -> str:
    """One document a version."""
    return f"{calendar}:{version}"


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

_remembered: dict[str, tuple[datetime | None, WorkCalendarRecord, WorkCalendar]] = {}
_earlier: dict[tuple[str, int, datetime | None], WorkCalendar] = {}


def calendar_named(key: str, at: Counted | None = None) -> WorkCalendar:
    """A calendar, read again only when it was changed; as it was for a clock that keeps an earlier version.

    Raises RuleBroken("unknown_calendar").
    """
    row = WorkCalendarRecord.collection().find_one({"_id": key}, {"changed_at": 1})
    if row is None:
        return _deleted(key)
    known, changed_at = _remembered.get(key), row.get("changed_at")
    if known is None or known[0] != changed_at:
        record = WorkCalendarRecord.get(key)
        known = _remembered[key] = changed_at, record, record.calendar()
    _, record, calendar = known
    version = record.version_for(at) if at is not None and at[0] != calendar.version else calendar.version
    if version == calendar.version:
        return calendar
    if (key, version, changed_at) not in _earlier:
        _earlier[key, version, changed_at] = record.calendar_at(version)
    return _earlier[key, version, changed_at]


def _deleted(key: str) -> WorkCalendar:
    """The last version of a calendar that was taken away: what was counted in it can still be read."""
    last: CalendarVersion | None = CalendarVersion.objects(calendar=key).order_by("-version").first()
    if last is None:
        raise RuleBroken("unknown_calendar", calendar=key)
    kept = WorkCalendarRecord(id=key, name=last.name, definition=last.definition, version=last.version)
    return kept.calendar()


def calendar_of(view: PolicyView, key: str | None = None, at: Counted | None = None) -> WorkCalendar:
    """The calendar of this key, by default the one that the policy names."""
    return calendar_named(key or str(view.definition["policy"]["calendar"]), at)


@lru_cache
def shipped_work_calendar(key: str) -> WorkCalendar:
    """A shipped calendar as the rules take it; raises RuleBroken("unknown_calendar")."""
    return titled(shipped_calendar(key))


def shipped_calendar(key: str) -> dict[str, Any]:
    """A calendar that ships with the product, with the official holidays 法定节假日; needs no database.

    Raises RuleBroken("unknown_calendar").
    """
    if key not in SHIPPED:
        raise RuleBroken("unknown_calendar", calendar=key)
    return shipped_as(key)


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


def shipped_year(year: int) -> YearDays:
    """The notice of a year that ships with the product; raises RuleBroken("year_not_shipped")."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken("year_not_shipped", first=FIRST_YEAR, last=LAST_YEAR)
    found = official_years(year, year)
    off, makeup = (
        {date.fromisoformat(day): name for day, name in found[part].items()}
        for part in ("days_off", "makeup_days")
    )
    return YearDays(year, off, makeup)


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
