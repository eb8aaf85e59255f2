"""Loans 调卷（借阅）: who asked to read a volume, what for, who allowed it, and the copy made for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bson import ObjectId
from mongoengine import DateTimeField, IntField, ListField, ObjectIdField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken

ASKED, APPROVED, READY, RETURNED, REFUSED, WITHDRAWN, ENDED, RECALLED = STATES = (
    *("asked", "approved", "ready", "returned", "refused", "withdrawn", "ended"),
    "recalled",  # 收回: the volume is no longer there for the reader
)
CURRENT = (APPROVED, READY)
UNENDED = (ASKED, *CURRENT)
PATIENCE = timedelta(minutes=2)


class Loan(Stored):
    """One loan 借阅单 of one volume to one person, until a day."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    number = StringField(required=True, unique=True)
    policy = StringField(required=True)
    owner = StringField(required=True)  # 立档单位
    volume = StringField(required=True)
    asked_by = StringField(required=True)
    asked_name = StringField(required=True)
    asked_at = DateTimeField(required=True)
    purpose = StringField()
    pages = StringField()  # which papers or pages are wanted, in words
    until = StringField(required=True)  # the last day
    state = StringField(default=ASKED, choices=STATES)
    parts = ListField(StringField())  # what was approved: documents.reading_copy.PARTS
    decided_by = StringField()
    decided_name = StringField()
    decided_at = DateTimeField()
    note = StringField()  # of whoever decided
    file_id = StringField()
    sha256 = StringField()
    size = IntField()
    sheets = IntField()
    made_at = DateTimeField()
    attempts = IntField(default=0)
    problem = StringField()
    opened = IntField(default=0)
    last_opened_at = DateTimeField()
    ended_at = DateTimeField()
    ended_by = StringField()

    meta = {
        "collection": "loans",
        "encrypted": {"purpose": (), "pages": (), "note": (), "problem": ()},
        "indexes": [
            ("asked_by", "-asked_at"),
            ("owner", "state", "until"),
            ("owner", "-asked_at"),
            ("volume", "-asked_at"),
            ("state", "until"),
        ],
    }

    @classmethod
    def get(cls, loan: str) -> Loan:
        """The loan; raises RuleBroken("unknown_loan")."""
        found = cls.objects(id=ObjectId(loan)).first() if ObjectId.is_valid(loan) else None
        if found is None:
            raise RuleBroken("unknown_loan", loan=loan)
        known: Loan = found
        return known

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been given back."""
        return self.state in CURRENT and self.until < today.isoformat()

    def may_be_read(self, person: str, today: date) -> bool:
        """Whether this person may open the copy today: the one who asked, until the last day."""
        return self.state == READY and self.asked_by == person and not self.is_overdue(today)


def unmade(now: datetime, most: int = 100) -> list[str]:
    """Loans that were approved a while ago and have no copy yet."""
    waiting = Loan.objects(state=APPROVED, problem=None, decided_at__lt=now - PATIENCE)
    return [str(one.id) for one in waiting.only("id").order_by("decided_at").limit(most)]
