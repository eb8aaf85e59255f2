"""Archive numbers 档号 that were given out, each once: reserved for a volume in the making, used, void."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mongoengine import DateTimeField, DictField, IntField, ListField, ObjectIdField, StringField

from documents.case_parts import Appraisal
from documents.database import Stored
from documents.rules.broken import RuleBroken

RELEASED = {"released.0": {"$exists": True}}
STATES = ("reserved", "used", "void")


class ArchiveNumber(Stored):
    """One archive number 档号; while it is reserved, its volume is being made."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    series = StringField()
    sequence = IntField()
    state = StringField(default="reserved", choices=STATES)
    owner = StringField(required=True)  # 立档单位
    fonds = StringField(required=True)
    year = IntField(required=True)
    retention = DictField(required=True)
    unit = StringField(required=True)  # 机构 on the shelf
    unit_code = StringField()
    cases = ListField(StringField())  # what goes in, in the order of their numbers
    left_out = ListField(DictField())  # {case, reason}: what could not go in
    released = ListField(StringField())  # 退回待归档: cases that were taken back, of whom the reason speaks
    supplement_to = StringField()  # 档号 of the main volume, when this is a 补充卷
    batch = ObjectIdField()
    reserved_by = StringField(required=True)  # 检查人
    reserved_at = DateTimeField(required=True)
    attempts = IntField(default=0)
    problem = StringField()  # why the whole volume could not be made; it can be tried again
    settled_at = DateTimeField()  # sealed, or made void
    reason = StringField()  # why it is void

    meta = {
        "collection": "archive_numbers",
        "encrypted": {"left_out.reason": (), "problem": (), "reason": ()},
        "indexes": [
            ("owner", "year", "_id"),
            ("series", "sequence"),
            "cases",
            {"fields": ["batch"], "sparse": True},
            {"fields": ["left_out.case"], "sparse": True},
            {"fields": ["released"], "partialFilterExpression": RELEASED},  # what a destruction empties
            {"fields": ["reserved_at"], "partialFilterExpression": {"state": "reserved"}},
        ],
    }

    @classmethod
    def get(cls, number: str) -> ArchiveNumber:
        """The number; raises RuleBroken("unknown_volume")."""
        found: ArchiveNumber | None = cls.objects(id=number).first()
        if found is None:
            raise RuleBroken("unknown_volume", volume=number)
        return found

    @property
    def is_joined(self) -> bool:
        """Whether several cases were to share the volume."""
        return len(self.cases) + len(self.left_out) > 1


def cases_of(number: ArchiveNumber) -> list[str]:
    """The cases that a number was given out for: in its volume, left out of it, taken back."""
    return [*number.cases, *(one["case"] for one in number.left_out), *number.released]


@dataclass(frozen=True)
class Filing:
    """How a case is handed over 归档: as it was appraised, and the number it shares with others."""

    appraisal: Appraisal | None = None
    number: ArchiveNumber | None = None
    noted: tuple[str, ...] = ()  # what the pre-check found that did not keep it from being filed


AS_PROPOSED = Filing()


def waiting_numbers(most: int) -> Iterator[str]:
    """The numbers whose volume is still to be made, the longest waiting first."""
    rows = ArchiveNumber.collection().find({"state": "reserved", "problem": None}, {"_id": 1})
    yield from (str(row["_id"]) for row in rows.sort([("reserved_at", 1), ("_id", 1)]).limit(most))


def cases_in_the_making(condition: Mapping[str, Any]) -> list[str]:
    """The cases whose number is reserved for a volume in the making, of the numbers that fit a condition."""
    rows = ArchiveNumber.collection().find({"state": "reserved", **condition}, {"cases": 1})
    return [case for row in rows.sort("reserved_at", 1) for case in row["cases"]]
