"""Firing rungs (触发): what a batch of timers says, to whom, and what it writes – all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from documents.actions.notices import NO_ADDRESS, mail_row
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.events import SYSTEM, next_event
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.policy import view_of
from documents.rules import notice_words
from documents.rules.notice_words import Occasion
from documents.rules.planning import CALLED_OFF
from documents.rules.policy import PolicyView
from documents.rules.recipients import OTHERWISE, REASONS, Addressee, Concern, addressees
from documents.staff import Roster, roster
from documents.timer import Timer

Row = Mapping[str, Any]
SYSTEM_NAME = "系统"


@dataclass(frozen=True)
class Ringing:
    """A timer that fires (触发项): what it is about, whom it concerns, whom its rung tells."""

    timer: Row
    occasion: Occasion
    concern: Concern
    tell: Sequence[Row]
    otherwise: Sequence[Row]

    @property
    def roles(self) -> set[str]:
        """The roles whose holders may be told."""
        return {who["role"] for who in (*self.tell, *self.otherwise) if "role" in who}

    @property
    def named(self) -> set[str]:
        """The people whom the ladder names."""
        return {who["person"] for who in (*self.tell, *self.otherwise) if "person" in who}


@dataclass
class Batch:
    """What one transaction writes (一批)."""

    done: list[str] = field(default_factory=list)
    called_off: dict[str, str] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    events: dict[ObjectId, list[dict[str, Any]]] = field(default_factory=dict)
    levels: dict[ObjectId, int] = field(default_factory=dict)
    audit: list[dict[str, Any]] = field(default_factory=list)


def people_for(ringing: Sequence[Ringing]) -> Roster:
    """Everyone whom these timers may tell."""
    return roster(
        [one.concern for one in ringing],
        roles={role for one in ringing for role in one.roles},
        people={person for one in ringing for person in one.named},
    )


def compose(ringing: Sequence[Ringing], cases: Mapping[str, Row], *, people: Roster, now: datetime) -> Batch:
    """Everything that these timers cause."""
    batch = Batch(done=[one.timer["_id"] for one in ringing])
    for one in ringing:
        _ring(one, people, cases.get(one.timer["case"]), batch=batch, now=now)
    return batch


def _ring(one: Ringing, people: Roster, case: Row | None, *, batch: Batch, now: datetime) -> None:
    reached = addressees(one.tell, one.concern, people.staff, now, otherwise=one.otherwise)
    for addressee in reached:
        notice = _notice(one, addressee, people, now)
        batch.notices.append(notice)
        mail = _mail(one, notice, people, now)
        if mail is not None:
            batch.mails.append(mail)
    if case is not None:
        _append_event(one, _facts(one, reached, people), case, batch=batch, now=now)
    batch.audit.append(_audit(one, now))


def _notice(one: Ringing, addressee: Addressee, people: Roster, now: datetime) -> dict[str, Any]:
    timer, occasion = one.timer, one.occasion
    contact = people.contacts.get(addressee.person)
    return {
        "_id": f"{timer['_id']}:{addressee.person or 'nobody'}",
        "kind": notice_words.kind(occasion.level),
        "timer": timer["_id"],
        "person": addressee.person or None,
        "case": timer["case"],
        "number": occasion.number,
        "limit": timer["limit"],
        "rung": timer["rung"],
        "title": notice_words.title(occasion),
        "body": notice_words.body(occasion, addressee, now),
        "level": occasion.level,
        "at": now,
        "due": occasion.due,
        "sent": addressee.not_sent is None,
        "why": REASONS[addressee.why] if addressee.why else {},
        "reason_not_sent": REASONS[addressee.not_sent] if addressee.not_sent else {},
        "reason_no_mail": {} if contact and contact.email else NO_ADDRESS,
        "read_at": None,
    }


def _mail(one: Ringing, notice: Row, people: Roster, now: datetime) -> dict[str, Any] | None:
    contact = people.contacts.get(notice["person"] or "")
    if not notice["sent"] or contact is None or not contact.email:
        return None
    return mail_row(
        f"{notice['_id']}:mail",
        to=contact.email,
        words=(notice["title"][contact.language], notice["body"][contact.language]),
        facts={"language": contact.language, "number": one.occasion.number, "now": now},
    )


def _facts(one: Ringing, reached: Sequence[Addressee], people: Roster) -> dict[str, Any]:
    return {
        "timer": one.timer["_id"],
        "limit": one.timer["limit"],
        "rung": one.timer["rung"],
        "due": one.occasion.due.isoformat(),
        "told": [_name(addressee, people) for addressee in reached if addressee.not_sent is None],
        "not_told": [
            {"name": _name(addressee, people), "reason": dict(REASONS[addressee.not_sent])}
            for addressee in reached
            if addressee.not_sent
        ],
    }


def _name(addressee: Addressee, people: Roster) -> str:
    contact = people.contacts.get(addressee.person)
    return contact.name if contact else addressee.person


def _append_event(one: Ringing, facts: Row, case: Row, *, batch: Batch, now: datetime) -> None:
    """Chain the event to the case's newest one, which may be from this same batch."""
    key = case["_id"]
    chain = batch.events.setdefault(key, [])
    last = chain[-1] if chain else next(iter(case.get("events", ())), None)
    event = next_event(
        last,
        {
            "at": now,
            "by": SYSTEM,
            "by_name": SYSTEM_NAME,
            "verb": notice_words.kind(one.occasion.level),
            "label": dict(one.occasion.rung),
            "facts": facts,
        },
    )
    chain.append(event)
    batch.levels[key] = max(batch.levels.get(key, 0), one.occasion.level)


def _audit(one: Ringing, now: datetime) -> dict[str, Any]:
    verb = notice_words.kind(one.occasion.level)
    facts = {"timer": one.timer["_id"], "rung": one.timer["rung"], "level": one.occasion.level}
    return {
        "at": now,
        "by": SYSTEM,
        "verb": verb,
        "subject": one.occasion.number or one.timer["case"],
        "facts": facts,
    }


def write(batch: Batch, owner: str, *, now: datetime) -> None:
    """Write the batch; joins the running transaction."""
    _finish(batch, owner, now)
    for collection, rows in (
        (Notice.collection(), batch.notices),
        (OutboxMessage.collection(), batch.mails),
        (AuditEntry.collection(), batch.audit),
    ):
        if rows:
            collection.insert_many(rows)
    if batch.events:
        Complaint.collection().bulk_write(list(_case_updates(batch)), ordered=False)


def _finish(batch: Batch, owner: str, now: datetime) -> None:
    held = {"state": "claimed", "owner": owner}
    timers = Timer.collection()
    if batch.done:
        timers.update_many({"_id": {"$in": batch.done}, **held}, {"$set": {"state": "done", "fired_at": now}})
    for code in sorted(set(batch.called_off.values())):
        ids = [timer for timer, reason in batch.called_off.items() if reason == code]
        change = {"state": "cancelled", "reason": CALLED_OFF[code], "fired_at": now}
        timers.update_many({"_id": {"$in": ids}, **held}, {"$set": change})


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


def case_ringing(
    timer: Row, case: Row | None, view_of: Callable[[str, int], PolicyView] = view_of
) -> Ringing | str:
    """What a case's timer says, or the code of the reason why it is called off."""
    if case is None:
        return "subject_gone"
    if case["status"] == "archived":
        return "archived"
    clock = _clock(timer, case)
    # A closed case may still owe a written report: what decides is the clock.
    if clock is None or clock["state"] != "running":
        return "clock_stopped"
    view = view_of(case["policy"], case["policy_version"])
    ladder = view.ladder(timer["ladder"])
    rung = next(rung for rung in ladder["rungs"] if rung["key"] == timer["rung"])
    return Ringing(
        timer=timer,
        occasion=_occasion(case, clock, rung, view),
        concern=_concern(case),
        tell=rung["tell"],
        otherwise=ladder.get("otherwise", OTHERWISE),
    )


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


def _concern(case: Row) -> Concern:
    return Concern(
        slots=case.get("units", {}),
        handler=case.get("handler"),
        registrar=case.get("registrar"),
        barred=frozenset(case.get("recused", ())),
    )
