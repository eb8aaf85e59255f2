"""Missing years 缺少的年份: whose holidays are not known, although dates are counted in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.complaint import Complaint
from documents.policy import newest_versions, view_of
from documents.refused_duty import RefusedDuty
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord

ALARM_FROM = (11, 1)  # the yearly notice comes in the autumn; without it, next year's dates are guesses
MOST_LOOKED_AT = 50
ALIVE = ("running", "paused")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class MissingYear:
    """A year that a calendar lacks 缺年: whether deadlines are counted in it, how many duties wait for it."""

    calendar: str
    name: Mapping[str, str]
    year: int
    is_used: bool
    refused: int = 0


def missing_year(covered: set[int], today: date) -> int | None:
    """The year whose notice is missing: this one at any time, the next one from 1 November."""
    if today.year not in covered:
        return today.year
    late = (today.month, today.day) >= ALARM_FROM
    return today.year + 1 if late and today.year + 1 not in covered else None


def missing_years(now: datetime) -> list[MissingYear]:
    """Every year that is due to be loaded, that an open deadline is counted in, or that duties wait for."""
    columns = {"name": 1, "definition.covered_years": 1, "definition.zone": 1}
    rows = {row["_id"]: row for row in WorkCalendarRecord.collection().find({}, columns)}
    used = _lacking(rows, _used())
    due = {(key, year) for key in _named() & set(rows) if (year := _due(rows[key], now)) is not None}
    waiting = _refused()
    return [
        MissingYear(key, rows[key]["name"], year, (key, year) in used, waiting[key, year])
        for key, year in sorted(used | due | _lacking(rows, waiting))
    ]


def _lacking(rows: Mapping[str, Row], years: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those that are not loaded yet: what was refused is looked through again a little later."""
    return {(key, year) for key, year in years if key in rows and year not in _covered(rows[key])}


def _refused() -> Counter[tuple[str, int]]:
    """How many duties are not planned for want of a year."""
    columns = {"calendar": 1, "year": 1}
    return Counter((row["calendar"], row["year"]) for row in RefusedDuty.collection().find({}, columns))


def _covered(row: Row) -> set[int]:
    return set(row["definition"].get("covered_years", ()))


def _due(row: Row, now: datetime) -> int | None:
    zone = ZoneInfo(row["definition"].get("zone", "Asia/Shanghai"))
    return missing_year(_covered(row), now.astimezone(zone).date())


def _named() -> set[str]:
    """The calendars that a policy in force or a unit names: of others nobody needs a notice."""
    policies = {str(view_of(*one).definition["policy"]["calendar"]) for one in newest_versions()}
    return policies | set(Unit.own_calendars().values())


def _used() -> Iterator[tuple[str, int]]:
    """The calendar and the years of open deadlines that are not certain."""
    clocks = {"status": "open", "clocks.certain": False}
    columns = {"policy": 1, "policy_version": 1, "clocks": 1}
    for row in Complaint.collection().find(clocks, columns).sort("_id", -1).limit(MOST_LOOKED_AT):
        for clock in row["clocks"]:
            if clock["state"] in ALIVE and not clock.get("certain", True):
                key = clock.get("calendar") or _policys(row)
                yield from ((key, year) for year in range(clock["started_at"].year, clock["due_at"].year + 1))


def _policys(row: Row) -> str:
    return str(view_of(row["policy"], row["policy_version"]).definition["policy"]["calendar"])
