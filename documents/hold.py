"""Holds 冻结（诉讼保全）: cases that must not be destroyed while a reason lasts."""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId
from mongoengine import DateTimeField, DictField, ListField, ObjectIdField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken


class Hold(Stored):
    """One hold 冻结 on a set of cases: why, on what basis, since when, when to look again, how it ended."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    name = StringField(required=True)  # of the set, such as a lawsuit
    cases = ListField(StringField(), required=True)
    volumes = ListField(StringField())  # 档号 of what was frozen as a volume, as it was asked for
    units = ListField(StringField())  # the units that keep the archives of these cases 立档单位
    reason = StringField(required=True)
    basis = StringField(required=True)  # 依据文件
    since = StringField(required=True)  # a day
    review_on = StringField(required=True)  # the day on which it is looked at again 复核日
    by = StringField(required=True)
    by_name = StringField()
    at = DateTimeField(required=True)
    lifted_by = StringField()
    lifted_name = StringField()
    lifted_at = DateTimeField()
    lifted_reason = StringField()
    history = ListField(DictField())  # {verb, by, name, at, …}: placed, reviewed, lifted

    meta = {
        "collection": "holds",
        "encrypted": {
            "name": (),
            "basis": (),
            "reason": (),
            "lifted_reason": (),
            "history.note": (),
            "history.reason": (),
        },
        "indexes": [("cases", "lifted_at"), ("units", "lifted_at", "review_on"), ("lifted_at", "review_on")],
    }

    @classmethod
    def get(cls, hold: str) -> Hold:
        """The hold; raises RuleBroken("unknown_hold")."""
        found = cls.objects(id=ObjectId(hold)).first() if ObjectId.is_valid(hold) else None
        if found is None:
            raise RuleBroken("unknown_hold", hold=hold)
        known: Hold = found
        return known

    @property
    def lasts(self) -> bool:
        """Whether it has not been lifted."""
        return self.lifted_at is None


def held(case_numbers: Iterable[str]) -> set[str]:
    """Which of these cases a hold 冻结 keeps at the moment; joins the running transaction."""
    asked = sorted(set(case_numbers))
    rows = Hold.collection().find({"cases": {"$in": asked}, "lifted_at": None}, {"cases": 1})
    return {number for row in rows for number in row["cases"]} & set(asked)
