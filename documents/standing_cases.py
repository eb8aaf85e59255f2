"""Where the open cases of a policy stand 在办分布: by version, case type and stage, from one index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.complaint import Complaint


@dataclass(frozen=True)
class Standing:
    """So many cases of a version at a stage 在办件数."""

    version: int
    case_type: str
    stage: str
    count: int


def standing(policy: str, status: str = "open") -> list[Standing]:
    """How many cases of each version stand where."""
    key = {"version": "$policy_version", "case_type": "$case_type", "stage": "$stage"}
    wanted = {"policy": policy, "policy_version": {"$gt": 0}, "status": status}
    grouped = Complaint.collection().aggregate(
        [{"$match": wanted}, {"$group": {"_id": key, "count": {"$sum": 1}}}]
    )
    found = [Standing(**row["_id"], count=row["count"]) for row in grouped]
    return sorted(found, key=lambda one: (one.version, one.case_type, one.stage))


def versions_in_use(policies: Sequence[str] = ()) -> dict[str, list[int]]:
    """The versions under which cases are open, of each policy (of these, when any are named)."""
    wanted = {"policy": {"$in": list(policies)}} if policies else {}
    grouped = Complaint.collection().aggregate(
        [
            {"$match": {**wanted, "status": "open"}},
            {"$group": {"_id": {"policy": "$policy", "version": "$policy_version"}}},
        ]
    )
    found: dict[str, list[int]] = {}
    for row in grouped:
        found.setdefault(row["_id"]["policy"], []).append(row["_id"]["version"])
    return {policy: sorted(versions) for policy, versions in found.items()}
