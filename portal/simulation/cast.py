"""Who acts (办理人): people whom the policy lets perform a transition, drawn with a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from documents.complaint import Complaint
from documents.person import Person
from documents.rules import workflow
from documents.rules.workflow import CaseState

Definition = Mapping[str, Any]


def actor(case: Complaint, transition: Definition, state: CaseState, luck: Random) -> Person | None:
    """Somebody who may perform the transition as the case stands; None when nobody may."""
    able = [
        person
        for person in _named(case, transition)
        if person.active and workflow.refusal(transition, state, person.viewer()) is None
    ]
    return luck.choice(sorted(able, key=lambda person: person.id)) if able else None


def _named(case: Complaint, transition: Definition) -> Iterator[Person]:
    for who in transition["who"]:
        if "role" in who and who.get("at") in case.units:
            yield from Person.holding(who["role"], case.units[who["at"]])
        elif who.get("is") in ("handler", "registrar"):
            yield from Person.many([case[who["is"]] or ""]).values()


def newcomer(role: str, luck: Random) -> Person:
    """Somebody who holds the role anywhere."""
    return luck.choice(list(Person.objects(active=True, posts__role=role).order_by("id")))
