"""The outbox (发件箱): taken by lease, sent at least once, tried again, and given up readably."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from documents.audit import note
from documents.outbox import OutboxMessage
from documents.rules.broken import RuleBroken

LEASE = timedelta(minutes=5)
# Waiting time after the first, second, … failed try; after the last one the message is dead.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
TRIES = len(BACK_OFF) + 1
KILLED = "every sender was killed before it could report"


def claim(now: datetime, size: int, owner: str) -> list[str]:
    """Take up to `size` waiting messages for one sender, the longest waiting first."""
    outbox = OutboxMessage.collection()
    waiting = {"state": "waiting", "next_at": {"$lte": now}}
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
    """The mail server took the message."""
    OutboxMessage.collection().update_one(
        {"_id": message.id, "owner": owner}, {"$set": {"state": "sent", "sent_at": now, "last_error": None}}
    )


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
    changes = {"state": "waiting", "next_at": now, "attempts": 0, "owner": None}
    revived = OutboxMessage.collection().update_one({"_id": message_id, "state": "dead"}, {"$set": changes})
    if not revived.modified_count:
        raise RuleBroken("message_not_dead", message=message_id)
    note("resend", message_id, by=actor, at=now)
