"""What-ifs 变更预演: what a change of a calendar or a policy would move, listed before it is done.

The list is kept for a few days, a row for each deadline, so that it can be turned over page by page and taken
along as a spreadsheet while the cases go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ObjectIdField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken

LOST_AFTER = timedelta(minutes=2)
KEPT = timedelta(days=7)
WRITTEN_AT_ONCE = 2_000
PAGE = 50
OVERDUE, RELIEVED = "overdue", "relieved"
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Shift:
    """A deadline that would move 期限变动."""

    number: str
    title: str
    received_at: datetime
    limit: Mapping[str, str]
    old: datetime
    new: datetime

    def becomes(self, now: datetime) -> str:
        """Overdue by the change, no longer overdue, or neither."""
        if self.new < now <= self.old:
            return OVERDUE
        return RELIEVED if self.old < now <= self.new else ""


class WhatIf(Stored):
    """One forecast 预演: of a calendar's new definition, or of the draft of a policy."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    kind = StringField(required=True, choices=("calendar", "policy"))
    subject = StringField(required=True)
    base = IntField(required=True)  # the version that would be changed
    revision = IntField(default=0)  # of the draft
    definition = DictField()
    source = StringField()
    year = IntField()  # whose notice is loaded
    by = StringField(required=True)
    at = DateTimeField(required=True)
    beat_at = DateTimeField(required=True)
    state = StringField(default="counting", choices=("counting", "done"))
    total = IntField(default=0)
    looked = IntField(default=0)
    cases = IntField(default=0)
    deadlines = IntField(default=0)
    overdue = IntField(default=0)
    relieved = IntField(default=0)
    reminders = IntField(default=0)
    duties = IntField(default=0)
    taken = BooleanField(default=False)

    meta = {
        "collection": "what_ifs",
        "indexes": [
            ("kind", "subject", "-at"),
            "at",
        ],
    }

    @classmethod
    def get(cls, what_if: str) -> WhatIf:
        """The forecast; raises RuleBroken("unknown_what_if")."""
        found = cls.objects(id=ObjectId(what_if)).first() if ObjectId.is_valid(what_if) else None
        if found is None:
            raise RuleBroken("unknown_what_if")
        known: WhatIf = found
        return known

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        """Drop the forecasts of days ago, with their lists."""
        old = [one.id for one in cls.objects(at__lt=now - KEPT).only("id")]
        if old:
            WhatIfRow.collection().delete_many({"what_if": {"$in": old}})
            cls.collection().delete_many({"_id": {"$in": old}})

    def is_lost(self, now: datetime) -> bool:
        """Whether nobody is counting any more."""
        return bool(self.state == "counting" and self.beat_at < now - LOST_AFTER)


class WhatIfRow(Stored):
    """One deadline of a forecast's list 预演明细."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    what_if = ObjectIdField(required=True)
    n = IntField(required=True)
    number = StringField()
    title = StringField()
    received_at = DateTimeField()
    limit = DictField()
    old = DateTimeField()
    new = DateTimeField()
    becomes = StringField()

    meta = {
        "collection": "what_if_rows",
        "encrypted": {"title": ()},
        "indexes": [("what_if", "n")],
    }


@dataclass
class Ledger:
    """Writes a forecast's list down 记账 while the cases are looked through."""

    what_if: WhatIf
    now: datetime
    deadlines: int = 0
    overdue: int = 0
    relieved: int = 0
    reminders: int = 0
    looked: int = 0

    def __post_init__(self) -> None:
        self._cases: set[str] = set()
        self._rows: list[dict[str, Any]] = []
        WhatIfRow.collection().delete_many({"what_if": self.what_if.id})

    def take(self, shift: Shift) -> None:
        """Put one deadline down."""
        becomes = shift.becomes(self.now)
        self.deadlines += 1
        self.overdue += becomes == OVERDUE
        self.relieved += becomes == RELIEVED
        self._cases.add(shift.number)
        self._rows.append(
            {
                "what_if": self.what_if.id,
                "n": self.deadlines,
                "number": shift.number,
                "title": shift.title,
                "received_at": shift.received_at,
                "limit": dict(shift.limit),
                "old": shift.old,
                "new": shift.new,
                "becomes": becomes,
            }
        )
        if len(self._rows) >= WRITTEN_AT_ONCE:
            self._write()

    def _write(self) -> None:
        if self._rows:
            WhatIfRow.collection().insert_many(self._rows, ordered=False)
            self._rows = []

    def beat(self, looked: int, now: datetime) -> None:
        """Note how far it is."""
        self.looked = looked
        change = {"$set": {"looked": looked, "beat_at": now}}
        WhatIf.collection().update_one({"_id": self.what_if.id, "state": "counting"}, change)

    def close(self, now: datetime, **more: int) -> None:
        """Everything was looked through."""
        self._write()
        figures = {name: getattr(self, name) for name in ("deadlines", "overdue", "relieved", "reminders")}
        change = {**figures, **more, "cases": len(self._cases), "looked": self.looked}
        done = {"state": "done", "beat_at": now, **change}
        WhatIf.collection().update_one({"_id": self.what_if.id}, {"$set": done})


@dataclass(frozen=True)
class Page:
    """One page of the list 一页."""

    rows: list[WhatIfRow]
    number: int
    pages: int
    count: int
    overdue: int


@dataclass(frozen=True)
class Asked:
    """What of a list is looked at: cases received since a moment, but for those kept from the person."""

    since: datetime | None = None
    kept: Collection[str] = ()


class Tally(NamedTuple):
    """The counters of a forecast, without what is kept from the person."""

    cases: int
    overdue: int
    relieved: int


def moved_among(what_if: WhatIf, numbers: Collection[str]) -> set[str]:
    """Which of these cases have deadlines that would move."""
    wanted = {"what_if": what_if.id, "number": {"$in": sorted(numbers)}}
    return set(WhatIfRow.collection().distinct("number", wanted)) if numbers else set()


def tally(what_if: WhatIf, kept: Collection[str]) -> Tally:
    """How many cases, deadlines overdue by the change, and no longer overdue."""
    if not kept:
        return Tally(what_if.cases, what_if.overdue, what_if.relieved)
    rows, wanted = WhatIfRow.collection(), _wanted(what_if, Asked(kept=kept))
    overdue, relieved = (rows.count_documents({**wanted, "becomes": one}) for one in (OVERDUE, RELIEVED))
    return Tally(len(rows.distinct("number", wanted)), overdue, relieved)


def page_of(what_if: WhatIf, number: int, asked: Asked) -> Page:
    """The deadlines of the list, page by page."""
    wanted = _wanted(what_if, asked)
    count = WhatIfRow.collection().count_documents(wanted)
    overdue = WhatIfRow.collection().count_documents({**wanted, "becomes": OVERDUE})
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    found = WhatIfRow.objects(__raw__=wanted).order_by("n").skip((number - 1) * PAGE).limit(PAGE)
    return Page(list(found), number, pages, count, overdue)


def every_row(what_if: WhatIf, asked: Asked) -> Iterator[Mapping[str, Any]]:
    """The whole list."""
    found: Iterable[Mapping[str, Any]] = WhatIfRow.collection().find(_wanted(what_if, asked)).sort("n", 1)
    yield from found


def _wanted(what_if: WhatIf, asked: Asked) -> dict[str, Any]:
    received = {"received_at": {"$gte": asked.since}} if asked.since is not None else {}
    open_ones = {"number": {"$nin": sorted(asked.kept)}} if asked.kept else {}
    return {"what_if": what_if.id, **received, **open_ones}
