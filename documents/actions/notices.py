"""Notices (通知): telling people, and what they have read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person

Text = Mapping[str, str]
NO_ADDRESS = {"zh": "未登记电子邮箱", "en": "no e-mail address on record"}
UNREAD_SHOWN = 99


@dataclass(frozen=True)
class Message:
    """What is said (通知内容); `key` makes saying it twice impossible."""

    key: str
    title: Text
    body: Text
    case: str | None = None
    number: str | None = None


def announce(people: Iterable[str], message: Message, *, now: datetime) -> int:
    """Tell each of the people once; joins the running transaction. How many were new."""
    found = Person.many(people)
    told = {
        row["_id"]
        for row in Notice.collection().find({"_id": {"$in": [f"{message.key}:{one}" for one in found]}})
    }
    fresh = [
        person for person in found.values() if person.active and f"{message.key}:{person.id}" not in told
    ]
    if fresh:
        Notice.collection().insert_many([_notice(person, message, now) for person in fresh])
    mails = [_mail(person, message, now) for person in fresh if person.email]
    if mails:
        OutboxMessage.collection().insert_many(mails)
    return len(fresh)


def _notice(person: Person, message: Message, now: datetime) -> dict[str, Any]:
    return {
        "_id": f"{message.key}:{person.id}",
        "kind": "message",
        "person": person.id,
        "case": message.case,
        "number": message.number,
        "title": dict(message.title),
        "body": dict(message.body),
        "level": 0,
        "at": now,
        "sent": True,
        "read_at": None,
        "reason_no_mail": {} if person.email else NO_ADDRESS,
    }


def _mail(person: Person, message: Message, now: datetime) -> dict[str, Any]:
    return mail_row(
        f"{message.key}:{person.id}:mail",
        to=person.email,
        words=(message.title[person.language], message.body[person.language]),
        facts={"language": person.language, "number": message.number, "now": now},
    )


def mail_row(key: str, *, to: str, words: tuple[str, str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A message as it waits in the outbox."""
    return {
        "_id": key,
        "channel": "mail",
        "to": to,
        "language": facts["language"],
        "subject": words[0],
        "body": words[1],
        "number": facts["number"],
        "state": "waiting",
        "attempts": 0,
        "created_at": facts["now"],
        "next_at": facts["now"],
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
