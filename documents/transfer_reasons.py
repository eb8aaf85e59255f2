"""Why a sealed volume is not in this round of a package 未移交原因: handed over before, held, kept back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mongoengine import QuerySet

from documents.handed import HandedVolume
from documents.hold import held
from documents.rules.package import KEPT_APART
from documents.transfer import CONFIDENTIAL, TransferPackage, both_ids, package_id
from documents.volume import Volume

JUDGED = ("cases", "known_to", "recused", "pages", "sha256")  # what is read of a volume to tell


class Reason(NamedTuple):
    """A reason: its code, its words, and more about it."""

    code: str
    words: str
    note: str = ""


class Side(NamedTuple):
    """Which package of a unit and year 普通或保密移交包, and who makes it.

    Nobody packs what is kept from him; the command line is nobody, and packs what is not confidential.
    """

    policy: str
    unit: str
    year: int
    maker: str = ""
    confidential: bool = False

    @property
    def id(self) -> str:
        """The id of the package."""
        return package_id(self.policy, self.unit, self.year, confidential=self.confidential)


def side_of(package: TransferPackage) -> Side:
    """Which package it is, as it is made now."""
    return Side(package.policy, package.unit, package.year, package.made_by, bool(package.confidential))


def knows_some(side: Side, person: str) -> bool:
    """Whether a person knows of any confidential volume of the unit and year 在知悉名单上."""
    of = {"policy": side.policy, "owner": side.unit, "year": side.year}
    mine = {"known_to": person, "recused": {"$ne": person}}
    return Volume.collection().find_one({**of, **mine}, {"_id": 1}) is not None


def on_shelf(policy: str, unit: str, year: int) -> QuerySet:
    """The sealed volumes of a unit and year, without those that were destroyed 已销毁."""
    return Volume.objects(policy=policy, owner=unit, year=year, destroyed_at=None).order_by("id")


def apart(side: Side, volumes: Sequence[Volume]) -> dict[str, Reason]:
    """The volumes of the year that stay out of the round that is being made, each with its reason."""
    found = _handed_over(side.id)
    kept = _kept_back(side.id)
    frozen = held(number for volume in volumes for number in volume.cases)
    for volume in volumes:
        if volume.id in found:
            continue
        elsewhere = _elsewhere(side, volume)
        if elsewhere:
            found[volume.id] = elsewhere
        elif volume.id in kept:
            found[volume.id] = Reason("sealed", "封存，暂不移交", kept[volume.id])
        elif frozen.intersection(volume.cases):
            found[volume.id] = Reason(
                "held", "冻结，暂不移交", "、".join(sorted(frozen.intersection(volume.cases)))
            )
    return found


def _elsewhere(side: Side, volume: Volume) -> Reason | None:
    """Why a volume belongs to the other package, or to one that somebody else makes."""
    if not volume.known_to:
        if side.confidential:
            return Reason("general", "不属保密，在普通移交包")
    elif not side.confidential or volume.is_kept_from(side.maker):
        # So that who checks both packages can tell that this very file is in the other.
        return Reason("confidential", KEPT_APART, f"{volume.pages} 页，SHA-256 {volume.sha256}")
    if side.maker in volume.recused:
        return Reason("recused", "制作人须回避，另行移交")
    return None


def _handed_over(package: str) -> dict[str, Reason]:
    """What was handed over before, in either package, and was not sent back 已先行移交."""
    rows = HandedVolume.collection().find({"package": {"$in": both_ids(package)}, "handed_on": {"$ne": None}})
    found: dict[str, Reason] = {}
    for row in rows.sort([("handed_on", 1), ("round", 1)]):
        found.pop(row["volume"], None)
        if row.get("decision") != "rejected":
            which = "保密移交包" if row["package"].endswith(CONFIDENTIAL) else ""
            note = f"{which}第 {row['round']} 次移交，{row['handed_on']}"
            found[row["volume"]] = Reason("handed_over", "已先行移交", note)
    return found


def _kept_back(package: str) -> dict[str, str]:
    """The volumes that are kept back as confidential 封存, with their reasons."""
    found = TransferPackage.objects(id=package).only("kept_back").first()
    return {row["volume"]: row["reason"] for row in found.kept_back} if found else {}


def sent_back(package: str, volumes: Iterable[str]) -> dict[str, str]:
    """Why volumes of this round were sent back in an earlier one 退回原因."""
    wanted = {"package": {"$in": both_ids(package)}, "decision": "rejected", "volume": {"$in": list(volumes)}}
    rows = HandedVolume.collection().find(wanted).sort("round", 1)
    return {row["volume"]: f"第 {row['round']} 次移交退回：{row['reason']}" for row in rows}


def open_round(package: str) -> int:
    """The number of the round that is being made: one more than what was handed over."""
    row = HandedVolume.collection().find_one(
        {"package": package, "handed_on": {"$ne": None}}, {"round": 1}, sort=[("round", -1)]
    )
    return 1 + int(row["round"]) if row else 1
