"""Year-end packages 移交包: what is checked, built, handed over and confirmed, for one unit and year."""

from __future__ import annotations

from datetime import datetime, timedelta

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from documents.database import Stored
from documents.rules.broken import RuleBroken

STATES = ("checking", "checked", "building", "ready", "handed_over", "confirmed", "returned")
WORKING = ("checking", "building")
CONFIDENTIAL = ":confidential"
USUAL = ("年度移交包", "Transfer package")
RECEIVED = ("scan", "result", "opinions")
STALLED = timedelta(minutes=5)


class Absent(EmbeddedDocument):
    """A number of the year that is not inside 未归档编号, with its reason."""

    number = StringField(required=True)
    code = StringField(required=True)
    reason = StringField(required=True)
    note = StringField()


class Check(EmbeddedDocument):
    """The completeness check 完整性检查 as it came out."""

    at = DateTimeField(required=True)
    issued = IntField(default=0)
    inside = IntField(default=0)
    carried = IntField(default=0)  # inside, with a number of an earlier year
    absent = EmbeddedDocumentListField(Absent)
    absent_volumes = EmbeddedDocumentListField(Absent)  # archive numbers 档号 that are not inside
    gaps = ListField(StringField())  # numbers that were given out and are nowhere
    strays = ListField(StringField())  # numbers that no series gave out
    volumes = IntField(default=0)  # that go into this round
    totals = ListField(DictField())  # 数量核对 with the frozen annual report

    @property
    def whole(self) -> bool:
        """Whether every number is accounted for."""
        return not self.gaps and not self.strays


class BuiltPart(EmbeddedDocument):
    """One ZIP of a package 分包; a package that is not split has one."""

    number = IntField(default=0)
    name = StringField(required=True)
    file_id = StringField()
    sha256 = StringField(required=True)
    zip_size = IntField(default=0)
    volumes = IntField(default=0)
    first = StringField()
    last = StringField()


class Built(EmbeddedDocument):
    """The finished package: its ZIPs with their digests, and what is in it."""

    name = StringField(required=True)
    parts = EmbeddedDocumentListField(BuiltPart)
    file_id = StringField()  # of the ZIP, when there is one
    sha256 = StringField(required=True)  # of the ZIP; of several, one digest over theirs
    zip_size = IntField(default=0)
    sm3 = BooleanField(default=False)
    checked = BooleanField(default=False)  # the checker ran over it before it was kept
    volumes = IntField(default=0)
    originals = IntField(default=0)
    pages = IntField(default=0)
    files = IntField(default=0)
    size = IntField(default=0)
    covered = ListField(StringField())  # the cases of which what is inside has the number alone
    at = DateTimeField(required=True)


class HandOver(EmbeddedDocument):
    """The two-party record 移交与接收: who gave, who took, when, on what."""

    by = StringField(required=True)
    by_name = StringField(required=True)
    at = DateTimeField(required=True)
    receiver = StringField(required=True)
    received_by = StringField(required=True)
    received_on = StringField(required=True)
    medium = StringField()
    carriers = StringField()  # 载体起止顺序号
    note = StringField()


class Received(EmbeddedDocument):
    """A paper that came back from the receiver 回执: a signed scan, a result, a table of opinions."""

    kind = StringField(required=True, choices=RECEIVED)
    round = IntField(required=True)
    name = StringField(required=True)
    file_id = StringField(required=True)
    sha256 = StringField(required=True)
    size = IntField(required=True)
    by = StringField(required=True)
    at = DateTimeField(required=True)


class Verified(EmbeddedDocument):
    """What the receiver's verifier 核验 said, brought back."""

    ok = BooleanField(required=True)
    checked_at = StringField(required=True)
    counts = DictField()
    findings = ListField(DictField())
    imported_by = StringField(required=True)
    imported_at = DateTimeField(required=True)


class Round(EmbeddedDocument):
    """A round 移交轮次 that is over: some of it was sent back, or more was sealed since."""

    number = IntField(required=True)
    built = EmbeddedDocumentField(Built)
    handed = EmbeddedDocumentField(HandOver)
    verified = EmbeddedDocumentField(Verified)


class TransferPackage(Stored):
    """The package 移交包 of one unit and year; what is confidential goes in a package of its own."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    unit = StringField(required=True)
    year = IntField(required=True)
    confidential = BooleanField(default=False)  # 保密移交包: of the volumes that are kept from others
    round = IntField(default=1)  # 移交轮次: later ones hold what was sent back or sealed since
    state = StringField(required=True, choices=STATES)
    made_by = StringField(required=True)
    made_at = DateTimeField(required=True)
    beat_at = DateTimeField()
    attempts = IntField(default=0)
    done = IntField(default=0)
    total = IntField(default=0)
    current = StringField()
    problem = StringField()
    check_result = EmbeddedDocumentField(Check)
    built = EmbeddedDocumentField(Built)
    handed = EmbeddedDocumentField(HandOver)
    verified = EmbeddedDocumentField(Verified)
    options = DictField()  # 制作选项: most_volumes, most_bytes, sm3
    rounds = EmbeddedDocumentListField(Round)  # the earlier ones
    kept_back = ListField(DictField())  # 封存 {volume, reason, by, at}: not handed over for the time being
    received = EmbeddedDocumentListField(Received)

    meta = {
        "collection": "packages",
        "encrypted": {
            "problem": (),
            "check_result.absent.note": (),
            "check_result.absent_volumes.note": (),
            "handed.receiver": (),
            "handed.received_by": (),
            "handed.medium": (),
            "handed.carriers": (),
            "handed.note": (),
            "rounds.handed.receiver": (),
            "rounds.handed.received_by": (),
            "rounds.handed.medium": (),
            "rounds.handed.carriers": (),
            "rounds.handed.note": (),
            "verified.findings": (),
            "rounds.verified.findings": (),
            "kept_back.reason": (),
            "received.name": (),
        },
        "indexes": [("unit", "-year"), ("state", "beat_at")],
    }

    @classmethod
    def get(cls, package: str) -> TransferPackage:
        """The package; raises RuleBroken("unknown_package")."""
        found: TransferPackage | None = cls.objects(id=package).first()
        if found is None:
            raise RuleBroken("unknown_package", package=package)
        return found

    @property
    def called(self) -> dict[str, str]:
        """What it is called where it is spoken of."""
        zh, en = ("年度保密移交包", "Confidential transfer package") if self.confidential else USUAL
        return {"zh": f"{self.year}{zh}", "en": f"{en} {self.year}"}

    @property
    def works(self) -> bool:
        """Whether a job is at it."""
        return self.state in WORKING and not self.problem


def package_id(policy: str, unit: str, year: int, *, confidential: bool = False) -> str:
    """One package a unit and year, and one of its confidential volumes 保密移交包."""
    return f"{policy}:{unit}:{year}" + (CONFIDENTIAL if confidential else "")


def both_ids(package: str) -> list[str]:
    """The package and its other: a volume that becomes confidential, or no longer is, goes over."""
    plain = package.removesuffix(CONFIDENTIAL)
    return [plain, plain + CONFIDENTIAL]


def current_round(package: TransferPackage) -> Round:
    """The round that is being made, or was handed over last."""
    return Round(number=package.round, built=package.built, handed=package.handed, verified=package.verified)


def rounds_before(package: TransferPackage) -> list[Round]:
    """The rounds that were handed over, the current one among them when it was."""
    return [*package.rounds, *([current_round(package)] if package.handed else [])]


def stalled(now: datetime) -> list[TransferPackage]:
    """Packages that a job was at and gave no sign of life since: the job was lost."""
    return list(
        TransferPackage.objects(state__in=WORKING, problem=None, beat_at__lt=now - STALLED).order_by(
            "beat_at"
        )
    )
