"""Volumes that wait to be sealed 等待封存: for their signature, or until they can be kept."""

from __future__ import annotations

from mongoengine import DateTimeField, IntField, StringField

from documents.database import Stored


class DelayedSignature(Stored):
    """A volume 案卷 that could not be signed or kept yet, with the reason; gone when it is sealed."""

    id = StringField(primary_key=True)  # 档号
    reason = StringField(required=True)
    since = DateTimeField(required=True)
    tried_at = DateTimeField(required=True)
    times = IntField(default=0)

    meta = {"collection": "delayed_signatures", "encrypted": {"reason": ()}}
