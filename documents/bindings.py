"""Bindings 对照: what a policy needs from this house, read from its units, people and calendars."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from documents.person import Person
from documents.rules.policy_bindings import Binding, House, HouseUnit, bindings
from documents.rules.policy_problems import Definition, table
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord


def bindings_of(definition: Definition, *, now: datetime) -> list[Binding]:
    """Everything a policy needs from this house, met or not."""
    return bindings(definition, house(_year(definition, now)))


def house(year: int) -> House:
    """The house as it is set up now."""
    units = {
        row["_id"]: HouseUnit(
            id=row["_id"],
            kind=row["kind"],
            name=row["name"],
            parent=row.get("parent"),
            ancestors=tuple(row.get("ancestors", ())),
            head=row.get("head"),
            deputy=row.get("deputy"),
        )
        for row in Unit.collection().find({"retired_on": None})
    }
    people = Person.collection().find({"active": True}, {"posts": 1})
    posts = Counter((post["role"], post["unit"]) for row in people for post in row.get("posts", ()))
    calendars = {
        row["_id"]: frozenset(row["definition"].get("covered_years", ()))
        for row in WorkCalendarRecord.collection().find({}, {"definition.covered_years": 1})
    }
    return House(units, posts, calendars, year)


def _year(definition: Definition, now: datetime) -> int:
    zone = table(definition.get("policy")).get("zone")
    return now.astimezone(ZoneInfo(zone)).year if zone in available_timezones() else now.year
