"""Notices (通知): telling people, and what they have read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.actions import dispatching
from documents.actions.dispatching import Parcel
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.rules.telling import MAIL, REASONS, SMS, Asked, Telling
from documents.staff import CONTACT_FIELDS, Contact, contact_of
from documents.way_out import NO_WAYS, open_ways

Text = Mapping[str, str]
UNREAD_SHOWN = 99
BY_MAIL = Asked((MAIL,), digest=False)


@dataclass(frozen=True)
class Message:
    """What is said (通知内容); `key` makes saying it twice impossible."""

    key: str
    title: Text
    body: Text
    case: str | None = None
    number: str | None = None
    link: str | None = None  # what the person is asked to answer 申辩
    asked: Asked = BY_MAIL
    telling: Telling = field(default_factory=Telling)
    why: Text = field(default_factory=dict)


def announce(people: Iterable[str], message: Message, *, now: datetime) -> int:
    """Tell each of the people once; joins the running transaction. How many were new."""
    wanted = sorted({person for person in people if person})
    rows = list(Person.collection().find({"_id": {"$in": wanted}, "active": {"$ne": False}}, CONTACT_FIELDS))
    keys = [f"{message.key}:{row['_id']}" for row in rows]
    told = {row["_id"] for row in Notice.collection().find({"_id": {"$in": keys}}, {"_id": 1})}
    fresh = {row["_id"]: contact_of(row) for row in rows if f"{message.key}:{row['_id']}" not in told}
    ways = open_ways() if SMS in message.asked.channels else NO_WAYS
    notices, mails = [], []
    for person, contact in fresh.items():
        taken, leaving = dispatching.for_person(_parcel(message), person, contact, ways, now)
        notices.append(_notice(person, contact, message, now) | {"ways": taken})
        mails.extend(leaving)
    for collection, found in ((Notice.collection(), notices), (OutboxMessage.collection(), mails)):
        if found:
            collection.insert_many(found)
    return len(fresh)


def _parcel(message: Message) -> Parcel:
    return Parcel(
        key=message.key,
        title=message.title,
        body=message.body,
        brief=message.title,
        asked=message.asked,
        telling=message.telling,
        number=message.number,
        case=message.case,
    )


def _notice(person: str, contact: Contact, message: Message, now: datetime) -> dict[str, Any]:
    return {
        "_id": f"{message.key}:{person}",
        "kind": "message",
        "person": person,
        "case": message.case,
        "number": message.number,
        "statement": message.link,
        "title": dict(message.title),
        "body": dict(message.body),
        "level": 0,
        "at": now,
        "sent": True,
        "read_at": None,
        "why": dict(message.why),
        "reason_no_mail": {} if contact.email else REASONS["no_mail"],
        "channels": list(message.asked.channels),
    }


def inbox(person: str, *, before: tuple[datetime, str] | None = None, size: int = 50) -> list[Notice]:
    """The newest notices of a person; `before` is the (at, id) of the last one seen."""
    found = Notice.objects(person=person, sent=True)
    if before:
        at, last = before
        found = found.filter(__raw__={"$or": [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": last}}]})
    return list(found.order_by("-at", "-id").limit(size))


def unread(person: str) -> int:
    """How many notices wait to be read, counted no further than a badge shows."""
    condition = {"person": person, "sent": True, "read_at": None}
    return int(Notice.collection().count_documents(condition, limit=UNREAD_SHOWN + 1))


def mark_read(person: str, notices: Iterable[str] | None = None, *, now: datetime) -> int:
    """Note that the person has read these notices, or all of them."""
    condition: dict[str, Any] = {"person": person, "sent": True, "read_at": None}
    if notices is not None:
        condition["_id"] = {"$in": list(notices)}
    return int(Notice.collection().update_many(condition, {"$set": {"read_at": now}}).modified_count)


def ledger(case: str) -> list[Notice]:
    """Everything that was sent, or not sent and why, about one case (催办记录), oldest first."""
    return list(Notice.objects(case=case).order_by("at", "id"))
