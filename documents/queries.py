"""Lists of cases 投诉列表: combinable filters, keyset paging, capped counts, never a full scan.

A page costs the same at ten thousand and at ten million cases: each combination starts from one index,
the next page from the last row of this one, and counting stops at `MOST_COUNTED`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId

from documents.complaint import Complaint
from documents.rules.durations import written_moment
from documents.rules.reading import Reading
from documents.sight import MOST_COUNTED, Sight
from documents.unit import Unit

LARGEST_PAGE = 200
HIGHEST_RANK = 1_000
COLUMNS = (
    *("number", "title", "case_type", "stage", "status", "category", "channel", "units", "handler"),
    *("received_at", "next_due", "next_limit", "escalation", "flags", "outcome", "closed_at"),
    *("policy", "policy_version", "volume.number", "next_calendar", "next_uncertain", "paused"),
    *("severity.level", "severity.rank", "severity.since", "known_to"),
)
SORTS: Mapping[str, tuple[str, int]] = {
    "received": ("received_at", -1),
    "due": ("next_due", 1),
    "severity": ("severity.rank", -1),
}
# The columns whose values a version of a policy names, and may have renamed.
NAMED = ("stage", "case_type", "channel", "outcome", "category")

Row = Mapping[str, Any]
Condition = dict[str, Any]
Order = list[tuple[str, int]]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; every field combines with every other."""

    policy: str | None = None
    status: str | None = None
    stage: str | None = None
    case_type: str | None = None
    unit: str | None = None
    category: Sequence[str] = ()
    channel: str | None = None
    handler: str | None = None
    due: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    flag: str | None = None
    outcome: str | None = None
    severity: str | None = None
    words: str | None = None
    sort: str = "received"
    readings: Mapping[str, Reading] = field(default_factory=dict)  # of each policy in force


@dataclass(frozen=True)
class Page:
    """One page of a list; `next` and `previous` are cursors or None. `counted` stops at MOST_COUNTED."""

    rows: Sequence[Row]
    next: str | None
    previous: str | None
    counted: int
    capped: bool


def case_page(
    sight: Sight, filters: Filters, *, now: datetime, cursor: str | None = None, size: int = 50
) -> Page:
    """One page of the cases that a person may see."""
    size = min(max(size, 1), LARGEST_PAGE)
    condition = condition_of(sight, filters, now)
    place = _read_cursor(cursor)
    rows = _rows(sight, *_beside(condition, filters.sort, place), size + 1)
    more = len(rows) > size
    rows = rows[:size]
    backwards = place is not None and place.backwards
    if backwards:
        rows.reverse()
    counted = count(condition)
    return Page(
        rows=rows,
        next=_write_cursor(rows[-1], filters.sort, backwards=False) if rows and (more or backwards) else None,
        previous=_write_cursor(rows[0], filters.sort, backwards=True)
        if rows and _has_previous(place, more)
        else None,
        counted=min(counted, MOST_COUNTED),
        capped=counted > MOST_COUNTED,
    )


def all_rows(sight: Sight, filters: Filters, *, now: datetime, most: int) -> list[Row]:
    """The rows of an export, the newest `most` of them."""
    return _rows(sight, *_beside(condition_of(sight, filters, now), filters.sort, None), most)


def raised_rows(sight: Sight, *, most: int) -> list[Row]:
    """The open cases above the lowest level, the highest first."""
    condition = {**sight.condition(), "severity.rank": {"$gte": 1}, "status": "open"}
    return _rows(sight, condition, [("severity.rank", -1), ("_id", -1)], most)


def count(condition: Condition) -> int:
    """How many match, at most one more than MOST_COUNTED."""
    return int(Complaint.collection().count_documents(condition, limit=MOST_COUNTED + 1))


def condition_of(sight: Sight, filters: Filters, now: datetime) -> Condition:
    """The database's condition for these filters through these eyes."""
    parts: list[Condition] = [sight.condition()]
    for name in ("policy", "status", "handler"):
        if getattr(filters, name):
            parts.append({name: getattr(filters, name)})
    for name in NAMED:
        if getattr(filters, name):
            parts.append(named_condition(filters, name))
    if filters.unit:
        parts.append({"scope": {"$in": [f"u:{unit}" for unit in Unit.succession(filters.unit)]}})
    if filters.flag:
        parts.append({"flags": filters.flag})
    if filters.severity or filters.sort == "severity":
        parts.append(_levelled(filters.severity))
    if filters.received_from or filters.received_to:
        parts.append({"received_at": _between(filters.received_from, filters.received_to)})
    if filters.due or filters.sort == "due":
        parts.append(_due(filters.due, now))
    if filters.words and filters.words.strip():
        parts.append(sight.words_condition(filters.words.strip()))
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _levelled(level: str | None) -> Condition:
    """Cases of a level, or with any; the rank lets the index of levels serve."""
    found: Condition = {"severity.rank": {"$gte": 0}}
    return {**found, "severity.level": level} if level else found


def named_condition(filters: Filters, column: str) -> Condition:
    """The cases that hold this in a column, under whatever name their version of the policy has for it."""
    wanted = getattr(filters, column)
    asked = [wanted] if isinstance(wanted, str) else list(wanted)
    kin = {policy: reading.kin(column, asked) for policy, reading in filters.readings.items()}
    if filters.policy:
        return _one_of(column, kin.get(filters.policy, asked))
    if not any(len(keys) > len(asked) for keys in kin.values()):
        return _one_of(column, asked)
    if len(kin) == 1:
        return _one_of(column, *kin.values())
    others: Condition = {"policy": {"$nin": sorted(kin)}, **_one_of(column, asked)}
    return {"$or": [*({"policy": policy, **_one_of(column, keys)} for policy, keys in kin.items()), others]}


def _one_of(column: str, keys: Sequence[str]) -> Condition:
    return {column: keys[0] if len(keys) == 1 else {"$in": list(keys)}}


def _between(first: datetime | None, last: datetime | None) -> Condition:
    found: Condition = {}
    if first:
        found["$gte"] = first
    if last:
        found["$lt"] = last
    return found


def _due(due: str | None, now: datetime) -> Condition:
    bounds: Mapping[str, Condition] = {
        "overdue": {"$lt": now},
        "today": {"$gte": now, "$lt": now + timedelta(hours=24)},
        "week": {"$gte": now, "$lt": now + timedelta(days=7)},
    }
    return {"status": "open", "next_due": bounds.get(due or "", {"$ne": None})}


@dataclass(frozen=True)
class _Place:
    value: Any
    id: ObjectId
    backwards: bool


def _rows(sight: Sight, condition: Condition, order: Order, most: int) -> list[Row]:
    found = Complaint.collection().find(condition, [*COLUMNS, *sight.columns])
    return list(found.sort(order).limit(most))


def _beside(condition: Condition, sort: str, place: _Place | None) -> tuple[Condition, Order]:
    """What follows the place, in which order."""
    field, direction = SORTS[sort]
    if place is not None:
        direction = -direction if place.backwards else direction
        condition = {"$and": [condition, _beyond(place, field, direction)]}
    return condition, [(field, direction), ("_id", direction)]


def _beyond(place: _Place, field: str, direction: int) -> Condition:
    """Rows after the place. The outer bound on the field alone lets the index start there."""
    sign = "$gt" if direction > 0 else "$lt"
    return {
        field: {f"{sign}e": place.value},
        "$or": [{field: {sign: place.value}}, {field: place.value, "_id": {sign: place.id}}],
    }


def _has_previous(place: _Place | None, more: bool) -> bool:
    if place is None:
        return False
    return more if place.backwards else True


def _write_cursor(row: Row, sort: str, *, backwards: bool) -> str:
    value: Any = row
    for part in SORTS[sort][0].split("."):
        value = (value or {}).get(part)
    written = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([written, str(row["_id"]), backwards])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> _Place | None:
    """The place a cursor names; one that cannot be read means the first page."""
    if not cursor:
        return None
    try:
        written, row, backwards = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = _value_of(written)
        return _Place(value, ObjectId(row), bool(backwards)) if value is not None else None
    except (ValueError, TypeError, RecursionError, InvalidId, binascii.Error):
        return None


def _value_of(written: Any) -> int | datetime | None:
    """Where a cursor stands: a rank, or a moment; of larger numbers than ranks the database has no notion."""
    if isinstance(written, int) and not isinstance(written, bool):
        return written if abs(written) <= HIGHEST_RANK else None
    moment = written_moment(written)
    return moment.astimezone(UTC) if moment else None
