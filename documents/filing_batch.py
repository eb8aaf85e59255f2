"""Filing batches 归档批次: cases on their way into the archive, appraised by one and checked by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from documents.case_parts import Appraisal
from documents.complaint import Complaint
from documents.database import Stored
from documents.rules.access import CaseScope
from documents.rules.broken import RuleBroken
from documents.rules.filing import Member

STATES = ("preparing", "submitted", "approved", "making", "done", "discarded")
LOST_AFTER = timedelta(minutes=2)
OPEN = {"open": True}


class FilingBatch(Stored):
    """One batch 归档批次; a job checks its cases and hands them over, and goes on where it stopped."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    state = StringField(default="preparing", choices=STATES)
    prepared_by = StringField(required=True)  # 立卷人
    prepared_name = StringField()
    prepared_at = DateTimeField(required=True)
    note = StringField()  # 备考说明, into every volume of the batch
    forms = ListField(DictField())  # {policy, version, form, typed, values, by_name, at}: 共用的归档表单
    submitted_at = DateTimeField()
    returned = DictField()  # {by, name, at, reason}: sent back by the second person
    checked_by = StringField()  # 检查人
    checked_name = StringField()
    approved_at = DateTimeField()
    finished_at = DateTimeField()
    works = BooleanField(default=False)  # whether a job has something to do
    beat_at = DateTimeField()

    meta = {
        "collection": "filing_batches",
        "encrypted": {"note": (), "forms.values": (), "forms.typed": (), "returned.reason": ()},
        "indexes": [
            ("state", "-prepared_at"),
            ("prepared_by", "-prepared_at"),
            {"fields": ["beat_at"], "partialFilterExpression": {"works": True}},
        ],
    }

    @classmethod
    def get(cls, batch: str) -> FilingBatch:
        """The batch; raises RuleBroken("unknown_batch")."""
        found = cls.objects(id=ObjectId(batch)).first() if ObjectId.is_valid(str(batch)) else None
        if found is None:
            raise RuleBroken("unknown_batch", batch=str(batch))
        known: FilingBatch = found
        return known

    @property
    def is_open(self) -> bool:
        """Whether it can still be withdrawn."""
        return self.state in ("preparing", "submitted")

    def given_in(self, place: tuple[str, int, str]) -> Mapping[str, Any]:
        """What was filled in once for all cases 共用填写, in this form of this version of this policy."""
        known = ((one["policy"], one["version"], one["form"], one) for one in self.forms)
        return next((one for *at, one in known if tuple(at) == tuple(place)), {})


class FilingEntry(Stored):
    """One case of a batch 批内案件, as it was appraised, with what the pre-check found."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    batch = ObjectIdField(required=True)
    case = StringField(required=True)
    supplement = BooleanField(default=False)  # its later papers, for a 补充卷
    title = StringField(required=True)
    case_type = StringField(required=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    owner = StringField(required=True)
    fonds = StringField(required=True)
    year = IntField(required=True)
    unit = StringField(required=True)
    unit_code = StringField()
    closed_at = DateTimeField()
    closed_year = IntField(required=True)
    turn = IntField(required=True)  # of the case when it was looked at last
    proposed = DictField(required=True)  # {code, zh, en, years}
    because = StringField()  # the condition of the class that applied
    kept = DictField(required=True)
    reason = StringField()
    findings = ListField(DictField())  # {code, blocking, zh, en}
    checked_at = DateTimeField()
    state = StringField(default="in", choices=("in", "out", "handed", "failed"))
    open = BooleanField()  # a case is in one open batch only
    remark = StringField()  # why it was taken out
    refused = DictField()  # {code, …}: why it could not be handed over
    remark_by = StringField()
    number = StringField()  # 档号
    scope = ListField(StringField())
    recused = ListField(StringField())
    known_to = ListField(StringField())
    stand_ins = ListField(DictField())  # 代行, as the case has them

    meta = {
        "collection": "filing_entries",
        "encrypted": {"title": (), "reason": (), "findings": (), "remark": (), "refused": ()},
        "indexes": [
            ("batch", "case"),
            {"fields": ["case"], "name": "one_open_batch", "unique": True, "partialFilterExpression": OPEN},
            ("scope", "batch"),
            ("case", "batch"),  # what a destruction empties
        ],
    }

    def case_scope(self) -> CaseScope:
        """What the permission function reads of the case."""
        instead = frozenset((one["role"], one["person"]) for one in self.stand_ins)
        scope = (frozenset(self.scope), frozenset(self.recused), frozenset(self.known_to))
        return CaseScope(*scope, stand_ins=instead)

    @property
    def blocking(self) -> list[Mapping[str, Any]]:
        """What must be put right first."""
        return [one for one in self.findings if one["blocking"]]

    @property
    def is_changed(self) -> bool:
        """Whether it is kept otherwise than the rules propose."""
        return bool(self.kept["code"] != self.proposed["code"])

    def member(self) -> Member:
        """The case as the arrangement sees it."""
        return Member(
            number=self.case,
            house=(self.policy, self.owner, self.fonds, str(self.year)),
            retention=self.kept["code"],
            unit=self.unit,
            unit_code=self.unit_code or "",
            closed_year=self.closed_year,
            case_type=self.case_type,
            supplement=bool(self.supplement),
        )

    def appraisal(self, batch: FilingBatch) -> Appraisal:
        """The appraisal 鉴定 that goes into the case."""
        kept = self.kept
        return Appraisal(
            code=kept["code"],
            label={"zh": kept["zh"], "en": kept["en"]},
            years=kept.get("years"),
            proposed=self.proposed["code"],
            reason=self.reason,
            by=batch.prepared_by,
            by_name=batch.prepared_name,
            at=batch.submitted_at or batch.prepared_at,
        )


def entries_of(batch: Any, *states: str) -> list[FilingEntry]:
    """The cases of a batch in the order of their numbers."""
    found = FilingEntry.objects(batch=batch)
    return list((found.filter(state__in=states) if states else found).order_by("case"))


def follow(case: Complaint) -> None:
    """What lies in batches is for whom the case is for; joins the running transaction that writes it."""
    names = ("scope", "recused", "known_to", "stand_ins")
    seen = {name: list(getattr(case, name)) for name in names}
    FilingEntry.collection().update_many({"case": case.number}, {"$set": seen})


def in_open_batches(numbers: Iterable[str]) -> set[str]:
    """Which of these cases lie in a batch that is not finished."""
    rows = FilingEntry.collection().find({"case": {"$in": list(numbers)}, "open": True}, {"case": 1})
    return {row["case"] for row in rows}


def lost_batches(now: datetime) -> list[str]:
    """The batches whose worker is gone."""
    lost = FilingBatch.objects(works=True, beat_at__lt=now - LOST_AFTER).only("id").order_by("beat_at")
    return [str(batch.id) for batch in lost]
