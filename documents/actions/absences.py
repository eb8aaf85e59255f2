"""Absences 请假: when somebody is away, and who stands in 代办人. Nobody deputises in a circle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import product

from documents import audit
from documents.actions import notices
from documents.actions.notices import Message
from documents.database import transaction
from documents.person import Absence, Person
from documents.policy import roles_in_force
from documents.rules.broken import RuleBroken
from documents.unit import Unit


def add_absence(person_id: str, absence: Absence, *, actor: Person, now: datetime) -> Person:
    """登记请假: a time away, with who stands in; who is away hears of it when somebody else says so.

    Raises RuleBroken("absence_ends_before_start"), ("stand_in_unfit"), ("deputy_in_circle").
    """
    if absence.ends < absence.starts:
        raise RuleBroken("absence_ends_before_start")

    def run() -> Person:
        person = Person.get(person_id)
        deputy = Person.get(absence.deputy) if absence.deputy else None
        if deputy and (deputy.id in (person_id, actor.id) or not fits(deputy, person)):
            raise RuleBroken("stand_in_unfit")
        if deputy and _stands_in_meanwhile(person_id, deputy, absence):
            raise RuleBroken("deputy_in_circle", name=deputy.name)
        person.absences.append(absence)
        person.save()
        if actor.id != person_id:
            _tell(person, absence, deputy.name if deputy else "", actor=actor, now=now)
        days = {"starts": absence.starts, "ends": absence.ends, "deputy": absence.deputy}
        audit.note("add_absence", f"person:{person_id}", by=actor.id, at=now, **days)
        return person

    return transaction(run)


def fits(deputy: Person, person: Person) -> bool:
    """Whether one may stand in for the other: in service, near in the house, and as able to read cases.

    For whom cases are open, only somebody deputises to whom a post opens cases too – to be named as a deputy
    lets nobody in who was outside –, in the same line of units or beside it, under the same parent.
    """
    roles = roles_in_force()
    opening = {role for role, _key in deputy.reach(roles).posts}
    reads = bool(person.reach(roles).posts)
    there = Unit.ancestors_of({post.unit for post in deputy.posts if not reads or post.role in opening})
    here = Unit.ancestors_of({post.unit for post in person.posts})
    pairs = product(there.values(), here.values())
    return bool(deputy.active) and any(_are_near(one, other) for one, other in pairs)


def _are_near(line: Sequence[str], other: Sequence[str]) -> bool:
    """Whether of two units, each with all above it, one lies above the other, or both under one parent."""
    return line[0] in other or other[0] in line or line[1:2] == other[1:2]


def _tell(person: Person, absence: Absence, deputy: str, *, actor: Person, now: datetime) -> None:
    """Tell who is said to be away, and the heads of the units."""
    units = Unit.many(post.unit for post in person.posts).values()
    message = Message(
        key=f"absence:{person.id}:{absence.starts.isoformat()}:{absence.deputy}",
        title={"zh": f"已登记请假：{person.name}", "en": f"Absence noted: {person.name}"},
        body={
            "zh": f"由{actor.name}登记，代办人：{deputy or '未指定'}。如不属实，请在“我的账户”取消。",
            "en": f"Noted by {actor.name}; deputy: {deputy or 'none'}. If wrong, cancel it in your account.",
        },
    )
    notices.announce([person.id, *(unit.head for unit in units if unit.head)], message, now=now)


def _stands_in_meanwhile(person: str, deputy: Person, absence: Absence) -> bool:
    """Whether the person is the deputy of that deputy, who is away for a part of the same time."""
    return any(
        one.deputy == person and one.starts <= absence.ends and absence.starts <= one.ends
        for one in deputy.absences
    )


def cancel_absence(person_id: str, starts: datetime, *, actor: Person, now: datetime) -> Person:
    """取消请假: the absence that begins at this moment."""

    def run() -> Person:
        person = Person.get(person_id)
        kept = [absence for absence in person.absences if absence.starts != starts]
        if len(kept) == len(person.absences):
            raise RuleBroken("unknown_absence")
        person.absences = kept
        person.save()
        audit.note("cancel_absence", f"person:{person_id}", by=actor.id, at=now, starts=starts)
        return person

    return transaction(run)
