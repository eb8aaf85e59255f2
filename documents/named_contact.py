"""Named contacts 指定联系人: which person of this house a policy means by each.

A policy names the contact, never the person: the choice is kept here, and no export holds anything of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mongoengine import DateTimeField, StringField

from documents.database import Stored


class NamedContact(Stored):
    """The choice 选定 of one contact of one policy; the newest counts, the audit log has those before."""

    id = StringField(primary_key=True)  # policy:contact
    policy = StringField(required=True)
    contact = StringField(required=True)
    person = StringField(required=True)
    set_by = StringField()
    set_at = DateTimeField()

    meta = {"collection": "named_contacts", "indexes": ["policy"]}

    @classmethod
    def chosen(cls, policy: str) -> dict[str, str]:
        """The person of each contact of a policy for whom somebody is chosen."""
        return {one.contact: one.person for one in cls.objects(policy=policy)}


def row_id(policy: str, contact: str) -> str:
    """One document a contact."""
    return f"{policy}:{contact}"


def persons(contacts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The persons of these contacts (policy, contact); those for whom nobody is chosen are left out."""
    wanted = [row_id(*one) for one in contacts]
    found = NamedContact.collection().find({"_id": {"$in": sorted(wanted)}}) if wanted else ()
    return {(row["policy"], row["contact"]): row["person"] for row in found}


def all_persons() -> dict[tuple[str, str], str]:
    """The persons of all contacts of all policies."""
    return {(row["policy"], row["contact"]): row["person"] for row in NamedContact.collection().find()}


def choose(policy: str, contact: str, person: str, *, by: str, now: datetime) -> str | None:
    """Let this person be the contact; who it was before."""
    key = row_id(policy, contact)
    change = {"policy": policy, "contact": contact, "person": person, "set_by": by, "set_at": now}
    before = NamedContact.collection().find_one_and_update({"_id": key}, {"$set": change}, upsert=True)
    return None if before is None else str(before["person"])
