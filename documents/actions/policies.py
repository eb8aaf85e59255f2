"""Versions of a policy 制度版本: published through the gate, and how many cases each governs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents.actions.publishing import publish_definition
from documents.complaint import Complaint
from documents.policy import Policy

Definition = Mapping[str, Any]


def publish_checked(definition: Definition, *, seen: int | None, actor: str, now: datetime) -> Policy:
    """发布: publish a definition as the next version, through the gate.

    `seen` is the version that was looked at while it was changed, None for the first. Raises what
    `documents.actions.publishing` refuses.
    """
    return publish_definition(definition, seen=seen, actor=actor, now=now)


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
