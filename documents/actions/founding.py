"""Founding 建库: the first policy, unit and administrator of a house that is no demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher

from documents import audit
from documents.actions.organising import TRADING_DAYS, load_calendar
from documents.actions.staffing import made_password
from documents.house import house_of
from documents.pack_files import definition
from documents.person import Person, Post
from documents.policy import Policy, publish
from documents.unit import Unit

LOGIN, UNIT = "admin", "HOME"
ADMINISTRATOR = {"zh": "系统管理员", "en": "Administrator"}
HOME = {"zh": "本单位", "en": "Our organisation"}
BY = "setup"


@dataclass(frozen=True)
class Founded:
    """The first administrator 首位管理员, with the password that opens the house once."""

    login: str
    password: str
    policy: str


def found(pack: str, *, now: datetime) -> Founded | None:
    """建库: publish the pack's policy and let one administrator in; nothing where anybody is known.

    Unit and administrator have plain names, which the pages change.
    """
    if Person.objects.first() is not None:
        return None
    policy = Policy.objects(state="published").first() or publish(definition(pack), by=BY, now=now)
    for calendar in (policy.definition["policy"]["calendar"], TRADING_DAYS):
        load_calendar(calendar, now=now)
    unit = Unit.objects.first() or _home(policy)
    password = made_password()
    role = next(one["key"] for one in policy.definition["roles"] if "administer" in one.get("may", ()))
    Person(
        id=LOGIN,
        login=LOGIN,
        name=ADMINISTRATOR["zh"],
        posts=[Post(role=role, unit=unit.id)],
        password_hash=PasswordHasher().hash(password),
        password_once=True,
    ).save(force_insert=True)
    audit.note("found", policy.key, by=BY, at=now, version=policy.version, unit=unit.id, person=LOGIN)
    return Founded(LOGIN, password, policy.key)


def _home(policy: Policy) -> Unit:
    """The one unit to begin with, of the kind that stands at the top of the pack's own example."""
    examples = house_of(policy.key).units
    kind = examples[0]["kind"] if examples else policy.definition["unit_kinds"][0]["key"]
    unit = Unit(id=UNIT, name=HOME, kind=kind)
    unit.place_under(None)
    unit.save()
    return unit
