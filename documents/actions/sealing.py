"""Archiving 归档: a closed case is given its archive number 档号, rendered, and sealed under its SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import audit, events
from documents.actions.change import Change
from documents.actions.keeping import replace
from documents.case_parts import SealedVolume
from documents.complaint import Complaint
from documents.database import transaction
from documents.rules import numbering
from documents.rules.broken import RuleBroken
from documents.rules.expressions import holds
from documents.rules.issuing import volume_numbering


@dataclass(frozen=True)
class Sealed:
    """A rendered case file: where it is kept and what it weighs."""

    file_id: str
    sha256: str
    pages: int
    size: int


def submit(change: Change, _value: Any, _argument: Mapping[str, Any]) -> None:
    """Hand the case to the archive room: retention and archive number are fixed, rendering follows."""
    case, rules = change.case, change.view.definition["archive"]
    missing = [letter.number or letter.key for letter in case.letters if letter.file_id is None]
    if missing:
        raise RuleBroken("letters_not_rendered", letters=missing)
    keep = retention(rules, change.known())
    owner = next(case.units[slot] for slot in rules["fonds_slots"] if slot in case.units)
    fonds = change.surroundings.unit(owner).fonds_number or rules["fonds_default"]
    parts = {"fonds": fonds, "retention": keep["code"], "year": str(change.today.year), "unit": owner}
    definition = volume_numbering(rules)
    series = numbering.series(change.view.key, definition, change.today, parts)
    taken = change.surroundings.next_in(series)
    case.papers.append("volume")
    case.volume = SealedVolume(
        number=numbering.number(definition, change.today, taken, parts),
        sequence=taken,
        retention={**keep["label"], "code": keep["code"], "years": keep.get("years")},
        fonds=fonds,
        year=change.today.year,
        submitted_by=change.actor.id,
        submitted_at=change.now,
    )


def retention(rules: Mapping[str, Any], facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """How long a case is kept 保管期限: the first period whose condition holds."""
    return next(one for one in rules["retention"] if holds(one.get("when"), facts))


def seal(number: str, sealed: Sealed, *, to_stage: str, now: datetime) -> Complaint:
    """Seal the rendered file 封存. Safe to run twice: a sealed file never changes."""

    def write() -> Complaint:
        case = Complaint.get(number)
        if case.volume is None:
            raise RuleBroken("not_submitted", number=number)
        if case.volume.sealed_at:
            return case
        close(case, sealed, to_stage=to_stage, now=now)
        replace(case)
        audit.note("seal", case.number, by=events.SYSTEM, at=now, sha256=sealed.sha256)
        return case

    return transaction(write)


def close(case: Complaint, sealed: Sealed, *, to_stage: str, now: datetime) -> None:
    """Close the file of a case in memory 封存; whoever calls writes the case."""
    volume, before = case.volume, case.stage
    volume.file_id, volume.sha256 = sealed.file_id, sealed.sha256
    volume.pages, volume.size, volume.sealed_at, volume.problem = sealed.pages, sealed.size, now, None
    case.stage, case.status = to_stage, "archived"
    case.papers = [paper for paper in case.papers if paper != "volume"]
    events.append(
        case,
        at=now,
        by=events.SYSTEM,
        verb="seal",
        label={"zh": "封存案卷", "en": "Case file sealed"},
        from_stage=before,
        to_stage=to_stage,
        facts={"volume": volume.number, "sha256": sealed.sha256, "pages": sealed.pages},
    )


def set_aside(number: str, problem: str) -> None:
    """Note why a case file could not be rendered; the case stays with the archivist, others go on."""
    Complaint.collection().update_one(
        {"number": number, "volume.sealed_at": None},
        {"$set": {"volume.problem": problem}, "$pull": {"papers": "volume"}, "$inc": {"revision": 1}},
    )
