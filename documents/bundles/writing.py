"""A definition as YAML 书写: one line for each leaf, attributes in the order of the grammar.

Equal definitions are equal bytes, whatever the order in which their tables were filled: what is stored
is sorted, so names in tables stand in the order of the alphabet and attributes in that of the grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from documents.bundles.layout import FILES, file_of
from documents.bundles.scalars_out import scalar, text
from documents.rules.grammar import EFFECTS, SECTIONS, SHAPES, Attribute, Shape

LINE = 140  # what a list of recipients or effects may take before each stands in a line of its own
# Elements that people read from top to bottom, attribute by attribute; all others are one line.
TALL = frozenset({"policy", "archive", "example", "case_type", "register", "transition"})
INDENT = "  "
SHAPE_OF_KIND = {"people": "who", "goal": "branch"}
FIRST = ("key", "zh", "en")


def written(definition: Mapping[str, Any]) -> dict[str, str]:
    """The files of a definition by name, in order."""
    by_file: dict[str, list[str]] = {}
    known = [section for sections in FILES.values() for section in sections]
    for section in [*(one for one in known if one in definition), *sorted(set(definition) - set(known))]:
        by_file.setdefault(file_of(section), []).append(section)
    return {
        file: "\n".join("\n".join(_section(name, definition[name])) + "\n" for name in by_file[file])
        for file in FILES
        if file in by_file
    }


def _section(name: str, value: Any) -> Iterator[str]:
    section = SECTIONS.get(name)
    shape = SHAPES.get(section.shape) if section else None
    how = section.written if section else ""
    if how == "list" and _is_elements(value):
        yield from _list(text(name), value, shape, "", apart=True)
    elif how == "table" and value and isinstance(value, Mapping):
        yield f"{text(name)}:"
        yield from _attributes(value, shape, INDENT)
    elif how.startswith("named") and value and isinstance(value, Mapping):
        yield f"{text(name)}:"
        for one in _ordered(value, None):
            yield from _attribute(one, value[one], shape, INDENT)
    else:
        yield f"{text(name)}: {_flow(value, shape)}"


def _attribute(name: str, value: Any, shape: Shape | None, indent: str) -> Iterator[str]:
    """One name with its value: on the same line, or below when it is tall."""
    if _is_elements(value) and (_is_keyed(value) or any(_is_tall(one, shape) for one in value)):
        yield from _list(f"{indent}{text(name)}", value, shape, indent)
    elif isinstance(value, Mapping) and (_is_tall(value, shape) or _is_long(value, indent)):
        yield f"{indent}{text(name)}:"
        yield from _attributes(value, shape, indent + INDENT)
    elif _is_elements(value) and len(_flow(value, shape)) + len(indent) > LINE:
        yield from _list(f"{indent}{text(name)}", value, shape, indent)
    else:
        yield f"{indent}{text(name)}: {_flow(value, shape)}"


def _attributes(value: Mapping[str, Any], shape: Shape | None, indent: str) -> Iterator[str]:
    for name in _ordered(value, shape):
        yield from _attribute(name, value[name], _shape_below(shape, name), indent)


def _list(
    head: str, value: Sequence[Mapping[str, Any]], shape: Shape | None, indent: str, *, apart: bool = False
) -> Iterator[str]:
    """A list with each element on a line of its own, or tall; tall elements of a section stand apart."""
    yield f"{head}:"
    inner = indent + INDENT
    for number, one in enumerate(value):
        tall = _is_tall(one, shape)
        if apart and tall and number:
            yield ""
        if tall:
            lines = list(_attributes(one, shape, inner + INDENT))
            yield f"{inner}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield f"{inner}- {_flow(one, shape)}"


def _flow(value: Any, shape: Shape | None) -> str:
    if isinstance(value, Mapping):
        parts = (
            f"{text(name)}: {_flow(value[name], _shape_below(shape, name))}"
            for name in _ordered(value, shape)
        )
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flow(one, shape) for one in value)}]"
    return scalar(value)


def _shape_below(shape: Shape | None, name: str) -> Shape | None:
    attribute = _known(shape).get(name)
    if attribute is None:
        return None
    if attribute.kind == "effects":
        return EFFECT
    return SHAPES.get(SHAPE_OF_KIND.get(attribute.kind, attribute.of))


def _known(shape: Shape | None) -> dict[str, Attribute]:
    return {one.name: one for one in shape.all_attributes} if shape else {}


def _ordered(value: Mapping[str, Any], shape: Shape | None) -> list[str]:
    """The names of a table: those of the grammar in its order, then the rest by the alphabet."""
    order = list(_known(shape)) or list(FIRST)
    return [*(name for name in order if name in value), *sorted(set(value) - set(order))]


def _is_tall(value: Any, shape: Shape | None) -> bool:
    """Whether an element is written attribute by attribute: of a tall kind, or with elements of its own."""
    if not isinstance(value, Mapping) or not value:
        return False
    if shape is not None and shape.name in TALL:
        return True
    inner = [one.name for one in _known(shape).values() if one.kind == "elements"]
    return any(_is_elements(value.get(name)) for name in inner)


def _is_long(value: Mapping[str, Any], indent: str) -> bool:
    """Whether a free table, such as what a scenario expects, goes beyond a line; a text never does."""
    return not {"zh", "en"} & set(value) and len(_flow(value, None)) + len(indent) > LINE


def _is_elements(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _is_keyed(value: Sequence[Mapping[str, Any]]) -> bool:
    return all("key" in one for one in value)


# An effect as one shape: what it does, with what, and when.
EFFECT = Shape(
    "effect",
    ("效果", "Effect"),
    tuple({one.name: one for parts in EFFECTS.values() for one in parts}.values()),
    keyed=False,
)
