"""The table that holds the server and the page to the same values: tests/rules/vectors/expressions.json.

A number with a fraction stands there as {"#": its digits}; `facts` names the world that a vector is read in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "vectors" / "expressions.json"


@cache
def table() -> dict[str, Any]:
    """The whole table as it is written."""
    found: dict[str, Any] = json.loads(TABLE.read_text())
    return found


def vectors(*, refused: bool) -> list[dict[str, Any]]:
    """The expressions that are refused, or those that have a value."""
    return [one for one in table()["vectors"] if ("refused" in one) is refused]


def world(vector: Mapping[str, Any]) -> Any:
    """The facts that a vector is read in, as they travel."""
    return table()["facts"][vector.get("facts", "common")]


def python_value(value: Any) -> Any:
    """A value of the table in Python's types."""
    if isinstance(value, Mapping) and "#" in value:
        return Decimal(value["#"])
    if isinstance(value, Mapping):
        return {name: python_value(part) for name, part in value.items()}
    return [python_value(one) for one in value] if isinstance(value, list) else value
