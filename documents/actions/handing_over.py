"""Handing over 移送制卷: an approved batch gets its numbers volume by volume, and its cases are locked.

Each volume is one transaction. A case that cannot be handed over is left behind with its reason, the others
of its volume go on. Safe to run twice and by two workers: what was handed over is not found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from documents import audit
from documents.actions import steps, supplementing
from documents.actions.archive_numbers import Reservation, reserve, shelf_of
from documents.actions.change import Submission
from documents.actions.notices import Message, announce
from documents.archive_number import ArchiveNumber, Filing
from documents.complaint import Complaint
from documents.database import transaction
from documents.filing_batch import FilingBatch, FilingEntry, entries_of
from documents.filing_forms import archiving_step, filled
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.filing import Arrangement, arranged


class _Behind(Exception):
    """A case that stays behind; what was written for its volume so far is taken back."""

    def __init__(self, entry: FilingEntry, reason: RuleBroken | PolicyInvalid) -> None:
        super().__init__(entry.case)
        self.entry, self.reason = entry, reason


def planned(entries: Sequence[FilingEntry]) -> list[list[FilingEntry]]:
    """组卷: the volumes that these cases make, by the rules of their policies."""
    known = {one.case: one for one in entries}
    rules = {one.policy: view_of(one.policy, one.policy_version).definition["archive"] for one in entries}
    arrangements = {policy: Arrangement.of(rule) for policy, rule in rules.items()}
    found = arranged([one.member() for one in entries], arrangements)
    return [[known[member.number] for member in volume] for volume in found]


def hand_over_next(batch: FilingBatch, *, now: datetime) -> str | None:
    """Reserve the number of the next volume and lock its cases; None when nothing is left to hand over.

    The answer is empty when no case of that volume could be handed over.
    """
    volume = _next_volume(batch)
    if not volume:
        return None
    while volume:
        try:
            return _volume(batch, volume, now)
        except _Behind as behind:
            _leave(behind, now)
            volume = [one for one in volume if one is not behind.entry]
    return ""


def _next_volume(batch: FilingBatch) -> list[FilingEntry]:
    """The cases of the next volume; a case that stands alone is found without looking at the others."""
    first: FilingEntry | None = FilingEntry.objects(batch=batch.id, state="in").order_by("case").first()
    if first is None:
        return []
    rules = view_of(first.policy, first.policy_version).definition["archive"]
    if first.supplement or not Arrangement.of(rules).joined:
        return [first]
    return next(one for one in planned(entries_of(batch.id, "in")) if first.case in {two.case for two in one})


def _volume(batch: FilingBatch, volume: Sequence[FilingEntry], now: datetime) -> str:
    checker = Person.get(batch.checked_by)

    def write() -> str:
        cases = [Complaint.get(entry.case) for entry in volume]
        first, view = volume[0], view_of(volume[0].policy, volume[0].policy_version)
        wanted = Reservation(
            cases=tuple(entry.case for entry in volume),
            by=checker.id,
            at=now,
            batch=batch.id,
            supplement_to=cases[0].volume.number if first.supplement else None,
        )
        shelf = shelf_of(cases[0], view, now=now)._replace(unit_code=first.unit_code, year=first.year)
        number = reserve(view, shelf, dict(first.kept), wanted)
        for entry, case in zip(volume, cases, strict=True):
            try:
                _case(case, entry, batch, checker, number, now)
            except (RuleBroken, PolicyInvalid) as refused:
                raise _Behind(entry, refused) from refused
        handed = {"state": "handed", "open": False, "number": number.id}
        ids = [entry.id for entry in volume]
        FilingEntry.collection().update_many({"_id": {"$in": ids}}, {"$set": handed})
        return str(number.id)

    return transaction(write)


def _case(
    case: Complaint,
    entry: FilingEntry,
    batch: FilingBatch,
    checker: Person,
    number: ArchiveNumber,
    now: datetime,
) -> None:
    """Hand one case over: through the step of its policy, or as a supplement."""
    filing = Filing(entry.appraisal(batch), number, tuple(one["code"] for one in entry.findings))
    if entry.supplement:
        supplementing.hand_over(case, filing, actor=checker, now=now)
        return
    view = view_of(case.policy, case.policy_version)
    step = archiving_step(view, case.case_type)
    pressed = Submission(checker, now, f"filing:{batch.id}:{case.number}", filing=filing)
    steps.carry_out(case, step, filled(case, view, batch), pressed)


def _leave(behind: _Behind, now: datetime) -> None:
    entry, reason = behind.entry, behind.reason
    facts = {name: str(value) for name, value in reason.facts.items() if not isinstance(value, list | tuple)}
    change = {"state": "failed", "open": False, "refused": {"code": reason.code, **facts}}

    def write() -> None:
        FilingEntry.collection().update_one({"_id": entry.id, "state": "in"}, {"$set": change})
        audit.note("filing_failed", entry.case, by="system", at=now, reason=reason.code)

    transaction(write)


def handed_over(batch: FilingBatch, *, now: datetime) -> None:
    """Every volume has its number: from now on they are made. Safe to run twice."""
    FilingBatch.collection().update_one(
        {"_id": batch.id, "state": "approved"}, {"$set": {"state": "making", "works": False}}
    )
    settle(batch.id, now=now)


def settle(batch: Any, *, now: datetime) -> None:
    """Finish the batch 完成 when none of its volumes is in the making any more, and tell both people."""
    waits = {"batch": batch, "state": "reserved", "problem": None}
    if batch is None or ArchiveNumber.collection().find_one(waits, {"_id": 1}) is not None:
        return

    def write() -> None:
        done = FilingBatch.collection().update_one(
            {"_id": batch, "state": "making"}, {"$set": {"state": "done", "finished_at": now}}
        )
        if done.modified_count:
            _tell(FilingBatch.get(batch), now)

    transaction(write)


def _tell(batch: FilingBatch, now: datetime) -> None:
    sealed = ArchiveNumber.objects(batch=batch.id, state="used").count()
    failed = FilingEntry.objects(batch=batch.id, state="failed").count()
    aside = ArchiveNumber.objects(batch=batch.id, state="reserved").count()
    zh, en = f"已封存 {sealed} 卷", f"{sealed} volumes sealed"
    if failed or aside:
        zh += f"，{aside} 卷未能制作，{failed} 件未能移送；原因见批次页面"
        en += f", {aside} could not be made, {failed} cases not handed over; see the batch for the reasons"
    message = Message(
        key=f"filing:{batch.id}:done",
        title={"zh": "归档批次已完成", "en": "Filing batch done"},
        body={"zh": zh, "en": en},
    )
    announce([batch.prepared_by, batch.checked_by], message, now=now)
