"""Giving out archive numbers 档号: reserved in the transaction that needs them, never given out twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from documents.actions.surroundings import STORED, Surroundings
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.dossier_forms import filing_unit, owner
from documents.rules import filing, numbering
from documents.rules.issuing import volume_numbering
from documents.rules.policy import PolicyView
from documents.unit import Unit


class Shelf(NamedTuple):
    """Where a volume stands 上架位置: everything that its number may say."""

    owner: str
    fonds: str
    year: int
    unit: str
    unit_code: str


@dataclass(frozen=True)
class Reservation:
    """What a number is reserved for 预留: its cases, and for whom."""

    cases: Sequence[str]
    by: str
    at: datetime
    batch: Any = None
    supplement_to: str | None = None


def shelf_of(
    case: Complaint, view: PolicyView, *, now: datetime, unit_of: Callable[[str], Unit] = Unit.get
) -> Shelf:
    """Where the file of a case will stand when it is filed now."""
    rules, zone = view.definition["archive"], ZoneInfo(view.zone)
    keeper, unit = owner(case, rules), filing_unit(case)
    fonds = unit_of(keeper).fonds_number or rules["fonds_default"]
    day = case.closed_at if rules.get("year") == "closed" and case.closed_at else now
    own = unit_of(unit).archive_code or unit
    code = filing.unit_code(rules, case.facts(zone), own)
    return Shelf(keeper, fonds, day.astimezone(zone).year, unit, code)


def reserve(
    view: PolicyView,
    shelf: Shelf,
    retention: dict[str, Any],
    wanted: Reservation,
    *,
    surroundings: Surroundings = STORED,
) -> ArchiveNumber:
    """预留档号: take the next number that nobody ever had."""
    definition = volume_numbering(view.definition["archive"])
    day = date(shelf.year, 1, 1)
    parts = {
        **definition["parts"],
        "fonds": shelf.fonds,
        "retention": str(retention["code"]),
        "year": str(shelf.year),
        "unit": shelf.unit_code,
    }
    series = numbering.series(view.key, definition, day, parts)
    while True:
        taken = surroundings.next_in(series)
        found = ArchiveNumber(
            id=numbering.number(definition, day, taken, parts),
            policy=view.key,
            series=series,
            sequence=taken,
            retention=dict(retention),
            cases=list(wanted.cases),
            supplement_to=wanted.supplement_to,
            batch=wanted.batch,
            reserved_by=wanted.by,
            reserved_at=wanted.at,
            **shelf._asdict(),
        )
        if surroundings.reserve(found):
            return found


def void(number: str, reason: str, *, now: datetime) -> None:
    """作废: the number of a volume that will not be made keeps its reason and is not given out again."""
    ArchiveNumber.collection().update_one(
        {"_id": number, "state": "reserved"},
        {"$set": {"state": "void", "reason": reason, "settled_at": now, "problem": None}},
    )
