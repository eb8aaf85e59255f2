"""Sealed case files 案卷 as the archive room keeps them: one row a volume, never changed."""

from __future__ import annotations

from collections.abc import Iterable

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField

from documents.complaint import not_hidden_from
from documents.database import Stored
from documents.rules.broken import RuleBroken

HIDDEN = {"zh": "（保密，知悉范围内可查）", "en": "(confidential, for those on its list)"}


class Volume(Stored):
    """One sealed case file 案卷 under its archive number 档号; written once, with the seal."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    cases = ListField(StringField())  # the numbers inside, in their order
    case_type = StringField(required=True)
    title = StringField(required=True)
    open_title = StringField()  # without the name; empty where it is the same
    title_classes = ListField(
        StringField(), default=None
    )  # what the title asks of its reader; not known of old
    owner = StringField(required=True)  # 立档单位
    fonds = StringField(required=True)
    year = IntField(required=True)
    retention = DictField(required=True)  # {zh, en, code, years}; without years it is permanent 永久
    unit = StringField(required=True)  # 机构 on the shelf
    opened_on = StringField(required=True)
    closed_on = StringField(required=True)
    pages = IntField(required=True)
    sheets = IntField(required=True)
    size = IntField(required=True)
    sha256 = StringField(required=True)
    file_id = StringField(required=True)
    contents = ListField(DictField())  # 卷内文件目录
    originals = ListField(DictField())
    warnings = ListField(StringField())
    inspection = DictField()  # 四性检测: the newest one in short
    secrecy = StringField()
    metadata = DictField()  # 元数据: {file_id, sha256, size} of the XML
    signature = DictField()  # documents.rules.signatures.SignatureFacts; empty when sealed without one
    signature_check = DictField()  # what the newest check of it found, and for which digest
    supplement_to = StringField()  # 档号 of the main volume, when this is a 补充卷
    sealed_at = DateTimeField(required=True)
    scope = ListField(StringField())
    recused = ListField(StringField())
    known_to = ListField(StringField())  # who may know of it, when a case in it is confidential
    # After sealing the file itself never changes; how long it is kept may, with a reason each time 鉴定.
    appraisals = ListField(DictField())  # {at, by, decision, before, after, reason, list}
    destroyed_at = DateTimeField()  # 已销毁: what is left is the tombstone
    destroyed_by = StringField()  # the list 销毁清册 by which it went

    meta = {
        "collection": "volumes",
        "encrypted": {
            "title": (),
            "open_title": (),
            "contents.title": (),
            "contents.responsible": (),
            "contents.note": (),
            "originals.name": (),
            "warnings": (),
            "appraisals.reason": (),
        },
        "indexes": [
            ("owner", "year", "retention.zh", "unit", "_id"),
            ("scope", "year", "_id"),
            ("owner", "-sealed_at"),
            "cases",
            ("owner", "destroyed_at", "policy", "retention.years", "closed_on", "_id"),
            {"fields": ["supplement_to"], "sparse": True},
        ],
    }

    def is_kept_from(self, person: str) -> bool:
        """Whether a case in it is confidential and the person is not on its list 不在知悉名单."""
        return bool(self.known_to) and person not in self.known_to

    def is_hidden_from(self, person: str) -> bool:
        """Whether it is kept from the person, or the person is recused 回避 from a case in it."""
        return self.is_kept_from(person) or person in self.recused

    @property
    def case(self) -> str:
        """The first case inside; most volumes hold one."""
        return str(self.cases[0])

    @classmethod
    def get(cls, number: str) -> Volume:
        """The volume with this archive number; raises RuleBroken("unknown_volume")."""
        found: Volume | None = cls.objects(id=number).first()
        if found is None:
            raise RuleBroken("unknown_volume", volume=number)
        return found


def volumes_kept_from(person: str, numbers: Iterable[str]) -> set[str]:
    """Which of these volumes 档号 are not there for a person; of a destroyed one nothing is left to keep."""
    wanted = {"_id": {"$in": sorted(set(numbers))}, "$nor": [not_hidden_from(person)]}
    return {row["_id"] for row in Volume.collection().find(wanted, {"_id": 1})}
