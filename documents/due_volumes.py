"""Volumes whose term has run out 到期案卷: by year, term and unit, from an index however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.keepers import newest_policies
from documents.rules.retention import RetentionRule
from documents.volume import Volume

PAGE = 50
MOST_COUNTED = 10_000
YEARS_AHEAD = 5

Row = Mapping[str, Any]
Condition = dict[str, Any]


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
    """The rule of each policy in force that has an archive."""
    archives = ((one.key, one.definition.get("archive")) for one in newest_policies())
    return {key: RetentionRule.of(archive) for key, archive in archives if archive}


def terms_of(owner: str) -> list[int]:
    """The terms under which an archive keeps volumes, the shortest first; 永久 is none."""
    kept = {"owner": owner, "destroyed_at": None}
    return sorted(int(years) for years in Volume.collection().distinct("retention.years", kept) if years)


def due_year(volume: Volume, known: Mapping[str, RetentionRule]) -> int | None:
    """The first year in which a volume is due for appraisal."""
    rule = known.get(volume.policy) or RetentionRule()
    return rule.due_year(volume.closed_on, volume.year, volume.retention.get("years"))


def by_year(owner: str, today: date, ahead: int = YEARS_AHEAD) -> list[DueYear]:
    """What is due by now, and what falls due in the years to come."""
    known, terms = rules(), terms_of(owner)
    return [
        DueYear(year, _counted(owner, None if year == today.year else year, year, (terms, known)))
        for year in range(today.year, today.year + ahead + 1)
    ]


def _counted(
    owner: str, first: int | None, last: int, house: tuple[Sequence[int], Mapping[str, RetentionRule]]
) -> dict[int, int]:
    terms, known = house
    return {years: total for years in terms if (total := _total(Wanted(owner, first, last, years), known))}


def _total(wanted: Wanted, known: Mapping[str, RetentionRule]) -> int:
    condition = _condition(wanted, known, [wanted.years] if wanted.years else [])
    return int(Volume.collection().count_documents(condition, limit=MOST_COUNTED))


def units_of(wanted: Wanted) -> dict[str, int]:
    """How many of them each unit has on the shelf."""
    steps = [
        {"$match": _condition(wanted, rules(), _terms(wanted))},
        {"$limit": MOST_COUNTED},
        {"$group": {"_id": "$unit", "count": {"$sum": 1}}},
        {"$sort": {"_id": 1}},
    ]
    return {row["_id"]: row["count"] for row in Volume.collection().aggregate(steps)}


def page(wanted: Wanted, after: str = "", size: int = PAGE) -> tuple[list[Volume], str]:
    """Some of them, those closed first in front; and from where to go on, if there are more."""
    condition = _condition(wanted, rules(), _terms(wanted))
    if wanted.unit:
        condition = {"$and": [condition, {"unit": wanted.unit}]}
    closed_on, _, number = after.partition("|")
    if number:
        beyond = [{"closed_on": {"$gt": closed_on}}, {"closed_on": closed_on, "_id": {"$gt": number}}]
        condition = {"$and": [condition, {"closed_on": {"$gte": closed_on}}, {"$or": beyond}]}
    found = list(Volume.objects(__raw__=condition).order_by("closed_on", "id").limit(size + 1))
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.closed_on}|{last.id}" if last else ""


def _terms(wanted: Wanted) -> list[int]:
    return [wanted.years] if wanted.years else terms_of(wanted.owner)


def _condition(wanted: Wanted, known: Mapping[str, RetentionRule], terms: Sequence[int]) -> Condition:
    """Each term has its own range of the index; a supplement 补充卷 goes with its main volume.

    What was filed under a policy that is in force no more counts by the usual rule.
    """
    ranges = list(_ranges(wanted, known, terms))
    return {"$or": ranges} if ranges else {"_id": None}


def _ranges(wanted: Wanted, known: Mapping[str, RetentionRule], terms: Sequence[int]) -> Iterator[Condition]:
    kept = {"owner": wanted.owner, "destroyed_at": None, "supplement_to": None}
    for years in terms:
        for policy, rule in known.items():
            bounds = rule.bounds(years, wanted.first, wanted.last)
            yield {**kept, "retention.years": years, "policy": policy, **bounds}
        bounds = RetentionRule().bounds(years, wanted.first, wanted.last)
        yield {**kept, "retention.years": years, "policy": {"$nin": sorted(known)}, **bounds}
