"""Recurring obligations that belong to no case (周期任务): the half-year report, the year-end hand-over."""

from __future__ import annotations

from datetime import datetime

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored

OPEN, DONE, WAIVED, DROPPED = STATES = ("open", "done", "waived", "dropped")


class Duty(Stored):
    """One occurrence of a duty for one unit (任务); its id makes planning it twice impossible.

    It is `open`, `done` (at `done_at`, noted at `completed_at`), `waived` 本次不适用 by a head with a reason,
    or `dropped` because the policy, the unit or the calendar knows it no more. `history` keeps every turn.
    """

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    key = StringField(required=True)
    unit = StringField(required=True)
    units = DictField()
    label = DictField()
    period = DictField()
    due_at = DateTimeField(required=True)
    certain = BooleanField(default=True)
    calendar = StringField()  # in which it was planned; without it, in the policy's
    state = StringField(choices=STATES, default=OPEN)
    planned_at = DateTimeField()
    done_at = DateTimeField()
    completed_at = DateTimeField()
    completed_by = StringField()
    evidence = DictField()
    reason = DictField()  # why it was dropped
    history = ListField(DictField())  # {verb, at, by, …}: done, undone, waived, dropped, revived, changed

    meta = {
        "collection": "duties",
        "encrypted": {"evidence": (), "history.evidence": (), "history.reason": ()},
        "indexes": [
            {"fields": ["due_at"]},
            {"fields": ["state", "due_at"]},
            {"fields": ["unit", "due_at"]},
            {"fields": ["policy", "key", "due_at"]},
        ],
    }

    @property
    def settled_for(self) -> str:
        """For which absent person 代办 it was noted done or waived; empty where it was one's own."""
        turn = self.history[-1] if self.history and self.state in (DONE, WAIVED) else {}
        return str(turn.get("instead_of", ""))

    def is_late(self, now: datetime) -> bool:
        """Whether it was done late, or is overdue; what need not be done is never late."""
        if self.state in (WAIVED, DROPPED):
            return False
        return bool((self.done_at or self.completed_at or now) > self.due_at)
