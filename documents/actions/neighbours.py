"""Neighbours 同类投诉: the other complaints of a type that count with a case, each found by an index.

At a million cases this reads index keys of the case's own type only, and never more than the nearest ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from documents.complaint import Complaint
from documents.rules.severity_counting import Alike, looked_at, reach
from documents.rules.severity_scale import SAME, Scale

MOST_WAITING = 500
# All of it stands in one index, so that no case is read.
READ = {"_id": 0, "received_at": 1, "severity.who": 1, "closed_at": 1}


def same_type(case: Complaint, scale: Scale) -> list[Alike]:
    """The other complaints that count with this one, those nearest in time; joins the running transaction."""
    first, last = reach(scale, case.received_at)
    kind, own, most = {"severity.type": case.severity.type}, case.severity.who, looked_at(scale)
    before = _found({**kind, "received_at": {"$gte": first, "$lte": case.received_at}}, -1, most)
    after = _found({**kind, "received_at": {"$gt": case.received_at, "$lte": last}}, 1, most)
    # What the same complainant brought is looked for apart, however long ago it was.
    others = [one for one in (*before, *after) if one.who != own]
    return [*others, *(_own(case, kind, most) if _asks_for_own(scale) else ())]


def _asks_for_own(scale: Scale) -> bool:
    return any(rule.similar and rule.similar.by == SAME for rule in scale.rules)


def _found(condition: Mapping[str, Any], direction: int, most: int) -> list[Alike]:
    found = Complaint.collection().find(condition, READ).sort("received_at", direction).limit(most)
    return [_alike(row) for row in found]


def _own(case: Complaint, kind: Mapping[str, Any], most: int) -> list[Alike]:
    """What the same complainant complained about before."""
    condition = {"severity.who": case.severity.who, **kind, "_id": {"$ne": case.id}}
    return [_alike(row) for row in Complaint.collection().find(condition, READ).limit(most)]


def _alike(row: Mapping[str, Any]) -> Alike:
    return Alike(row["received_at"], row["severity"]["who"], row.get("closed_at"))


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
