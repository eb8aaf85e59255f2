"""A checkpoint 检查点 of the audit trail, as the house remembers it; what counts are the files outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mongoengine import DateTimeField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from documents.audit import AuditEntry
from documents.database import Stored
from documents.fast_fields import WholeField
from documents.rules.trail import Head


class Checkpoint(Stored):
    """One checkpoint: its line, and the heads of all lanes at its moment."""

    id = IntField(primary_key=True)
    at = DateTimeField(required=True)
    line = StringField(required=True)
    heads = WholeField()

    meta = {"collection": "checkpoints"}

    @property
    def known(self) -> dict[int, Head]:
        """The heads of all lanes; one that is none fits nothing."""
        return {int(lane): _head(one) for lane, one in self.heads.items() if lane.isdecimal()}


def _head(one: Any) -> Head:
    match one:
        case [int(seq), bytes(digest)]:
            return seq, digest
    return 0, b""


def newest() -> Checkpoint | None:
    """The one that was made last."""
    found: Checkpoint | None = Checkpoint.objects(id__gte=1).order_by("-id").first()
    return found


def line(number: int) -> str | None:
    """The line of the checkpoint with this number, as the house remembers it."""
    row = Checkpoint.collection().find_one({"_id": number}, {"line": 1})
    return row["line"] if row else None


def after(number: int) -> list[str]:
    """The lines of those that were made after this one."""
    rows = Checkpoint.collection().find({"_id": {"$gt": number}}, {"line": 1}).sort("_id")
    return [row["line"] for row in rows]


def keep(number: int, at: datetime, line: str, heads: dict[int, Head]) -> bool:
    """Remember a checkpoint, unless another worker has made the one with this number."""
    row: dict[str, Any] = {"_id": number, "at": at, "line": line}
    row["heads"] = {str(lane): list(head) for lane, head in heads.items()}
    try:
        Checkpoint.collection().insert_one(row)
    except DuplicateKeyError:
        return False
    return True


def changed_lanes(known: dict[int, Head]) -> list[int]:
    """The lanes in which the trail has not what a checkpoint saw there."""
    found = []
    for lane, (seq, digest) in known.items():
        row = AuditEntry.collection().find_one({"lane": lane, "seq": seq}, {"hash": 1})
        if row is None or row["hash"] != digest:
            found.append(lane)
    return found
