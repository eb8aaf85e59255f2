"""Which cases belong to a unit that keeps an archive 立档单位, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.complaint import Complaint
from documents.rules.durations import day_start
from documents.rules.policy import PolicyView
from documents.unit import Unit

Condition = dict[str, Any]
Row = Mapping[str, Any]


def belonging_to(view: PolicyView, unit: str) -> Condition:
    """The cases whose archive number carries this unit's fonds: the policy's first slot that is filled."""
    slots = (view.definition.get("archive") or {}).get("fonds_slots") or ["received"]
    choices = [
        {f"units.{slot}": unit, **{f"units.{earlier}": None for earlier in slots[:position]}}
        for position, slot in enumerate(slots)
    ]
    # Every unit of a case is among its scope keys, and those are indexed.
    return {"policy": view.key, "scope": f"u:{unit}", "$or": choices}


def registered_in(view: PolicyView, year: int) -> Condition:
    """The cases that took their number in a year."""
    first, after = year_bounds(view, year)
    return {"registered_at": {"$gte": first, "$lt": after}}


def year_bounds(view: PolicyView, year: int) -> tuple[datetime, datetime]:
    """The first moment of a year and of the next, on the policy's clocks."""
    zone = ZoneInfo(view.zone)
    return day_start(date(year, 1, 1), zone), day_start(date(year + 1, 1, 1), zone)


def archives(keys: Iterable[str]) -> list[Unit]:
    """The units within a person's reach that keep an archive: those with a fonds number 全宗号."""
    reach = sorted({key[2:] for key in keys if key[:2] in ("t:", "u:")})
    trees = sorted({key[2:] for key in keys if key.startswith("t:")})
    within = {"$or": [{"_id": {"$in": reach}}, {"ancestors": {"$in": trees}}]}
    return list(Unit.objects(__raw__={**within, "fonds_number": {"$ne": None}}).order_by("id"))


def rows_of(condition: Condition, columns: tuple[str, ...]) -> Iterator[Row]:
    """Cases in the order of their numbers' birth."""
    found = Complaint.collection().find(condition, list(columns), allow_disk_use=True)
    yield from found.sort([("registered_at", 1), ("number", 1)])
