"""Rescue 应急重置: whoever keeps the machine lets somebody in again for whom no administrator is left."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher

from documents import audit
from documents.actions import entering
from documents.actions.staffing import made_password
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.second_factor import SecondFactor

BY = "operator"


def rescue(login: str, reason: str, *, now: datetime) -> str:
    """应急重置登录: a one-time password; the second factor goes, every sign-in ends, and the trail says why.

    Raises RuleBroken("unknown_person"), ("reason_missing").
    """
    if not reason.strip():
        raise RuleBroken("reason_missing")
    password = made_password()
    hashed = PasswordHasher().hash(password)

    def run() -> str:
        person: Person | None = Person.objects(login=login, active=True).first()
        if person is None:
            raise RuleBroken("unknown_person", person=login)
        Person.objects(id=person.id).update(set__password_hash=hashed, set__password_once=True)
        SecondFactor.objects(id=person.id).delete()
        entering.end_all(person.id, by=BY, now=now)
        audit.note("rescue", f"person:{person.id}", by=BY, at=now, reason=reason.strip())
        return password

    return transaction(run)
