"""Binding 装订: the rendered case file is sealed and put on the shelf in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions import sealing
from documents.actions.sealing import Sealed
from documents.complaint import Complaint
from documents.database import transaction
from documents.dossier import filing_unit, owner, volume_title
from documents.files import StoredFile
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.volume import ContentsEntry, RenderedVolume, VolumeContent
from documents.volume import Volume


def bind(content: VolumeContent, rendered: RenderedVolume, stored: StoredFile, *, now: datetime) -> bool:
    """Seal the volume and shelve it; False when another worker was first. Safe to run twice."""
    sealed = Sealed(stored.id, stored.sha256, rendered.pages, rendered.size)

    def write() -> bool:
        case = Complaint.get(content.case_number)
        if case.volume is None or case.volume.sealed_at:
            return False
        rules = view_of(case.policy, case.policy_version).definition["archive"]
        case = sealing.seal(case.number, sealed, to_stage=rules["sealed_stage"], now=now)
        Volume.collection().insert_one(_shelved(case, content, rendered))
        return True

    return transaction(write)


def _shelved(case: Complaint, content: VolumeContent, rendered: RenderedVolume) -> dict[str, Any]:
    volume = case.volume
    return {
        "_id": volume.number,
        "policy": case.policy,
        "cases": [case.number],
        "case_type": case.case_type,
        "title": volume_title(case),
        "owner": owner(case),
        "fonds": volume.fonds,
        "year": volume.year,
        "retention": dict(volume.retention),
        "unit": filing_unit(case),
        "opened_on": content.opened_on.isoformat(),
        "closed_on": content.closed_on.isoformat(),
        "pages": rendered.pages,
        "sheets": rendered.sheets,
        "size": rendered.size,
        "sha256": volume.sha256,
        "file_id": volume.file_id,
        "contents": [_entry(entry) for entry in rendered.contents],
        "originals": [_original(one) for one in case.attachments],
        "warnings": list(rendered.warnings),
        "secrecy": content.secrecy,
        "sealed_at": volume.sealed_at,
        "scope": list(case.scope),
        "recused": list(case.recused),
    }


def _entry(entry: ContentsEntry) -> dict[str, Any]:
    return {**asdict(entry), "dated": entry.dated.isoformat() if entry.dated else None}


def _original(attachment: Any) -> dict[str, Any]:
    kept = ("file_id", "name", "media_type", "size", "sha256")
    return {name: getattr(attachment, name) for name in kept}


def begin(number: str) -> int:
    """Count an attempt at rendering before it starts: a case that kills its worker is found out."""
    row = Complaint.collection().find_one_and_update(
        {"number": number, "volume": {"$ne": None}},
        {"$inc": {"volume.attempts": 1}},
        projection={"volume.attempts": 1},
    )
    if row is None:
        raise RuleBroken("not_submitted", number=number)
    return 1 + int(row["volume"].get("attempts", 0))


def retry(numbers: Iterable[str], *, by: str, now: datetime) -> int:
    """Let case files that were set aside try again 重新制卷."""

    def write() -> int:
        done = 0
        for number in numbers:
            found = Complaint.collection().update_one(
                {"number": number, "volume.sealed_at": None, "volume.problem": {"$ne": None}},
                {
                    "$set": {"volume.problem": None, "volume.attempts": 0},
                    "$addToSet": {"papers": "volume"},
                    "$inc": {"revision": 1},
                },
            )
            if found.modified_count:
                audit.note("volume_retry", number, by=by, at=now)
                done += 1
        return done

    return transaction(write)
