"""Versions of a policy 制度版本: how many cases each governs."""

from __future__ import annotations

from documents.complaint import Complaint


def uses(key: str) -> dict[int, dict[str, int]]:
    """How many cases each version governs, by status."""
    grouped = Complaint.collection().aggregate(
        [
            {"$match": {"policy": key}},
            {"$group": {"_id": {"version": "$policy_version", "status": "$status"}, "count": {"$sum": 1}}},
        ]
    )
    found: dict[int, dict[str, int]] = {}
    for row in grouped:
        found.setdefault(row["_id"]["version"], {})[row["_id"]["status"]] = row["count"]
    return found
