"""What leaves the database (发件箱): each message at least once, under a key that stays the same."""

from __future__ import annotations

from mongoengine import DateTimeField, IntField, StringField

from documents.database import Stored

STATES = ("waiting", "sent", "dead")
CHANNELS = ("mail",)


class OutboxMessage(Stored):
    """One message on its way out (待发邮件); its id is the key by which a receiver knows a repetition."""

    id = StringField(primary_key=True)
    channel = StringField(choices=CHANNELS, default="mail")
    to = StringField(required=True)
    language = StringField(default="zh")
    subject = StringField(required=True)
    body = StringField(required=True)
    number = StringField()
    state = StringField(choices=STATES, default="waiting")
    created_at = DateTimeField(required=True)
    next_at = DateTimeField()
    owner = StringField()
    attempts = IntField(default=0)
    last_error = StringField()
    sent_at = DateTimeField()

    meta = {
        "collection": "outbox",
        "indexes": [{"fields": ["state", "next_at"]}],
    }
