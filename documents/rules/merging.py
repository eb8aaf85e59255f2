"""Merge fields `{{ name }}` in letters and notices."""

from __future__ import annotations

import re
from collections.abc import Mapping

FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_.]*)\s*\}\}")
MISSING = "——"


def merged(text: str, facts: Mapping[str, str]) -> str:
    """The text with its merge fields filled; a missing value shows as a dash."""
    return FIELD.sub(lambda match: facts.get(match.group(1)) or MISSING, text)


def fields_in(text: str) -> set[str]:
    """The names that a text merges."""
    return set(FIELD.findall(text))
