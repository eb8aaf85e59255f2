"""Freezing 冻结 and lifting 解除: a hold keeps cases from being destroyed; each turn has its audit entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from documents import audit
from documents.actions import telling
from documents.actions.notices import Message
from documents.complaint import Complaint, any_confidential
from documents.database import transaction
from documents.dossier_forms import owner
from documents.hold import Hold
from documents.keepers import keepers, keeping
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.volume import Volume
from documents.withheld import JUDGED, barred, check_kept

MOST_CASES = 2_000
LONGEST = 2_000
REVIEW_AT_LATEST = timedelta(days=366)
# What of a case says who may freeze it, and whose archive keeps it.
TO_HOLD = (*JUDGED, "units", "policy", "policy_version")


@dataclass(frozen=True)
class HoldAsked:
    """What is to be frozen 冻结申请: archive numbers and case numbers, and why."""

    name: str
    numbers: Sequence[str]
    reason: str
    basis: str
    since: date
    review_on: date


def place(asked: HoldAsked, *, actor: Person, now: datetime, today: date) -> Hold:
    """冻结: from now on none of these cases can be destroyed.

    Raises RuleBroken("hold_without_reason"), ("hold_review_day"), ("hold_numbers_unknown") naming them.
    """
    _check(asked, today)

    def write() -> Hold:
        cases, volumes = _found(asked.numbers, actor)
        hold = Hold(
            name=asked.name.strip()[:200] or "、".join(asked.numbers[:3]),
            cases=[case.number for case in cases],
            volumes=volumes,
            units=sorted({owner(case) for case in cases}),
            reason=asked.reason.strip()[:LONGEST],
            basis=asked.basis.strip()[:LONGEST],
            since=asked.since.isoformat(),
            review_on=asked.review_on.isoformat(),
            by=actor.id,
            by_name=actor.name,
            at=now,
            history=[_turn("placed", actor, now, review_on=asked.review_on.isoformat())],
        )
        hold.save(force_insert=True)
        _guard(hold.cases)
        told = {"hold": str(hold.id)}  # its words stay with it: more people read the trail
        audit.note_each("hold", dict.fromkeys(hold.cases, told), by=actor.id, at=now)
        return hold

    return transaction(write)


def _check(asked: HoldAsked, today: date) -> None:
    if not asked.reason.strip() or not asked.basis.strip():
        raise RuleBroken("hold_without_reason")
    if not asked.numbers:
        raise RuleBroken("hold_without_cases")
    if not today < asked.review_on <= today + REVIEW_AT_LATEST:
        raise RuleBroken("hold_review_day")


def _found(numbers: Sequence[str], actor: Person) -> tuple[list[Complaint], list[str]]:
    """The cases of these case and archive numbers, and which were volumes; out of sight looks like none."""
    wanted = list(dict.fromkeys(one.strip() for one in numbers if one.strip()))
    volumes = {one.id: list(one.cases) for one in Volume.objects(id__in=wanted).only("id", "cases")}
    inside = [number for one in wanted for number in volumes.get(one, [one])]
    if len(inside) > MOST_CASES:
        raise RuleBroken("hold_too_many", most=MOST_CASES)
    keeps = keeping(actor)
    here = Complaint.objects(number__in=inside).only(*TO_HOLD)
    found = {one.number: one for one in here if keeps(one.case_scope())}
    missing = [one for one in wanted if not set(volumes.get(one, [one])) <= set(found)]
    if missing:
        raise RuleBroken("hold_numbers_unknown", numbers="、".join(missing[:20]))
    return [found[number] for number in dict.fromkeys(inside)], sorted(volumes)


def _guard(cases: Iterable[str]) -> None:
    """Touch what a destruction would write, so that of the two at once one sees the other."""
    Complaint.collection().update_many({"number": {"$in": list(cases)}}, {"$inc": {"revision": 1}})


def review(hold: str, review_on: date, note: str, *, actor: Person, now: datetime, today: date) -> Hold:
    """复核: the reason lasts; look again on another day."""
    if not today < review_on <= today + REVIEW_AT_LATEST:
        raise RuleBroken("hold_review_day")
    changes = {"review_on": review_on.isoformat()}
    turn = _turn("reviewed", actor, now, review_on=review_on.isoformat(), note=note.strip()[:LONGEST])
    return _change(hold, changes, turn, actor=actor, now=now)


def lift(hold: str, reason: str, *, actor: Person, now: datetime) -> Hold:
    """解除冻结, with its reason; the hold stays on record."""
    if not reason.strip():
        raise RuleBroken("reason_missing")
    text = reason.strip()[:LONGEST]
    changes = {"lifted_by": actor.id, "lifted_name": actor.name, "lifted_at": now, "lifted_reason": text}
    return _change(hold, changes, _turn("lifted", actor, now, note=text), actor=actor, now=now)


def _change(
    hold: str, changes: dict[str, Any], turn: dict[str, Any], *, actor: Person, now: datetime
) -> Hold:
    def write() -> Hold:
        found = Hold.get(hold)
        if len(barred(actor, found.cases)) == len(set(found.cases)):
            raise RuleBroken("unknown_hold", hold=hold)
        check_kept(actor, found.cases, found.units)
        done = Hold.collection().update_one(
            {"_id": found.id, "lifted_at": None}, {"$set": changes, "$push": {"history": turn}}
        )
        if not done.modified_count:
            raise RuleBroken("hold_lifted_before")
        told = {number: {"hold": str(found.id)} for number in found.cases}
        audit.note_each(f"hold_{turn['verb']}", told, by=actor.id, at=now)
        return Hold.get(hold)

    return transaction(write)


def _turn(verb: str, actor: Person, now: datetime, **facts: Any) -> dict[str, Any]:
    return {"verb": verb, "by": actor.id, "name": actor.name, "at": now, **facts}


def remind(now: datetime, today: date, most: int = 200) -> int:
    """Tell the keepers of holds whose review day 复核日 has come; each day of review once."""
    due = Hold.objects(lifted_at=None, review_on__lte=today.isoformat()).order_by("review_on").limit(most)
    return sum(_remind(hold, now) for hold in due)


def _remind(hold: Hold, now: datetime) -> int:
    zh, en = ("（保密件）", "confidential") if any_confidential(hold.cases) else (hold.name, hold.name)
    message = Message(
        key=f"hold-review:{hold.id}:{hold.review_on}",
        title={"zh": f"冻结须复核：{zh}", "en": f"Hold to be reviewed: {en}"},
        body={
            "zh": f"复核日 {hold.review_on} 已到，涉及 {len(hold.cases)} 件。请在归档室确认继续冻结或解除。",
            "en": f"Its review day {hold.review_on} has come; {len(hold.cases)} cases. Confirm or lift it.",
        },
    )
    people = {hold.by, *(one for unit in hold.units for one in keepers(unit))}
    return transaction(lambda: telling.announce(sorted(people), hold.cases, message, now=now))
