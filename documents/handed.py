"""Volumes on their way to the archive room 移交案卷: package, round and part, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mongoengine import DateTimeField, IntField, ListField, StringField

from documents.database import Stored
from documents.rules.package import years_later
from documents.volume import Volume

DECISIONS = ("accepted", "rejected")
SOURCES = ("result", "opinion")  # the checker found it, or a person of the archive room said it


class HandedVolume(Stored):
    """A volume in one round of one package 移交案卷; `handed_on` is empty until it was handed over."""

    id = StringField(primary_key=True)
    package = StringField(required=True)
    round = IntField(required=True)
    part = IntField(default=0)  # 分包; 0 when the package is not split
    volume = StringField(required=True)
    cases = ListField(StringField())
    sha256 = StringField(required=True)
    size = IntField(required=True)
    handed_on = StringField()
    kept_until = StringField()  # the sender's own originals stay until this day
    title = StringField()
    decision = StringField(choices=DECISIONS)
    source = StringField(choices=SOURCES)
    reason = StringField()
    decided_by = StringField()
    decided_at = DateTimeField()

    meta = {
        "collection": "handed_volumes",
        "encrypted": {"title": (), "reason": ()},
        "indexes": [("package", "round", "volume"), "volume", "cases"],
    }


def kept_until(cases: Iterable[str]) -> dict[str, date]:
    """The day until which the originals of each case must stay 移交后保留期; not of one never handed over.

    A volume that the archive room sent back counts too: what was once handed over is not thrown away sooner.
    """
    asked, found = set(cases), dict[str, date]()
    wanted = {"cases": {"$in": sorted(asked)}, "kept_until": {"$ne": None}}
    for row in HandedVolume.collection().find(wanted, {"cases": 1, "kept_until": 1}):
        until = date.fromisoformat(row["kept_until"])
        found |= {case: max(until, found.get(case, until)) for case in asked & set(row["cases"])}
    return found


def pack(package: str, number: int, volumes: Iterable[Volume], parts: Mapping[str, int]) -> None:
    """Write down what a round of a package holds, in place of what it held when it was made before."""
    HandedVolume.collection().delete_many({"package": package, "round": number})
    rows = [_row(package, number, volume, parts.get(volume.id, 0)) for volume in volumes]
    if rows:
        HandedVolume.collection().insert_many(rows)


def _row(package: str, number: int, volume: Volume, part: int) -> dict[str, Any]:
    return {
        "_id": f"{package}:{number}:{volume.id}",
        "package": package,
        "round": number,
        "part": part,
        "volume": volume.id,
        "cases": list(volume.cases),
        "title": volume.title,
        "sha256": volume.sha256,
        "size": volume.size,
    }


def hand_over(package: str, number: int, day: date, *, years: int) -> None:
    """The round was handed over on this day; originals stay for so many years 移交后至少保存年限."""
    until = years_later(day, years).isoformat()
    HandedVolume.collection().update_many(
        {"package": package, "round": number},
        {"$set": {"handed_on": day.isoformat(), "kept_until": until}},
    )


def rows_of(package: str, number: int) -> Any:
    """The volumes of a round, in the order of their numbers."""
    return HandedVolume.objects(package=package, round=number).order_by("volume")


def volumes_in(package: str, number: int | None = None) -> list[str]:
    """The volumes that lie in a round of a package, or ever lay in it."""
    which = {} if number is None else {"round": number}
    return list(HandedVolume.collection().distinct("volume", {"package": package, **which}))


def tally(package: str, number: int) -> dict[str, int]:
    """How many volumes of a round are accepted, rejected, and undecided."""
    match = {"$match": {"package": package, "round": number}}
    group = {"$group": {"_id": {"$ifNull": ["$decision", "undecided"]}, "count": {"$sum": 1}}}
    found = {row["_id"]: row["count"] for row in HandedVolume.collection().aggregate([match, group])}
    return {name: int(found.get(name, 0)) for name in (*DECISIONS, "undecided")}


def parts_of(package: str, number: int) -> dict[str, int]:
    """In which part each volume lay when the round was last made; empty when it was not split."""
    found = HandedVolume.collection().find({"package": package, "round": number, "part": {"$gt": 0}})
    return {row["volume"]: row["part"] for row in found}
