"""The outbox (发件箱): taken by lease, sent at least once, tried again, and given up readably."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from documents.audit import note
from documents.database import transaction
from documents.outbox import OutboxMessage
from documents.rules.broken import RuleBroken
from documents.rules.telling import MAIL

LEASE = timedelta(minutes=5)
# Waiting time after the first, second, … failed try; after the last one the message is dead.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
TRIES = len(BACK_OFF) + 1
KILLED = "every sender was killed before it could report"


def claim(now: datetime, size: int, owner: str, channels: Sequence[str] = (MAIL,)) -> list[str]:
    """Take up to `size` waiting messages of these channels for one sender, the longest waiting first."""
    outbox = OutboxMessage.collection()
    waiting = {"state": "waiting", "channel": {"$in": list(channels)}, "next_at": {"$lte": now}}
    _bury_the_hopeless(waiting)
    found = [row["_id"] for row in outbox.find(waiting, {"_id": 1}).sort("next_at").limit(size)]
    if not found:
        return []
    outbox.update_many(
        {"_id": {"$in": found}, **waiting},
        {"$set": {"owner": owner, "next_at": now + LEASE}, "$inc": {"attempts": 1}},
    )
    return [
        row["_id"]
        for row in outbox.find({"_id": {"$in": found}, "owner": owner, "state": "waiting"}, {"_id": 1})
    ]


def _bury_the_hopeless(waiting: dict[str, Any]) -> None:
    OutboxMessage.collection().update_many(
        {**waiting, "attempts": {"$gte": TRIES}}, {"$set": {"state": "dead", "last_error": KILLED}}
    )


def taken(ids: Sequence[str], owner: str) -> list[OutboxMessage]:
    """The messages that this sender still holds."""
    return list(OutboxMessage.objects(id__in=list(ids), owner=owner, state="waiting").order_by("id"))


def sent(message: OutboxMessage, owner: str, *, now: datetime) -> None:
    """The other side took the message."""
    OutboxMessage.collection().update_one(
        {"_id": message.id, "owner": owner},
        {"$set": {"state": "sent", "sent_at": now, "last_error": None}, "$unset": {"link": 1, "until": 1}},
    )


def postponed(message: OutboxMessage, owner: str, error: str, *, now: datetime) -> None:
    """The other side could not be asked at all: the message waits, and the try does not count against it."""
    changes = {"last_error": error[:2000], "next_at": now + BACK_OFF[0], "owner": None}
    held = {"_id": message.id, "owner": owner, "state": "waiting"}
    OutboxMessage.collection().update_one(held, {"$set": changes, "$inc": {"attempts": -1}})


def failed(message: OutboxMessage, owner: str, error: str, *, now: datetime, for_good: bool = False) -> None:
    """The message did not go out: it waits longer, or it is dead (死信)."""
    dead = for_good or message.attempts >= TRIES
    changes: dict[str, Any] = {"last_error": error[:2000], "state": "dead" if dead else "waiting"}
    if not dead:
        changes["next_at"] = now + BACK_OFF[message.attempts - 1]
    OutboxMessage.collection().update_one(
        {"_id": message.id, "owner": owner, "state": "waiting"}, {"$set": changes}
    )


def resend(message_id: str, *, actor: str, now: datetime) -> None:
    """Send a dead message once more (重发), under its old key."""

    def run() -> None:
        revived = OutboxMessage.collection().update_one({"_id": message_id, "state": "dead"}, _again(now))
        if not revived.modified_count:
            raise RuleBroken("message_not_dead", message=message_id)
        note("resend", message_id, by=actor, at=now)

    transaction(run)


def resend_all(*, actor: str, now: datetime) -> int:
    """Send every dead message once more (全部重发); how many."""

    def run() -> int:
        revived = int(OutboxMessage.collection().update_many({"state": "dead"}, _again(now)).modified_count)
        if revived:
            note("resend_all", "outbox", by=actor, at=now, count=revived)
        return revived

    return transaction(run)


def _again(now: datetime) -> dict[str, Any]:
    return {"$set": {"state": "waiting", "next_at": now, "attempts": 0, "owner": None}}


def cancel(message_id: str, reason: str, *, actor: str, now: datetime) -> None:
    """Take a message that has not gone out off the outbox (撤销), with the reason."""
    if not reason.strip():
        raise RuleBroken("cancel_without_reason")

    def run() -> None:
        change = {"state": "cancelled", "reason": reason.strip()[:500], "owner": None}
        waiting = {"_id": message_id, "state": {"$in": ["waiting", "dead", "collected"]}}
        if not OutboxMessage.collection().update_one(waiting, {"$set": change}).modified_count:
            raise RuleBroken("message_not_waiting", message=message_id)
        note("cancel_message", message_id, by=actor, at=now, reason=change["reason"])

    transaction(run)
