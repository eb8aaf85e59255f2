"""Composing 拟写: what a batch of timers says, to whom and over which ways out. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.actions import dispatching
from documents.actions.dispatching import Parcel
from documents.actions.rung_letters import RungLetter
from documents.events import SYSTEM, SYSTEM_NAME, next_event
from documents.rules import notice_words
from documents.rules.notice_words import Occasion
from documents.rules.recipients import REASONS, Addressee, Concern, addressees
from documents.rules.telling import REASONS as WAY_REASONS
from documents.rules.telling import WEBHOOK, Asked, Telling
from documents.staff import Contact, Roster

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Ringing:
    """A timer that fires (触发项): what it is about, whom it concerns, whom its rung tells."""

    timer: Row
    occasion: Occasion
    concern: Concern
    tell: Sequence[Row]
    otherwise: Sequence[Row]
    asked: Asked
    telling: Telling
    letter: RungLetter | None = None

    @property
    def roles(self) -> set[str]:
        """The roles whose holders may be told."""
        return {who["role"] for who in (*self.tell, *self.otherwise) if "role" in who}

    @property
    def named(self) -> set[str]:
        """The people whom the ladder names."""
        return {who["person"] for who in (*self.tell, *self.otherwise) if "person" in who}

    @property
    def contacts(self) -> set[tuple[str, str]]:
        """The named contacts whom the ladder names, with their policy."""
        told = (who["contact"] for who in (*self.tell, *self.otherwise) if "contact" in who)
        return {(self.concern.policy, str(contact)) for contact in told}


@dataclass
class Batch:
    """What one transaction writes (一批)."""

    done: list[str] = field(default_factory=list)
    called_off: dict[str, str] = field(default_factory=dict)
    missed: dict[str, str] = field(default_factory=dict)  # timer → number of the case whose limit was missed
    notices: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    events: dict[ObjectId, list[dict[str, Any]]] = field(default_factory=dict)
    levels: dict[ObjectId, int] = field(default_factory=dict)
    audit: list[dict[str, Any]] = field(default_factory=list)


def compose(ringing: Sequence[Ringing], cases: Mapping[str, Row], *, people: Roster, now: datetime) -> Batch:
    """Everything that these timers cause."""
    batch = Batch(done=[one.timer["_id"] for one in ringing])
    for one in ringing:
        _ring(one, people, cases.get(one.timer["case"]), batch=batch, now=now)
    return batch


def _ring(one: Ringing, people: Roster, case: Row | None, *, batch: Batch, now: datetime) -> None:
    reached = addressees(one.tell, one.concern, people.staff, now, otherwise=one.otherwise)
    told = [addressee for addressee in reached if addressee.not_sent is None]
    for addressee in reached:
        parcel = _parcel(one, addressee, people.contacts.get(addressee.person), now)
        notice, mails = _notice(one, (addressee, parcel), people, now)
        batch.notices.append(notice)
        batch.mails.extend(mails)
    _tell_groups(one, [people.contacts[each.person] for each in told], people, batch=batch, now=now)
    if case is not None:
        _append_event(one, _facts(one, reached, people), case, batch=batch, now=now)
    batch.audit.append(_audit(one, now))


def _parcel(one: Ringing, addressee: Addressee, contact: Contact | None, now: datetime) -> Parcel:
    """What a person is told: the letter of the rung where it has one, and always what is due."""
    timer, occasion = one.timer, one.occasion
    body = notice_words.body(occasion, addressee, now)
    if one.letter is not None and contact is not None and addressee.not_sent is None:
        letter = one.letter.written(addressee.person, contact, now)
        body = {language: f"{letter[language]}\n{body[language]}" for language in ("zh", "en")}
    return Parcel(
        key=timer["_id"],
        title=notice_words.title(occasion),
        body=body,
        brief=notice_words.brief(occasion, one.telling.brief, now),
        asked=one.asked,
        telling=one.telling,
        number=occasion.number,
        case=timer["case"],
        limit=timer["limit"],
        round=timer.get("round"),
        facts={
            "kind": notice_words.kind(occasion.level),
            "number": occasion.number,
            "limit": {"key": timer["limit"], **occasion.subject},
            "rung": {"key": timer["rung"], **occasion.rung},
            "level": occasion.level,
            "due": occasion.due.isoformat(),
        },
    )


def _notice(
    one: Ringing, said: tuple[Addressee, Parcel], people: Roster, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The notice to one person, told or passed over, and the messages that leave for them."""
    timer, occasion, (addressee, parcel) = one.timer, one.occasion, said
    contact = people.contacts.get(addressee.person)
    ways: list[dict[str, Any]] = []
    mails: list[dict[str, Any]] = []
    if addressee.not_sent is None:
        ways, mails = dispatching.for_person(parcel, addressee.person, contact, people.ways, now)
    notice = {
        "_id": f"{timer['_id']}:{addressee.person or 'nobody'}",
        "kind": notice_words.kind(occasion.level),
        "timer": timer["_id"],
        "person": addressee.person or None,
        "case": timer["case"],
        "number": occasion.number,
        "limit": timer["limit"],
        "rung": timer["rung"],
        "title": parcel.title,
        "body": parcel.body,
        "level": occasion.level,
        "at": now,
        "due": occasion.due,
        "sent": addressee.not_sent is None,
        "why": REASONS[addressee.why] if addressee.why else {},
        "reason_not_sent": REASONS[addressee.not_sent] if addressee.not_sent else {},
        "reason_no_mail": {} if contact and contact.email else WAY_REASONS["no_mail"],
        "channels": list(one.asked.channels),
        "ways": ways,
        "read_at": None,
    }
    return notice, mails


def _tell_groups(
    one: Ringing, told: Sequence[Contact], people: Roster, *, batch: Batch, now: datetime
) -> None:
    """Tell the robots and systems; a notice to nobody keeps which, and why it was none."""
    if WEBHOOK not in one.asked.channels:
        return
    nobody = Addressee("", not_sent="nobody")
    parcel = _parcel(one, nobody, None, now)
    ways, rows = dispatching.for_groups(parcel, _units_of(one.concern, people), told, people.ways, now)
    notice, _ = _notice(one, (nobody, parcel), people, now)
    gone = any("at" in way for way in ways)
    told_why = {} if gone else ways[0]["reason"]
    changes = {"_id": f"{one.timer['_id']}:ways", "ways": ways, "sent": gone, "reason_not_sent": told_why}
    batch.notices.append({**notice, **changes, "body": parcel.brief})
    batch.mails.extend(rows)


def _units_of(concern: Concern, people: Roster) -> set[str]:
    """The units of a case and all above them."""
    found: set[str] = set()
    waiting = list(concern.slots.values())
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            seat = people.staff.seats.get(unit)
            waiting.extend([seat.parent] if seat and seat.parent else [])
    return found


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
