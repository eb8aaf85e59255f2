"""Replays that a job carries out 回放单: asked for by a person, with progress and with what came of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ObjectIdField, StringField

from documents.database import Stored
from documents.fast_fields import WholeField
from documents.rules.broken import RuleBroken

# A replay tells how far it is at least this often, or its worker is gone.
SILENCE = timedelta(minutes=3)
MOST_TRIES = 4


class ReplayOrder(Stored):
    """One replay 回放单; it keeps the definition as it was when it was asked for."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    policy = StringField(required=True)
    definition = WholeField(required=True)
    sha256 = StringField(required=True)
    cases = IntField(required=True)
    by = StringField(required=True)
    by_name = StringField(required=True)
    at = DateTimeField(required=True)
    touched_at = DateTimeField(required=True)
    attempts = IntField(default=0)
    done = IntField(default=0)
    stop = BooleanField(default=False)
    result = DictField()
    finished_at = DateTimeField()
    problem = StringField()

    meta = {
        "collection": "replay_orders",
        "encrypted": {"result": (), "problem": ()},
        "indexes": [("policy", "-at"), ("finished_at", "problem", "touched_at")],
    }

    @classmethod
    def get(cls, order: str) -> ReplayOrder:
        """The order; raises RuleBroken("unknown_order")."""
        found = cls.objects(id=ObjectId(order)).first() if ObjectId.is_valid(order) else None
        if found is None:
            raise RuleBroken("unknown_order", order=order)
        known: ReplayOrder = found
        return known

    @classmethod
    def latest(cls, policy: str) -> ReplayOrder | None:
        """The newest replay of a policy, without the definition that it keeps."""
        found: ReplayOrder | None = cls.objects(policy=policy).exclude("definition").order_by("-at").first()
        return found

    @classmethod
    def latest_of(cls, policy: str, by: str) -> ReplayOrder | None:
        """The newest replay that a person asked for: it left out what is kept from that person."""
        asked = cls.objects(policy=policy, by=by).exclude("definition")
        found: ReplayOrder | None = asked.order_by("-at").first()
        return found

    @property
    def state(self) -> str:
        """Where it stands 进度: waiting, running, done, stopped, failed."""
        if self.problem:
            return "failed"
        if self.finished_at:
            return "stopped" if self.result.get("stopped") else "done"
        return "running" if self.attempts else "waiting"

    def progress(self) -> dict[str, Any]:
        """How far it is, for a page that asks again and again."""
        return {"state": self.state, "done": self.done, "cases": self.cases, "problem": self.problem}


def lost_replays(now: datetime, most: int = 20) -> list[str]:
    """Replays of which nothing was heard for a while."""
    found = ReplayOrder.objects(finished_at=None, problem=None, touched_at__lt=now - SILENCE).only("id")
    return [str(order.id) for order in found.order_by("touched_at").limit(most)]
