"""Encrypt what people still wrote readably 加密冻结名称、撤销理由等: names, bases and turns of holds."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from documents.actions.encrypting import encrypt_more
from documents.destruction import Destruction
from documents.file_check import CERTIFICATE, FILE, PACKAGE
from documents.transfer import TransferPackage

# Of these more is encrypted now, whether or not they were gone through before.
AGAIN = ("complaints", "delayed_signatures", "holds", "inspection_rules", "outbox", "packages")
BEGUN = "again:2026-12-04"


def migrate(db: Database[dict[str, Any]]) -> None:
    """In portions; killed in the middle, it goes on where it was. Safe to run twice."""
    encrypt_more(BEGUN, AGAIN)
    _unname(db)


def _unname(db: Database[dict[str, Any]]) -> None:
    """Uploads that were taken for packages or certificates were watched under their names."""
    packages, lists = db[TransferPackage._get_collection_name()], db[Destruction._get_collection_name()]
    ours = {*lists.distinct("certificate.file_id")}
    for place in ("built", "rounds.built"):
        ours |= {*packages.distinct(f"{place}.file_id"), *packages.distinct(f"{place}.parts.file_id")}
    wanted = {"kind": {"$in": [PACKAGE, CERTIFICATE]}, "_id": {"$nin": sorted(ours - {None})}}
    db["file_checks"].update_many(wanted, [{"$set": {"kind": FILE, "subject": "$_id"}}])
