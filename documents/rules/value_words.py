"""What an attribute holds, in words 取值的说法: choices, labels of what is named, conditions as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.expression_words import Labels, in_words
from documents.rules.expressions import compile_expression
from documents.rules.grammar import EFFECTS, Attribute, Words
from documents.rules.options import OUTCOMES, walk
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Definition, elements, table

EXPRESSIONS = frozenset({"condition", "formula"})
NOTHING: Words = ("—", "—")


def value_words(value: Any, attribute: Attribute | None, definition: Definition) -> Words:
    """The value in Chinese and in English; as it is written where there are no better words."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return ("✓", "✓") if value else ("✗", "✗")
    if isinstance(value, list | tuple):
        between = ("；", "; ") if any(isinstance(one, Mapping) for one in value) else ("、", ", ")
        return _joined([value_words(one, attribute, definition) for one in value], *between)
    if isinstance(value, Mapping):
        return _table(value, attribute, definition)
    return _one(str(value), attribute, definition)


def _joined(parts: list[Words], zh: str, en: str) -> Words:
    return zh.join(part[0] for part in parts), en.join(part[1] for part in parts)


def _one(value: str, attribute: Attribute | None, definition: Definition) -> Words:
    if attribute is None:
        return value, value
    if value in attribute.choices:
        return attribute.choices[value]
    if attribute.kind in EXPRESSIONS:
        return condition_words(value, definition)
    return label_of(attribute.of, value, definition) if attribute.of else (value, value)


def _table(value: Mapping[str, Any], attribute: Attribute | None, definition: Definition) -> Words:
    if value.get("zh"):
        return str(value["zh"]), str(value.get("en") or value["zh"])
    known = _attributes(value) if attribute is not None and attribute.kind == "effects" else {}
    parts = []
    for name, part in value.items():
        own = known.get(name)
        named = own.words if own else (name, name)
        said = value_words(part, own, definition)
        parts.append((f"{named[0]}：{said[0]}", f"{named[1]}: {said[1]}"))
    return _joined(parts, "，", ", ")


def _attributes(effect: Mapping[str, Any]) -> dict[str, Attribute]:
    """The attributes of an effect by name; `when` belongs to each."""
    found = next((EFFECTS[name] for name in effect if name in EFFECTS), ())
    when = Attribute("when", "condition", ("条件", "when"))
    return {one.name: one for one in (*found, when)}


def label_of(kind: str, key: str, definition: Definition) -> Words:
    """What the policy calls one of its parts 部分的名称; its key where it has no name."""
    named = _places(kind, definition).get(key) or {}
    text = named.get("label") or named.get("title") or {}
    if not isinstance(text, Mapping) or not text.get("zh"):
        return key, key
    return f"“{text['zh']}”", f"“{text.get('en') or text['zh']}”"


def _places(kind: str, definition: Definition) -> Mapping[str, Definition]:
    if kind == "fields":
        return all_fields(definition)
    if kind == OUTCOMES:
        return {
            str(path[-1].get("key")): path[-1]
            for path in walk(table(definition.get("lists")).get(OUTCOMES, ()))
        }
    if kind == "slots":
        return {key: {"label": text} for key, text in table(definition.get("slot_labels")).items()}
    if kind in ("stages", "transitions"):
        flows = elements(definition, "workflows")
        return {str(one.get("key")): one for flow in flows for one in elements(flow, kind)}
    return {str(one.get("key")): one for one in elements(definition, kind)}


def condition_words(text: str, definition: Definition) -> Words:
    """A condition as a sentence; as it is written where it cannot be read."""
    fields, lists = all_fields(definition), table(definition.get("lists"))

    def name(key: str) -> Mapping[str, str] | None:
        label: Mapping[str, str] | None = fields.get(key, {}).get("label")
        return label

    def option(key: str, value: str) -> Mapping[str, str] | None:
        listed = walk(lists.get(str(fields.get(key, {}).get("options")), ()))
        return next((path[-1].get("label") for path in listed if path[-1].get("key") == value), None)

    try:
        said = in_words(compile_expression(text), Labels(name, option))
    except PolicyInvalid:
        return text, text
    return said["zh"], said["en"]
