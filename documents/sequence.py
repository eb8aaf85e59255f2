"""Running series 流水号: gapless, because a number is taken in the transaction that uses it."""

from __future__ import annotations

from mongoengine import IntField, ListField, StringField
from pymongo import ReturnDocument

from documents.database import Stored


class Sequence(Stored):
    """The last number given out in a series; `elsewhere` are those that another policy took.

    Only series of the time when policies shared them have any (see documents/migrations).
    """

    id = StringField(primary_key=True)
    value = IntField(default=0)
    elsewhere = ListField(IntField())

    meta = {"collection": "sequences"}

    @classmethod
    def take(cls, series: str) -> int:
        """The next number of the series, from 1."""
        row = cls.collection().find_one_and_update(
            {"_id": series}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(row["value"])
