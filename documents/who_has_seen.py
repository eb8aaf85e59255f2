"""Who has seen a case 谁看过: the entries of the trail that showed it, or one protected field of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.audit import AuditEntry
from documents.rules.durations import written_moment
from documents.trail_rows import NO_MOMENT
from documents.volume import Volume

Row = Mapping[str, Any]
# A file or a whole volume shows whatever it holds: which fields these are, nobody noted, unless it says of
# which cases it tells: then it says which of their fields, too.
WHOLE = ("read_file", "read_volume", "read_copy")
LISTS = ("read_list", "search", "export")
REVEALS = ("reveal", "release_reveal")
SEEING = ("read", *REVEALS, *WHOLE, *LISTS)
PAGE = 50
BLANK: Row = {"by": "", "at": NO_MOMENT, "subject": ""}  # what somebody may have taken away from an entry
MOST_COUNTED = 5_000


@dataclass(frozen=True)
class Asked:
    """What is asked 查询: cases, what the answer is narrowed to, and the digests of searched words."""

    cases: Sequence[str] = ()
    words: Sequence[str] = ()
    field: str = ""
    by: str = ""
    way: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def condition(self) -> dict[str, Any]:
        """The entries; each branch starts from an index, and none is as large as the trail."""
        verbs = [self.way] if self.way in SEEING else list(SEEING)
        narrow: list[dict[str, Any]] = [{"verb": {"$in": verbs}}]
        if self.by:
            narrow.append({"by": self.by})
        if self.field:
            # Entries of earlier days name a column without its table.
            called = [self.field, *self.field.split(".")[1:]]
            shown = {"facts.fields": {"$in": called}}
            whole = {"verb": {"$in": list(WHOLE)}, "facts.cases": {"$exists": False}}
            narrow.append({"$or": [shown, whole]})
        moments = {"$gte": self.since, "$lt": self.before}
        bounds = {name: moment for name, moment in moments.items() if moment}
        if bounds:
            narrow.append({"at": bounds})
        return {"$and": [{"$or": self._about()}, *narrow]}

    def _about(self) -> list[dict[str, Any]]:
        subjects = [*self.cases, *volumes_of(self.cases)]
        about: list[dict[str, Any]] = [{"subject": {"$in": subjects}}, {"facts.cases": {"$in": subjects}}]
        return [*about, {"facts.words": {"$in": list(self.words)}}] if self.words else about


@dataclass(frozen=True)
class Seen:
    """One page of entries, the newest first; `next` is where to go on."""

    rows: Sequence[Row]
    next: str | None


@dataclass(frozen=True)
class Viewer:
    """What one person has seen: how often, and when last."""

    person: str
    times: int
    last: datetime


def volumes_of(cases: Sequence[str]) -> list[str]:
    """The volumes in which these cases are."""
    return [str(one) for one in Volume.collection().distinct("_id", {"cases": {"$in": list(cases)}})]


def seen(asked: Asked, after: str = "", size: int = PAGE) -> Seen:
    """A page of who has seen it."""
    condition, place = asked.condition(), _place(after)
    if place is not None:
        condition = {"$and": [condition, place]}
    found = AuditEntry.collection().find(condition).sort([("at", -1), ("_id", -1)]).limit(size + 1)
    rows = [{**BLANK, **row} for row in found]
    last = rows[size - 1] if len(rows) > size else None
    return Seen(rows[:size], f"{last['at'].isoformat()}/{last['_id']}" if last else None)


def viewers(asked: Asked) -> list[Viewer]:
    """The people who have seen it, who saw it last first; counted among the newest MOST_COUNTED entries."""
    steps = [
        {"$match": asked.condition()},
        {"$sort": {"at": -1}},
        {"$limit": MOST_COUNTED},
        {"$group": {"_id": "$by", "times": {"$sum": 1}, "last": {"$max": "$at"}}},
        {"$sort": {"last": -1, "_id": 1}},
    ]
    found = AuditEntry.collection().aggregate(steps)
    return [Viewer(str(row["_id"]), row["times"], row["last"]) for row in found]


def _place(after: str) -> dict[str, Any] | None:
    """Entries after a place; what cannot be read means the first page."""
    at, _, entry = after.partition("/")
    moment, found = written_moment(at), ObjectId(entry) if ObjectId.is_valid(entry) else None
    if moment is None or found is None:
        return None
    return {"at": {"$lte": moment}, "$or": [{"at": {"$lt": moment}}, {"at": moment, "_id": {"$lt": found}}]}
