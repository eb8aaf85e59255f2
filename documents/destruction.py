"""Destruction lists 销毁清册: volumes appraised one by one, released by two people, then destroyed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bson import ObjectId
from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from documents.database import Stored
from documents.rules.broken import RuleBroken

DESTROY, LENGTHEN, PERMANENT = DECISIONS = ("destroy", "lengthen", "permanent")
DRAFT, SUBMITTED, COOLING, RUNNING, DONE, STOPPED = STATES = (
    *("draft", "submitted", "cooling", "running", "done", "stopped"),
)
# What a line has come to: nothing yet, words gone, files gone too, kept as appraised, kept by a blocker.
WAITING, ERASED, GONE, KEPT, BLOCKED = LINE_STATES = ("waiting", "erased", "gone", "kept", "blocked")
OPEN = (DRAFT, SUBMITTED, COOLING, RUNNING)
MOST_LINES = 500
STALLED = timedelta(minutes=3)


class Line(EmbeddedDocument):
    """One volume on a list 清册条目 with its appraisal 鉴定意见."""

    volume = StringField(required=True)
    supplements = ListField(StringField())  # 补充卷, which go with it
    cases = ListField(StringField())
    title = StringField()  # kind and year, without anybody's name: lists and certificates stay for good
    retention = DictField()
    year = IntField()
    closed_on = StringField()
    unit = StringField()
    pages = IntField(default=0)
    sha256 = StringField()
    decision = StringField(choices=DECISIONS)
    more = IntField()  # years, of a longer term
    reason = StringField()
    by = StringField()
    by_name = StringField()
    at = DateTimeField()
    state = StringField(default=WAITING, choices=LINE_STATES)
    problem = ListField(DictField())  # {code, what}: why it was left in the end
    doomed = ListField(StringField())  # files still to be deleted
    files = IntField(default=0)
    done_at = DateTimeField()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be done."""
        return self.state in (GONE, KEPT, BLOCKED)


class Release(EmbeddedDocument):
    """One of the two releases 批准."""

    by = StringField(required=True)
    name = StringField(required=True)
    at = DateTimeField(required=True)


class Certificate(EmbeddedDocument):
    """The finished 销毁证明 with its list."""

    file_id = StringField(required=True)
    name = StringField(required=True)
    sha256 = StringField(required=True)
    size = IntField(required=True)
    at = DateTimeField(required=True)
    signature = DictField()  # documents.rules.signatures.SignatureFacts; empty when made without one
    signature_check = DictField()  # what the check of it found when it was made


class Destruction(Stored):
    """A list of volumes to be destroyed or kept 销毁清册; nothing on it happens by itself."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    number = StringField(required=True, unique=True)
    policy = StringField(required=True)
    owner = StringField(required=True)
    state = StringField(default=DRAFT, choices=STATES)
    lines = EmbeddedDocumentListField(Line)
    made_by = StringField(required=True)
    made_name = StringField(required=True)
    made_at = DateTimeField(required=True)
    submitted_by = StringField()
    submitted_name = StringField()
    submitted_at = DateTimeField()
    releases = EmbeddedDocumentListField(Release)
    not_before = DateTimeField()  # the end of the time in which it can be stopped
    started_by = StringField()
    started_name = StringField()
    started_at = DateTimeField()
    witnesses = ListField(StringField())  # 监销人
    stopped_by = StringField()
    stopped_name = StringField()
    stopped_at = DateTimeField()
    stopped_reason = StringField()
    done_at = DateTimeField()
    beat_at = DateTimeField()
    attempts = IntField(default=0)
    problem = StringField()
    waits = StringField()  # why the certificate cannot be signed yet 等待签名; it is tried again
    certificate = EmbeddedDocumentField(Certificate)
    history = ListField(DictField())  # {verb, by, name, at, …}

    meta = {
        "collection": "destructions",
        "encrypted": {
            "lines.reason": (),
            "lines.problem": (),
            "stopped_reason": (),
            "history.note": (),
            "witnesses": (),
            "problem": (),
            "waits": (),
        },
        "indexes": [("owner", "-made_at"), ("lines.volume", "state"), ("state", "beat_at")],
    }

    @classmethod
    def get(cls, found: str) -> Destruction:
        """The list; raises RuleBroken("unknown_list")."""
        one = cls.objects(id=ObjectId(found)).first() if ObjectId.is_valid(found) else None
        if one is None:
            raise RuleBroken("unknown_list", list=found)
        known: Destruction = one
        return known

    def line(self, volume: str) -> Line:
        """The line of a volume; raises RuleBroken("not_on_list")."""
        found: Line | None = next((one for one in self.lines if one.volume == volume), None)
        if found is None:
            raise RuleBroken("not_on_list", volume=volume)
        return found

    def names(self, volumes: Collection[str] | None = None) -> list[str]:
        """The volumes on the list, or some of them, with their supplements and the cases in them."""
        lines = [one for one in self.lines if volumes is None or one.volume in volumes]
        return [name for one in lines for name in (one.volume, *one.supplements, *one.cases)]

    @property
    def decided(self) -> int:
        """How many lines are appraised."""
        return len([one for one in self.lines if one.decision])

    @property
    def settled(self) -> int:
        """How many lines are done with."""
        return len([one for one in self.lines if one.is_settled])

    @property
    def works(self) -> bool:
        """Whether a job is at it."""
        return self.state == RUNNING and not self.problem

    def count(self, decision: str) -> int:
        """How many lines have this decision."""
        return len([one for one in self.lines if one.decision == decision])


def listed(volumes: list[str]) -> dict[str, str]:
    """On which open list each of these volumes stands."""
    wanted = {"lines.volume": {"$in": volumes}, "state": {"$in": list(OPEN)}}
    rows = Destruction.collection().find(wanted, {"number": 1, "lines.volume": 1})
    found = {line["volume"]: row["number"] for row in rows for line in row["lines"]}
    return {volume: number for volume, number in found.items() if volume in volumes}


def stalled(now: datetime) -> list[str]:
    """Lists that are being carried out and at which nobody is any more."""
    found = Destruction.objects(state=RUNNING, problem=None, beat_at__lt=now - STALLED).only("id")
    return [str(one.id) for one in found.order_by("beat_at")]
