"""Every archive number 档号 that was given out stands in one register, as those of before do.

A volume in the making is found by its number from now on, no longer by a mark on its case; and each volume
says how many papers of its case it holds, so that later ones go into a supplement volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.database import Database

Row = dict[str, Any]
BATCH = 500
PAPERS = ("answers", "letters", "attachments")


def migrate(db: Database[Row]) -> None:
    """Take the numbers of all case files up into the register. Safe to run twice."""
    known = {row["_id"] for row in db["archive_numbers"].find({}, {"_id": 1})}
    numbers: list[Any] = []
    cases: list[Any] = []
    for case in db["complaints"].find({"volume": {"$ne": None}}):
        if case["volume"]["number"] not in known:
            numbers.append(InsertOne(_number(db, case)))
        cases.append(UpdateOne({"_id": case["_id"]}, _change(case)))
    for name, writes in (("archive_numbers", numbers), ("complaints", cases)):
        for piece in _pieces(writes):
            db[name].bulk_write(piece, ordered=False)


def _pieces(writes: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(writes), BATCH):
        yield writes[start : start + BATCH]


def _change(case: Row) -> Row:
    change: Row = {"$unset": {"volume.attempts": 1}, "$pull": {"papers": "volume"}}
    if not case["volume"].get("holds"):
        change["$set"] = {"volume.holds": {kind: len(case.get(kind) or ()) for kind in PAPERS}}
    return change


def _number(db: Database[Row], case: Row) -> Row:
    volume, shelved = case["volume"], db["volumes"].find_one({"_id": case["volume"]["number"]}) or {}
    sealed = volume.get("sealed_at")
    units = case["units"]
    row = {
        "_id": volume["number"],
        "policy": case["policy"],
        "sequence": volume.get("sequence"),
        "state": "used" if sealed else "reserved",
        "owner": shelved.get("owner") or _owner(db, case),
        "fonds": volume.get("fonds") or "",
        "year": volume.get("year") or 0,
        "retention": volume.get("retention") or {},
        "unit": shelved.get("unit") or units.get("handling") or units["received"],
        "cases": [case["number"]],
        "left_out": [],
        "reserved_by": volume.get("submitted_by") or "",
        "reserved_at": volume.get("submitted_at"),
        "attempts": volume.get("attempts") or 0,
        "problem": volume.get("problem"),
        "settled_at": sealed,
    }
    return {name: value for name, value in row.items() if value is not None}


def _owner(db: Database[Row], case: Row) -> str:
    """The unit of the case whose fonds stands in the number, else the one that received it."""
    units = set(case["units"].values())
    wanted = {"_id": {"$in": sorted(units)}, "fonds_number": case["volume"].get("fonds")}
    found = db["units"].find_one(wanted, {"_id": 1})
    return str(found["_id"] if found else case["units"]["received"])
