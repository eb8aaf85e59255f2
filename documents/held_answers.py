"""Whether cases hold something 已有数据: a field that was answered, an option chosen, a stage reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.complaint import Complaint
from documents.rules.mentions import Target
from documents.rules.policy_fields import all_fields

PATIENCE = 5_000  # milliseconds


def holds(policy: str, target: Target, definition: Mapping[str, Any]) -> bool:
    """Whether a case of the policy, of whatever version, has this in its record."""
    conditions = _conditions(target, definition)
    if not conditions:
        return False
    query = {"policy": policy, "$or": conditions}
    return Complaint.collection().find_one(query, {"_id": 1}, max_time_ms=PATIENCE) is not None


def _conditions(target: Target, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    kind, key = target
    owner, _mark, name = key.rpartition("/")
    if kind == "fields":
        return [{f"answers.values.{key}": {"$exists": True}}]
    if kind == "options":
        fields = [field for field, one in all_fields(definition).items() if one.get("options") == owner]
        outcome = [{"outcome": name}] if owner == "outcomes" else []
        return [*({f"answers.values.{field}": name} for field in fields), *outcome]
    if kind == "stages":
        return [{"stage": name}, {"events.to_stage": name}]
    if kind == "case_types":
        return [{"case_type": name}]
    return [{"clocks.limit": name}] if kind == "limits" else []
