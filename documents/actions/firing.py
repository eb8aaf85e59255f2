"""Firing rungs (触发): what a batch of timers says, to whom, and what it writes – all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from pymongo import UpdateOne

from documents import audit
from documents.actions.composing import Batch, Ringing, Row, compose
from documents.actions.rung_letters import RungLetter
from documents.complaint import Complaint
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.policy import view_of
from documents.rules.expressions import holds
from documents.rules.moments import moment_facts
from documents.rules.notice_words import Occasion
from documents.rules.planning import CALLED_OFF
from documents.rules.policy import PolicyView
from documents.rules.recipients import Concern
from documents.rules.telling import SMS, WEBHOOK, Asked, Telling
from documents.staff import Roster, roster
from documents.timer import Timer
from documents.way_out import open_ways

__all__ = ["Batch", "Ringing", "Row", "compose"]


def people_for(ringing: Sequence[Ringing]) -> Roster:
    """Everyone whom these timers may tell, and the ways out that they ask for."""
    found = roster(
        [one.concern for one in ringing],
        roles={role for one in ringing for role in one.roles},
        people={person for one in ringing for person in one.named},
        contacts={contact for one in ringing for contact in one.contacts},
    )
    outward = any({SMS, WEBHOOK} & set(one.asked.channels) for one in ringing)
    return replace(found, ways=open_ways()) if outward else found


def write(batch: Batch, owner: str, *, now: datetime) -> None:
    """Write the batch; joins the running transaction."""
    _finish(batch, owner, now)
    for collection, rows in (
        (Notice.collection(), batch.notices),
        (OutboxMessage.collection(), batch.mails),
    ):
        if rows:
            collection.insert_many(rows)
    audit.note_rows(batch.audit)
    if batch.events:
        Complaint.collection().bulk_write(list(_case_updates(batch)), ordered=False)


def _finish(batch: Batch, owner: str, now: datetime) -> None:
    finish(batch.done, owner, now)
    for code in sorted(set(batch.called_off.values())):
        ids = [timer for timer, reason in batch.called_off.items() if reason == code]
        finish(ids, owner, now, called_off=code)


def finish(ids: Sequence[str], owner: str, now: datetime, *, called_off: str | None = None) -> None:
    """Mark timers that the owner holds as done, or as called off; joins the running transaction."""
    change: dict[str, Any] = {"state": "done", "fired_at": now}
    if called_off is not None:
        change = {"state": "cancelled", "reason": CALLED_OFF[called_off], "fired_at": now}
    if ids:
        held = {"_id": {"$in": list(ids)}, "state": "claimed", "owner": owner}
        Timer.collection().update_many(held, {"$set": change})


def _case_updates(batch: Batch) -> Iterator[UpdateOne]:
    for case, chain in batch.events.items():
        yield UpdateOne(
            {"_id": case},
            {
                "$push": {"events": {"$each": chain}},
                "$max": {"escalation": batch.levels[case]},
                "$inc": {"revision": 1},
            },
        )


CASE_FIELDS = {
    "number": 1,
    "policy": 1,
    "policy_version": 1,
    "status": 1,
    "units": 1,
    "handler": 1,
    "registrar": 1,
    "recused": 1,
    "known_to": 1,
    "clocks.limit": 1,
    "clocks.round": 1,
    "clocks.state": 1,
    "clocks.due_at": 1,
    "events": {"$slice": -1},
}


def cases_of(timers: Sequence[Row]) -> dict[str, Row]:
    """The cases of these timers by id, with their newest event only."""
    ids = sorted({ObjectId(timer["case"]) for timer in timers if timer["subject"] == "case"})
    return {
        str(case["_id"]): case for case in Complaint.collection().find({"_id": {"$in": ids}}, CASE_FIELDS)
    }


def stored_facts(case: Row) -> Mapping[str, Any]:
    """What the condition of a rung reads of a case; few rungs have one."""
    found: Complaint = Complaint.objects(id=case["_id"]).first()
    return found.facts(ZoneInfo(view_of(case["policy"], case["policy_version"]).zone))


def case_ringing(
    timer: Row,
    case: Row | None,
    view_of: Callable[[str, int], PolicyView] = view_of,
    facts_of: Callable[[Row], Mapping[str, Any]] = stored_facts,
) -> Ringing | str:
    """What a case's timer says, or the code of the reason why it is called off."""
    why = moot(timer, case)
    clock = _clock(timer, case) if case else None
    if why or case is None or clock is None:
        return why or "clock_stopped"
    view = view_of(case["policy"], case["policy_version"])
    ladder = view.ladder(timer["ladder"])
    rung = next(rung for rung in ladder["rungs"] if rung["key"] == timer["rung"])
    if rung.get("when") is not None:
        facts = {**facts_of(case), **moment_facts(timer["due"], view.zone)}
        if not holds(rung["when"], facts):
            return "not_fitting"
    telling = Telling.of(view.definition)
    return Ringing(
        timer=timer,
        occasion=_occasion(case, clock, rung, view),
        concern=_concern(case, telling),
        tell=rung["tell"],
        otherwise=ladder.get("otherwise") or telling.otherwise,
        asked=Asked.by_rung(rung, telling, clock["due_at"]),
        telling=telling,
        letter=RungLetter(case["_id"], rung["letter"], view) if rung.get("letter") else None,
    )


def moot(timer: Row, case: Row | None) -> str | None:
    """The code of the reason why a case's timer has nothing to say any more."""
    if case is None:
        return "subject_gone"
    if case["status"] == "archived":
        return "archived"
    clock = _clock(timer, case)
    # A closed case may still owe a written report: what decides is the clock.
    return None if clock is not None and clock["state"] == "running" else "clock_stopped"


def _clock(timer: Row, case: Row) -> Row | None:
    wanted = (timer["limit"], timer["round"])
    return next((clock for clock in case["clocks"] if (clock["limit"], clock["round"]) == wanted), None)


def _occasion(case: Row, clock: Row, rung: Row, view: PolicyView) -> Occasion:
    return Occasion(
        number=case["number"],
        subject=view.limit(clock["limit"])["label"],
        rung=rung["label"],
        level=rung.get("level", 0),
        due=clock["due_at"],
        zone=view.zone,
    )


def _concern(case: Row, telling: Telling) -> Concern:
    return Concern(
        slots=case.get("units", {}),
        handler=case.get("handler"),
        registrar=case.get("registrar"),
        barred=frozenset(case.get("recused", ())),
        known_to=tuple(case.get("known_to", ())),
        watching=telling.watching,
        policy=case["policy"],
    )
