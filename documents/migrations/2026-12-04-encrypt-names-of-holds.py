"""Encrypt what people still wrote readably 加密冻结名称、撤销理由等: names, bases and turns of holds."""

from __future__ import annotations

import sys
from typing import Any

from pymongo.database import Database

from documents.actions.renewing import PASSES, PORTION, renew
from documents.destruction import Destruction
from documents.file_check import CERTIFICATE, FILE, PACKAGE
from documents.transfer import TransferPackage

# Of these more is encrypted now, whether or not they were gone through before.
AGAIN = ("complaints", "delayed_signatures", "holds", "inspection_rules", "outbox", "packages")
BEGUN = "again:2026-12-04"
TOLD_EVERY = 20 * PORTION


def migrate(db: Database[dict[str, Any]]) -> None:
    """In portions; killed in the middle, it goes on where it was. Safe to run twice."""
    passes = {row["_id"] for row in db[PASSES].find({}, {"_id": 1})}
    if BEGUN not in passes:
        again = [name for name in passes if name.rpartition(":")[0] in AGAIN]
        db[PASSES].delete_many({"_id": {"$in": again}})
        db[PASSES].insert_one({"_id": BEGUN})
    renew(look=_tell)
    _unname(db)


def _unname(db: Database[dict[str, Any]]) -> None:
    """Uploads that were taken for packages or certificates were watched under their names."""
    packages, lists = db[TransferPackage._get_collection_name()], db[Destruction._get_collection_name()]
    ours = {*lists.distinct("certificate.file_id")}
    for place in ("built", "rounds.built"):
        ours |= {*packages.distinct(f"{place}.file_id"), *packages.distinct(f"{place}.parts.file_id")}
    wanted = {"kind": {"$in": [PACKAGE, CERTIFICATE]}, "_id": {"$nin": sorted(ours - {None})}}
    db["file_checks"].update_many(wanted, [{"$set": {"kind": FILE, "subject": "$_id"}}])


def _tell(collection: str, seen: int, renewed: int) -> None:
    if seen and seen % TOLD_EVERY == 0:
        print(f"加密 encrypting {collection}: {seen:,}, {renewed:,} 已改写 written", file=sys.stderr)
