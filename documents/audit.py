"""The audit trail 审计记录: who changed, read or exported what, and when."""

from __future__ import annotations

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
