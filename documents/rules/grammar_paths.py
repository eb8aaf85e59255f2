"""What a path leads to 位置的含义: the shape of the element there, or the attribute, read off the grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from documents.rules.broken import RuleBroken
from documents.rules.grammar import SECTIONS, SHAPES, Attribute, Section, Shape
from documents.rules.keyed_paths import Key, Path, Place, Step, step_into, written

Definition = Mapping[str, Any]
# Kinds of attribute whose members are elements of a shape of their own.
NESTED: Final[Mapping[str, str]] = {"people": "who", "goal": "branch"}
# By the name of a shape: its attributes that hold a table or a list of elements, and of which shape.
_HOLDING: Final[Mapping[str, Sequence[tuple[Attribute, Shape]]]] = {
    shape.name: [
        (one, SHAPES[one.of])
        for one in shape.all_attributes
        if one.kind in ("table", "elements") and one.of in SHAPES
    ]
    for shape in SHAPES.values()
}


@dataclass(frozen=True)
class Spot:
    """What stands at a path: a section, an element of a shape, or an attribute; `free` is inside a value."""

    section: Section
    shape: Shape | None = None
    attribute: Attribute | None = None
    free: bool = False

    @property
    def is_element(self) -> bool:
        """Whether an element of a shape stands there."""
        return self.shape is not None and self.attribute is None


def spot(path: Path) -> Spot:
    """What the grammar says of the path; raises RuleBroken("bad_path") where it knows none."""
    if not path or not isinstance(path[0], str) or path[0] not in SECTIONS:
        raise RuleBroken("bad_path", path=written(path)[:200])
    section = SECTIONS[path[0]]
    found = Spot(section, shape=SHAPES[section.shape] if section.written == "table" else None)
    for depth, step in enumerate(path[1:], start=1):
        further = _after_section(section, path[: depth + 1]) if found.shape is None else _after(found, step)
        if further is None:
            raise RuleBroken("bad_path", path=written(path)[:200])
        found = further
    return found


def _after_section(section: Section, path: Path) -> Spot | None:
    """Into the elements of a section: by key, by name, or by the name of their list."""
    step, shape = path[-1], SHAPES.get(section.shape)
    if section.written == "list":
        return Spot(section, shape) if len(path) == 2 and not isinstance(step, str) else None
    if section.written == "named":
        return Spot(section, shape) if isinstance(step, str) else None
    if section.written == "named_lists":
        if isinstance(step, str):
            return Spot(section) if len(path) == 2 else None
        return Spot(section, shape)
    return Spot(section, free=len(path) > 2) if isinstance(step, str) else None


def _after(found: Spot, step: Step) -> Spot | None:
    """One step on from an element or an attribute."""
    if found.free:
        return found
    if found.attribute is None:
        return _attribute(found, step)
    inner = SHAPES.get(found.attribute.of or NESTED.get(found.attribute.kind, ""))
    kind = found.attribute.kind
    if kind == "table" and inner is not None:
        return _attribute(Spot(found.section, inner), step)
    if kind in ("elements", *NESTED) and inner is not None:
        return Spot(found.section, inner) if isinstance(step, Key | Place) else None
    return Spot(found.section, found.shape, found.attribute, free=True)


def _attribute(found: Spot, step: Step) -> Spot | None:
    shape = found.shape
    if shape is None or not isinstance(step, str) or step not in shape.names:
        return None
    return Spot(found.section, shape, shape.attribute(step))


@dataclass(frozen=True)
class Met:
    """An element 要素 of a definition as a walk meets it."""

    path: Path
    shape: Shape
    element: Definition


def elements_of(definition: Definition) -> Iterator[Met]:
    """Every element of a definition with its shape, outer before inner; what is ill-made is passed over."""
    for section in SECTIONS.values():
        for path, one in members(definition, section):
            shape = SHAPES.get(section.shape)
            if shape is not None and isinstance(one, Mapping):
                yield from _inside(Met(path, shape, one))


def members(definition: Definition, section: Section) -> Iterator[tuple[Path, Any]]:
    """The direct elements of a section with their paths; the options of a list are met list by list."""
    part = definition.get(section.name)
    if section.written == "table":
        yield from [((section.name,), part)] if isinstance(part, Mapping) else []
    elif section.written == "list":
        yield from ((((section.name, *step), one)) for step, one in steps(part))
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if section.written == "named_lists":
                yield from ((((section.name, str(name), *step), one)) for step, one in steps(value))
            else:
                yield (section.name, str(name)), value


def steps(part: Any) -> Iterator[tuple[tuple[Step], Definition]]:
    """Each table of a list with the step that leads to it."""
    for index, one in enumerate(part if isinstance(part, list | tuple) else ()):
        if isinstance(one, Mapping):
            yield (Key(str(one["key"])) if "key" in one else Place(index),), one


def _inside(met: Met) -> Iterator[Met]:
    yield met
    for attribute, inner in _HOLDING[met.shape.name]:
        value = met.element.get(attribute.name)
        if attribute.kind == "elements":
            for step, one in steps(value):
                yield from _inside(Met((*met.path, attribute.name, *step), inner, one))
        elif isinstance(value, Mapping):
            yield from _inside(Met((*met.path, attribute.name), inner, value))


def deepest(definition: Definition, path: Path) -> Path:
    """The longest beginning of the path that leads somewhere in the definition."""
    value: Any = definition
    for depth, step in enumerate(path):
        try:
            value = step_into(value, step)
        except LookupError:
            return path[:depth]
    return path
