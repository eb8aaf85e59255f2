"""Values 填写值 on their way to a field and to a reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from documents.rules.field_addresses import in_parts, parts_of, text_of
from documents.rules.field_words import typed_duration
from portal.clock import local

Definition = Mapping[str, Any]
SAID_ANEW = frozenset({"consent", "signature"})  # each filling is agreed to and signed anew


def typed(definition: Definition, value: Any) -> Any:
    """A value as somebody would have typed it."""
    if value is None or definition["type"] in SAID_ANEW:
        return None
    if definition["type"] == "table":
        columns = definition["fields"]
        return [{one["key"]: typed(one, row.get(one["key"])) for one in columns} for row in value]
    if definition["type"] == "address":
        return in_parts(definition, value) if parts_of(definition) else text_of(value)
    if definition["type"] == "duration" and isinstance(value, int):
        return typed_duration(value)
    if isinstance(value, list):
        return [str(item) for item in value]
    return _typed_one(value)


def _typed_one(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
