"""Declaring relatives 申报亲属: whom to step aside for; the trail names the person and never the relative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId
from bson.errors import InvalidId

from documents import audit
from documents.database import transaction
from documents.kinship import Kinship
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.broken import RuleBroken

LONGEST = 60
LONGEST_REASON = 200
MOST = 40
ADMINISTER = "administer"


@dataclass(frozen=True)
class Declared:
    """A relative as it was typed."""

    name: str
    relation: str = ""
    phone: str = ""
    id_number: str = ""


def declare(person_id: str, declared: Declared, *, actor: Person, now: datetime) -> Kinship:
    """申报: add a relative of oneself, or as administrator of somebody else.

    Raises RuleBroken("name_missing"), ("too_many_relatives"), ("operation_not_granted").
    """
    _check(person_id, actor)
    told = {name: value.strip()[:LONGEST] for name, value in vars(declared).items()}
    if not told["name"]:
        raise RuleBroken("name_missing")

    def write() -> Kinship:
        if Kinship.objects(person=Person.get(person_id).id).count() >= MOST:
            raise RuleBroken("too_many_relatives", most=MOST)
        made = Kinship(person=person_id, by=actor.id, at=now, **told)
        made.save(force_insert=True)
        audit.note("declare_kin", f"person:{person_id}", by=actor.id, at=now)
        return made

    return transaction(write)


def withdraw(person_id: str, kinship: str, *, actor: Person, now: datetime) -> None:
    """撤下: take a relative off the list; what was found by it stays."""
    _check(person_id, actor)

    def write() -> None:
        try:
            found = Kinship.objects(id=ObjectId(kinship), person=person_id).first()
        except InvalidId:
            found = None
        if found is not None:
            found.delete()
            audit.note("withdraw_kin", f"person:{person_id}", by=actor.id, at=now)

    transaction(write)


def reveal(person_id: str, reason: str, *, actor: Person, now: datetime) -> list[Kinship]:
    """查看完整号码: the relatives of somebody else with their whole numbers, for a reason that is noted.

    Raises RuleBroken("reason_missing"), ("operation_not_granted").
    """
    _check(person_id, actor)
    told = reason.strip()[:LONGEST_REASON]
    if not told:
        raise RuleBroken("reason_missing")

    def write() -> list[Kinship]:
        found = Kinship.of(person_id)
        audit.note(
            "reveal_kin", f"person:{person_id}", by=actor.id, at=now, reason=told, relatives=len(found)
        )
        return found

    return transaction(write)


def _check(person_id: str, actor: Person) -> None:
    if person_id != actor.id and not actor.may_do(ADMINISTER, roles_in_force()):
        raise RuleBroken("operation_not_granted", operation=ADMINISTER)
