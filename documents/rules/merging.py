"""Merge fields `{{ name }}` in letters and notices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_.]*)\s*\}\}")
MISSING = "——"


def merged(text: str, facts: Mapping[str, str]) -> str:
    """The text with its merge fields filled; a missing value shows as a dash."""
    return FIELD.sub(lambda match: facts.get(match.group(1)) or MISSING, text)


def fields_in(text: str) -> set[str]:
    """The names that a text merges."""
    return set(FIELD.findall(text))


def names_of(field: Mapping[str, Any]) -> frozenset[str]:
    """Under which names a letter merges the answer to a field: itself, its label, the day of its moment."""
    key = str(field["key"])
    return frozenset({key, f"{key}_label", f"{key.removesuffix('_at')}_on"})


def texts_of(letter: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a letter in which answers may stand."""
    yield str(letter.get("addressee", ""))
    for one in (*letter.get("paragraphs", ()), letter.get("appeal_path") or {}):
        yield from (str(one.get(language, "")) for language in ("zh", "en"))


def merges(letter: Mapping[str, Any], field: Mapping[str, Any]) -> bool:
    """Whether the letter merges the answer to a field."""
    return any(fields_in(text) & names_of(field) for text in texts_of(letter))
