"""Supplements 补充卷: what comes in after a case was sealed goes into a volume of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from documents import audit, events
from documents.actions import sealing
from documents.actions.attachments import attachment_of
from documents.actions.keeping import replace
from documents.actions.surroundings import STORED
from documents.archive_number import Filing
from documents.complaint import Complaint
from documents.database import transaction
from documents.filing_remarks import remarks
from documents.hold import held
from documents.keepers import may_keep
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.filing import needs_second
from documents.volume_papers import later_papers, mark_later

LONGEST_NOTE = 1000
ADDED = {"zh": "补充材料", "en": "Later papers added"}
FILED = {"zh": "移送补充卷", "en": "Supplement handed over"}


def add(
    number: str, uploads: Sequence[str], note: str, *, actor: Person, now: datetime, submission: str
) -> Complaint:
    """补充材料: add later papers to a sealed case; they wait for a supplement volume.

    Raises RuleBroken("not_sealed"), ("case_handed_over"), ("papers_missing"), ("reason_missing").
    """

    def write() -> Complaint:
        case = Complaint.get(number)
        if any(event.submission == submission for event in case.events):
            return case
        _check_open(case, actor)
        if not uploads:
            raise RuleBroken("papers_missing")
        if not note.strip():
            raise RuleBroken("reason_missing")
        taken = [STORED.take_upload(one, by=actor.id, case=case) for one in uploads]
        known = {one.file_id for one in case.attachments}
        case.attachments.extend(
            attachment_of(one, by=actor.id, at=now) for one in taken if one.file_id not in known
        )
        mark_later(case)
        names = "、".join(one.name for one in taken)
        said = f"{note.strip()[:LONGEST_NOTE]}\n{names}"
        _append(case, "later_papers", ADDED, actor, now, note=said, submission=submission)
        replace(case)
        audit.note("later_papers", case.number, by=actor.id, at=now, sha256=[one.sha256 for one in taken])
        return case

    return transaction(write)


def _check_open(case: Complaint, actor: Person) -> None:
    if not may_keep(actor, case):
        raise RuleBroken("unknown_case", number=case.number)
    if case.in_the_making is not None:
        raise RuleBroken("case_handed_over")
    if case.volume is None:
        raise RuleBroken("not_sealed", number=case.number)


def hand_over(case: Complaint, filing: Filing, *, actor: Person, now: datetime) -> None:
    """Hand the later papers over under a number of their own; joins the running transaction.

    Raises RuleBroken("nothing_new"), ("second_person_needed"), ("letters_not_rendered").
    """
    number, opinion = filing.number, filing.appraisal
    rules = view_of(case.policy, case.policy_version).definition["archive"]
    if number is None or not any(later_papers(case).values()):
        raise RuleBroken("nothing_new", number=case.number)
    if opinion and opinion.by == actor.id and needs_second(rules):
        raise RuleBroken("second_person_needed")
    _check_open(case, actor)
    if any(letter.file_id is None for letter in case.letters):
        raise RuleBroken("letters_not_rendered")
    volume = sealing.handed_over(case, number, opinion, by=actor.id, now=now)
    view, is_held = view_of(case.policy, case.policy_version), bool(held([case.number]))
    volume.remarks = list(remarks(case, view, number, held=is_held, noted=filing.noted))
    case.supplements.append(volume)
    case.later = None
    _append(case, "supplement", FILED, actor, now, facts={"volume": number.id})
    replace(case)
    audit.note("supplement", case.number, by=actor.id, at=now, volume=number.id)


def _append(
    case: Complaint, verb: str, label: dict[str, str], actor: Person, now: datetime, **more: object
) -> None:
    unit = next((post.unit for post in actor.posts), None)
    told = {"by": actor.id, "by_name": actor.name, "unit": unit, "verb": verb, "label": label}
    events.append(case, at=now, **told, **more)
