"""Running series 流水号: gapless, because a number is taken in the transaction that uses it."""

from __future__ import annotations

from mongoengine import IntField, StringField
from pymongo import ReturnDocument

from documents.database import Stored


class Sequence(Stored):
    """The last number given out in a series."""

    id = StringField(primary_key=True)
    value = IntField(default=0)

    meta = {"collection": "sequences"}

    @classmethod
    def take(cls, series: str) -> int:
        """The next number of the series, from 1."""
        row = cls.collection().find_one_and_update(
            {"_id": series}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(row["value"])
