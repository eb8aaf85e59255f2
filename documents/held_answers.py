"""Whether cases hold something 已有数据: a field that was answered, an option chosen, a stage reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import ExecutionTimeout

from documents.complaint import Complaint
from documents.rules.mentions import Target
from documents.rules.options import OUTCOMES
from documents.rules.policy_fields import all_fields

PATIENCE = 5_000  # milliseconds
MOST_SEEN = 2_000  # so many of the newest cases are asked how often each option was chosen
BRIEFLY = 400  # milliseconds
KEPT = timedelta(minutes=1)

_held: dict[tuple[str, str, Any], tuple[datetime, dict[str, int], int]] = {}


def holds(policy: str, target: Target, definition: Mapping[str, Any]) -> bool:
    """Whether a case of the policy, of whatever version, has this in its record."""
    conditions = _conditions(target, definition)
    if not conditions:
        return False
    query = {"policy": policy, "$or": conditions}
    return Complaint.collection().find_one(query, {"_id": 1}, max_time_ms=PATIENCE) is not None


def held_options(
    policy: str, name: str, definition: Mapping[str, Any], *, now: datetime
) -> tuple[dict[str, int], int]:
    """How many of the newest cases hold each option of a list, and how many were asked.

    What was counted is kept for a minute, or until the next case is registered.
    """
    newest = Complaint.collection().find_one({"policy": policy}, {"_id": 1}, sort=[("_id", -1)])
    key = (policy, name, newest and newest["_id"])
    known = _held.get(key)
    if known is None or not timedelta(0) <= now - known[0] < KEPT:
        known = (now, *_count_options(policy, name, definition))
        if len(_held) > MOST_SEEN:
            _held.clear()
        _held[key] = known
    return known[1], known[2]


def _count_options(policy: str, name: str, definition: Mapping[str, Any]) -> tuple[dict[str, int], int]:
    """Read the answers of the newest cases; none are told when that takes too long."""
    fields = [key for key, one in all_fields(definition).items() if one.get("options") == name]
    wanted = {"_id": 0, "outcome": 1, **{f"answers.values.{key}": 1 for key in fields}}
    rows = Complaint.collection().find({"policy": policy}, wanted, max_time_ms=BRIEFLY)
    counts: Counter[str] = Counter()
    seen = 0
    try:
        for row in rows.sort("_id", -1).limit(MOST_SEEN):
            seen += 1
            counts.update(_chosen(row, fields, outcome=name == OUTCOMES))
    except ExecutionTimeout:
        return {}, 0
    return dict(counts), seen


def _chosen(row: Mapping[str, Any], fields: list[str], *, outcome: bool) -> set[str]:
    """Every option of the list that one case holds, once."""
    found = {str(row["outcome"])} if outcome and row.get("outcome") else set()
    for answers in row.get("answers") or ():
        values = answers.get("values") or {}
        for field in fields:
            value = values.get(field)
            found |= {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
    return found


def _conditions(target: Target, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    kind, key = target
    owner, _mark, name = key.rpartition("/")
    if kind == "fields":
        return [{f"answers.values.{key}": {"$exists": True}}]
    if kind == "options":
        fields = [field for field, one in all_fields(definition).items() if one.get("options") == owner]
        outcome = [{"outcome": name}] if owner == OUTCOMES else []
        return [*({f"answers.values.{field}": name} for field in fields), *outcome]
    if kind == "stages":
        return [{"stage": name}, {"events.to_stage": name}]
    if kind == "case_types":
        return [{"case_type": name}]
    return [{"clocks.limit": name}] if kind == "limits" else []
