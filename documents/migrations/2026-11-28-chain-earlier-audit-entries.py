"""Entries of the audit trail from before it was chained stand in a lane of their own, and the trail says so.

Their hashes prove that nothing was changed since this migration; of the time before it they prove nothing.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database

from documents.audit import AuditEntry
from documents.rules import trail

Row = dict[str, Any]
BATCH = 1_000


def migrate(_db: Database[Row]) -> None:
    """Chain them in the order in which they were written. Safe to run twice, and goes on where it stopped."""
    entries = AuditEntry.collection()
    newest = entries.find_one({"lane": trail.EARLIER}, sort=[("seq", -1)])
    if newest and newest["verb"] == trail.CHAINED:
        return
    head = (newest["seq"], newest["hash"]) if newest else None
    while rows := list(entries.find({"lane": {"$exists": False}}).sort("_id", 1).limit(BATCH)):
        head = _chain(rows, head)
    if head is not None:
        _say(head)


def _chain(rows: list[Row], head: trail.Head | None) -> trail.Head:
    whole = [{**row, "facts": row.get("facts") or {}} for row in rows]
    linked = trail.chained(whole, trail.EARLIER, head, iter(lambda: os.urandom(16), None))
    names = ("at", "facts", "lane", "seq", "salt", "facts_hash", "hash")
    AuditEntry.collection().bulk_write(
        [UpdateOne({"_id": one["_id"]}, {"$set": {name: one[name] for name in names}}) for one in linked]
    )
    return linked[-1]["seq"], linked[-1]["hash"]


def _say(head: trail.Head) -> None:
    at = datetime.now(UTC)
    told = {"entries": head[0], "head": head[1].hex()}
    row = {
        "_id": ObjectId(),
        "at": at,
        "by": "setup",
        "verb": trail.CHAINED,
        "subject": "audit",
        "facts": told,
    }
    salts = iter(lambda: os.urandom(16), None)
    AuditEntry.collection().insert_one(trail.chained([row], trail.EARLIER, head, salts)[0])
