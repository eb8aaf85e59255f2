"""Bindings 对照: what a policy needs from this house, read from its units, people and calendars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from documents.named_contact import NamedContact
from documents.person import Person
from documents.policy import Policy
from documents.rules.durations import is_zone
from documents.rules.policy_bindings import bindings
from documents.rules.policy_house import Binding, House, HousePerson, HouseUnit
from documents.rules.policy_problems import Definition, elements, table
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord


def bindings_of(definition: Definition, *, now: datetime) -> list[Binding]:
    """Everything a policy needs from this house, met or not."""
    return bindings(definition, house_for(definition, now=now))


def house_for(definition: Definition, *, now: datetime, mail: bool | None = None) -> House:
    """The house as a policy meets it: with what the policies in force use."""
    published = Policy.objects(state="published").distinct("key")
    policies = [Policy.current(key).definition for key in sorted(published)]
    kinds = frozenset(one["key"] for one in _all(policies, "unit_kinds"))
    labels = {one["key"]: table(one.get("label")).get("zh", "") for one in _all(policies, "roles")}
    contacts = NamedContact.chosen(str(table(definition.get("policy")).get("key", "")))
    found = house(_year(definition, now))
    return replace(found, kinds=kinds, role_labels=labels, contacts=contacts, mail=mail)


def _all(policies: Sequence[Definition], section: str) -> Iterator[Definition]:
    return (one for policy in policies for one in elements(policy, section))


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
            fonds=row.get("fonds_number"),
        )
        for row in Unit.collection().find({"retired_on": None})
    }
    people = {
        row["_id"]: HousePerson(
            row["_id"], row["name"], tuple((post["role"], post["unit"]) for post in row.get("posts", ()))
        )
        for row in Person.collection().find({"active": True}, {"posts": 1, "name": 1})
    }
    posts = Counter(post for person in people.values() for post in person.posts)
    calendars = {
        row["_id"]: frozenset(row["definition"].get("covered_years", ()))
        for row in WorkCalendarRecord.collection().find({}, {"definition.covered_years": 1})
    }
    return House(units, posts, calendars, year, people)


def _year(definition: Definition, now: datetime) -> int:
    zone = table(definition.get("policy")).get("zone")
    return now.astimezone(ZoneInfo(str(zone))).year if is_zone(zone) else now.year
