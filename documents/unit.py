"""Units 单位: the organisation's tree. A unit is retired, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mongoengine import DateTimeField, DictField, ListField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken


class Unit(Stored):
    """One unit 单位; `ancestors` runs from the unit itself up to the root."""

    id = StringField(primary_key=True)
    name = DictField(required=True)
    kind = StringField(required=True)
    parent = StringField()
    ancestors = ListField(StringField())
    head = StringField()
    deputy = StringField()
    fonds_number = StringField()
    calendar = StringField()
    retired_on = DateTimeField()

    meta = {
        "collection": "units",
        "indexes": ["ancestors", "parent", ("parent", "kind")],
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
    def ancestors_of(cls, codes: Iterable[str]) -> dict[str, list[str]]:
        """All units at and above each code."""
        return {code: list(unit.ancestors) for code, unit in cls.many(codes).items()}

    @classmethod
    def kinds_above(cls, codes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """(unit, kind) pairs from each unit upwards."""
        units = cls.many(codes)
        above = cls.many(code for unit in units.values() for code in unit.ancestors)
        return {
            code: [(up, above[up].kind) for up in unit.ancestors if up in above]
            for code, unit in units.items()
        }

    def place_under(self, parent: Unit | None) -> None:
        """Set the parent and the ancestors that follow from it."""
        self.parent = parent.id if parent else None
        self.ancestors = [self.id, *(parent.ancestors if parent else [])]


def fill_slots(slots: Mapping[str, Mapping[str, Any]], units: Mapping[str, str]) -> dict[str, str]:
    """The unit slots 单位角色 of a case, filled from the policy's rules where they are not given.

    `{above: slot, kind: k}` is the nearest unit of the kind at or above another slot's unit;
    `{within: slot, kind: k}` the first unit of the kind directly below it.
    """
    filled = dict(units)
    # One slot may hang on another, whatever their order: a stored definition has its keys sorted.
    for _ in slots:
        known = len(filled)
        for name, rule in slots.items():
            source = filled.get(rule.get("above") or rule["within"])
            found = _resolve(rule, source) if source and name not in filled else None
            if found:
                filled[name] = found
        if len(filled) == known:
            break
    return filled


def _resolve(rule: Mapping[str, Any], source: str) -> str | None:
    if "above" in rule:
        return next(
            (unit for unit, kind in Unit.kinds_above([source]).get(source, []) if kind == rule["kind"]), None
        )
    found = Unit.objects(parent=source, kind=rule["kind"], retired_on=None).order_by("id").first()
    return found.id if found else None


def names_of(codes: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """The names of the units by code."""
    return {code: unit.name for code, unit in Unit.many(codes).items()}
