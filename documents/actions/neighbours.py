"""Neighbours 同类投诉: the other complaints of a type that count with a case, each found by an index.

At a million cases this reads index keys of the case's own type only, and never more than the nearest ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from documents.complaint import Complaint
from documents.rules.severity_counting import MOST_COUNTED, Alike, reach
from documents.rules.severity_scale import SAME, Scale

MOST_WAITING = 500
READ = {"_id": 1, "received_at": 1, "severity.who": 1, "closed_at": 1}


def same_type(case: Complaint, scale: Scale) -> list[Alike]:
    """The other complaints that count with this one, those nearest in time; joins the running transaction."""
    first, last = reach(scale, case.received_at)
    counted = {"severity.type": case.severity.type}
    before = _found({**counted, "received_at": {"$gte": first, "$lte": case.received_at}}, -1)
    after = _found({**counted, "received_at": {"$gt": case.received_at, "$lte": last}}, 1)
    own = _own(case, counted) if _asks_for_own(scale) else []
    rows = {row["_id"]: row for row in (*before, *after, *own) if row["_id"] != case.id}
    return [Alike(row["received_at"], row["severity"]["who"], row.get("closed_at")) for row in rows.values()]


def _asks_for_own(scale: Scale) -> bool:
    return any(rule.similar and rule.similar.by == SAME for rule in scale.rules)


def _found(condition: Mapping[str, Any], direction: int) -> list[Mapping[str, Any]]:
    found = Complaint.collection().find(condition, READ).sort("received_at", direction)
    return list(found.limit(MOST_COUNTED // 2))


def _own(case: Complaint, counted: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the same complainant complained about before."""
    condition = {"severity.who": case.severity.who, **counted}
    return list(Complaint.collection().find(condition, READ).limit(MOST_COUNTED))


def waiting(case: Complaint, scale: Scale) -> Sequence[str]:
    """The ids of the other open cases of the type whose level one more could raise."""
    first, last = reach(scale, case.received_at)
    condition = {
        "severity.type": case.severity.type,
        "severity.waits": True,
        "received_at": {"$gte": first, "$lte": last},
        "_id": {"$ne": case.id},
    }
    found = Complaint.collection().find(condition, {"_id": 1}).sort("received_at", 1).limit(MOST_WAITING)
    return [str(row["_id"]) for row in found]
