"""Why a sealed volume is not in this round of a package 未移交原因: handed over before, held, kept back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mongoengine import QuerySet

from documents.handed import HandedVolume
from documents.hold import held
from documents.transfer import TransferPackage
from documents.volume import Volume


class Reason(NamedTuple):
    """A reason: its code, its words, and more about it."""

    code: str
    words: str
    note: str = ""


def on_shelf(policy: str, unit: str, year: int) -> QuerySet:
    """The sealed volumes of a unit and year, without those that were destroyed 已销毁."""
    return Volume.objects(policy=policy, owner=unit, year=year, destroyed_at=None).order_by("id")


def apart(package: str, volumes: Sequence[Volume]) -> dict[str, Reason]:
    """The volumes of the year that stay out of the round that is being made, each with its reason."""
    found = _handed_over(package)
    kept = _kept_back(package)
    frozen = held(number for volume in volumes for number in volume.cases)
    for volume in volumes:
        if volume.id in found:
            continue
        if volume.id in kept:
            found[volume.id] = Reason("sealed", "封存，暂不移交", kept[volume.id])
        elif frozen.intersection(volume.cases):
            found[volume.id] = Reason(
                "held", "冻结，暂不移交", "、".join(sorted(frozen.intersection(volume.cases)))
            )
    return found


def _handed_over(package: str) -> dict[str, Reason]:
    """What was handed over in an earlier round and was not sent back 已先行移交."""
    rows = HandedVolume.collection().find({"package": package, "handed_on": {"$ne": None}})
    found: dict[str, Reason] = {}
    for row in rows.sort("round", 1):
        found.pop(row["volume"], None)
        if row.get("decision") != "rejected":
            note = f"第 {row['round']} 次移交，{row['handed_on']}"
            found[row["volume"]] = Reason("handed_over", "已先行移交", note)
    return found


def _kept_back(package: str) -> dict[str, str]:
    """The volumes that are kept back as confidential 封存, with their reasons."""
    found = TransferPackage.objects(id=package).only("kept_back").first()
    return {row["volume"]: row["reason"] for row in found.kept_back} if found else {}


def sent_back(package: str, volumes: Iterable[str]) -> dict[str, str]:
    """Why volumes of this round were sent back in an earlier one 退回原因."""
    wanted = {"package": package, "decision": "rejected", "volume": {"$in": list(volumes)}}
    rows = HandedVolume.collection().find(wanted).sort("round", 1)
    return {row["volume"]: f"第 {row['round']} 次移交退回：{row['reason']}" for row in rows}


def open_round(package: str) -> int:
    """The number of the round that is being made: one more than what was handed over."""
    row = HandedVolume.collection().find_one(
        {"package": package, "handed_on": {"$ne": None}}, {"round": 1}, sort=[("round", -1)]
    )
    return 1 + int(row["round"]) if row else 1
