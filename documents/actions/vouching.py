"""Vouching 统一登录绑定: which account of the sign-on provider opens which account here.

A login is given to another person one day; the subject (`sub`) of a provider never is. The first sign-in by
login binds the account to its subject, and from then on only the subject counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from documents import audit
from documents.actions import entering
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken


@dataclass(frozen=True)
class Vouched:
    """Whom a provider names 统一登录身份: the issuer, its subject, and the login."""

    issuer: str
    subject: str
    login: str

    @property
    def digest(self) -> str:
        """What is kept of issuer and subject."""
        return hashlib.sha256(f"{self.issuer}\0{self.subject}".encode()).hexdigest()


def meant(vouched: Vouched) -> Person:
    """Whom it opens 匹配账号: the account bound to the subject, else one of the login that is not bound.

    Raises RuleBroken("unknown_person"), ("bound_to_another").
    """
    bound: Person | None = Person.objects(bound_to=vouched.digest).first()
    named: Person | None = Person.objects(login=vouched.login).first() if vouched.login else None
    found = bound or named
    if found is None or not found.active:
        raise RuleBroken("unknown_person", person=vouched.login)
    if found.bound_to not in (None, vouched.digest):
        raise RuleBroken("bound_to_another", person=found.id)
    return found


def bind(person_id: str, digest: str, *, now: datetime) -> None:
    """首次登录绑定: the first who comes in keeps the account. Raises RuleBroken("bound_to_another")."""

    def run() -> None:
        free = {"_id": person_id, "bound_to": None}
        change = {"$set": {"bound_to": digest, "bound_at": now}}
        if Person.collection().update_one(free, change).modified_count:
            audit.note("bind_provider", f"person:{person_id}", by=person_id, at=now)
        elif Person.objects(id=person_id, bound_to=digest).first() is None:
            raise RuleBroken("bound_to_another", person=person_id)

    transaction(run)


def release(person_id: str, *, actor: Person, now: datetime) -> None:
    """解除绑定: the next who signs in by the login is bound anew; every sign-in ends.

    Raises RuleBroken("not_bound").
    """

    def run() -> None:
        bound = Person.objects(id=person_id, bound_to__ne=None)
        if not bound.update(unset__bound_to=True, unset__bound_at=True):
            raise RuleBroken("not_bound")
        entering.end_all(person_id, by=actor.id, now=now)
        audit.note("release_provider", f"person:{person_id}", by=actor.id, at=now)

    transaction(run)


def release_all(*, actor: Person, now: datetime) -> int:
    """全部解除绑定: before another provider takes over, whose subjects are others. How many."""

    def run() -> int:
        people = [one.id for one in Person.objects(bound_to__ne=None).only("id")]
        Person.objects(id__in=people).update(unset__bound_to=True, unset__bound_at=True)
        for person in people:
            audit.note("release_provider", f"person:{person}", by=actor.id, at=now)
        return len(people)

    return transaction(run)
