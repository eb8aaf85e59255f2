"""Inspections 四性检测 as they are kept: what was checked, when, at which stage, with what result."""

from __future__ import annotations

from bson import ObjectId
from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from documents.database import Stored
from documents.rules.broken import RuleBroken
from documents.rules.four_checks import PACKAGE, STAGES, VOLUME

HOUSE = "house"
USUAL_SHARE = 5.0  # percent of the volumes a year


class Inspection(Stored):
    """One inspection 检测; never changed, but for the PDF that is printed of it later."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    subject = StringField(required=True, choices=(VOLUME, PACKAGE))
    number = StringField(required=True)  # 档号, or the id of the package
    title = StringField(required=True)
    owner = StringField(required=True)  # 立档单位
    stage = StringField(required=True, choices=tuple(STAGES))
    at = DateTimeField(required=True)
    by = StringField(required=True)
    sha256 = StringField()  # of the bytes that were looked at
    counts = DictField()
    ok = BooleanField(required=True)
    findings = ListField(DictField())
    sampled = IntField()  # the year of the yearly sample 年度抽检 that it belongs to
    file_id = StringField()
    size = IntField()
    problem = StringField()
    attempts = IntField(default=0)

    meta = {
        "collection": "inspections",
        "encrypted": {"title": (), "findings": (), "problem": ()},
        "indexes": [
            ("subject", "number", "-at"),
            ("owner", "-at"),
            {"fields": ["owner", "ok", "-at"]},
            {"fields": ["sampled", "number"], "sparse": True},
        ],
    }

    @classmethod
    def get(cls, inspection: str) -> Inspection:
        """The inspection; raises RuleBroken("unknown_inspection")."""
        found = cls.objects(id=ObjectId(inspection)).first() if ObjectId.is_valid(inspection) else None
        if found is None:
            raise RuleBroken("unknown_inspection", inspection=inspection)
        known: Inspection = found
        return known


class InspectionRules(Stored):
    """What this house checks 检测设置: items it switched off with the reason, and the yearly share."""

    id = StringField(primary_key=True, default=HOUSE)
    off = DictField()
    share = FloatField(default=USUAL_SHARE)
    changed_by = StringField()
    changed_at = DateTimeField()

    meta = {"collection": "inspection_rules", "encrypted": {"off": ()}}


class Sampling(Stored):
    """The yearly sample 年度抽检: how far it has come; the share stays as it was when the year began."""

    id = IntField(primary_key=True)  # the year
    share = FloatField(required=True)
    after = StringField(default="")  # the last archive number that was looked at
    looked = IntField(default=0)
    chosen = IntField(default=0)
    failed = IntField(default=0)
    aside = ListField(DictField())  # {number, owner, reason, at}: what could not be inspected at all
    begun_at = DateTimeField(required=True)
    finished_at = DateTimeField()

    meta = {"collection": "samplings", "encrypted": {"aside.reason": ()}}


def inspection_rules() -> InspectionRules:
    """The settings of the house, or the usual ones."""
    found: InspectionRules | None = InspectionRules.objects(id=HOUSE).first()
    return found or InspectionRules()


def newest(subject: str, number: str, *, sha256: str = "") -> Inspection | None:
    """The newest inspection of a volume or package, or that of these bytes."""
    rows = Inspection.objects(subject=subject, number=number)
    if sha256:
        rows = rows.filter(sha256=sha256)
    found: Inspection | None = rows.order_by("-at", "-id").first()
    return found
