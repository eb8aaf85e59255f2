"""What a field offers to choose from 选项: option lists, units, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.actions.surroundings import STORED
from documents.complaint import Complaint
from documents.offering import Offer
from documents.person import Person
from documents.rules.options import walk
from documents.unit import Unit
from portal import unit_choices
from portal.language import said
from portal.signing_in import me

Definition = Mapping[str, Any]
INDENT = "\u3000"


@dataclass(frozen=True)
class Option:
    """One thing to choose; `depth` is its level in a tree, `note` what is said beside it."""

    key: str
    label: str
    depth: int = 0
    note: str = ""

    @property
    def indented(self) -> str:
        """The label moved in by its level."""
        return INDENT * self.depth + self.label


def listed(lists: Mapping[str, Any], name: str, chosen: Sequence[str] = ()) -> list[Option]:
    """The options of a list in order; a retired one is offered only where it is already chosen."""
    return [
        Option(path[-1]["key"], said(path[-1]["label"]), len(path) - 1)
        for path in walk(lists.get(name, ()))
        if path[-1]["key"] in chosen or not any(step.get("retired") for step in path)
    ]


def units(definition: Definition, case: Complaint | None, chosen: Sequence[str] = ()) -> list[Option]:
    """The units to choose from: those of the wanted kinds in the organisation of the case or the person."""
    kinds = definition.get("kinds")
    rows = unit_choices.offered(units_around(case, kinds), chosen)
    shallowest = min((len(row["ancestors"]) for row in rows), default=0)
    depths = [0 if kinds else len(row["ancestors"]) - shallowest for row in rows]
    named = [(row["_id"], unit_choices.label(row)) for row in rows]
    return [Option(key, name, depth, key) for (key, name), depth in zip(named, depths, strict=True)]


def units_around(case: Complaint | None, kinds: Sequence[str] | None) -> dict[str, Any]:
    """The units of these kinds in the organisation of the case or the person."""
    condition: dict[str, Any] = {"ancestors": Offer(STORED, me(), case).top, "retired_on": None}
    return {**condition, "kind": {"$in": list(kinds)}} if kinds else condition


def people(definition: Definition, case: Complaint | None) -> list[Option]:
    """The people to choose from: those in the unit of a slot, or in all units of the case or the person."""
    offer = Offer(STORED, me(), case)
    codes, without = offer.staffed(definition), offer.without(definition)
    condition: dict[str, Any] = {"unit": {"$in": codes}}
    if definition.get("roles"):
        condition["role"] = {"$in": list(definition["roles"])}
    found = Person.objects(active=True, __raw__={"posts": {"$elemMatch": condition}}).order_by("name")
    names = {unit.id: said(unit.name) for unit in Unit.objects(id__in=codes).only("id", "name")}
    return [
        Option(
            one.id, one.name, note=next((names[post.unit] for post in one.posts if post.unit in names), "")
        )
        for one in found
        if one.id not in without
    ]
