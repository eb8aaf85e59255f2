"""Binding 装订: the rendered volume is sealed and put on the shelf in one transaction – or set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from documents import audit, events
from documents.actions import sealing, signing
from documents.actions.archive_numbers import void
from documents.actions.keeping import replace
from documents.actions.sealing import Sealed
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.database import transaction
from documents.dossier import titles_of
from documents.files import StoredFile
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.need_to_know import common_list
from documents.rules.signatures import SignatureCheck
from documents.rules.volume import ContentsEntry, RenderedVolume, VolumeContent
from documents.volume import Volume
from documents.volume_papers import held
from documents.withheld import check_kept

EMPTY = "卷内各件都未能制作"


def bind(content: VolumeContent, rendered: RenderedVolume, stored: StoredFile, *, now: datetime) -> bool:
    """Seal the volume and shelve it; False when another worker was first. Safe to run twice."""
    sealed = Sealed(stored.id, stored.sha256, rendered.pages, rendered.size)

    def write() -> bool:
        number = ArchiveNumber.get(content.volume_number)
        if number.state != "reserved":
            return False
        cases = [Complaint.get(one) for one in number.cases]
        for case in cases:
            _seal(case, sealed, now)
        Volume.collection().insert_one(_shelved(number, cases, content, rendered, stored, now))
        settled = {"state": "used", "settled_at": now, "problem": None}
        ArchiveNumber.collection().update_one({"_id": number.id}, {"$set": settled})
        return True

    return transaction(write)


def row_of(
    content: VolumeContent, rendered: RenderedVolume, stored: StoredFile, *, now: datetime
) -> dict[str, Any]:
    """The row as it will stand on the shelf 目录条目, for those who look at it before it does."""
    number = ArchiveNumber.get(content.volume_number)
    cases = [Complaint.get(one) for one in number.cases]
    return _shelved(number, cases, content, rendered, stored, now)


def _seal(case: Complaint, sealed: Sealed, now: datetime) -> None:
    sealing.close(case, sealed, now=now, view=view_of(case.policy, case.policy_version))
    replace(case)
    audit.note("seal", case.number, by=events.SYSTEM, at=now, sha256=sealed.sha256)


def _open_title(number: ArchiveNumber, cases: Sequence[Complaint]) -> dict[str, Any]:
    """What the title asks of its reader, and how it reads for others; one of several cases names nobody."""
    if len(cases) > 1:
        return {"title_classes": []}
    told = titles_of(cases[0], supplement=bool(number.supplement_to))
    return {"title_classes": list(told.closed), **({"open_title": told.open} if told.closed else {})}


def _shelved(
    number: ArchiveNumber,
    cases: Sequence[Complaint],
    content: VolumeContent,
    rendered: RenderedVolume,
    stored: StoredFile,
    now: datetime,
) -> dict[str, Any]:
    first = cases[0]
    return {
        "_id": number.id,
        "policy": number.policy,
        "cases": [case.number for case in cases],
        "case_type": first.case_type,
        "title": content.title,
        **_open_title(number, cases),
        "owner": number.owner,
        "fonds": number.fonds,
        "year": number.year,
        "retention": dict(number.retention),
        "unit": number.unit,
        "opened_on": content.opened_on.isoformat(),
        "closed_on": content.closed_on.isoformat(),
        "pages": rendered.pages,
        "sheets": rendered.sheets,
        "size": rendered.size,
        "sha256": stored.sha256,
        "file_id": stored.id,
        "contents": [_entry(entry) for entry in rendered.contents],
        "originals": [_original(one) for case in cases for one in held(case, number.id, "attachments")],
        "warnings": list(rendered.warnings),
        "secrecy": content.secrecy,
        "supplement_to": number.supplement_to,
        "sealed_at": now,
        **_signature(rendered, now),
        **_who_may_see(cases),
    }


def _who_may_see(cases: Sequence[Complaint]) -> dict[str, Any]:
    """A volume of several cases is for those who may see each of them."""
    common = set(cases[0].scope).intersection(*(case.scope for case in cases))
    recused = {person for case in cases for person in case.recused}
    known = common_list(case.known_to for case in cases)
    return {
        **({"known_to": known} if known else {}),
        "scope": [key for key in cases[0].scope if key in common],
        "recused": sorted(recused) if len(cases) > 1 else list(cases[0].recused),
    }


def _signature(rendered: RenderedVolume, now: datetime) -> dict[str, Any]:
    """How the volume was signed; the job checked the signature before it came here."""
    facts = rendered.signature
    if facts is None:
        return {}
    check = SignatureCheck((), root=facts.root, signed_at=facts.signed_at, authority=facts.authority)
    return {"signature": facts.as_row(), "signature_check": signing.check_row(rendered.sha256, check, now)}


def _entry(entry: ContentsEntry) -> dict[str, Any]:
    return {**asdict(entry), "dated": entry.dated.isoformat() if entry.dated else None}


def _original(attachment: Any) -> dict[str, Any]:
    kept = ("file_id", "name", "media_type", "size", "sha256")
    return {name: getattr(attachment, name) for name in kept}


def begin(number: str) -> int:
    """Count an attempt at rendering before it starts: a volume that kills its worker is found out."""
    row = ArchiveNumber.collection().find_one_and_update(
        {"_id": number, "state": "reserved"}, {"$inc": {"attempts": 1}}, projection={"attempts": 1}
    )
    if row is None:
        raise RuleBroken("unknown_volume", volume=number)
    return 1 + int(row.get("attempts", 0))


def set_aside(number: ArchiveNumber, problem: str) -> None:
    """Note why a volume could not be rendered; its cases stay with the archivist, others go on."""

    def write() -> None:
        ArchiveNumber.collection().update_one(
            {"_id": number.id, "state": "reserved"}, {"$set": {"problem": problem}}
        )
        for case in number.cases:
            _note_problem(case, number.id, problem)

    transaction(write)


def leave_out(number: str, case: str, reason: str, *, now: datetime) -> ArchiveNumber:
    """Leave a case out of the volume it was to share; when nothing is left, the number is void."""

    def write() -> ArchiveNumber:
        row = {"case": case, "reason": reason}
        ArchiveNumber.collection().update_one(
            {"_id": number, "state": "reserved", "cases": case},
            {"$pull": {"cases": case}, "$push": {"left_out": row}},
        )
        _note_problem(case, number, reason)
        found = ArchiveNumber.get(number)
        if not found.cases:
            void(number, EMPTY, now=now)
        return found

    return transaction(write)


def _note_problem(case: str, number: str, problem: str | None) -> None:
    for place in ("volume", "supplements"):
        wanted = {"number": case, f"{place}.number": number}
        field = "volume.problem" if place == "volume" else "supplements.$.problem"
        Complaint.collection().update_one(wanted, {"$set": {field: problem}, "$inc": {"revision": 1}})


def retry(numbers: Iterable[str], *, actor: Person, now: datetime) -> int:
    """Let volumes that were set aside try again 重新制卷, under their own numbers.

    Raises RuleBroken("withheld_from_you"), ("withheld_from_all") for a case that is closed to the person.
    """

    def write() -> int:
        done = 0
        for number in numbers:
            row = ArchiveNumber.collection().find_one_and_update(
                {"_id": number, "state": "reserved", "problem": {"$ne": None}},
                {"$set": {"problem": None, "attempts": 0}},
            )
            if row is None:
                continue
            check_kept(actor, row["cases"], [row["owner"]])
            for case in row["cases"]:
                _note_problem(case, number, None)
                audit.note("volume_retry", case, by=actor.id, at=now)
            done += 1
        return done

    return transaction(write)
