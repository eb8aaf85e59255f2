"""Where the open cases of a policy stand 在办分布: by version, case type and stage, from one index."""

from __future__ import annotations

from dataclasses import dataclass

from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules.policy import PolicyView


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


def versions_with_cases(policy: str, *, status: str | None = None) -> list[int]:
    """The versions under which there are cases (of a status): one look into the index for each version."""
    known = Complaint.collection().distinct("policy_version", {"policy": policy})
    if status is None:
        return sorted(known)
    wanted = {"policy": policy, "status": status}
    found = (Complaint.collection().find_one({**wanted, "policy_version": one}, {"_id": 1}) for one in known)
    return sorted(version for version, row in zip(known, found, strict=True) if row is not None)


def governing(policy: str, newest: int, *, status: str | None = "open") -> list[tuple[int, PolicyView]]:
    """The version in force and every other one that still governs cases 仍在适用的版本, the newest first."""
    versions = {newest, *versions_with_cases(policy, status=status)}
    return [(version, view_of(policy, version)) for version in sorted(versions, reverse=True)]
