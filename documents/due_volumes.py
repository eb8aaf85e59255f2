"""Volumes whose term has run out 到期案卷: by year, term and unit, from an index however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from documents.policy import Policy, views_in_force
from documents.rules.retention import RetentionRule
from documents.volume import Volume

PAGE = 50
MOST_COUNTED = 1_000
MOST_GROUPED = 20_000
YEARS_AHEAD = 5

Row = Mapping[str, Any]
Condition = dict[str, Any]
Terms = Mapping[tuple[str, int], RetentionRule]


@dataclass(frozen=True)
class DueYear:
    """How many volumes fall due in a year, by term {years: count}; the first holds what is older too."""

    year: int
    terms: Mapping[int, int]

    @property
    def total(self) -> int:
        """All terms together."""
        return sum(self.terms.values())


@dataclass(frozen=True)
class Wanted:
    """Which due volumes are looked at: those of a unit's archive, of one year or up to it."""

    owner: str
    first: int | None
    last: int
    years: int | None = None  # one term alone
    unit: str = ""


def rules() -> dict[str, RetentionRule]:
    """The rule of every policy that was ever in force; one without an archive now keeps the usual rule."""
    archives = {one.key: one.definition.get("archive") for one in views_in_force()}
    known = Policy.collection().distinct("key", {"state": {"$ne": "draft"}})
    return {key: RetentionRule.of(archives.get(key) or {}) for key in sorted(known)}


def terms_of(owner: str, policy: str) -> list[int]:
    """The terms under which an archive keeps volumes, the shortest first; 永久 is none.

    It goes from one term to the next along the index, however many volumes each has.
    """
    found: list[int] = []
    while True:
        longer = {**_kept(owner, policy), "retention.years": {"$gt": found[-1] if found else 0}}
        row = Volume.collection().find_one(longer, {"retention.years": 1}, sort=[("retention.years", 1)])
        if row is None:
            return found
        found.append(int(row["retention"]["years"]))


def _kept(owner: str, policy: str) -> Condition:
    return {"owner": owner, "destroyed_at": None, "policy": policy}


def due_year(volume: Volume, known: Mapping[str, RetentionRule]) -> int | None:
    """The first year in which a volume is due for appraisal."""
    rule = known.get(volume.policy) or RetentionRule()
    return rule.due_year(volume.closed_on, volume.year, volume.retention.get("years"))


def by_year(owner: str, today: date, ahead: int = YEARS_AHEAD) -> list[DueYear]:
    """What is due by now, and what falls due in the years to come."""
    terms = _all_terms(owner)
    years = range(today.year, today.year + ahead + 1)
    return [
        DueYear(year, _counted(Wanted(owner, None if year == today.year else year, year), terms))
        for year in years
    ]


def _counted(wanted: Wanted, terms: Terms) -> dict[int, int]:
    known = sorted({years for _policy, years in terms})
    counts = {years: _total(replace(wanted, years=years), terms) for years in known}
    return {years: count for years, count in counts.items() if count}


def _total(wanted: Wanted, terms: Terms) -> int:
    return int(Volume.collection().count_documents(_condition(wanted, terms), limit=MOST_COUNTED))


def _all_terms(owner: str) -> Terms:
    """Every (policy, term) under which the archive keeps volumes."""
    return {(policy, years): rule for policy, rule in rules().items() for years in terms_of(owner, policy)}


def units_of(wanted: Wanted) -> dict[str, int]:
    """How many of them each unit has on the shelf."""
    steps = [
        {"$match": _condition(wanted, _all_terms(wanted.owner))},
        {"$limit": MOST_GROUPED},
        {"$group": {"_id": "$unit", "count": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
    ]
    return {row["_id"]: row["count"] for row in Volume.collection().aggregate(steps)}


def page(wanted: Wanted, after: str = "", size: int = PAGE) -> tuple[list[Volume], str]:
    """Some of them, those closed first in front; and from where to go on, if there are more."""
    condition = _condition(wanted, _all_terms(wanted.owner))
    if wanted.unit:
        condition = {"$and": [condition, {"unit": wanted.unit}]}
    closed_on, _, number = after.partition("|")
    if number:
        beyond = [{"closed_on": {"$gt": closed_on}}, {"closed_on": closed_on, "_id": {"$gt": number}}]
        condition = {"$and": [condition, {"closed_on": {"$gte": closed_on}}, {"$or": beyond}]}
    found = list(Volume.objects(__raw__=condition).order_by("closed_on", "id").limit(size + 1))
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.closed_on}|{last.id}" if last else ""


def _condition(wanted: Wanted, terms: Terms) -> Condition:
    """Each term has its own range of the index; a supplement 补充卷 goes with its main volume."""
    ranges = list(_ranges(wanted, terms))
    return {"$or": ranges} if ranges else {"_id": None}


def _ranges(wanted: Wanted, terms: Terms) -> Iterator[Condition]:
    for (policy, years), rule in terms.items():
        if wanted.years in (None, years):
            bounds = rule.bounds(years, wanted.first, wanted.last)
            kept = _kept(wanted.owner, policy)
            yield {**kept, "retention.years": years, "supplement_to": None, **bounds}
