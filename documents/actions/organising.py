"""Setting up 建库: the policy, the calendar, the units and the people of a shipped pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher

from documents import audit
from documents.house import house_of
from documents.named_contact import NamedContact, choose
from documents.pack_files import definition
from documents.person import Person, Post
from documents.policy import Policy, publish
from documents.unit import Unit
from documents.work_calendar import BANK, SHIPPED, WorkCalendarRecord, official_source, shipped_as

TRADING_DAYS = "cn-exchange"  # stored beside the policy's own, so that a unit or a policy can choose it


def set_up(pack: str, *, password: str, now: datetime) -> Policy:
    """建库: publish a pack's policy and load its organisation; safe to run twice."""
    policy = publish(definition(pack), by="setup", now=now)
    for calendar in (policy.definition["policy"]["calendar"], TRADING_DAYS):
        load_calendar(calendar, now=now)
    house = house_of(pack)
    load_units(house.units)
    load_people(house.people, password=password)
    load_contacts(policy.key, house.contacts, now=now)
    audit.note("set_up", pack, by="setup", at=now, version=policy.version)
    return policy


def load_contacts(policy: str, contacts: Mapping[str, str], *, now: datetime) -> None:
    """Choose the named contacts for whom nobody is chosen yet."""
    known = NamedContact.chosen(policy)
    for contact, person in contacts.items():
        if contact not in known:
            choose(policy, contact, person, by="setup", now=now)


def load_calendar(key: str, *, now: datetime) -> None:
    """Store a calendar with the official holidays 法定节假日, unless it is there already."""
    if WorkCalendarRecord.objects(id=key).first() is not None:
        return
    definition = shipped_as(key)
    WorkCalendarRecord(
        id=key,
        name=SHIPPED.get(key, BANK)["name"],
        definition=definition,
        sources={str(year): official_source() for year in definition["covered_years"]},
        changed_at=now,
    ).save()


def load_units(rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the units, parents first."""
    placed: dict[str, Unit] = {}
    for row in rows:
        unit = Unit(
            id=row["id"], name=dict(row["name"]), kind=row["kind"], fonds_number=row.get("fonds_number")
        )
        unit.head = row.get("head")
        unit.place_under(placed[row["parent"]] if row.get("parent") else None)
        unit.save()
        placed[unit.id] = unit


def load_people(rows: Sequence[Mapping[str, Any]], *, password: str) -> None:
    """Store the people who are not there yet; all begin with the same password."""
    known = {person.id for person in Person.objects.only("id")}
    hashed = PasswordHasher().hash(password)
    for row in rows:
        if row["id"] not in known:
            Person(
                id=row["id"],
                login=row["login"],
                name=row["name"],
                email=row.get("email", f"{row['login']}@qinghe.example"),
                posts=[Post(**post) for post in row["posts"]],
                password_hash=hashed,
            ).save()
