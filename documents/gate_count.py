"""Counts of the gate 发布前清点: consequences that a job counts when there are too many cases for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from documents.consequences import Consequences
from documents.database import Stored
from documents.rules.consequence_words import Consequence

LOST_AFTER = timedelta(minutes=2)


class GateCount(Stored):
    """What was counted for one revision of a draft beside one version 清点结果."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    revision = IntField(required=True)
    base = IntField(required=True)
    state = StringField(default="counting", choices=("counting", "done"))
    done = IntField(default=0)
    total = IntField(default=0)
    began_at = DateTimeField(required=True)
    beat_at = DateTimeField(required=True)
    lines = ListField(DictField())
    asked = IntField(default=0)
    open_cases = IntField(default=0)

    meta = {"collection": "gate_counts", "indexes": ["policy"]}

    @classmethod
    def of(cls, policy: str, revision: int, base: int) -> GateCount | None:
        """The count for this revision, begun or done."""
        found: GateCount | None = cls.objects(id=count_id(policy, revision, base)).first()
        return found

    @property
    def found(self) -> list[Consequence]:
        """The consequences as they were counted."""
        return [_read(one) for one in self.lines]


def count_id(policy: str, revision: int, base: int) -> str:
    """One count a revision and base."""
    return f"{policy}:{base}:{revision}"


def begin(policy: str, revision: int, base: int, *, now: datetime) -> bool:
    """Whether a job is to count: nobody does yet, or the one who did is gone. Older counts are dropped."""
    known = GateCount.of(policy, revision, base)
    if known is not None and (known.state == "done" or known.beat_at > now - LOST_AFTER):
        return False
    GateCount.objects(policy=policy).delete()
    key = count_id(policy, revision, base)
    GateCount(id=key, policy=policy, revision=revision, base=base, began_at=now, beat_at=now).save()
    return True


def beat(count: str, done: int, total: int, *, now: datetime) -> None:
    """Note how far it is."""
    change = {"$set": {"done": done, "total": total, "beat_at": now}}
    GateCount.collection().update_one({"_id": count, "state": "counting"}, change)


def keep(count: str, found: Consequences, *, now: datetime) -> None:
    """Keep what was counted."""
    change = {
        "state": "done",
        "beat_at": now,
        "lines": [_written(one) for one in found.lines],
        "asked": found.asked,
        "open_cases": found.open_cases,
    }
    GateCount.collection().update_one({"_id": count}, {"$set": change})


def _written(one: Consequence) -> dict[str, Any]:
    written = asdict(one)
    return {**written, "what": list(one.what), "samples": list(one.samples), "lead": dict(one.lead)}


def _read(one: Mapping[str, Any]) -> Consequence:
    what: Sequence[str] = one["what"]
    return Consequence(
        one["code"], one["count"], (what[0], what[1]), tuple(one["samples"]), one["exact"], one["lead"]
    )
