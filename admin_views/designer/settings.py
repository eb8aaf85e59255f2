"""A setting 设置 of the property panel: one attribute with its widget, its value and what it may choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from admin_views.designer.offers import Offer
from admin_views.designer.troubles import Trouble
from admin_views.designer.words import spoken
from documents.rules.grammar import Attribute
from documents.rules.grammar.parts import ORIGIN

# What one sets first, whether the element has it yet or not.
USUAL = frozenset(
    {
        "type",
        "help",
        "required",
        "visible",
        "options",
        "class",
        "search",
        "width",
        "form",
        "who",
        "to",
        "from",
    }
    | {
        "effects",
        "ladder",
        "amount",
        "register",
        "default",
        "value",
        "fields",
        "rows",
        "reach",
        "may",
        "reads",
    }
    | {"when", "status", "tone", "above", "within", "number", "sections", "stages", "transitions", "children"}
    | {
        "rungs",
        "paragraphs",
        "tell",
        "at",
        "reset",
        "units",
        "steps",
        "figures",
        "tables",
        "retention",
        "remind",
    }
)
ORIGINS = frozenset(one.name for one in ORIGIN)
# Tables that are shown where they stand, not behind a link.
SMALL = frozenset({"rows", "lookup", "repeat", "recurrence", "owner", "period", "quiet"})
# Lists of references in which the order says something.
ORDERED = frozenset({"path", "texts", "carry", "watching"})


@dataclass(frozen=True)
class Setting:
    """One attribute of the element in the panel 属性: its widget, its value, what it may choose."""

    attribute: Attribute
    path: str
    value: Any
    offers: tuple[Offer, ...] = ()
    wrong: tuple[Trouble, ...] = ()
    fixed: bool = False
    inner: tuple[Setting, ...] = ()

    @property
    def id(self) -> str:
        """The id of its control: its path from the element on, which is the same for every element."""
        inside = self.path.rpartition("]")[2] if "]" in self.path else self.path.partition(".")[2]
        return f"set-{inside.strip('.').replace('.', '-') or self.attribute.name}"

    @property
    def label(self) -> str:
        """What it is called."""
        return spoken(self.attribute.words)

    @property
    def help(self) -> str:
        """What helps to fill it in."""
        return spoken(self.attribute.help)

    @property
    def was(self) -> str:
        """The value as JSON: what a change says that it saw."""
        return as_json(self.value)

    @property
    def widget(self) -> str:
        """The kind of control."""
        kind = self.attribute.kind
        if kind == "references" and (self.attribute.of == "fields" or self.attribute.name in ORDERED):
            return "ordered"
        if kind == "value" and (self.offers or not isinstance(self.value, Mapping | list)):
            return "scalar" if self.attribute.name == "default" else "json"
        return "json" if kind in ("value", "count", "keyed_texts") else kind


def as_json(value: Any) -> str:
    """A value as the page keeps it."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def pretty_json(value: Any) -> str:
    """A value as somebody edits it."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
