"""Calendar changes 日历变更任务: deadlines of open cases moved to a new version, step by step."""

from __future__ import annotations

from datetime import datetime, timedelta

from bson import ObjectId
from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken

MOST_LISTED = 1_000
LOST_AFTER = timedelta(minutes=2)
NEW, ALL, FROM = "new", "all", "from"


class CalendarChange(Stored):
    """One change of a calendar 日历变更, and how far its open cases are; it continues where it stopped."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    calendar = StringField(required=True)
    to_version = IntField(required=True)
    scope = StringField(required=True, choices=(NEW, ALL, FROM))
    received_from = DateTimeField()
    by = StringField(required=True)
    at = DateTimeField(required=True)
    beat_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    state = StringField(default="running", choices=("running", "done"))
    total = IntField(default=0)  # cases to be looked at
    looked = IntField(default=0)
    cases = IntField(default=0)
    deadlines = IntField(default=0)
    overdue = IntField(default=0)
    reminders = IntField(default=0)
    duties = IntField(default=0)
    cursor = ObjectIdField()
    listed = ListField(DictField())  # {number, reason} of what could not be moved

    meta = {"collection": "calendar_changes", "indexes": [("calendar", "-at"), ("state", "beat_at")]}

    @classmethod
    def get(cls, change: str) -> CalendarChange:
        """The change; raises RuleBroken("unknown_move")."""
        found = cls.objects(id=ObjectId(change)).first() if ObjectId.is_valid(change) else None
        if found is None:
            raise RuleBroken("unknown_move", move=change)
        known: CalendarChange = found
        return known


def running_change(calendar: str) -> CalendarChange | None:
    """The change of a calendar that is still going on."""
    found: CalendarChange | None = CalendarChange.objects(calendar=calendar, state="running").first()
    return found


def lost_changes(now: datetime) -> list[str]:
    """Changes that nobody is at any more."""
    found = CalendarChange.objects(state="running", beat_at__lt=now - LOST_AFTER).only("id").order_by("at")
    return [str(change.id) for change in found]
