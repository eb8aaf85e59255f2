"""Problems 问题 of a draft, each with the place in the designer where it is put right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.grammar import SECTIONS
from documents.rules.grammar_paths import deepest, elements_of, spot
from documents.rules.keyed_paths import Key, Path, Place, Step, parse, written
from documents.rules.policy_checking import Problem

Definition = Mapping[str, Any]
DIGITS = re.compile(r"\d{1,5}")


@dataclass(frozen=True)
class Trouble:
    """One problem with the element it is about, and the attribute of it, where one is named."""

    problem: Problem
    element: str
    attribute: str = ""


def troubles(definition: Definition, found: list[Problem]) -> list[Trouble]:
    """Each problem with its place: the check names fields by their form, the designer by their section."""
    known = _aliases(definition) if found else {}
    return [_placed(definition, problem, known) for problem in found]


def _aliases(definition: Definition) -> dict[str, str]:
    """How the check names a place → its path in the definition."""
    found: dict[str, str] = {}
    for met in elements_of(definition):
        key, place = met.element.get("key"), written(met.path)
        if met.shape.name == "option":
            found.setdefault(f"lists[{met.path[1]}][{key}]", place)
        elif met.shape.name == "field" and isinstance(met.path[1], Key):
            form = f"forms[{met.path[1].key}]"
            owner = _box_of(met.path)
            found.setdefault(f"{form}.groups[{key}]", place)
            found.setdefault(f"{form}.fields[{key}]", place)
            found.setdefault(f"{form}.fields[{owner}].fields[{key}]", place)
    for name in ("lists", "slots", "slot_labels"):
        for key in definition.get(name) or ():
            found.setdefault(f"{name}[{key}]", f"{name}.{key}")
    return found


def _box_of(path: Path) -> str:
    """The key of the table that a column stands in."""
    owner = path[-3] if len(path) > 3 else None
    return owner.key if isinstance(owner, Key) else ""


def _placed(definition: Definition, problem: Problem, known: Mapping[str, str]) -> Trouble:
    told = problem.path
    end = next((cut for cut in _cuts(told) if told[:cut] in known), 0)
    text = known[told[:end]] + told[end:] if end else told
    try:
        path = deepest(definition, _with_places(parse(text)))
    except RuleBroken:
        path = ()
    if not path:
        section = re.split(r"[.\[]", told, maxsplit=1)[0]
        return Trouble(problem, section if section in SECTIONS else "policy")
    return _element(problem, path)


def _cuts(told: str) -> list[int]:
    """Every place where the path could end, the farthest first."""
    return [len(told), *(match.start() for match in reversed(list(re.finditer(r"[.\[]", told))))]


def _with_places(path: Path) -> Path:
    """`[3]` of the check is a place in a list, not a key."""

    def step(one: Step) -> Step:
        return Place(int(one.key)) if isinstance(one, Key) and DIGITS.fullmatch(one.key) else one

    return tuple(step(one) for one in path)


def _element(problem: Problem, path: Path) -> Trouble:
    for length in range(len(path), 0, -1):
        try:
            found = spot(path[:length])
        except RuleBroken:
            continue
        inner = found.attribute is not None and found.attribute.kind == "table" and not found.free
        if found.is_element or inner or length == 1:
            rest = path[length] if length < len(path) else _named_after(problem.path)
            return Trouble(problem, written(path[:length]), rest if isinstance(rest, str) else "")
    return Trouble(problem, written(path[:1]))


def _named_after(told: str) -> str:
    """The attribute that the check names last, although the element has none such yet."""
    last = told.rpartition(".")[2]
    return last if re.fullmatch(r"[a-z_]+", last) else ""
