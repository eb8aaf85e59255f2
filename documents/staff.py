"""The roster (名册) that ladders draw on: people, units and posts, read for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.named_contact import persons
from documents.person import Person
from documents.rules.durations import parse_clock
from documents.rules.quiet_hours import Quiet
from documents.rules.recipients import Absence, Concern, Officer, Seat, Staff
from documents.rules.telling import Habits
from documents.unit import Unit
from documents.way_out import NO_WAYS, OpenWays

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Contact:
    """How a person is reached (联系方式)."""

    name: str
    email: str | None
    language: str
    posts: tuple[tuple[str, str], ...] = ()
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True)
class Roster:
    """The people a batch may reach, as the rules see them and as the post office does."""

    staff: Staff
    contacts: Mapping[str, Contact]
    ways: OpenWays = NO_WAYS


CONTACT_FIELDS = dict.fromkeys(
    ("name", "email", "phone", "language", "active", "absences", "posts", "ways_off", "quiet", "digest_at"), 1
)


def roster(
    concerns: Sequence[Concern],
    roles: Iterable[str],
    people: Iterable[str] = (),
    contacts: Iterable[tuple[str, str]] = (),
) -> Roster:
    """Everyone who can be told about these concerns, from their units up to the root."""
    chosen = persons(contacts)
    units = _units({unit for concern in concerns for unit in concern.slots.values()})
    named = {concern.handler for concern in concerns} | {concern.registrar for concern in concerns}
    named |= {unit.get(name) for unit in units for name in ("head", "deputy", "leader")}
    named |= {*people, *chosen.values(), *(person for concern in concerns for person in concern.known_to)}
    codes = [unit["_id"] for unit in units]
    posts = {"unit": {"$in": codes}, "role": {"$in": sorted(set(roles))}}
    found = _people({"$or": [{"_id": {"$in": _known(named)}}, {"posts": {"$elemMatch": posts}}]})
    deputies = {absence.get("deputy") for person in found for absence in person.get("absences", ())}
    missing = deputies - {person["_id"] for person in found}
    found += _people({"_id": {"$in": _known(missing)}}) if _known(missing) else []
    return roster_of(units, found, chosen)


def roster_of(
    units: Sequence[Row], people: Sequence[Row], chosen: Mapping[tuple[str, str], str] | None = None
) -> Roster:
    """The roster of these units and people, as they are stored."""
    return Roster(
        staff=Staff(
            officers={person["_id"]: _officer(person) for person in people},
            seats={unit["_id"]: _seat(unit) for unit in units},
            holders=_holders(people),
            contacts=chosen or {},
        ),
        contacts={person["_id"]: contact_of(person) for person in people},
    )


def _units(codes: set[str]) -> list[Row]:
    fields = {"parent": 1, "head": 1, "deputy": 1, "leader": 1, "ancestors": 1}
    found = list(Unit.collection().find({"_id": {"$in": sorted(codes)}}, fields))
    above = {code for unit in found for code in unit.get("ancestors", ())} - {unit["_id"] for unit in found}
    return [*found, *Unit.collection().find({"_id": {"$in": sorted(above)}}, fields)]


def _people(condition: Mapping[str, Any]) -> list[Row]:
    return list(Person.collection().find(condition, CONTACT_FIELDS).sort("_id"))


def _known(people: Iterable[str | None]) -> list[str]:
    return sorted({person for person in people if person})


def _holders(people: Sequence[Row]) -> dict[tuple[str, str], tuple[str, ...]]:
    holders: dict[tuple[str, str], tuple[str, ...]] = {}
    for person in people:
        for post in person.get("posts", ()):
            key = (post["role"], post["unit"])
            # An account that is closed holds no post any more; nobody is passed over for it.
            if person.get("active", True) and person["_id"] not in holders.get(key, ()):
                holders[key] = (*holders.get(key, ()), person["_id"])
    return holders


def _officer(person: Row) -> Officer:
    absences = tuple(
        Absence(one["starts"], one["ends"], one.get("deputy")) for one in person.get("absences", ())
    )
    return Officer(person["_id"], active=person.get("active", True), absences=absences)


def _seat(unit: Row) -> Seat:
    names = ("parent", "head", "deputy", "leader")
    return Seat(unit["_id"], **{name: unit.get(name) for name in names})


def contact_of(person: Row) -> Contact:
    """How a person, as stored, is reached and wants to be."""
    posts = tuple((post["role"], post["unit"]) for post in person.get("posts", ()))
    addresses = {"mail": person.get("email") or "", "sms": person.get("phone") or ""}
    habits = Habits(
        addresses={channel: address for channel, address in addresses.items() if address},
        off=frozenset(person.get("ways_off") or ()),
        quiet=Quiet.from_definition(person.get("quiet")),
        digest_at=parse_clock(person["digest_at"]) if person.get("digest_at") else None,
        roles=frozenset(role for role, _ in posts),
    )
    email = person.get("email") or None
    return Contact(person["name"], email, person.get("language", "zh"), posts, habits)
