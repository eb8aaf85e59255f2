"""What leaves the database (发件箱): each message at least once, under a key that stays the same."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField

from documents.database import Stored
from documents.rules.telling import CHANNELS

# A collected message waits for its digest 每日汇总 and is gathered into it; a cancelled one never goes out.
STATES = ("waiting", "sent", "dead", "collected", "gathered", "cancelled")


class OutboxMessage(Stored):
    """One message on its way out (待发消息); its id is the key by which a receiver knows a repetition."""

    id = StringField(primary_key=True)
    channel = StringField(choices=CHANNELS, default="mail")
    to = StringField(required=True)
    way = StringField()  # the way out 出口 of what is no mail
    person = StringField()
    facts = DictField()  # what a system is told beside the text
    case = StringField()
    limit = StringField()
    round = IntField()
    held = BooleanField(default=False)  # it waits for a later moment than its own, and may become moot
    digest = StringField()  # whose digest it goes into, over which channel
    into = StringField()  # the digest into which it was gathered
    language = StringField(default="zh")
    subject = StringField(required=True)
    body = StringField(required=True)
    number = StringField()
    link = StringField()  # where it leads instead of to a case; erased once it has left
    label = StringField()  # and what that is called
    until = DateTimeField()  # after this moment the link is void, and the message is not sent any more
    state = StringField(choices=STATES, default="waiting")
    created_at = DateTimeField(required=True)
    next_at = DateTimeField()
    owner = StringField()
    attempts = IntField(default=0)
    last_error = StringField()
    sent_at = DateTimeField()
    reason = StringField()  # why somebody cancelled it

    meta = {
        "collection": "outbox",
        "encrypted": {
            **{"to": (), "subject": (), "body": (), "link": (), "facts": ()},
            **{"last_error": (), "reason": ()},
        },
        "indexes": [
            {"fields": ["state", "next_at"]},
            {"fields": ["state", "channel", "next_at"]},
            {"fields": ["case", "limit"], "sparse": True},
            {"fields": ["until"], "sparse": True},
        ],
    }
