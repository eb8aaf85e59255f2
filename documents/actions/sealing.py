"""Archiving 归档: a closed case is given its archive number 档号, rendered, and sealed under its SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import events
from documents.actions.archive_numbers import Reservation, reserve, shelf_of
from documents.actions.change import Change
from documents.archive_number import ArchiveNumber
from documents.case_parts import Appraisal, SealedVolume
from documents.complaint import Complaint
from documents.filing_remarks import remarks
from documents.rules import filing
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.volume_papers import papers_of


@dataclass(frozen=True)
class Sealed:
    """A rendered case file: where it is kept and what it weighs."""

    file_id: str
    sha256: str
    pages: int
    size: int


def submit(change: Change, _value: Any, _argument: Mapping[str, Any]) -> None:
    """Hand the case to the archive room: retention and archive number are fixed, rendering follows.

    Raises RuleBroken("letters_not_rendered").
    """
    case = change.case
    missing = [letter.number or letter.key for letter in case.letters if letter.file_id is None]
    if missing:
        raise RuleBroken("letters_not_rendered", letters=missing)
    number = change.filing.number or _own_number(change)
    case.volume = handed_over(case, number, change.filing.appraisal, by=change.actor.id, now=change.now)
    held, noted = change.surroundings.is_held(case.number), change.filing.noted
    case.volume.remarks = list(remarks(case, change.view, number, held=held, noted=noted))


def _own_number(change: Change) -> ArchiveNumber:
    """The number of a volume that holds this case alone."""
    case, view = change.case, change.view
    kept = filing.kept_as(filing.proposed(view.definition["archive"], change.known()))
    shelf = shelf_of(case, view, now=change.now, unit_of=change.surroundings.unit)
    wanted = Reservation((case.number,), change.actor.id, change.now)
    return reserve(view, shelf, kept, wanted, surroundings=change.surroundings)


def handed_over(
    case: Complaint, number: ArchiveNumber, appraisal: Appraisal | None, *, by: str, now: datetime
) -> SealedVolume:
    """What the case knows of the volume it goes into."""
    return SealedVolume(
        number=number.id,
        sequence=number.sequence,
        retention=dict(number.retention),
        fonds=number.fonds,
        year=number.year,
        unit_code=number.unit_code,
        holds=papers_of(case),
        appraisal=appraisal,
        submitted_by=by,
        submitted_at=now,
    )


def close(case: Complaint, sealed: Sealed, *, now: datetime, view: PolicyView) -> None:
    """Close the file that is in the making in memory 封存; whoever calls writes the case."""
    volume: Any = case.in_the_making
    before = case.stage
    volume.file_id, volume.sha256 = sealed.file_id, sealed.sha256
    volume.pages, volume.size, volume.sealed_at, volume.problem = sealed.pages, sealed.size, now, None
    main = volume is case.volume
    if main:
        case.stage, case.status = view.definition["archive"]["sealed_stage"], "archived"
    facts = {"volume": volume.number, "sha256": sealed.sha256, "pages": sealed.pages}
    moved = {"from_stage": before, "to_stage": case.stage} if main else {}
    label = SEALED if main else SUPPLEMENT_SEALED
    events.append(case, at=now, by=events.SYSTEM, verb="seal", label=label, facts=facts, **moved)


SEALED = {"zh": "封存案卷", "en": "Case file sealed"}
SUPPLEMENT_SEALED = {"zh": "封存补充卷", "en": "Supplement volume sealed"}
