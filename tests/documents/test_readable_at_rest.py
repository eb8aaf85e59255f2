"""No words that people write stand readable in the database: each field called like such is looked at."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import mongoengine

import documents
from documents.database import documents as stored_classes

# What a field with words, or an address of somebody, is called.
WORDS = frozenset(
    {"reason", "note", "words", "title", "name", "basis", "remark", "problem", "error", "last_error", "text"}
    | {"question", "purpose", "pages", "phone", "email", "address", "id_number", "subject", "body", "link"}
    | {"asked", "to", "relation", "evidence", "values", "typed", "draft", "warning", "warnings", "findings"}
    | {"history", "facts", "witnesses", "receiver", "received_by", "medium", "carriers", "cells", "summary"}
    | {"title_en", "open_title", "comment", "description", "message", "content", "answer", "statement"}
)
# Readable all the same, and why (decision 017).
READABLE = {
    # Numbers, keys and digests.
    "AuditEntry.subject": "a number, or the id of a person or thing",
    "FileCheck.subject": "an archive number, or the id of a file; never the name of an upload",
    "FileCheck.evidence": "the id of a file",
    "Notice.statement": "the address of a page",
    "WhatIf.subject": "the key of a calendar or policy",
    # Words of the portal itself, or of a policy or setting that an administrator wrote.
    "Complaint.letters.title": "the title of a kind of letter, of the policy",
    "Destruction.lines.title": "kind and year, without anybody's name",
    "Duty.reason": "why the portal dropped it",
    "RefusedDuty.reason": "why the portal does not plan it",
    "Timer.reason": "why the portal called it off",
    "Report.figures.basis": "of the policy",
    "TransferPackage.check_result.absent.reason": "one of the portal's own words",
    "TransferPackage.check_result.absent_volumes.reason": "one of the portal's own words",
    "CalendarVersion.name": "of a calendar",
    "WorkCalendarRecord.name": "of a calendar",
    "WayOut.name": "a setting",
    "WayOut.body": "a setting: the pattern of what is sent",
    "Heartbeat.facts": "of a process",
    "SigningState.subject": "whose certificate the house signs with",
    "TrustedCertificate.subject": "whom the house trusts",
    # Names of what the portal makes, and of units and staff.
    "Destruction.certificate.name": "of a file that the portal made",
    "PrintOrder.name": "of a file that the portal made",
    "TransferPackage.built.name": "of a file that the portal made",
    "TransferPackage.built.parts.name": "of a file that the portal made",
    "TransferPackage.rounds.built.name": "of a file that the portal made",
    "TransferPackage.rounds.built.parts.name": "of a file that the portal made",
    "Destruction.releases.name": "who released it",
    "Person.name": "of staff",
    "Unit.name": "of a unit",
    "Report.merged.name": "of a unit",
    # Network addresses of sign-ins.
    "ResetRequest.address": "a network address",
    "SignIn.address": "a network address",
    # Tables of which the words are encrypted by themselves.
    "Complaint.events.facts": "ids, numbers, dates; witnesses are encrypted",
    "Destruction.history": "its notes are encrypted",
    "Duty.history": "its reasons and evidence are encrypted",
    "Hold.history": "its notes are encrypted",
}


def words_of(kind: Any, above: str = "") -> Iterator[str]:
    """The fields of a class that may hold words, those inside of others too."""
    for name, field in kind._fields.items():
        inner = field
        while isinstance(inner, mongoengine.ListField) and inner.field is not None:
            inner = inner.field
        path = f"{above}{field.db_field or name}"
        if isinstance(inner, mongoengine.EmbeddedDocumentField):
            yield from words_of(inner.document_type, f"{path}.")
        elif path.rpartition(".")[2] in WORDS and not _is_closed(inner):
            yield path


def _is_closed(field: Any) -> bool:
    """Whether it can hold no words: a number, a moment, one of a few keys."""
    plain = (
        *(mongoengine.IntField, mongoengine.FloatField, mongoengine.BooleanField),
        *(mongoengine.DateTimeField, mongoengine.ObjectIdField),
    )
    return isinstance(field, plain) or bool(field.choices)


def test_every_field_for_words_is_encrypted_or_says_why_not() -> None:
    for one in pkgutil.iter_modules(documents.__path__):
        importlib.import_module(f"documents.{one.name}")
    readable = set()
    for kind in stored_classes():
        closed = {path.removesuffix(".*") for path in kind._meta.get("encrypted") or ()}
        readable |= {f"{kind.__name__}.{path}" for path in set(words_of(kind)) - closed}
    assert readable - set(READABLE) == set()
    assert set(READABLE) - readable == set(), "no longer there, or encrypted now"
