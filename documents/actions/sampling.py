"""The yearly sample 年度抽检 as far as it is stored: begun once a year, its place kept, finished."""

from __future__ import annotations

from datetime import datetime

from documents.actions import telling
from documents.actions.notices import Message
from documents.database import transaction
from documents.inspection import Inspection, Sampling, inspection_rules
from documents.keepers import keepers
from documents.volume import HIDDEN, Volume

LONGEST_REASON = 300


def begun(year: int, *, now: datetime) -> Sampling:
    """The sample of a year; the share is the one of the day on which it began."""
    fresh = {"share": inspection_rules().share, "after": "", "looked": 0, "chosen": 0, "failed": 0}
    Sampling.collection().update_one(
        {"_id": year}, {"$setOnInsert": {**fresh, "begun_at": now, "finished_at": None}}, upsert=True
    )
    found: Sampling = Sampling.objects(id=year).first()
    return found


def following(sampling: Sampling, before: datetime, most: int) -> list[str]:
    """The next archive numbers in their order, of volumes that were sealed before the year began."""
    wanted = {"_id": {"$gt": sampling.after}, "sealed_at": {"$lt": before}, "destroyed_at": None}
    rows = Volume.collection().find(wanted, {"_id": 1}).sort("_id").limit(most)
    return [row["_id"] for row in rows]


def was_sampled(year: int, number: str) -> bool:
    """Whether the sample of the year has this volume already: a job may run twice."""
    return Inspection.objects(sampled=year, number=number).first() is not None


def advance(sampling: Sampling, after: str, *, looked: int, chosen: int = 0, failed: int = 0) -> None:
    """Keep how far the sample has come; who is behind another worker changes nothing."""
    Sampling.collection().update_one(
        {"_id": sampling.id, "after": sampling.after},
        {"$set": {"after": after}, "$inc": {"looked": looked, "chosen": chosen, "failed": failed}},
    )
    sampling.after = after


def set_aside(sampling: Sampling, number: str, reason: str, *, looked: int, now: datetime) -> None:
    """Note which volume could not be inspected, and why; tell who keeps it, and go on with the next."""
    volume = Volume.get(number)
    owner = str(volume.owner)
    why = HIDDEN if volume.known_to else dict.fromkeys(("zh", "en"), reason[:LONGEST_REASON])
    row = {"number": number, "owner": owner, "reason": reason[:LONGEST_REASON], "at": now}
    message = Message(
        key=f"sample:{sampling.id}:{number}",
        title={"zh": f"年度抽检未能检测：{number}", "en": f"The yearly sample could not inspect {number}"},
        body={
            "zh": f"原因：{why['zh']}。其余案卷照常抽检。请查明后在案卷页重新检测。",
            "en": f"Why: {why['en']}. The others were inspected. Look into it, then inspect it again.",
        },
    )

    def write() -> None:
        Sampling.collection().update_one(
            {"_id": sampling.id, "aside.number": {"$ne": number}}, {"$push": {"aside": row}}
        )
        telling.announce(keepers(owner), [number], message, now=now)

    transaction(write)
    advance(sampling, number, looked=looked, chosen=1)


def finish(sampling: Sampling, *, now: datetime) -> None:
    """Every volume was looked at."""
    Sampling.collection().update_one(
        {"_id": sampling.id, "finished_at": None}, {"$set": {"finished_at": now}}
    )
