"""Signs of life of the processes without people (心跳), and whose turn a periodic job is."""

from __future__ import annotations

from datetime import datetime, timedelta

from mongoengine import DateTimeField, DictField, StringField
from pymongo.errors import DuplicateKeyError

from documents.database import Stored

# With no sign of life for so long, reminders are late and people are to know it.
SILENT_AFTER = timedelta(minutes=2)


class Heartbeat(Stored):
    """The last sign of life of one process (心跳)."""

    id = StringField(primary_key=True)
    kind = StringField(required=True)
    started_at = DateTimeField()
    beat_at = DateTimeField(required=True)
    facts = DictField()

    meta = {"collection": "heartbeats", "indexes": [{"fields": ["kind", "-beat_at"]}]}


class Turn(Stored):
    """When a periodic job is next to be queued (轮次); of any number of clocks one gets the turn."""

    id = StringField(primary_key=True)
    next_at = DateTimeField(required=True)

    meta = {"collection": "turns"}


def beat(identity: str, kind: str, *, now: datetime, facts: dict[str, object]) -> None:
    """Write down that a process is alive."""
    Heartbeat.collection().update_one(
        {"_id": identity},
        {"$set": {"kind": kind, "beat_at": now, "facts": facts}, "$setOnInsert": {"started_at": now}},
        upsert=True,
    )


def last_beat(kind: str) -> datetime | None:
    """When a process of this kind last showed that it lives; None when none ever did."""
    latest = Heartbeat.objects(kind=kind).order_by("-beat_at").only("beat_at").first()
    return latest.beat_at if latest else None


def is_silent(kind: str, now: datetime) -> bool:
    """Whether no process of this kind has shown itself for two minutes."""
    heard = {"$gte": now - SILENT_AFTER, "$lte": now + SILENT_AFTER}  # what is to come, nobody has heard
    return Heartbeat.collection().find_one({"kind": kind, "beat_at": heard}, {"_id": 1}) is None


def forget(before: datetime) -> int:
    """Forget processes that gave no sign of life since; how many."""
    return int(Heartbeat.collection().delete_many({"beat_at": {"$lt": before}}).deleted_count)


def take_turn(name: str, every: timedelta, *, now: datetime) -> bool:
    """Whether the caller has the turn of this periodic job; then nobody has it until it is due again.

    A turn minutes further away than the job's interval was taken by somebody whose time was wrong: it is due
    now. Moments further away it was taken by somebody who looked at the time a moment later.
    """
    due = {"$or": [{"next_at": {"$lte": now}}, {"next_at": {"$gt": now + every + SILENT_AFTER}}]}
    try:
        Turn.collection().find_one_and_update(
            {"_id": name, **due}, {"$set": {"next_at": now + every}}, upsert=True
        )
    except DuplicateKeyError:
        return False  # the row is there and its moment has not come
    return True
