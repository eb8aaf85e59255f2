"""New elements 新要素: a key that is free, names to begin with, and what the element cannot be without."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from documents.rules.edits import Operation
from documents.rules.grammar import SHAPES, Shape
from documents.rules.grammar.forms import FIELD_TYPES
from documents.rules.grammar_paths import elements_of, spot, steps
from documents.rules.keyed_paths import Path, look_up, parse, written

Definition = Mapping[str, Any]
Text = Mapping[str, str]
MOST_LETTERS: Final = 40

# What an element of a shape begins with, beside its key and its names.
BEGINNINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "form": {"sections": [{"key": "main", "title": {"zh": "基本信息", "en": "Particulars"}, "fields": []}]},
    "section": {"fields": []},
    "field": {"type": "text"},
    "role": {"reach": "unit", "reads": ["public"], "may": []},
    "stage": {"status": "open", "tone": "blue"},
    "transition": {"from": [], "who": []},
    "workflow": {"stages": [], "transitions": []},
    "case_type": {"register": {"who": [], "columns": {}}},
    "limit": {"counted_in": "working_days", "amount": 5},
    "ladder": {"rungs": []},
    "rung": {"at": "due", "level": 1, "tell": []},
    "severity_rule": {"when": "true"},
    "span": {"amount": 7, "counted_in": "natural_days"},
    "similar": {"at_least": 3, "amount": 1, "counted_in": "months", "by": "different"},
    "numbering": {"pattern": "{yyyy}-{seq:4}", "reset": "year"},
    "letter": {"addressee": "", "paragraphs": []},
    "paragraph": {"zh": "", "en": ""},
    "duty": {"recurrence": {"every": "year"}, "owner": {}, "remind": ["due-3wd", "due"]},
    "report": {"period": {}, "figures": [], "tables": [], "sections": []},
    "check": {"that": "true", "message": {"zh": "请核对此项。", "en": "Please check this."}},
    "scenario": {"steps": [], "expect": {}},
    "scenario_step": {"at": ""},
}
# What a field of a type cannot be without.
OF_TYPE: Final[Mapping[str, Mapping[str, Any]]] = {
    "table": {
        "fields": [{"key": "item", "type": "text", "label": {"zh": "项目", "en": "Item"}}],
        "rows": {"max": 20},
    },
    "group": {"fields": []},
    "computed": {"value": "0"},
    "consent": {"text": {"zh": "", "en": ""}},
}
OPTIONS: Final = (
    {"key": "first", "label": {"zh": "选项一", "en": "First option"}},
    {"key": "second", "label": {"zh": "选项二", "en": "Second option"}},
)


def seed(shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
    """An element with everything that was not given, but its key."""
    kind = str(given.get("type", ""))
    noun = FIELD_TYPES.get(kind, shape.words) if shape.name == "field" else shape.words
    made: dict[str, Any] = {**BEGINNINGS.get(shape.name, {})}
    if shape.name == "field":
        made |= OF_TYPE.get(kind, {})
    for name in ("label", "title"):
        if shape.needs(name) or (shape.name == "section" and name == "title"):
            made[name] = _called(shape, noun)
    return copy.deepcopy({**made, **given})


def _called(shape: Shape, noun: tuple[str, str]) -> Text:
    if shape.name == "field":
        return {"zh": noun[0], "en": noun[1]}
    return {"zh": f"新{noun[0]}", "en": f"New {noun[1].lower()}"}


def proposed_key(wanted: Any, taken: Iterable[str], fallback: str) -> str:
    """A free key made from an English name, or from the kind of element and a number."""
    known = set(taken)
    text = re.sub(r"[^a-z0-9]+", "_", str(wanted or "").lower()).strip("_")[: MOST_LETTERS - 4]
    if re.match(r"[a-z]", text):
        if text not in known:
            return text
        stem = text
    else:
        stem = fallback
    return next(key for number in range(1, 100_000) if (key := f"{stem}_{number}") not in known)


def completed(definition: Definition, operations: Iterable[Operation]) -> list[Operation]:
    """The operations with every new element made whole: key, names, and what it needs.

    `{do: copy, of, path, before, same_key}` becomes the addition of a copy; adding to a section whose
    elements are named becomes the setting of that name.
    """
    done: list[Operation] = []
    given: set[str] = set()
    for asked in operations:
        one = _as_addition(definition, asked) if asked.get("do") == "copy" else asked
        done.append(_whole(definition, one, given) if one.get("do") == "add" else one)
    return done


def _as_addition(definition: Definition, operation: Operation) -> Operation:
    value = copy.deepcopy(look_up(definition, parse(str(operation.get("of", "")))))
    if isinstance(value, dict) and not operation.get("same_key"):
        value["key"] = None
        value.pop("source", None)
    return {"do": "add", "path": operation.get("path"), "value": value, "before": operation.get("before")}


def _whole(definition: Definition, operation: Operation, given: set[str]) -> Operation:
    path = parse(str(operation.get("path", "")))
    place = spot(path)
    if place.section.written in ("named", "named_lists", "named_texts") and len(path) == 1:
        return _named(definition, operation, path)
    shape = SHAPES.get(place.attribute.of) if place.attribute else SHAPES.get(place.section.shape)
    value = operation.get("value")
    if shape is None or not (value is None or isinstance(value, Mapping)):
        return operation
    whole = seed(shape, {name: part for name, part in (value or {}).items() if part is not None})
    if shape.keyed and not whole.get("key"):
        wanted = (value or {}).get("label") or (value or {}).get("title") or {}
        kind = str(whole.get("type") or shape.name)
        english = wanted.get("en") if isinstance(wanted, Mapping) else None
        whole["key"] = proposed_key(english, _taken(definition, path, shape) | given, kind)
    given.add(str(whole.get("key")))
    _key_those_inside(whole, shape, _taken(definition, path, shape) | given if shape.keyed else set())
    if shape.keyed:
        whole = {"key": whole.pop("key"), **whole}
    return {**operation, "value": whole}


def _key_those_inside(whole: dict[str, Any], shape: Shape, taken: set[str]) -> None:
    """Give keys to what comes with an element of its own kind: the sub-options of an option."""
    for name in (one.name for one in shape.attributes if one.kind == "elements" and one.of == shape.name):
        for inner in whole.get(name) or ():
            if not isinstance(inner, dict):
                continue
            if not inner.get("key"):
                english = inner["label"].get("en") if isinstance(inner.get("label"), Mapping) else None
                inner["key"] = proposed_key(english, taken, shape.name)
            taken.add(str(inner["key"]))
            _key_those_inside(inner, shape, taken)


def _named(definition: Definition, operation: Operation, path: Path) -> Operation:
    name, section = str(path[0]), spot(path).section
    known = definition.get(name) or {}
    kind = {"lists": "list", "slots": "slot", "slot_labels": "slot"}.get(name, name)
    key = proposed_key(operation.get("name"), known, kind)
    value = operation.get("value")
    if value is None:
        value = {
            "named_lists": list(OPTIONS),
            "named_texts": {"zh": "新单位角色", "en": "New unit slot"},
        }.get(section.written, {})
    return {"do": "set", "path": written((name, key)), "value": copy.deepcopy(value), "was": None}


def _taken(definition: Definition, path: Path, shape: Shape) -> set[str]:
    """The keys that a new element must not take: those beside it; for a field, those of all fields."""
    if shape.name in ("field", "option"):
        return {
            str(met.element.get("key")) for met in elements_of(definition) if met.shape.name == shape.name
        }
    owner = look_up(definition, path[:-1])
    beside = owner.get(path[-1]) if isinstance(owner, Mapping) else None
    return {str(one.get("key")) for _step, one in steps(beside)}
