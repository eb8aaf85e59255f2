"""Entries of the audit trail carry a seal of the house from now on 审计封印; each lane says where it begins.

It is written once: whoever could make it run again would have what was slipped in meanwhile sealed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo.database import Database

from documents import audit, audit_check
from documents.audit import AuditEntry
from documents.database import transaction
from documents.rules import trail

FIRST = 1  # the lane that says so in a house that has no entries yet


def migrate(_db: Database[dict[str, Any]]) -> None:
    """Write a sealed entry at the end of every lane, all at once. Safe to run twice."""
    if audit_check.is_sealed():
        return
    heads: dict[int, trail.Head | None] = {**(audit_check.heads() or {FIRST: None})}
    at, found = datetime.now(UTC), list[dict[str, Any]]()
    for lane, head in heads.items():
        told = {"at": at, "by": "setup", "verb": trail.SEALED, "subject": "audit"}
        row = {"_id": ObjectId(), **told, "facts": {"lanes": len(heads)}}
        found += audit.chained([row], lane, head)
    transaction(lambda: AuditEntry.collection().insert_many(found))
