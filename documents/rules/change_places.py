"""Where a change touches a definition 变更所在: the shape and attribute it changes, and the keys below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from documents.rules.broken import RuleBroken
from documents.rules.fields import GROUP, members
from documents.rules.grammar import SECTIONS, SHAPES
from documents.rules.identity import SINGLE, Name
from documents.rules.keyed_paths import Key, Path, look_up
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]
NESTED = {"people": "who", "goal": "branch"}


class Located(NamedTuple):
    """What a path leads to: the innermost element, by its shape, and the attribute of it."""

    shape: str
    element: Path
    attribute: str = ""  # empty: the element as a whole, or a whole section


def located(path: Path) -> Located:
    """The shape and the attribute at the end of a path, read off the grammar."""
    section = SECTIONS.get(str(path[0]))
    if section is None:
        return Located("", path[:1])
    found, at = _entered(section.written, section.shape, path)
    for step in path[at:]:
        at += 1
        shape = SHAPES.get(found.shape)
        if isinstance(step, str):
            if found.attribute or shape is None or step not in shape.names:
                return found._replace(attribute=found.attribute or step)
            found = found._replace(attribute=step)
        elif shape is not None and found.attribute:
            attribute = shape.attribute(found.attribute)
            found = Located(attribute.of or NESTED.get(attribute.kind, ""), path[:at])
        if shape is not None and found.attribute and _is_table(shape.name, found.attribute, path[at:]):
            found = Located(shape.attribute(found.attribute).of, path[:at])
    return found


def _entered(written: str, shape: str, path: Path) -> tuple[Located, int]:
    depth = {"table": 1, "list": 2, "named": 2, "named_lists": 3, "named_texts": 2}[written]
    if len(path) < depth:
        return Located("", path), len(path)
    return Located(shape, path[:depth]), depth


def _is_table(shape: str, attribute: str, rest: Path) -> bool:
    return bool(rest) and SHAPES[shape].attribute(attribute).kind == "table"


def places(definition: Definition) -> dict[Name, Path]:
    """Every thing that is held by its key, with its place in the definition."""
    return dict(_places(definition))


def _places(definition: Definition) -> Iterator[tuple[Name, Path]]:
    for form in elements(definition, "forms"):
        at: Path = ("forms", Key(str(form.get("key"))))
        yield Name("form", str(form.get("key"))), at
        for section in members(form, "sections"):
            box = (*at, "sections", Key(str(section.get("key"))))
            yield from _fields(section, box, str(form.get("key")))
    for name, options in table(definition.get("lists")).items():
        yield Name("list", str(name)), ("lists", str(name))
        yield from _options({"children": options}, ("lists", str(name)), str(name), "")
    for flow in elements(definition, "workflows"):
        key = str(flow.get("key"))
        at = ("workflows", Key(key))
        yield Name("workflow", key), at
        for of, part in (("stage", "stages"), ("step", "transitions")):
            for one in members(flow, part):
                yield Name(of, str(one.get("key")), key), (*at, part, Key(str(one.get("key"))))
    for section_name, of in SINGLE.items():
        for one in elements(definition, section_name):
            yield Name(of, str(one.get("key"))), (section_name, Key(str(one.get("key"))))
    for slot in {**table(definition.get("slots")), **table(definition.get("slot_labels"))}:
        yield Name("slot", str(slot)), ("slots", str(slot))


def _fields(box: Definition, at: Path, form: str) -> Iterator[tuple[Name, Path]]:
    for one in members(box, "fields"):
        place = (*at, "fields", Key(str(one.get("key"))))
        if one.get("type") == GROUP:
            yield from _fields(one, place, form)
            continue
        yield Name("field", str(one.get("key")), form), place
        for column in members(one, "fields"):
            yield (
                Name("column", str(column.get("key")), str(one.get("key"))),
                (*place, "fields", Key(str(column.get("key")))),
            )


def _options(box: Definition, at: Path, name: str, part: str) -> Iterator[tuple[Name, Path]]:
    for one in members(box, "children"):
        place = (*at, part, Key(str(one.get("key")))) if part else (*at, Key(str(one.get("key"))))
        yield Name("option", str(one.get("key")), name), place
        yield from _options(one, place, name, "children")


def element_at(definition: Definition, path: Path) -> Definition:
    """The element at a place; an empty one where there is none."""
    try:
        return table(look_up(definition, path))
    except RuleBroken:
        return {}
