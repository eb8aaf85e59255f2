"""Played answers 所用答案: what a draft is held against of the answers of cases, which is nothing to ask for.

A draft is written by who reads no cases, and every condition in it is a question. So a replay and the counts
of the gate carry only what is public and chosen, counted or dated; public words are as long as they were and
say nothing; what is not public, sealed, or names who is recused or heard, is left out, and nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from documents.rules.access import is_public
from documents.rules.expressions import names_in
from documents.rules.fields import Definition, fields_of, members, placed
from documents.rules.forms import Problem
from documents.rules.identity import Identity
from documents.rules.policy_problems import elements
from documents.rules.readable import CHOSEN, COUNTED
from documents.rules.retelling import retold_by

PLAYED: Final = CHOSEN | COUNTED | {"consent", "person", "files", "signature", "table"}
WORDS: Final = frozenset({"text", "longtext"})
FILLER: Final = "▇"
NAMING: Final = frozenset({"recuse", "recuse_named", "hear", "unhear"})  # effects on who a field names
NOTHING: Final = frozenset[str]()
SHAPES: Final = frozenset({"required", "too_long", "too_short"})  # what may be told of words nobody reads
Told = Mapping[str, frozenset[str]]  # by the name of a field or `table.column`; of any other, everything


@dataclass(frozen=True)
class PlayedAnswers:
    """The answers of one version, as far as they are played."""

    definition: Definition
    _forms: dict[str, dict[str, Definition]] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._closed.update(retold_by(self.definition, NAMING))
        for form in elements(self.definition, "forms"):
            self._forms[str(form["key"])] = {str(one["key"]): one for one in fields_of(form)}

    def values(self, form: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is played of a filled form."""
        fields = self._forms.get(form or "", {})
        return {
            key: _played(fields[key], value) for key, value in values.items() if self._plays(fields.get(key))
        }

    def told(self, way: Identity) -> Iterator[tuple[str, frozenset[str]]]:
        """Of which fields little is told, by their names in another version, and what."""
        for form, fields in self._forms.items():
            for key, one in fields.items():
                name = way.key("field", key, form)
                if not self._plays(one):
                    yield name, NOTHING
                elif one["type"] in WORDS:
                    yield name, SHAPES
                for column in members(one, "fields"):
                    if not _is_played(column) or column["type"] in WORDS:
                        yield f"{name}.{way.key('column', str(column['key']), key)}", NOTHING

    def _plays(self, one: Definition | None) -> bool:
        return one is not None and _is_played(one) and str(one["key"]) not in self._closed


def told_under(draft: Definition, versions: Iterable[tuple[PlayedAnswers, Identity]]) -> Told:
    """What may be told of the fields of a draft, when answers of these versions are held against it.

    Of a field whose conditions read what was not played as it was, nothing.
    """
    found: dict[str, frozenset[str]] = {}
    for answers, way in versions:
        for name, told in answers.told(way):
            found[name] = found.get(name, told) & told
    asking = {
        str(place.field["key"])
        for form in elements(draft, "forms")
        for place in placed(form)
        if any(found.keys() & _read_by(box) for box in (*place.groups, place.field))
    }
    return {**found, **dict.fromkeys(asking, NOTHING)}


def tells(told: Told, problem: Problem) -> bool:
    """Whether what is wrong with an answer may be told."""
    names = (problem.field, f"{problem.field}.{problem.column}")
    return all(problem.code in told.get(name, {problem.code}) for name in names)


def _is_played(one: Definition) -> bool:
    return is_public(one) and one["type"] in PLAYED | WORDS


def _played(one: Definition, value: Any) -> Any:
    if one["type"] in WORDS:
        return FILLER * len(str(value)) if value else value
    if one["type"] == "table" and isinstance(value, list):
        columns = {str(column["key"]): column for column in members(one, "fields") if _is_played(column)}
        return [
            {key: _played(columns[key], row[key]) for key in columns.keys() & row.keys()} for row in value
        ]
    return value


def _read_by(box: Definition) -> set[str]:
    """The names that the conditions of a field, its columns and their checks read."""
    inside = members(box, "fields") if box.get("type") == "table" else []
    found: set[str] = set()
    for one in (box, *inside):
        conditions = [
            one.get("visible"),
            one.get("required"),
            *(it.get("that") for it in members(one, "check")),
        ]
        names = {name for condition in conditions for name in names_in(condition)}
        found |= names | {name.partition(".")[0] for name in names}
    return found
