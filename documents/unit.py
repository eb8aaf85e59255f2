"""Units 单位: the organisation's tree. A unit is retired, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mongoengine import DateTimeField, DictField, ListField, StringField

from documents.database import Stored
from documents.rules import slots
from documents.rules.broken import RuleBroken


class Merged(NamedTuple):
    """A unit that was merged 合并: into which, and on what date."""

    unit: str
    successor: str
    on: datetime


class Unit(Stored):
    """One unit 单位; `ancestors` runs from the unit itself up to the root."""

    id = StringField(primary_key=True)
    name = DictField(required=True)
    kind = StringField(required=True)
    parent = StringField()
    ancestors = ListField(StringField())
    head = StringField()
    deputy = StringField()
    leader = StringField()  # 分管领导: the leader in charge of this unit and of those below without one
    fonds_number = StringField()
    archive_code = StringField()  # 机构代码 in archive numbers; none: the unit's own code
    calendar = StringField()  # 工作日历 of its own; none: its superior unit's, at last the policy's
    retired_on = DateTimeField()
    successor = StringField()  # 承接单位 of a retired unit
    handed_over = (
        DictField()
    )  # what went to the successor: {cases: {number: [slots]}, posts: [[person, role, new]]}

    meta = {
        "collection": "units",
        "indexes": [
            *("ancestors", "parent", ("parent", "kind"), "successor"),
            {"fields": ["calendar"], "sparse": True},
        ],
    }

    @classmethod
    def get(cls, code: str) -> Unit:
        """The unit; raises RuleBroken("unknown_unit")."""
        found: Unit | None = cls.objects(id=code).first()
        if found is None:
            raise RuleBroken("unknown_unit", unit=code)
        return found

    @classmethod
    def many(cls, codes: Iterable[str]) -> dict[str, Unit]:
        """The units by code; unknown codes are left out."""
        return {unit.id: unit for unit in cls.objects(id__in=sorted(set(codes)))}

    @classmethod
    def rows(cls, codes: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Kind and ancestors of the units, by code, without making documents of them."""
        wanted = {"_id": {"$in": sorted(set(codes))}}
        return {row["_id"]: row for row in cls.collection().find(wanted, {"kind": 1, "ancestors": 1})}

    @classmethod
    def ancestors_of(cls, codes: Iterable[str]) -> dict[str, list[str]]:
        """All units at and above each code."""
        return {code: list(row["ancestors"]) for code, row in cls.rows(codes).items()}

    @classmethod
    def own_calendars(cls) -> dict[str, str]:
        """The units that have a calendar 工作日历 of their own, and its key."""
        chosen = cls.collection().find({"calendar": {"$gt": ""}}, {"calendar": 1})
        return {row["_id"]: row["calendar"] for row in chosen}

    @classmethod
    def kinds_above(cls, codes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """(unit, kind) pairs from each unit upwards."""
        units = cls.rows(codes)
        above = cls.rows(code for row in units.values() for code in row["ancestors"])
        return {
            code: [(up, above[up]["kind"]) for up in row["ancestors"] if up in above]
            for code, row in units.items()
        }

    @classmethod
    def first_below(cls, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The first unit in use directly below each (parent, kind), where there is one."""
        wanted = {"$or": [{"parent": parent, "kind": kind} for parent, kind in pairs], "retired_on": None}
        rows = cls.collection().find(wanted, {"parent": 1, "kind": 1}).sort("_id", -1)
        return {(row["parent"], row["kind"]): row["_id"] for row in rows}

    @classmethod
    def succession(cls, code: str) -> list[str]:
        """The unit and all units, retired by now, whose successor it is 前身单位, theirs too."""
        found = [code]
        for one in found:
            rows = cls.collection().find({"successor": one, "_id": {"$nin": found}}, {"_id": 1})
            found.extend(row["_id"] for row in rows)
        return found

    @classmethod
    def merged_into(cls, code: str, *, before: datetime) -> list[Merged]:
        """The units that had been merged into the unit, or into one below it, before a moment 合并单位."""
        wanted = {"successor": {"$ne": None}, "retired_on": {"$lt": before}}
        retired = {unit.id: unit for unit in cls.objects(__raw__=wanted).order_by("id")}
        became: dict[str, str] = {}
        for one in retired:
            goal, seen = one, {one}
            while goal in retired and retired[goal].successor not in seen:
                goal = str(retired[goal].successor)
                seen.add(goal)
            became[one] = goal
        there = cls.ancestors_of(became.values())
        return [
            Merged(one, goal, retired[one].retired_on)
            for one, goal in became.items()
            if code in there.get(goal, ())
        ]

    def place_under(self, parent: Unit | None) -> None:
        """Set the parent and the ancestors that follow from it."""
        self.parent = parent.id if parent else None
        self.ancestors = [self.id, *(parent.ancestors if parent else [])]


def fill_slots(rules: Mapping[str, Mapping[str, Any]], units: Mapping[str, str]) -> dict[str, str]:
    """The unit slots 单位角色 of a case, filled from the policy's rules where they are not given."""
    return slots.filled(rules, units, Unit)


def names_of(codes: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """The names of the units by code."""
    return {code: unit.name for code, unit in Unit.many(codes).items()}
