"""Duties that could not be planned 不予排定的周期事项: kept with the reason until the year is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored


class RefusedDuty(Stored):
    """A duty that is refused for a year without calendar 缺年; its id makes noting it twice impossible."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    key = StringField(required=True)
    label = DictField()
    calendar = StringField(required=True)
    year = IntField(required=True)
    first = StringField()  # the days as they are meant, before a day off moves them
    last = StringField()
    count = IntField()  # for each unit
    units = ListField(StringField())
    reason = DictField()
    refused_at = DateTimeField(required=True)

    meta = {"collection": "refused_duties", "indexes": ["units"]}


def keep(rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Let exactly these stand; one that stood before keeps the moment at which it was first refused."""
    collection = RefusedDuty.collection()
    for row in rows:
        change = {name: value for name, value in row.items() if name != "_id"}
        update = {"$set": change, "$setOnInsert": {"refused_at": now}}
        collection.update_one({"_id": row["_id"]}, update, upsert=True)
    collection.delete_many({"_id": {"$nin": [row["_id"] for row in rows]}})
