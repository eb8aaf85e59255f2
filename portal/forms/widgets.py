"""What the widgets of a form are told 控件: bounds, endings, defaults, the number to come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask

from documents.rules.field_addresses import parts_of
from documents.rules.field_files import extensions
from documents.rules.field_times import day_bound
from documents.rules.field_values import read_bound
from documents.rules.grammar.forms import ADDRESS_PARTS
from portal.clock import local, now, today
from portal.language import language, said
from portal.signing_in import me

Definition = Mapping[str, Any]
NATIVE = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "datetime": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?"),
    "time": re.compile(r"[0-9]{2}:[0-9]{2}"),
}
NATIVE_BOUNDS = {
    "date": ("1900-01-01", "2999-12-31"),
    "datetime": ("1900-01-01T00:00", "2999-12-31T23:59"),
}


def prepare_widgets(app: Flask) -> None:
    """Give the words of the widgets to every template."""
    app.add_template_filter(is_native)
    for word in (native_bounds, endings, most_files, shown_language, address_parts):
        app.add_template_global(word)


def is_native(value: Any, kind: str) -> bool:
    """Whether the browser's own input for dates and times can show the value."""
    return bool(NATIVE[kind].fullmatch(str(value)))


def native_bounds(definition: Definition) -> dict[str, str]:
    """The least and the most of a date or a time, as the browser's own input takes them."""
    kind = definition["type"]
    widest = NATIVE_BOUNDS.get(kind, ("", ""))
    least, most = _native_bound(kind, definition.get("min")), _native_bound(kind, definition.get("max"))
    end = "T23:59" if kind == "datetime" else ""
    start = "T00:00" if kind == "datetime" else ""
    return {"min": f"{least}{start}" if least else widest[0], "max": f"{most}{end}" if most else widest[1]}


def _native_bound(kind: str, bound: Any) -> str:
    found = read_bound(kind, bound, today()) if bound is not None else None
    return "" if found is None else str(found)


def endings(definition: Definition) -> tuple[str, ...]:
    """The file types that a field takes."""
    return extensions(definition)


def most_files(definition: Definition) -> int | None:
    """How many files a field takes."""
    most = definition.get("max") or definition.get("rows", {}).get("max")
    return int(most) if most else None


def address_parts(definition: Definition) -> list[tuple[str, str, bool]]:
    """The parts of an address that a field asks for: name, label, and whether it is required."""
    needed = definition.get("parts_needed") or ()
    named = [(part, ADDRESS_PARTS[part]) for part in parts_of(definition)]
    return [(part, said({"zh": zh, "en": en}), part in needed) for part, (zh, en) in named]


def shown_language(definition: Definition) -> str:
    """The language in which a consent is shown."""
    return language() if language() in definition["text"] else "zh"


def default_value(one: Definition) -> Any:
    """The default as a value: of a day it may move with today, of a time it may be now."""
    default, kind = one["default"], one["type"]
    if not isinstance(default, str):
        return default
    if kind == "time" and default == "now":
        return f"{local(now()):%H:%M}"
    if kind in ("date", "datetime"):
        return now() if default == "now" else day_bound(default, today()) or default
    special = {"me": me().id, "my_name": me().name, "my_unit": _my_unit()}
    return special.get(default, default)


def _my_unit() -> str | None:
    return next((str(post.unit) for post in me().posts), None)
