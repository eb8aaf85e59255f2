"""Planned reminders and escalations (提醒与升级): one row for each moment at which something is due."""

from __future__ import annotations

from mongoengine import DateTimeField, DictField, IntField, StringField

from documents.database import Stored

STATES = ("pending", "claimed", "done", "cancelled", "set_aside")
SUBJECTS = ("case", "duty", "severity")


class Timer(Stored):
    """A planned rung of a ladder (计时): when it is due, and what became of it.

    `case` is the id of its subject: a complaint, or a duty when `subject` says so. A timer of `severity`
    tells nobody: it weighs its case anew.
    """

    id = StringField(primary_key=True)
    subject = StringField(choices=SUBJECTS, default="case")
    case = StringField(required=True)
    limit = StringField(required=True)
    round = IntField(default=1)
    rung = StringField(required=True)
    n = IntField(default=1)
    ladder = StringField()
    due = DateTimeField(required=True)
    planned_at = DateTimeField()
    state = StringField(choices=STATES, default="pending")
    owner = StringField()
    lease = DateTimeField()
    attempts = IntField(default=0)
    fired_at = DateTimeField()
    reason = DictField()
    error = StringField()

    meta = {
        "collection": "timers",
        "encrypted": {"error": ()},
        "indexes": [
            {"fields": ["state", "due"]},
            {"fields": ["case"]},
        ],
    }
