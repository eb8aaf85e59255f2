"""Numbers that were given out 已发编号, rebuilt from a series and its last number: what is missing shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from documents.rules.numbering import number

Definition = Mapping[str, Any]


def volume_numbering(archive: Definition) -> dict[str, Any]:
    """How archive numbers 档号 run: by fonds, retention and, where it is written, unit; anew each year."""
    pattern = str(archive["volume_number"])
    return {
        "key": "volume",
        "pattern": pattern,
        "reset": "year",
        "scope": ["fonds", "retention", *(["unit"] if "{unit" in pattern else [])],
        "parts": {"category": str(archive.get("category_code") or "")},
    }


def year_of(series: str, definition: Definition) -> int | None:
    """The year in which a series runs; None when it runs for ever."""
    if definition.get("reset", "year") == "never":
        return None
    return int(series.rpartition(":")[2][:4])


def issued(series: str, last: int, definition: Definition) -> Iterator[str]:
    """Every number that the series has given out, from the first to the last."""
    day, known = _parts(series, definition)
    for sequence in range(1, last + 1):
        yield number(definition, day, sequence, known)


def numbered(series: str, sequence: int, definition: Definition) -> str:
    """One number of the series."""
    day, known = _parts(series, definition)
    return number(definition, day, sequence, known)


def _parts(series: str, definition: Definition) -> tuple[date, dict[str, str]]:
    pieces = series.split(":")
    period = pieces[-1]
    day = date.fromisoformat(period) if len(period) > 4 else date(int(period), 1, 1)
    names = definition.get("scope", ())
    parts = dict(zip(names, pieces[1].split("/"), strict=True)) if names else {}
    return day, {**definition.get("parts", {}), **parts, "year": str(day.year)}


def fits(series: str, definition: Definition) -> bool:
    """Whether the series can have run by this definition: an older pattern may name other parts."""
    names, pieces = definition.get("scope", ()), series.split(":")
    return not names or len(pieces[1].split("/")) == len(names)
