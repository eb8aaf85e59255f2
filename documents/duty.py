"""Recurring obligations that belong to no case (周期任务): the half-year report, the year-end hand-over."""

from __future__ import annotations

from datetime import datetime

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField

from documents.database import Stored


class Duty(Stored):
    """One occurrence of a duty for one unit (任务); its id makes planning it twice impossible."""

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
    state = StringField(choices=("open", "done", "dropped"), default="open")
    planned_at = DateTimeField()
    completed_at = DateTimeField()
    completed_by = StringField()
    evidence = DictField()

    meta = {
        "collection": "duties",
        "indexes": [
            {"fields": ["state", "due_at"]},
            {"fields": ["unit", "due_at"]},
            {"fields": ["policy", "key", "due_at"]},
        ],
    }

    def is_late(self, now: datetime) -> bool:
        """Whether it was done late, or is overdue."""
        return bool((self.completed_at or now) > self.due_at)
