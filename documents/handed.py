"""Volumes on their way to the archive room 移交案卷: package, round and part, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from mongoengine import DateTimeField, IntField, ListField, StringField

from documents.database import Stored
from documents.rules.package import years_later
from documents.volume import Volume

DECISIONS = ("accepted", "rejected")


class HandedVolume(Stored):
    """A volume in one round of one package 移交案卷; `handed_on` is empty until it was handed over."""

    id = StringField(primary_key=True)
    package = StringField(required=True)
    round = IntField(required=True)
    part = IntField(default=1)
    volume = StringField(required=True)
    cases = ListField(StringField())
    sha256 = StringField(required=True)
    size = IntField(required=True)
    handed_on = StringField()
    kept_until = StringField()  # the sender's own originals stay until this day
    decision = StringField(choices=DECISIONS)
    reason = StringField()
    decided_by = StringField()
    decided_at = DateTimeField()

    meta = {
        "collection": "handed_volumes",
        "indexes": [("package", "round", "volume"), "volume", "cases"],
    }


def kept_until(case: str) -> date | None:
    """The day until which the originals of a case must stay 移交后保留期; None: not handed over.

    A volume that the archive room sent back counts too: what was once handed over is not thrown away sooner.
    """
    found = HandedVolume.collection().find({"cases": case, "kept_until": {"$ne": None}}, {"kept_until": 1})
    days = [date.fromisoformat(row["kept_until"]) for row in found]
    return max(days, default=None)


def pack(package: str, number: int, volumes: Iterable[Volume]) -> None:
    """Write down what a round of a package holds, in place of what it held when it was made before."""
    HandedVolume.collection().delete_many({"package": package, "round": number})
    rows = [_row(package, number, volume) for volume in volumes]
    if rows:
        HandedVolume.collection().insert_many(rows)


def _row(package: str, number: int, volume: Volume) -> dict[str, Any]:
    return {
        "_id": f"{package}:{number}:{volume.id}",
        "package": package,
        "round": number,
        "part": 1,
        "volume": volume.id,
        "cases": list(volume.cases),
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


def decide(row: str, decision: str, *, by: str, at: datetime, reason: str = "") -> None:
    """Note what the archive room said of a volume 接收意见."""
    facts = {"decision": decision, "reason": reason, "decided_by": by, "decided_at": at}
    HandedVolume.collection().update_one({"_id": row}, {"$set": facts})
