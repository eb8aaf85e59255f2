"""Reveals 查看完整内容: who sees which masked answers of a case in full, why, and until when."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from mongoengine import DateTimeField, ListField, ObjectIdField, StringField

from documents.database import Stored

OPEN, ASKED, REFUSED = "open", "asked", "refused"
KEPT_SECONDS = 30 * 86_400  # after that the trail alone tells of it


class Reveal(Stored):
    """One reveal: for one person in one sitting, of some fields of one case."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    case = StringField(required=True)
    person = StringField(required=True)
    sitting = StringField(required=True)  # the sign-in in which it was asked for
    fields = ListField(StringField())
    reason = StringField(required=True)
    state = StringField(default=OPEN, choices=(OPEN, ASKED, REFUSED))
    asked_at = DateTimeField(required=True)
    until = DateTimeField(required=True)
    decided_by = StringField()
    decided_at = DateTimeField()

    meta = {
        "collection": "reveals",
        "encrypted": {"reason": ()},
        "indexes": [
            ("person", "state", "until"),
            ("case", "state"),
            {"fields": ["until"], "name": "forgotten", "expireAfterSeconds": KEPT_SECONDS},
        ],
    }

    @classmethod
    def of_sitting(cls, person: str, sitting: str, now: datetime) -> dict[str, dict[str, datetime]]:
        """What is revealed to a person in a sitting now: of each case the fields, and until when."""
        wanted = {"person": person, "state": OPEN, "until": {"$gt": now}, "sitting": sitting}
        found: dict[str, dict[str, datetime]] = {}
        for row in cls.collection().find(wanted):
            known = found.setdefault(row["case"], {})
            for name in row["fields"]:
                known[name] = max(known.get(name, row["until"]), row["until"])
        return found

    @classmethod
    def waiting(cls, case: str) -> list[Reveal]:
        """The requests of a case that wait for a second person, the oldest first."""
        return list(cls.objects(case=case, state=ASKED).order_by("asked_at"))
