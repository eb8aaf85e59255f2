"""The audit trail 审计记录: who changed, read or exported what, and when; entries stand in hash chains."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine import BinaryField, DateTimeField, DictField, IntField, StringField
from pymongo import ReadPreference
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure

from documents.database import SessionCollection, Stored, database, transaction, write_last
from documents.keyring import ring
from documents.rules import trail
from documents.trail_rows import NO_MOMENT, SOUGHT, TrailEncryption, lenient

# Each transaction takes one lane at random. The more lanes, the rarer two take the same at once and one
# of them runs again; docs/decisions/015 has the figures.
LANES = 128
TAKEN = 11_000
NAMED_AT_ONCE = 1_000  # cases in one entry
CHAINED = {"lane": {"$exists": True}}
WHOLE_NUMBER = {"$type": ["int", "long"], "$not": {"$type": "array"}}


class AuditEntry(Stored):
    """One entry; written in the transaction that it describes."""

    # The defaults are for entries from which somebody took a value away: pages show them, too.
    at = DateTimeField(required=True, default=NO_MOMENT)
    by = StringField(required=True, default="")
    verb = StringField(required=True, default="")
    subject = StringField(required=True, default="")
    facts = DictField()
    lane = IntField()
    seq = IntField()
    salt = BinaryField()
    facts_hash = BinaryField()
    hash = BinaryField()
    seal = BinaryField()
    redacted = StringField()

    meta = {
        "collection": "audit",
        "strict": False,
        "encrypted": {"facts.*": SOUGHT},
        "indexes": [
            ("subject", "at"),
            ("by", "at"),
            ("verb", "at"),
            "-at",
            {"fields": ["lane", "seq"], "unique": True, "partialFilterExpression": CHAINED},
            {"fields": ["facts.cases", "at"], "partialFilterExpression": {"facts.cases": {"$exists": True}}},
            {"fields": ["redacted"], "sparse": True},
            {"fields": ["facts.words", "at"], "partialFilterExpression": {"facts.words": {"$exists": True}}},
        ],
    }

    @classmethod
    def _get_collection(cls) -> Any:
        if cls._collection is None:
            cls._collection = SessionCollection(raw(), cls.encryption())
        return cls._collection

    @classmethod
    def encryption(cls) -> TrailEncryption:
        """Opens each entry by itself."""
        return TrailEncryption.of(cls._get_collection_name(), cls._meta["encrypted"])


def raw() -> Collection[dict[str, Any]]:
    """The entries as they stand in the database."""
    name, options = AuditEntry._get_collection_name(), lenient(database().codec_options)
    return database().get_collection(name, codec_options=options)


def note(verb: str, subject: str, *, by: str, at: datetime, **facts: Any) -> None:
    """Write an entry 审计留痕; the last thing of the running transaction."""
    note_rows([{"at": at, "by": by, "verb": verb, "subject": subject, "facts": facts}])


def note_each(verb: str, facts: Mapping[str, Mapping[str, Any]], *, by: str, at: datetime) -> None:
    """Write an entry for each of these subjects, with its facts 逐件留痕, as `note` does."""
    told = {"at": at, "by": by, "verb": verb}
    note_rows([{**told, "subject": subject, "facts": dict(each)} for subject, each in facts.items()])


def note_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Write entries that are made already 批量留痕, as `note` does."""
    # A copy: what the entry tells is what was so when it was noted.
    given = [{"_id": ObjectId(), **deepcopy(dict(row))} for row in rows]
    if given:
        write_last(_append, given)


def pieces(numbers: Sequence[str]) -> list[Sequence[str]]:
    """Numbers of cases by how many one entry names: a long list needs several."""
    return [numbers[first : first + NAMED_AT_ONCE] for first in range(0, len(numbers), NAMED_AT_ONCE)]


def _append(rows: Sequence[Mapping[str, Any]]) -> None:
    """Chain the entries to a lane; where another took the place first, to another lane."""
    transaction(lambda: _append_in_transaction(rows))


def _append_in_transaction(rows: Sequence[Mapping[str, Any]]) -> None:
    try:
        AuditEntry.collection().insert_many(chained(rows, *any_lane()))
    except BulkWriteError as error:
        if any(one["code"] == TAKEN for one in error.details["writeErrors"]):
            # The label makes the whole transaction run again, in another lane.
            again = {"errorLabels": ["TransientTransactionError"]}
            raise OperationFailure("the lane went on meanwhile", 112, again) from error
        raise


def chained(rows: Sequence[Mapping[str, Any]], lane: int, newest: trail.Head | None) -> list[dict[str, Any]]:
    """The entries as they follow the newest of a lane, sealed."""
    found = trail.chained(rows, lane, newest, iter(lambda: os.urandom(16), None))
    return [{**one, "seal": seal(one["hash"])} for one in found]


def seal(digest: bytes) -> bytes:
    """The seal of the house 封印 on the hash of an entry; its key never changes."""
    return trail.seal_of(ring().lasting.trail, digest)


def any_lane() -> tuple[int, trail.Head | None]:
    """A lane chosen at random, and its newest entry."""
    lane = 1 + secrets.randbelow(LANES)
    return lane, head(lane)


def head(lane: int) -> trail.Head | None:
    """The newest entry of a lane; read beside the running transaction, whose own view of it may be old."""
    newest = AuditEntry.collection().with_options(read_preference=ReadPreference.PRIMARY)
    there, columns = {"lane": lane, "seq": WHOLE_NUMBER}, {"seq": 1, "hash": 1, "_id": 0}
    row = newest.find_one(there, columns, sort=[("seq", -1)], session=None)
    return (row["seq"], row.get("hash") or trail.START) if row else None


def redact(
    subjects: Sequence[str], kept: Callable[[Mapping[str, Any]], dict[str, Any]], *, by: str, at: datetime
) -> None:
    """Take away what the entries of these subjects remember 移除留痕内容, but for what is kept.

    An entry of its own vouches for what was taken; joins the running transaction.
    """
    token, count, digest = str(ObjectId()), 0, trail.START
    entries = AuditEntry.collection()
    found = {"subject": {"$in": list(subjects)}, "redacted": None}
    for row in list(entries.find(found).sort([("lane", 1), ("seq", 1)])):
        if trail.UNREADABLE in (row.get("facts") or {}):
            continue  # nobody can read it, and what altered it stays to be found
        stays = kept(row.get("facts") or {})
        if not row.get("facts") or set(stays) >= set(row["facts"]):
            continue
        gone = {"$set": {"facts": stays, "redacted": token}, "$unset": {"salt": 1}}
        entries.update_one({"_id": row["_id"]}, gone)
        if "hash" in row:
            count, digest = count + 1, trail.redacted_hash(digest, {**row, "facts": stays})
    if count:
        note(trail.REDACT, f"{trail.REDACTION}{token}", by=by, at=at, entries=count, digest=digest.hex())
