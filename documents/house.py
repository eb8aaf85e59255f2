"""The house of a pack 制度包的机构: the units and people with which the demo shows it.

Its own organisation.yaml, or else the example organisation of its scenarios with made-up names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.example import login_of, made_up_name
from documents.pack_files import PACKS, definition, read
from documents.rules.scenarios import example_contacts, example_units, people_of, post_of

Definition = Mapping[str, Any]
Row = dict[str, Any]
ADMINISTRATOR = "admin"


@dataclass(frozen=True)
class House:
    """Units and people as they are stored, and the accounts that the demo names."""

    units: list[Row]
    people: list[Row]
    accounts: list[Row]
    contacts: Mapping[str, str] = field(default_factory=dict)  # named contact → person


def house_of(pack: str) -> House:
    """The house of a shipped pack."""
    if (PACKS / pack / "organisation.yaml").exists():
        found = read(pack, "organisation")
        return House(found["units"], found["people"], found["accounts"], found.get("contacts") or {})
    return example_house(definition(pack))


def example_house(policy: Definition) -> House:
    """The example organisation as a house, with an administrator beside its people."""
    units = _in_order(example_units(policy))
    people = [_person(index, one) for index, one in enumerate(people_of(policy))]
    if not units:
        return House([], [], [])
    admins = [_administrator(role, units[0]["id"]) for role in policy["roles"] if _administers(role)][:1]
    contacts = {contact: person_id(person) for contact, person in example_contacts(policy).items()}
    return House(units, [*people, *admins], _accounts([*people, *admins], policy), contacts)


def unit_code(key: str) -> str:
    """The code under which an example unit is stored."""
    return key.upper().replace("_", "-")[:24]


def person_id(person: str) -> str:
    """The id under which `role@unit` is stored."""
    return login_of(person)


def _in_order(written: Any) -> list[Row]:
    """The units, each after the one above it."""
    waiting, placed = list(written), list[Row]()
    while waiting:
        known = {row["id"] for row in placed}
        ready = [one for one in waiting if not one.get("under") or unit_code(one["under"]) in known]
        if not ready:
            break
        placed += [_unit(one) for one in ready]
        waiting = [one for one in waiting if one not in ready]
    return placed


def _unit(one: Definition) -> Row:
    under, head = one.get("under"), one.get("head")
    return {
        "id": unit_code(one["key"]),
        "name": dict(one.get("name") or {"zh": one["key"], "en": one["key"]}),
        "kind": one["kind"],
        "parent": unit_code(under) if under else None,
        "fonds_number": one.get("fonds_number"),
        "head": person_id(head) if head else None,
    }


def _person(index: int, person: str) -> Row:
    role, unit = post_of(person)
    post = {"role": role, "unit": unit_code(unit)}
    return {
        "id": person_id(person),
        "login": login_of(person),
        "name": made_up_name(index),
        "posts": [post],
    }


def _administers(role: Definition) -> bool:
    return "administer" in role.get("may", ())


def _administrator(role: Definition, unit: str) -> Row:
    post = {"role": role["key"], "unit": unit}
    return {"id": ADMINISTRATOR, "login": ADMINISTRATOR, "name": "系统管理员", "posts": [post]}


def _accounts(people: list[Row], policy: Definition) -> list[Row]:
    """Every account with the role and the unit that it stands for."""
    roles = {one["key"]: one["label"] for one in policy["roles"]}
    units = {unit_code(one["key"]): one.get("name", {}) for one in example_units(policy)}
    found = []
    for person in people:
        post = person["posts"][0]
        role, unit = roles[post["role"]], units[post["unit"]]
        zh = f"{role['zh']}（{unit.get('zh', post['unit'])}） {person['name']}"
        found.append({"login": person["login"], "zh": zh, "en": role["en"]})
    return found
