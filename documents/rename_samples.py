"""Who holds what is to be renamed 更名预演: how many cases, and a few of them, without what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pymongo.errors import ExecutionTimeout

from documents.case_parts import plain_value
from documents.complaint import Complaint, not_hidden_from
from documents.held_names import condition_of, is_closed
from documents.rules.identity import Name

Definition = Mapping[str, Any]
MOST_SAMPLES = 10
PATIENCE = 8_000  # milliseconds
COUNTABLE = frozenset({"field", "column", "form", "option", "list", "case_type", "stage", "workflow"})


class Sample(NamedTuple):
    """One case that holds the thing 样例: its number, its version, and what kind of value it holds."""

    number: str
    version: int
    held: str


def holders(policy: str, definition: Definition, name: Name, person: str) -> int | None:
    """How many cases that are not kept from the person hold it; None when that took too long to count."""
    if name.of not in COUNTABLE:
        return 0
    held = {"policy": policy, **condition_of(definition, _whole(name))}
    condition = {"$and": [held, not_hidden_from(person)]}
    try:
        return int(Complaint.collection().count_documents(condition, maxTimeMS=PATIENCE))
    except ExecutionTimeout:
        return None


def samples(policy: str, definition: Definition, name: Name) -> list[Sample]:
    """The newest cases that hold it. The administrator is not told what people wrote, only its kind."""
    if name.of not in COUNTABLE or is_closed(definition, name):
        return []
    condition = {"policy": policy, **condition_of(definition, _whole(name))}
    fields = {"number": 1, "policy_version": 1, f"answers.values.{name.key}": 1}
    found = Complaint.collection().find(condition, fields, max_time_ms=PATIENCE).sort("_id", -1)
    try:
        rows = list(found.limit(MOST_SAMPLES))
    except ExecutionTimeout:
        return []
    return [Sample(row["number"], row["policy_version"], _kind(row, name)) for row in rows]


def _whole(name: Name) -> Name:
    """A field is looked for in every form."""
    return Name("field", name.key) if name.of == "field" else name


def _kind(row: Mapping[str, Any], name: Name) -> str:
    if name.of != "field":
        return name.key
    values = [one.get("values", {}).get(name.key) for one in row.get("answers", ())]
    value = plain_value(next((one for one in reversed(values) if one is not None), None))
    if isinstance(value, str):
        return "text"
    return type(value).__name__ if value is not None else ""
