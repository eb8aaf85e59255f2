"""Similar earlier cases 相似投诉: of the same complainant, or about the same matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents import blind_index
from documents.complaint import Complaint
from documents.queries import COLUMNS
from documents.rules.text import grams
from documents.sight import Sight

CANDIDATES = 120
LEAST_ALIKE = 0.25


@dataclass(frozen=True)
class Similar:
    """An earlier case and why it is shown: the same person, or how alike the matter is (0–1)."""

    row: Mapping[str, Any]
    same_person: bool
    alikeness: float


def similar_cases(
    sight: Sight, *, title: str, people: Sequence[tuple[str, str]], most: int = 6
) -> list[Similar]:
    """Earlier cases like the one being typed; `people` are (field, value) pairs that identify somebody."""
    wanted = set(grams(title))
    found = {row["_id"]: Similar(row, True, _alike(wanted, row)) for row in _of_people(sight, people)}
    for row in _about(sight, sorted(wanted, key=len, reverse=True)):
        alike = _alike(wanted, row)
        if row["_id"] not in found and alike >= LEAST_ALIKE:
            found[row["_id"]] = Similar(row, False, alike)
    ranked = sorted(found.values(), key=lambda one: (one.same_person, one.alikeness), reverse=True)
    return ranked[:most]


def _of_people(sight: Sight, people: Sequence[tuple[str, str]]) -> list[Mapping[str, Any]]:
    matches = [sight.holding(value, [key]) for key, value in people if value]
    if not matches:
        return []
    return _newest(sight, {"$and": [sight.condition(), {"$or": matches}]}, 10)


def _about(sight: Sight, pieces: Sequence[str]) -> list[Mapping[str, Any]]:
    if not pieces:
        return []
    words = [word for piece in list(pieces)[:12] for word in blind_index.word(piece)]
    return _newest(sight, {"$and": [sight.condition(), {"grams": {"$in": words}}]}, CANDIDATES)


def _newest(sight: Sight, condition: Mapping[str, Any], most: int) -> list[Mapping[str, Any]]:
    found = Complaint.collection().find(condition, [*COLUMNS, *sight.columns])
    return list(found.sort([("received_at", -1), ("_id", -1)]).limit(most))


def _alike(wanted: set[str], row: Mapping[str, Any]) -> float:
    known = set(grams(row["title"]))
    return len(wanted & known) / len(wanted | known) if wanted and known else 0.0
