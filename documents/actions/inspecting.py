"""Inspecting 检测 as far as it is stored: reports are kept, settings changed, keepers told of failures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from documents import audit, events, handed
from documents.actions import telling
from documents.actions.notices import Message
from documents.database import transaction
from documents.files import StoredFile
from documents.inspection import HOUSE, Inspection, InspectionRules
from documents.keepers import keepers
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.check_items import ITEMS
from documents.rules.four_checks import FAILED, STAGES, VOLUME, Inspected
from documents.volume import Volume

LONGEST_REASON = 200
NAMED = 3


def keep(
    inspected: Inspected, *, owner: str, sha256: str, by: str = events.SYSTEM, sampled: int | None = None
) -> Inspection:
    """Keep a report 检测报告; the volume carries its summary."""

    def write() -> Inspection:
        kept = Inspection(
            subject=inspected.subject,
            number=inspected.number,
            title=inspected.title,
            owner=owner,
            stage=inspected.stage,
            at=inspected.at,
            by=by,
            sha256=sha256,
            counts=inspected.counts,
            ok=inspected.ok,
            findings=[one.as_row() for one in inspected.findings],
            sampled=sampled,
        )
        kept.save(force_insert=True)
        if inspected.subject == VOLUME:
            _summarise(kept)
        facts = {"stage": kept.stage, "ok": kept.ok}
        audit.note("inspect", kept.number, by=by, at=kept.at, inspection=str(kept.id), **facts)
        return kept

    return transaction(write)


def _summarise(kept: Inspection) -> None:
    summary = {"id": str(kept.id), "at": kept.at, "stage": kept.stage, "ok": kept.ok, "counts": kept.counts}
    Volume.collection().update_one({"_id": kept.number}, {"$set": {"inspection": summary}})


def alarm(kept: Inspection, *, now: datetime) -> None:
    """Tell who keeps this archive that an inspection failed; once for each report."""
    if kept.ok:
        return
    wrong = [one["name"] for one in kept.findings if one["result"] == FAILED][:NAMED]
    named_zh, named_en = "、".join(one["zh"] for one in wrong), ", ".join(one["en"] for one in wrong)
    (stage_zh, stage_en), count = STAGES[kept.stage], kept.counts[FAILED]
    message = Message(
        key=f"inspection:{kept.id}",
        title={"zh": f"四性检测不通过：{kept.number}", "en": f"Inspection failed: {kept.number}"},
        body={
            "zh": f"{stage_zh}检测有 {count} 项不通过：{named_zh}。请在归档室查看检测报告。",
            "en": f"{stage_en}: {count} items failed ({named_en}). See the report in the archive room.",
        },
    )
    transaction(lambda: telling.announce(keepers(kept.owner), _about(kept), message, now=now))


def _about(kept: Inspection) -> list[str]:
    """The volumes that a report is about: one, or those that ever lay in a package."""
    if kept.subject == VOLUME:
        return [str(kept.number)]
    return handed.volumes_in(kept.number)


def begin_print(inspection: str) -> int:
    """Count an attempt at printing before it starts."""
    row = Inspection.collection().find_one_and_update(
        {"_id": Inspection.get(inspection).id}, {"$inc": {"attempts": 1}}
    )
    return 1 + int(row.get("attempts", 0)) if row else 0


def fill(inspection: Inspection, stored: StoredFile) -> bool:
    """Attach the printed report; False when another worker was first."""
    changes = {"file_id": stored.id, "size": stored.size}
    done = Inspection.collection().update_one({"_id": inspection.id, "file_id": None}, {"$set": changes})
    return bool(done.modified_count)


def set_aside(inspection: Inspection, problem: str) -> None:
    """Note why a report could not be printed."""
    changes = {"$set": {"problem": problem}}
    Inspection.collection().update_one({"_id": inspection.id, "file_id": None}, changes)


def configure(off: Mapping[str, str], share: float, *, actor: Person, now: datetime) -> InspectionRules:
    """Switch items off with a reason, and set the yearly share 设置.

    Raises RuleBroken("unknown_check"), ("check_off_without_reason"), ("share_out_of_range").
    """
    if not 0 < share <= 100:
        raise RuleBroken("share_out_of_range")
    for key, reason in off.items():
        if key not in ITEMS:
            raise RuleBroken("unknown_check", check=key)
        if not reason.strip():
            raise RuleBroken("check_off_without_reason", check=ITEMS[key].name[0])
    kept = {key: reason.strip()[:LONGEST_REASON] for key, reason in off.items()}
    changes = {"off": kept, "share": share, "changed_by": actor.id, "changed_at": now}

    def write() -> None:
        InspectionRules.collection().update_one({"_id": HOUSE}, {"$set": changes}, upsert=True)
        audit.note("inspection_rules", HOUSE, by=actor.id, at=now, off=kept, share=share)

    transaction(write)
    return InspectionRules(off=kept, share=share)
