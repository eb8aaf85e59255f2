"""What a person was told, or was not told and why (通知)."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored

KINDS = ("reminder", "escalation", "message")


class Notice(Stored):
    """One notice to one person (通知). Its id, timer and person, makes a second one impossible."""

    id = StringField(primary_key=True)
    kind = StringField(choices=KINDS, default="message")
    timer = StringField()
    person = StringField()
    case = StringField()
    number = StringField()
    statement = StringField()  # what the person is asked to answer 申辩, in the address of its page
    limit = StringField()
    rung = StringField()
    title = DictField()
    body = DictField()
    level = IntField(default=0)
    at = DateTimeField(required=True)
    due = DateTimeField()
    sent = BooleanField(default=True)
    why = DictField()
    reason_not_sent = DictField()
    reason_no_mail = DictField()
    channels = ListField(StringField())  # what was asked for beside the portal
    # Each way out 途径: {channel, at, reason: {zh, en}, message: id in the outbox}; no `at`: it did not go.
    ways = ListField(DictField())
    read_at = DateTimeField()

    meta = {
        "collection": "notices",
        "encrypted": {"title": (), "body": ()},
        "indexes": [
            {"fields": ["person", "sent", "-at", "-id"]},
            {"fields": ["case", "at"]},
            {"fields": ["person", "sent", "read_at"]},
            {"fields": ["sent", "-at"], "partialFilterExpression": {"sent": False}},
        ],
    }
