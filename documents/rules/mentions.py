"""Mentions 引用: everything in a definition that names something else, read off the grammar.

A reference names its target outright; a condition names fields, and options in what it compares them
with; a letter names the fields it merges; people name roles and unit slots. A target is (kind, key):
stages and transitions carry their workflow, options their list: ("stages", "complaint/received").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import compile_expression, names
from documents.rules.grammar import EFFECTS, Attribute
from documents.rules.grammar_paths import Met, elements_of
from documents.rules.keyed_paths import Key, written
from documents.rules.merging import fields_in
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import compared

Definition = Mapping[str, Any]
Target = tuple[str, str]
IN_WORKFLOW: Final = frozenset({"stages", "transitions"})
UNIT_FACT: Final = re.compile(r"unit_([a-z][a-z0-9_]*)")
MERGED_PARTS: Final = ("_label", "_on", "_name")


@dataclass(frozen=True)
class Mention:
    """One place that names a target 一处引用: the path of the element, and of which attribute."""

    target: Target
    path: str
    attribute: str


class Mentions:
    """Everything that a definition mentions; made for one definition."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.fields = all_fields(definition)
        self.columns = {
            str(column.get("key")): column
            for one in self.fields.values()
            for column in one.get("fields") or ()
            if isinstance(column, Mapping)
        }
        severity = definition.get("severity")
        self.levels = str(severity.get("list")) if isinstance(severity, Mapping) else ""
        flows = definition.get("workflows") or ()
        self.flows = [one for one in flows if isinstance(one, Mapping)]

    def all(self) -> Iterator[Mention]:
        """Every mention, in the order of the definition."""
        for met in elements_of(self.definition):
            place = written(met.path)
            for attribute in met.shape.all_attributes:
                value = met.element.get(attribute.name)
                if value is not None:
                    for target in self._in(attribute, value, met):
                        yield Mention(target, place, attribute.name)

    def _in(self, attribute: Attribute, value: Any, met: Met) -> Iterator[Target]:
        read = _READING.get(attribute.kind)
        if read is not None:
            yield from read(self, attribute, value, met)
        if met.shape.name == "policy" and attribute.name == "calendar":
            yield ("calendars", str(value))
        if met.shape.name == "field" and attribute.name == "default" and met.element.get("options"):
            yield from (("options", f"{met.element['options']}/{one}") for one in _each(value))

    def reference(self, attribute: Attribute, value: Any, met: Met) -> Iterator[Target]:
        """What a reference, or each of several, names."""
        for key in _each(value):
            if isinstance(key, str) and key not in attribute.also:
                yield from self._named(attribute.of, key, met)

    def _named(self, kind: str, key: str, met: Met) -> Iterator[Target]:
        if kind in IN_WORKFLOW:
            yield from ((kind, f"{flow}/{key}") for flow in self._flows_with(kind, key, met))
        elif kind == "options":
            yield ("options", f"{_list_of(met)}/{key}")
        elif kind == "levels":
            yield ("options", f"{self.levels}/{key}")
        elif kind == "outcomes":
            yield ("fields", key) if key in self.fields else ("options", f"outcomes/{key}")
        else:
            yield (kind, key)

    def _flows_with(self, kind: str, key: str, met: Met) -> list[str]:
        """The workflow that a stage is meant in: the one around, that of the case type, or all with it."""
        root = met.path[1] if len(met.path) > 1 and isinstance(met.path[1], Key) else None
        if met.path[0] == "workflows" and root is not None:
            return [root.key]
        if met.path[0] == "case_types" and root is not None:
            rows = self.definition.get("case_types") or ()
            return [str(one.get("workflow")) for one in rows if one.get("key") == root.key]
        return [
            str(flow.get("key"))
            for flow in self.flows
            if any(isinstance(one, Mapping) and one.get("key") == key for one in flow.get(kind) or ())
        ]

    def condition(self, _attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The fields, slots and options that a condition or a formula reads."""
        if not isinstance(value, str):
            return
        try:
            tree = compile_expression(value)
        except PolicyInvalid:
            return
        for name in sorted(names(tree)):
            yield from self._name(name)
        for name, literal in compared(tree):
            yield from self._literal(name, literal)

    def _name(self, name: str) -> Iterator[Target]:
        head, _dot, column = name.partition(".")
        slot = UNIT_FACT.fullmatch(head)
        if head in self.fields or head in self.columns:
            yield ("fields", head)
            if column:
                yield ("fields", column)
        elif slot:
            yield ("slots", slot[1])

    def _literal(self, name: str, literal: str) -> Iterator[Target]:
        one = self.fields.get(name) or self.columns.get(name) or {}
        kinds = {"received_kind": "unit_kinds", "case_type": "case_types"}
        if one.get("options"):
            yield ("options", f"{one['options']}/{literal}")
        elif name in kinds:
            yield (kinds[name], literal)
        elif name == "outcome":
            yield ("options", f"outcomes/{literal}")
        elif name == "severity" and self.levels:
            yield ("options", f"{self.levels}/{literal}")
        elif name == "stage":
            yield from (("stages", f"{flow.get('key')}/{literal}") for flow in self.flows)

    def merged(self, _attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The fields and slots that a text merges."""
        texts = [value] if isinstance(value, str) else [str(one) for one in _values(value)]
        for name in sorted({name for text in texts for name in fields_in(text)}):
            stem = next((name.removesuffix(end) for end in MERGED_PARTS if name.endswith(end)), name)
            for field in (name, stem, f"{stem}_at"):
                if field in self.fields:
                    yield ("fields", field)
                    break
            else:
                yield ("slots", stem)

    def people(self, _attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The roles, named contacts and unit slots of people."""
        kinds = (("role", "roles"), ("contact", "contacts"), ("at", "slots"))
        for who in _tables(value):
            yield from ((kind, str(who[name])) for name, kind in kinds if name in who)

    def goal(self, attribute: Attribute, value: Any, met: Met) -> Iterator[Target]:
        """The stages where a step leads, and what decides between them."""
        if isinstance(value, str):
            yield from self._named("stages", value, met)
        for branch in _tables(value):
            if isinstance(branch.get("go"), str):
                yield from self._named("stages", branch["go"], met)
            yield from self.condition(attribute, branch.get("when"), met)

    def effects(self, attribute: Attribute, value: Any, met: Met) -> Iterator[Target]:
        """What the effects of a step name."""
        for effect in _tables(value):
            kind = next((name for name in effect if name in EFFECTS), None)
            for one in EFFECTS[kind] if kind else ():
                if effect.get(one.name) is not None:
                    yield from self._in(one, effect[one.name], met)
            yield from self.condition(attribute, effect.get("when"), met)

    def reach(self, _attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The kind of unit below which a role sees."""
        if isinstance(value, Mapping) and isinstance(value.get("tree_of"), str):
            yield ("unit_kinds", value["tree_of"])

    def mapping(self, attribute: Attribute, value: Any, met: Met) -> Iterator[Target]:
        """What the values of a table name."""
        for one in _values(value):
            yield from self.reference(attribute, one, met)

    def filled_in(self, attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The fields that a step of a scenario fills in, with the options it chooses."""
        if attribute.name == "values" and isinstance(value, Mapping):
            for key, given in value.items():
                yield ("fields", str(key))
                listed = self.fields.get(str(key), {}).get("options")
                yield from (
                    ("options", f"{listed}/{one}") for one in _each(given) if listed and isinstance(one, str)
                )

    def counted(self, _attribute: Attribute, value: Any, _met: Met) -> Iterator[Target]:
        """The fields, options and case types by which a figure counts."""
        if not isinstance(value, Mapping):
            return
        yield from (("case_types", str(one)) for one in _each(value.get("case_type")))
        yield from (("options", f"outcomes/{one}") for one in _each(value.get("outcome")))
        yield from (("options", f"{self.levels}/{one}") for one in _each(value.get("severity")))
        answers = value.get("answer")
        for key, given in answers.items() if isinstance(answers, Mapping) else ():
            yield ("fields", str(key))
            listed = self.fields.get(str(key), {}).get("options")
            yield from (("options", f"{listed}/{one}") for one in _each(given) if listed)


Read = Callable[[Mentions, Attribute, Any, Met], Iterator[Target]]
_READING: Final[Mapping[str, Read]] = {
    "reference": Mentions.reference,
    "references": Mentions.reference,
    "condition": Mentions.condition,
    "formula": Mentions.condition,
    "template": Mentions.merged,
    "letter_text": Mentions.merged,
    "people": Mentions.people,
    "goal": Mentions.goal,
    "effects": Mentions.effects,
    "reach": Mentions.reach,
    "mapping": Mentions.mapping,
    "value": Mentions.filled_in,
    "count": Mentions.counted,
}


def _list_of(met: Met) -> str:
    """The list that an option is meant in: the one around it, or that of the field."""
    if met.path[0] == "lists" and len(met.path) > 1:
        return str(met.path[1])
    return str(met.element.get("options", ""))


def _each(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _tables(value: Any) -> list[Definition]:
    return [one for one in _each(value) if isinstance(one, Mapping)]


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else []
