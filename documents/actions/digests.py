"""Digests 每日汇总: what was collected for a person leaves as one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from documents.actions.dispatching import message
from documents.database import transaction
from documents.outbox import OutboxMessage
from documents.rules.telling import MAIL

Row = Mapping[str, Any]
AT_ONCE = 200  # digests of one sweep; the rest follows at the next tick
LONGEST_SMS = 300
TITLES = {"zh": "【每日汇总】{count} 项提醒", "en": "[Daily digest] {count} reminders"}
JOINTS = {"zh": "；", "en": "; "}


def gather(now: datetime) -> int:
    """Gather what is due into digests; how many. Safe to run twice and by several clocks at once."""
    due = {"state": "collected", "next_at": {"$lte": now}}
    rows = OutboxMessage.collection().find(due, {"digest": 1}).sort("next_at").limit(AT_ONCE)
    waiting = dict.fromkeys(row["digest"] for row in rows)
    return sum(transaction(partial(_gather, {**due, "digest": one}, now)) for one in waiting)


def _gather(due: Row, now: datetime) -> int:
    outbox = OutboxMessage.collection()
    rows = list(outbox.find(due).sort([("created_at", 1), ("_id", 1)]))
    if not rows:
        return 0  # another clock gathered them
    digest = _digest(rows, now)
    changed = {"state": "gathered", "into": digest["_id"]}
    outbox.update_many({"_id": {"$in": [row["_id"] for row in rows]}}, {"$set": changed})
    outbox.insert_one(digest)
    return 1


def _digest(rows: Sequence[Row], now: datetime) -> dict[str, Any]:
    """One message of all; a single one leaves as it is."""
    first = rows[0]
    language = first["language"]
    title = TITLES[language].format(count=len(rows)) if len(rows) > 1 else first["subject"]
    facts = {"language": language, "number": first["number"] if len(rows) == 1 else None, "now": now}
    made = message(f"digest:{first['_id']}", to=first["to"], words=(title, _body(rows)), facts=facts)
    kept = {name: first[name] for name in ("channel", "person", "way") if name in first}
    return {**made, **kept}


def _body(rows: Sequence[Row]) -> str:
    if rows[0]["channel"] == MAIL:
        parts = [row["body"] if len(rows) == 1 else f"{row['subject']}\n{row['body']}" for row in rows]
        return "\n\n".join(parts)
    text = JOINTS[rows[0]["language"]].join(row["body"] for row in rows)
    return text if len(text) <= LONGEST_SMS else text[: LONGEST_SMS - 1] + "…"
