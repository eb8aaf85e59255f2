"""Canvases 画布: how the middle of the designer draws an element; each section may bring its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from admin_views.designer.bench import Bench
from admin_views.designer.drawings import (
    contacts,
    letters,
    limits,
    lists,
    papers,
    recurring,
    roles,
    scenarios,
    severity,
    units,
    workflows,
)
from admin_views.designer.panels import inner_shape
from admin_views.designer.told import told
from admin_views.designer.words import name_of, spoken
from documents.rules.grammar import SHAPES, Attribute, Shape
from documents.rules.grammar.parts import ORIGIN
from documents.rules.grammar_paths import steps
from documents.rules.keyed_paths import parse, written

Definition = Mapping[str, Any]
HEADS: Final = frozenset({"key", "label", "title", *(one.name for one in ORIGIN)})


@dataclass(frozen=True)
class Canvas:
    """A canvas: the template that draws it, and what the template is given.

    `palette` is a template for the left pane, `scripts` are files of static/js for this canvas.
    """

    template: str
    draw: Callable[[Bench], dict[str, Any]]
    palette: str = ""
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """An element as the general canvas draws it: its facts, and the lists of elements inside it."""

    place: str
    noun: str
    name: str
    key: str
    facts: tuple[tuple[str, str], ...]
    lists: tuple[Inner, ...]
    retired: bool = False


@dataclass(frozen=True)
class Inner:
    """A list of elements inside an element, to which more can be added."""

    place: str
    name: str
    noun: str
    blocks: tuple[Block, ...] = field(default=())
    one: bool = False  # a single table, not a list


def general(bench: Bench) -> dict[str, Any]:
    """The canvas of a section that has none of its own: every element as a card, to be chosen."""
    if bench.section.written == "named_lists":
        return {"block": None, "listed": _options(bench)}
    shape = SHAPES.get(bench.section.shape)
    if shape is None or not isinstance(bench.value, Mapping):
        return {"block": None, "listed": None}
    return {"block": block(bench, shape, bench.value, bench.element), "listed": None}


def _options(bench: Bench) -> Inner | None:
    if not bench.element:
        return None
    return _inner(bench, bench.element, spoken(SHAPES["option"].words), SHAPES["option"], bench.value)


def block(bench: Bench, shape: Shape, element: Definition, place: str) -> Block:
    """An element with everything in it."""
    kind = str(element.get("type", ""))
    known = [one for one in shape.attributes if not one.only or kind in one.only or one.name in element]
    facts = (
        (spoken(one.words), told(bench, one, element.get(one.name), place))
        for one in known
        if one.name not in HEADS
    )
    return Block(
        place,
        spoken(shape.words),
        name_of(element),
        str(element.get("key", "")),
        tuple(pair for pair in facts if pair[1]),
        tuple(each for one in known if (each := _inside(bench, one, element, place))),
        bool(element.get("retired")),
    )


def _inside(bench: Bench, attribute: Attribute, element: Definition, place: str) -> Inner | None:
    shape, value = inner_shape(attribute), element.get(attribute.name)
    if shape is None or attribute.kind not in ("elements", "table"):
        return None
    where = f"{place}.{attribute.name}"
    if attribute.kind == "elements":
        return _inner(bench, where, spoken(attribute.words), shape, value)
    blocks = (block(bench, shape, value, where),) if isinstance(value, Mapping) else ()
    return Inner(where, spoken(attribute.words), spoken(shape.words), blocks, one=True)


def _inner(bench: Bench, place: str, label: str, shape: Shape, value: Any) -> Inner:
    path = parse(place)
    blocks = tuple(block(bench, shape, one, written((*path, *step))) for step, one in steps(value))
    return Inner(place, label, spoken(shape.words), blocks)


GENERAL: Final = Canvas("admin/designer/canvases/general.html", general)


def _own(section: str, draw: Callable[[Bench], dict[str, Any]], *scripts: str) -> Canvas:
    return Canvas(f"admin/designer/canvases/{section}.html", draw, scripts=scripts)


CANVASES: dict[str, Canvas] = {
    "letters": _own("letters", letters.draw, "designer-letter.js"),
    "scenarios": _own("scenarios", scenarios.draw, "designer-scenario.js"),
    "lists": _own("lists", lists.draw, "designer-lists.js"),
    "workflows": _own("workflows", workflows.draw, "designer-flow.js"),
    "limits": _own("limits", limits.draw_limit, "designer-examples.js", "designer-strip.js"),
    "ladders": _own("ladders", limits.draw_ladder, "designer-examples.js", "designer-strip.js"),
    "contacts": _own("contacts", contacts.draw),
    "roles": _own("roles", roles.draw, "designer-examples.js"),
    "numbering": _own("numbering", recurring.draw_numbering),
    "duties": _own("duties", recurring.draw_duty),
    "reports": _own("reports", papers.draw_report),
    "archive": _own("archive", papers.draw_archive),
    "severity": _own("severity", severity.draw),
    "case_types": _own("case_types", papers.draw_case_type),
    "policy": _own("policy", papers.draw_policy),
    "migrate": _own("migrate", papers.draw_migrations, "designer-examples.js"),
    **{
        section: _own("units", units.draw, "designer-examples.js")
        for section in ("unit_kinds", "slots", "slot_labels", "example")
    },
}


def canvas_of(section: str) -> Canvas:
    """The canvas of a section: its own, or the general one."""
    return CANVASES.get(section, GENERAL)
