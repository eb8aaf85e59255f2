"""The canvas of roles 岗位角色画布: who reaches how far, reads what and may do what; a table to click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.words import name_of, spoken
from documents.person import Person
from documents.rules.grammar.forms import CLASSES
from documents.rules.grammar.people import OPERATIONS, REACHES
from documents.rules.policy_problems import elements

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A cell of the table: whether the role has it, and what a click does."""

    id: str
    on: bool
    words: str
    operations: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """A role 岗位角色."""

    place: str
    address: str
    key: str
    name: str
    reaches: tuple[tuple[str, str, bool], ...]  # value as JSON writes it, words, chosen
    reach: Any
    reads: tuple[Cell, ...]
    may: tuple[Cell, ...]
    holders: int
    wrong: int


def draw(bench: Bench) -> dict[str, Any]:
    """The table of all roles."""
    keys = [str(one.get("key")) for one in elements(bench.definition, "roles")]
    held = holders(keys)
    return {
        "rows": [_row(bench, one, held) for one in elements(bench.definition, "roles") if one.get("key")],
        "classes": [spoken(words) for words in CLASSES.values()],
        "operations": [spoken(words) for words in OPERATIONS.values()],
    }


def holders(keys: Sequence[str]) -> dict[str, int]:
    """How many people in office hold each role."""
    rows = Person.collection().aggregate(
        [
            {"$match": {"active": True, "posts.role": {"$in": list(keys)}}},
            {"$project": {"role": {"$setUnion": ["$posts.role"]}}},
            {"$unwind": "$role"},
            {"$group": {"_id": "$role", "count": {"$sum": 1}}},
        ]
    )
    return {row["_id"]: row["count"] for row in rows}


def _row(bench: Bench, role: Definition, held: Mapping[str, int]) -> Row:
    key = str(role["key"])
    place = f"roles[{key}]"
    return Row(
        place,
        bench.address(place),
        key,
        name_of(role),
        tuple(_reaches(bench, role.get("reach"))),
        role.get("reach"),
        tuple(_cells(role, place, "reads", CLASSES)),
        tuple(_cells(role, place, "may", OPERATIONS)),
        held.get(key, 0),
        len(bench.troubles_in(place)),
    )


def _reaches(bench: Bench, chosen: Any) -> Iterator[tuple[Any, str, bool]]:
    for value, words in REACHES.items():
        yield value, spoken(words), value == (chosen or "unit")
    for one in bench.known.offers.kind("unit_kinds"):
        tree = {"tree_of": one.key}
        yield tree, str(_("所属%(kind)s及其下级", kind=one.label)), tree == chosen


def _cells(role: Definition, place: str, name: str, choices: Mapping[str, Any]) -> Iterator[Cell]:
    has = role.get(name)
    listed = [str(one) for one in has] if isinstance(has, list) else []
    for value, words in choices.items():
        after = [one for one in choices if (one in listed) != (one == value)]
        after += [one for one in listed if one not in choices]
        operation = {"do": "set", "path": f"{place}.{name}", "value": after, "was": has}
        yield Cell(f"{name}-{role['key']}-{value}", value in listed, spoken(words), [operation])
