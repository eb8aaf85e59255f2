"""Case moves 在办迁移: the open cases of a policy taken to a new version, or back, in many small steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from documents.complaint import Complaint
from documents.database import Stored
from documents.rules.broken import RuleBroken

MOST_LISTED = 1_000
LOST_AFTER = timedelta(minutes=2)


class CaseMove(Stored):
    """One move of open cases 迁移任务; it continues where it stopped.

    `undoes` names the move that this one takes back.
    """

    id = ObjectIdField(primary_key=True, default=ObjectId)
    policy = StringField(required=True)
    to_version = IntField(required=True)
    stage_map = DictField()
    received_from = DateTimeField()  # cases received earlier stay; none: every open case moves
    undoes = ObjectIdField()
    state = StringField(default="running", choices=("running", "done"))
    by = StringField(required=True)
    at = DateTimeField(required=True)
    beat_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    total = IntField(default=0)
    moved = IntField(default=0)
    stuck = IntField(default=0)
    listed = ListField(DictField())  # {number, reason} of what did not fit
    cursor = ObjectIdField()
    undone_by = ObjectIdField()

    meta = {"collection": "case_moves", "indexes": [("policy", "-at"), ("state", "beat_at")]}

    @classmethod
    def get(cls, move: str) -> CaseMove:
        """The move; raises RuleBroken("unknown_move")."""
        found = cls.objects(id=ObjectId(move)).first() if ObjectId.is_valid(move) else None
        if found is None:
            raise RuleBroken("unknown_move", move=move)
        known: CaseMove = found
        return known

    @classmethod
    def begin(
        cls,
        policy: str,
        to_version: int,
        stage_map: Mapping[str, str],
        *,
        actor: str,
        now: datetime,
        received_from: datetime | None = None,
    ) -> CaseMove:
        """Write a move that a job will carry out; joins the running transaction."""
        move = cls(
            policy=policy,
            to_version=to_version,
            received_from=received_from,
            stage_map={name.replace(".", "/"): goal for name, goal in stage_map.items() if goal},
            by=actor,
            at=now,
            beat_at=now,
        )
        move.total = Complaint.collection().count_documents(move.condition())
        move.save(force_insert=True)
        return move

    def condition(self) -> dict[str, Any]:
        """The cases that are to move: open, under an earlier version, received late enough."""
        wanted = {"policy": self.policy, "status": "open", "policy_version": {"$lt": self.to_version}}
        if self.received_from is None:
            return wanted
        return {**wanted, "received_at": {"$gte": self.received_from}}

    @property
    def mapped(self) -> dict[str, str]:
        """The stages that were mapped by hand, by `case_type.stage`."""
        return {name.replace("/", "."): goal for name, goal in self.stage_map.items()}

    @property
    def done(self) -> int:
        """How many cases were looked at."""
        return int(self.moved) + int(self.stuck)


def running_move(policy: str) -> CaseMove | None:
    """The move of a policy that is still going on."""
    found: CaseMove | None = CaseMove.objects(policy=policy, state="running").first()
    return found


def lost_moves(now: datetime) -> list[str]:
    """Moves that nobody is at any more."""
    found = CaseMove.objects(state="running", beat_at__lt=now - LOST_AFTER).only("id").order_by("at")
    return [str(move.id) for move in found]
