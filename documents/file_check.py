"""Fixity 固化校验: every stored file with the digest it must have, when it was looked at, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import DateTimeField, IntField, StringField
from pymongo import UpdateOne

from documents import files
from documents.database import Stored, database
from documents.files import CHECKS
from documents.volume import Volume

NEW, GOOD, DAMAGED, MISSING = STATES = ("new", "good", "damaged", "missing")
BAD = (DAMAGED, MISSING)
VOLUME, ORIGINAL, CERTIFICATE, PACKAGE, EVIDENCE, FILE = KINDS = (
    *("volume", "original", "certificate", "package", "evidence", "file"),
)
COPIED = (VOLUME, ORIGINAL, CERTIFICATE)  # what is mirrored to the second copy 第二副本
CERTIFICATE_END = "电子档案销毁证明.pdf"
# A file gets its id when its upload begins and its place in the list when it ends: look back that far.
LOOK_BACK = timedelta(days=1)
SHARE = 0.8  # of the period: files fall due early enough for all to be looked at in time
CLAIM = timedelta(minutes=30)
AT_ONCE = 500

Row = Mapping[str, Any]


class FileCheck(Stored):
    """One file under watch 校验档; its id is that of the file."""

    id = StringField(primary_key=True)
    kind = StringField(default=FILE, choices=KINDS)
    subject = StringField()  # 档号, or the name or id of the file
    name = StringField()
    media_type = StringField()
    sha256 = StringField()  # what it must be; from the sealed record where there is one
    size = IntField()
    state = StringField(default=NEW, choices=STATES)
    enrolled_at = DateTimeField(required=True)
    checked_at = DateTimeField()
    next_at = DateTimeField(required=True)
    found_at = DateTimeField()  # when the damage was found that still lasts
    repaired_at = DateTimeField()
    evidence = StringField()  # the file that keeps what was damaged
    copied_at = DateTimeField()  # when its second copy was last seen whole

    meta = {
        "collection": CHECKS,
        "encrypted": {"name": ()},
        "indexes": [
            ("next_at", "_id"),
            ("state", "found_at"),
            {"fields": ["checked_at"]},
            ("kind", "copied_at"),
            "sha256",
        ],
    }

    @property
    def called(self) -> str:
        """What the file may be called before anybody: the name of an upload may name somebody."""
        return str(self.id if self.kind in (FILE, ORIGINAL, EVIDENCE) else self.name)

    def told(self, changes: Row) -> FileCheck:
        """The same with what was found just now."""
        for name, value in changes.items():
            setattr(self, name, value)
        return self


def enrol(now: datetime) -> int:
    """Take new files under watch 登记; how many. Bounded; the next run goes on."""
    newest = database()[CHECKS].find_one({}, {"_id": 1}, sort=[("_id", -1)])
    since: Row = {}
    if newest:
        begun = ObjectId(newest["_id"]).generation_time - LOOK_BACK
        since = {"_id": {"$gt": ObjectId.from_datetime(begun)}}
    enrolled = 0
    while True:
        rows = list(database()["fs.files"].find(since).sort("_id").limit(AT_ONCE))
        if not rows:
            return enrolled
        enrolled += _enrol(rows, now)
        since = {"_id": {"$gt": rows[-1]["_id"]}}


def _enrol(rows: Sequence[Row], now: datetime) -> int:
    watched = {"_id": {"$in": [str(row["_id"]) for row in rows]}}
    known = {one["_id"]: one["kind"] for one in FileCheck.collection().find(watched, {"kind": 1})}
    # A file is stored a moment before its volume is bound: then it was enrolled as one of no special kind.
    unsure = [row for row in rows if known.get(str(row["_id"])) != VOLUME]
    sealed = _sealed(unsure)
    fresh = [row for row in unsure if str(row["_id"]) not in known or str(row["_id"]) in sealed]
    facts = {str(row["_id"]): _facts(row, sealed, now) for row in fresh}
    for volume in sealed.values():
        for one in volume.originals:
            facts.setdefault(one["file_id"], {})
            facts[one["file_id"]] |= {"kind": ORIGINAL, "subject": volume.id, "sha256": one["sha256"]}
    # The volumes last: one that is known as such is not looked at again, so its originals must be known.
    written = sorted(facts, key=lambda file_id: file_id in sealed)
    if written:
        FileCheck.collection().bulk_write([_write(file_id, facts[file_id], now) for file_id in written])
    return len(rows) - len(known)


def _write(file_id: str, facts: Row, now: datetime) -> UpdateOne:
    sure = {name: facts[name] for name in ("kind", "subject", "sha256") if name in facts}
    once = {"state": NEW, "enrolled_at": now, "next_at": now}
    once |= {name: value for name, value in facts.items() if name not in sure}
    return UpdateOne({"_id": file_id}, {"$set": sure, "$setOnInsert": once}, upsert=True)


def _sealed(rows: Sequence[Row]) -> dict[str, Volume]:
    """The sealed volumes among these files, by file; a volume's file bears its archive number."""
    numbers = [str(files.told_of(row)["name"]).removesuffix(".pdf") for row in rows]
    return {one.file_id: one for one in Volume.objects(id__in=numbers, destroyed_at=None) if one.file_id}


def _facts(row: Row, sealed: Mapping[str, Volume], now: datetime) -> dict[str, Any]:
    told = files.told_of(row)
    name, volume = str(told["name"]), sealed.get(str(row["_id"]))
    kind = FILE
    if volume:
        kind = VOLUME
    elif told.get("evidence_of"):
        kind = EVIDENCE
    elif told.get("brought"):
        kind = FILE
    elif name.endswith(CERTIFICATE_END):
        kind = CERTIFICATE
    elif told.get("media_type") == "application/zip":
        kind = PACKAGE
    return {
        "kind": kind,
        # The name of a file may name somebody; what the portal itself makes is named after its number.
        "subject": volume.id if volume else str(row["_id"]) if kind in (FILE, EVIDENCE) else name,
        "sha256": volume.sha256 if volume else told.get("sha256"),
        "name": name,
        "media_type": told.get("media_type", ""),
        "size": files.length_of(row),
        "enrolled_at": now,
    }


def claim(now: datetime) -> FileCheck | None:
    """The file that has waited longest for its check; another worker takes the next one."""
    row = FileCheck.collection().find_one_and_update(
        {"next_at": {"$lte": now}}, {"$set": {"next_at": now + CLAIM}}, sort=[("next_at", 1), ("_id", 1)]
    )
    return FileCheck._from_son(row) if row else None


def note(check: FileCheck, changes: Row, *, now: datetime, period: timedelta) -> None:
    """Write down what was found, and when to look again."""
    again = {"checked_at": now, "next_at": now + period * SHARE}
    FileCheck.collection().update_one({"_id": check.id}, {"$set": {**again, **changes}})


def is_watched(file_id: str) -> bool:
    """Whether the file should be there: what is deleted on purpose is taken off first."""
    return FileCheck.collection().find_one({"_id": file_id}, {"_id": 1}) is not None


def recheck(files: Iterable[str], *, now: datetime) -> int:
    """Look at these files again as soon as possible 立即复查."""
    asked = {"_id": {"$in": list(files)}}
    return int(FileCheck.collection().update_many(asked, {"$set": {"next_at": now}}).modified_count)


@dataclass(frozen=True)
class Coverage:
    """How well the files are watched 校验进度."""

    total: int
    checked: int  # within the period
    bad: int
    oldest: datetime | None  # the check that is longest ago, of those that were checked
    waiting: int  # never checked yet
    to_copy: int
    copied: int

    @property
    def share(self) -> float:
        """How much of all was looked at within the period, in per cent."""
        return 100 * self.checked / self.total if self.total else 100.0


def coverage(now: datetime, period: timedelta) -> Coverage:
    """What was looked at, what waits, what is damaged; every figure from an index."""
    rows = FileCheck.collection()
    oldest = rows.find_one({"checked_at": {"$ne": None}}, {"checked_at": 1}, sort=[("checked_at", 1)])
    kept = {"kind": {"$in": list(COPIED)}}
    return Coverage(
        total=rows.estimated_document_count(),
        checked=rows.count_documents({"checked_at": {"$gte": now - period}}),
        bad=rows.count_documents({"state": {"$in": list(BAD)}}),
        oldest=oldest["checked_at"] if oldest else None,
        waiting=rows.count_documents({"checked_at": None}),
        to_copy=rows.count_documents(kept),
        copied=rows.count_documents({**kept, "copied_at": {"$ne": None}}),
    )


def bad_files(most: int) -> list[FileCheck]:
    """What is damaged or missing, the newest finding first."""
    return list(FileCheck.objects(state__in=BAD).order_by("-found_at").limit(most))


def any_bad() -> int:
    """How many files are damaged or missing; few at most, from an index."""
    return int(FileCheck.collection().count_documents({"state": {"$in": list(BAD)}}, limit=1_000))


def other_of_digest(sha256: str, but: str) -> bool:
    """Whether another file has the same bytes, so that its second copy is still wanted."""
    return FileCheck.collection().find_one({"sha256": sha256, "_id": {"$ne": but}}, {"_id": 1}) is not None
