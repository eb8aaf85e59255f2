"""Releasing 退回待归档: a case whose volume cannot be made gives up its number and may be filed again."""

from __future__ import annotations

from datetime import datetime

from documents import audit, events
from documents.actions.archive_numbers import void
from documents.actions.keeping import replace
from documents.actions.signing import settle
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.database import transaction
from documents.keepers import may_keep
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.volume_papers import mark_later

RELEASED = {"zh": "退回待归档", "en": "Back to be filed"}


def release(number: str, reason: str, *, actor: Person, now: datetime) -> Complaint:
    """Take a case back whose volume was set aside, or that was left out of one; its own number becomes void.

    Raises RuleBroken("unknown_case"), ("not_set_aside"), ("reason_missing").
    """

    def write() -> Complaint:
        case = Complaint.get(number)
        if not may_keep(actor, case):
            raise RuleBroken("unknown_case", number=number)
        volume = case.in_the_making
        if volume is None or not volume.problem:
            raise RuleBroken("not_set_aside", number=number)
        if not reason.strip():
            raise RuleBroken("reason_missing")
        _give_up(volume.number, case.number, f"{reason.strip()}（{volume.problem}）", now)
        _take_back(case, reason.strip(), actor, now)
        told = {} if case.known_to else {"reason": reason.strip()}
        audit.note("release", case.number, by=actor.id, at=now, volume=volume.number, **told)
        return case

    return transaction(write)


def _give_up(number: str, case: str, reason: str, now: datetime) -> None:
    found = ArchiveNumber.get(number)
    left = [one for one in found.cases if one != case]
    ArchiveNumber.collection().update_one(
        {"_id": number}, {"$pull": {"cases": case}, "$addToSet": {"released": case}}
    )
    if found.state == "reserved" and not left:
        void(number, reason, now=now)
        settle(number)


def _take_back(case: Complaint, reason: str, actor: Person, now: datetime) -> None:
    before, number = case.stage, case.in_the_making.number if case.in_the_making else ""
    told = {"by": actor.id, "by_name": actor.name, "verb": "release", "label": RELEASED, "note": reason}
    if case.volume.sealed_at is None:
        handed = [one for one in case.events if one.to_stage == case.stage and one.from_stage != case.stage]
        case.volume, case.stage = None, handed[-1].from_stage
        told |= {"from_stage": before, "to_stage": case.stage}
    else:
        case.supplements = [one for one in case.supplements if one.sealed_at is not None]
        mark_later(case)
    events.append(case, at=now, facts={"volume": number}, **told)
    replace(case)
