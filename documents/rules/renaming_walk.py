"""A definition walked with one key changed 改代码: every place that names the thing, each in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from documents.rules.expression_rewriting import rewritten
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES, Attribute, Shape
from documents.rules.grammar_paths import NESTED, Met
from documents.rules.keyed_paths import Key, Path
from documents.rules.mentions import Mentions, Target
from documents.rules.merging import FIELD as MERGED
from documents.rules.renaming_scenarios import ScenarioRenaming
from documents.rules.where_used import target_of

Definition = Mapping[str, Any]
# Elements that name people by `role@unit`, and the attributes in which they do.
PLAYED: Final = frozenset({"scenario_step", "example_unit"})
PERSONS: Final = frozenset({"by", "head", "deputy"})
GROUPED: Final = re.compile(r"^answer\.([a-z][a-z0-9_]*)$")


class Renaming:
    """The definition walked once, with one target under its new key."""

    def __init__(
        self, definition: Definition, target: Target, new: str, *, keep: bool, today: date | None = None
    ) -> None:
        self.definition, self.target, self.new = definition, target, new
        self.keep, self.today = keep, today
        self.mentions = Mentions(definition)
        self.played = ScenarioRenaming(definition, target, new)
        self.old = target[1].rpartition("/")[2]

    def done(self) -> dict[str, Any]:
        """The changed definition."""
        return {name: self._section(name, part) for name, part in self.definition.items()}

    def _section(self, name: str, part: Any) -> Any:
        section = SECTIONS.get(name)
        if section is None or name == "migrate":
            return part
        shape = SHAPES.get(section.shape)
        if section.written == "table" and shape:
            return self._element(Met((name,), shape, part))
        if section.written == "list" and shape:
            return self._elements((name,), shape, part)
        return {self._named(name, key): self._in_table(name, shape, key, one) for key, one in part.items()}

    def _named(self, section: str, key: str) -> str:
        """The name of a list or a slot."""
        kinds = {"lists": "lists", "slots": "slots", "slot_labels": "slots"}
        return self.new if (kinds.get(section), key) == self.target else key

    def _in_table(self, section: str, shape: Shape | None, key: str, one: Any) -> Any:
        if shape is None:
            return one
        if isinstance(one, list):
            return self._elements((section, key), shape, one)
        return self._element(Met((section, key), shape, one))

    def _elements(self, path: Path, shape: Shape, part: Any) -> Any:
        if not isinstance(part, list):
            return part
        return [
            self._element(Met((*path, Key(str(one.get("key", "")))), shape, one))
            if isinstance(one, Mapping)
            else one
            for one in part
        ]

    def _element(self, met: Met) -> dict[str, Any]:
        changed = {
            name: self._attribute(met.shape.attribute(name), value, met) if name in met.shape.names else value
            for name, value in met.element.items()
        }
        if met.shape.name == "scenario":
            changed["expect"] = self.played.expected(met.element)
            changed["steps"] = self.played.steps(met.element, changed.get("steps"))
            changed = {name: part for name, part in changed.items() if part is not None}
        for name in PERSONS & set(changed) if met.shape.name in PLAYED else ():
            changed[name] = self.played.person(changed[name])
        if target_of(met) == self.target and "key" in changed:
            changed |= self._marks(changed)
        return changed

    def _marks(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """What becomes of the thing itself: a new key, or a mark that it was merged."""
        if not self.keep:
            return {"key": self.new}
        retired = changed.get("retired") or (self.today.isoformat() if self.today else None)
        return {"merged_into": self.new, "retired": retired}

    def _attribute(self, attribute: Attribute, value: Any, met: Met) -> Any:
        inner = SHAPES.get(attribute.of or NESTED.get(attribute.kind, ""))
        if attribute.kind == "table" and inner and isinstance(value, Mapping):
            return self._element(Met((*met.path, attribute.name), inner, value))
        if attribute.kind == "elements" and inner:
            return self._elements((*met.path, attribute.name), inner, value)
        change = _CHANGING.get(attribute.kind)
        changed = change(self, attribute, value, met) if change else value
        return self._beside(attribute, changed, met)

    def _beside(self, attribute: Attribute, value: Any, met: Met) -> Any:
        """What names things without being a reference: a default option, the grouping of a table."""
        if attribute.name == "default" and met.element.get("options"):
            return self._each(value, lambda one: self._option(met.element["options"], one))
        grouped = GROUPED.match(value) if attribute.name == "group" and isinstance(value, str) else None
        if grouped and self.target == ("fields", grouped[1]):
            return f"answer.{self.new}"
        return value

    def reference(self, attribute: Attribute, value: Any, met: Met) -> Any:
        """A reference, or each of several; the steps of a scenario are told apart by their case."""
        if met.shape.name == "scenario_step" and attribute.of == "transitions":
            return value

        def one(key: Any) -> Any:
            found = self.mentions.reference(attribute, key, met) if isinstance(key, str) else ()
            return self.new if self.target in found else key

        return self._each(value, one)

    def condition(self, _attribute: Attribute, value: Any, _met: Met) -> Any:
        """An expression: the names it reads, and the options it compares them with."""
        return rewritten(value, self._name, self._literal) if isinstance(value, str) else value

    def _name(self, name: str) -> str:
        kind, _ = self.target
        if kind == "fields":
            return ".".join(self.new if part == self.old else part for part in name.split("."))
        return f"unit_{self.new}" if kind == "slots" and name == f"unit_{self.old}" else name

    def _literal(self, name: str, literal: str) -> str:
        found = self.mentions._literal(name, literal)
        return self.new if literal == self.old and self.target in found else literal

    def merged(self, _attribute: Attribute, value: Any, _met: Met) -> Any:
        """The merge fields of a text."""
        if isinstance(value, str):
            return MERGED.sub(lambda found: found[0].replace(found[1], self._merge_field(found[1])), value)
        if isinstance(value, Mapping):
            return {name: self.merged(_attribute, part, _met) for name, part in value.items()}
        return value

    def _merge_field(self, name: str) -> str:
        kind, _ = self.target
        ends = {"fields": ("", "_label"), "slots": ("_name",)}.get(kind, ())
        found = next((f"{self.new}{end}" for end in ends if name == f"{self.old}{end}"), name)
        if (
            kind == "fields"
            and name == f"{self.old.removesuffix('_at')}_on"
            and name not in self.mentions.fields
        ):
            return f"{self.new.removesuffix('_at')}_on"
        return found

    def people(self, _attribute: Attribute, value: Any, _met: Met) -> Any:
        """Roles and unit slots."""
        kinds = {"role": "roles", "at": "slots"}
        return self._tables(
            value,
            lambda who: {
                name: self.new if (kinds.get(name), part) == self.target else part
                for name, part in who.items()
            },
        )

    def goal(self, attribute: Attribute, value: Any, met: Met) -> Any:
        """The stages where a step leads."""
        if isinstance(value, str):
            return self.new if self.target in self.mentions._named("stages", value, met) else value
        return self._tables(
            value,
            lambda branch: {
                name: self.goal(attribute, part, met)
                if name == "go"
                else self.condition(attribute, part, met)
                for name, part in branch.items()
            },
        )

    def effects(self, attribute: Attribute, value: Any, met: Met) -> Any:
        """What the effects of a step name."""
        return self._tables(value, lambda effect: self._effect(effect, attribute, met))

    def _effect(self, effect: Mapping[str, Any], attribute: Attribute, met: Met) -> dict[str, Any]:
        kind = next((name for name in effect if name in EFFECTS), "")
        known = {one.name: one for one in EFFECTS.get(kind, ())}
        changed = {}
        for name, part in effect.items():
            if name in known:
                changed[name] = self._attribute(known[name], part, met)
            else:
                changed[name] = self.condition(attribute, part, met) if name == "when" else part
        return changed

    def reach(self, _attribute: Attribute, value: Any, _met: Met) -> Any:
        """The kind of unit below which a role sees."""
        if isinstance(value, Mapping) and ("unit_kinds", value.get("tree_of")) == self.target:
            return {**value, "tree_of": self.new}
        return value

    def mapping(self, attribute: Attribute, value: Any, met: Met) -> Any:
        """The values of a table."""
        if not isinstance(value, Mapping):
            return value
        return {name: self.reference(attribute, part, met) for name, part in value.items()}

    def filled_in(self, attribute: Attribute, value: Any, _met: Met) -> Any:
        """What a step of a scenario fills in."""
        if attribute.name != "values" or not isinstance(value, Mapping):
            return value
        return {self._key("fields", key): self._chosen(key, part) for key, part in value.items()}

    def counted(self, _attribute: Attribute, value: Any, _met: Met) -> Any:
        """By what a figure counts."""
        if not isinstance(value, Mapping):
            return value
        changed = dict(value)
        if "outcome" in value:
            changed["outcome"] = self._each(value["outcome"], lambda one: self._option("outcomes", one))
        if "severity" in value:
            changed["severity"] = self._each(
                value["severity"], lambda one: self._option(self.mentions.levels, one)
            )
        if "case_type" in value:
            changed["case_type"] = self._each(value["case_type"], lambda one: self._key("case_types", one))
        answers = value.get("answer")
        if isinstance(answers, Mapping):
            changed["answer"] = {
                self._key("fields", key): self._chosen(key, part) for key, part in answers.items()
            }
        return changed

    def _chosen(self, field: str, value: Any) -> Any:
        """The options that a field holds, also row by row."""
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            return [
                {self._key("fields", key): self._chosen(key, part) for key, part in row.items()}
                for row in value
            ]
        known = self.mentions.fields.get(field) or self.mentions.columns.get(field) or {}
        if known.get("type") == "person":
            return self.played.person(value)
        return self._each(value, lambda one: self._option(known.get("options"), one))

    def _option(self, listed: Any, one: Any) -> Any:
        return self.new if self.target == ("options", f"{listed}/{one}") else one

    def _key(self, kind: str, one: Any) -> Any:
        return self.new if self.target == (kind, one) else one

    @staticmethod
    def _each(value: Any, change: Callable[[Any], Any]) -> Any:
        return [change(one) for one in value] if isinstance(value, list) else change(value)

    @staticmethod
    def _tables(value: Any, change: Callable[[Mapping[str, Any]], Any]) -> Any:
        if not isinstance(value, list):
            return value
        return [change(one) if isinstance(one, Mapping) else one for one in value]


Change = Callable[[Renaming, Attribute, Any, Met], Any]
_CHANGING: Final[Mapping[str, Change]] = {
    "reference": Renaming.reference,
    "references": Renaming.reference,
    "condition": Renaming.condition,
    "formula": Renaming.condition,
    "template": Renaming.merged,
    "letter_text": Renaming.merged,
    "people": Renaming.people,
    "goal": Renaming.goal,
    "effects": Renaming.effects,
    "reach": Renaming.reach,
    "mapping": Renaming.mapping,
    "value": Renaming.filled_in,
    "count": Renaming.counted,
}
