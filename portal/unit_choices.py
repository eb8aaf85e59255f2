"""Units to choose from 可选单位: all of them while they are few, else those whose name is being typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from documents.unit import Unit
from portal.language import said

MOST_LISTED = 200
MOST_FOUND = 40
COLUMNS = {"name": 1, "kind": 1, "ancestors": 1}

Condition = Mapping[str, Any]
Row = Mapping[str, Any]


def units_in_sight(keys: Sequence[str]) -> Condition:
    """The units whose cases these scope keys open: one's own, and those below one's reach."""
    trees = [key[2:] for key in keys if key.startswith("t:")]
    own = [key[2:] for key in keys if key.startswith("u:")]
    return {"$or": [{"ancestors": {"$in": trees}}, {"_id": {"$in": own}}]}


def offered(condition: Condition, chosen: Sequence[str] = ()) -> list[Row]:
    """The units under the condition in tree order; only the chosen ones when there are too many to list."""
    found = _read(condition, MOST_LISTED + 1)
    if len(found) > MOST_LISTED:
        found = _read({"_id": {"$in": [key for key in chosen if key]}}, MOST_LISTED)
    return sorted(found, key=lambda row: (tuple(reversed(row["ancestors"])), row["_id"]))


def matching(condition: Condition, text: str) -> list[Row]:
    """The units under the condition whose name or code holds the text."""
    pattern = {"$regex": re.escape(text.replace("\0", "")), "$options": "i"}
    named = {"$or": [{"name.zh": pattern}, {"name.en": pattern}, {"_id": pattern}]}
    return _read({"$and": [condition, named]}, MOST_FOUND)


def _read(condition: Condition, most: int) -> list[Row]:
    return list(Unit.collection().find(condition, COLUMNS).sort("_id", 1).limit(most))


def label(row: Row) -> str:
    """The unit's name in the language of the page."""
    return said(row["name"])
