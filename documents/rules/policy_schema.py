"""The JSON Schema of a policy 制度文件的 JSON Schema: read off the grammar, for editors and other tools.

The schema itself takes one file of a bundle, which holds some of the sections; `#/$defs/whole` takes a
whole definition and wants every section that a policy needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from documents.rules.figures import COUNTED
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES, Attribute, Section, Shape, Words
from documents.rules.grammar.parts import ORIGIN, WHEN
from documents.rules.grammar.people import REACHES

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
KEY: Final = "^[a-z][a-z0-9_]{0,39}$"
MONTH_DAY: Final = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
CLOCK: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
MOMENT: Final = "^([1-9][0-9]?%|(start|due)([+-][1-9][0-9]{0,4}(wd|wh|wmin|d|h|min))?)$"
STEP: Final = "^[1-9][0-9]{0,4}(wd|wh|wmin|d|h|min)$"
DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TEXT: Final[Schema] = {"type": "string"}
FILLED: Final[Schema] = {"type": "string", "minLength": 1}


def json_schema() -> Schema:
    """The whole schema; the same for the same grammar."""
    return {
        "$schema": DIALECT,
        "title": "卷宗制度文件 – Juanzong policy",
        "description": "一份制度由若干 YAML 1.2 文件组成，每个文件含其中几个部分。 "
        "A policy is some files in YAML 1.2; each holds some of these sections.",
        "type": "object",
        "properties": {name: _section(one) for name, one in SECTIONS.items()},
        "additionalProperties": False,
        "$defs": {
            "whole": {"$ref": "#", "required": [name for name, one in SECTIONS.items() if one.needed]},
            "text": _text(),
            "effect": {"anyOf": [_effect(parts) for parts in EFFECTS.values()]},
            **{name: _shape(shape) for name, shape in SHAPES.items()},
        },
    }


def _said(words: Words, more: Words | None = None) -> str:
    zh, en = words
    return f"{zh}：{more[0]} – {en}: {more[1]}" if more else f"{zh} – {en}"


def _section(section: Section) -> Schema:
    named = {"propertyNames": {"pattern": KEY}}
    inner: Schema = _ref(section.shape or "text")
    written: Mapping[str, Schema] = {
        "table": inner,
        "list": {"type": "array", "items": inner},
        "named": {"type": "object", **named, "additionalProperties": inner},
        "named_texts": {"type": "object", **named, "additionalProperties": inner},
        "named_lists": {
            "type": "object",
            **named,
            "additionalProperties": {"type": "array", "items": inner},
        },
    }
    return {"description": _said(section.words), **written[section.written]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _text() -> Schema:
    languages = {
        "zh": {**FILLED, "description": "中文 – Chinese"},
        "en": {**FILLED, "description": "英文 – English"},
    }
    return _closed(languages, ["zh", "en"])


def _closed(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**found, "required": required} if required else found


def _shape(shape: Shape) -> Schema:
    properties = {one.name: _attribute(one) for one in shape.all_attributes}
    needed = [one.name for one in shape.all_attributes if one.needed]
    return {"description": _said(shape.words), **_closed(properties, needed), **_by_type(shape)}


def _by_type(shape: Shape) -> Schema:
    """Which attributes an element may have depends on its type, where the grammar says so."""
    if not any(one.only for one in shape.all_attributes):
        return {}
    alike: dict[tuple[str, ...], list[str]] = {}
    for kind in shape.attribute("type").choices:
        allowed = (one.name for one in shape.all_attributes if not one.only or kind in one.only)
        alike.setdefault(tuple(allowed), []).append(kind)
    return {"allOf": [_for_types(kinds, list(allowed)) for allowed, kinds in alike.items()]}


def _for_types(kinds: list[str], allowed: list[str]) -> Schema:
    is_one = {"properties": {"type": {"enum": kinds}}, "required": ["type"]}
    return {"if": is_one, "then": {"propertyNames": {"enum": allowed}}}


def _effect(parts: tuple[Attribute, ...]) -> Schema:
    own, *others = parts
    properties = {one.name: _attribute(one) for one in (own, *others, WHEN, *ORIGIN)}
    return {"description": _said(own.words), **_closed(properties, [own.name])}


def _attribute(one: Attribute) -> Schema:
    return {"description": _description(one), **WRITTEN[one.kind](one)}


def _description(one: Attribute) -> str:
    said = _said(one.words, one.help)
    listed = "；".join(f"{name} {zh} – {en}" for name, (zh, en) in one.choices.items())
    refers = f"引用 refers to: {one.of}" if one.kind in ("reference", "references") else ""
    return "\n".join(part for part in (said, listed, refers) if part)


def _always(schema: Schema) -> Callable[[Attribute], Schema]:
    return lambda _one: schema


def _one_of(one: Attribute) -> Schema:
    return {"enum": list(one.choices)} if one.choices else TEXT


def _some_of(one: Attribute) -> Schema:
    return {"type": "array", "items": _one_of(one), "uniqueItems": True}


def _clock(one: Attribute) -> Schema:
    clock = {"type": "string", "pattern": CLOCK}
    return {"anyOf": [clock, {"enum": list(one.also)}]} if one.also else clock


def _list_of(inner: Schema, *, single: bool = False) -> Schema:
    many: Schema = {"type": "array", "items": inner}
    return {"anyOf": [inner, many]} if single else many


def _pattern(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


NOTHING: Final[Schema] = {"type": "null"}
GOAL: Final[Schema] = {"anyOf": [FILLED, {"type": "array", "items": _ref("branch")}, NOTHING]}
REACH: Final[Schema] = {"anyOf": [{"enum": list(REACHES)}, _closed({"tree_of": FILLED}, ["tree_of"])]}
COUNT: Final[Schema] = _closed({name: {} for name in COUNTED}, [])

# How the value of each kind of attribute is written.
WRITTEN: Final[Mapping[str, Callable[[Attribute], Schema]]] = {
    **dict.fromkeys(("text", "long_text", "letter_text"), _always(_ref("text"))),
    **dict.fromkeys(("template", "pattern", "reference"), _always(FILLED)),
    "key": _always(_pattern(KEY)),
    "string": _always(TEXT),
    "formula": _always({"type": ["string", "number"]}),
    "whole": _always({"type": "integer"}),
    "number": _always({"type": "number"}),
    "flag": _always({"type": "boolean"}),
    "one_of": _one_of,
    "some_of": _some_of,
    "references": _always(_list_of(FILLED, single=True)),
    "condition": _always({"type": ["string", "boolean"]}),
    "date": _always(_pattern(DAY)),
    "month_day": _always(_pattern(MONTH_DAY)),
    "month_days": _always(_list_of(_pattern(MONTH_DAY))),
    "clock": _clock,
    "moment": _always(_pattern(MOMENT)),
    "moments": _always(_list_of({"anyOf": [_pattern(MOMENT), _ref("rung")]})),
    "step": _always(_pattern(STEP)),
    "people": _always(_list_of(_ref("who"), single=True)),
    "effects": _always(_list_of(_ref("effect"))),
    "goal": _always(GOAL),
    "reach": _always(REACH),
    "table": lambda one: _ref(one.of),
    "elements": lambda one: _list_of(_ref(one.of)),
    "mapping": _always({"type": "object", "additionalProperties": FILLED}),
    "keyed_texts": _always({"type": "object", "additionalProperties": _ref("text")}),
    "count": _always(COUNT),
    "texts": _always(_list_of(FILLED)),
    "value": _always({}),
    "bound": _always({"type": ["number", "string"]}),
}
