"""The audit trail 审计记录: who changed, read or exported what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mongoengine import DateTimeField, DictField, StringField

from documents.database import Stored


class AuditEntry(Stored):
    """One entry; written in the transaction that it describes."""

    at = DateTimeField(required=True)
    by = StringField(required=True)
    verb = StringField(required=True)
    subject = StringField(required=True)
    facts = DictField()

    meta = {"collection": "audit", "indexes": [("subject", "at"), ("by", "at"), "-at"]}


def note(verb: str, subject: str, *, by: str, at: datetime, **facts: Any) -> None:
    """Write an entry 审计留痕; joins the running transaction."""
    AuditEntry.collection().insert_one({"at": at, "by": by, "verb": verb, "subject": subject, "facts": facts})


def note_each(verb: str, facts: Mapping[str, Mapping[str, Any]], *, by: str, at: datetime) -> None:
    """Write an entry for each of these subjects, with its facts 逐件留痕; joins the running transaction."""
    told = {"at": at, "by": by, "verb": verb}
    rows = [{**told, "subject": subject, "facts": dict(each)} for subject, each in facts.items()]
    if rows:
        AuditEntry.collection().insert_many(rows)
