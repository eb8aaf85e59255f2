"""A form of a draft as it can be drawn 草稿表单: what is not finished in it is left out or told in its place.

A draft may hold a choice without a list, a condition that cannot be read, a bound that is none. The page
of a real form trusts its definition, so this makes one that it can trust.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import compile_expression
from documents.rules.fields import GROUP, members
from documents.rules.policy_forms import TYPES, WITH_OPTIONS

Definition = Mapping[str, Any]
# What a field shows of itself; everything else may be unfinished without being seen.
PLAIN: Final = frozenset(
    {"key", "type", "label", "help", "hint", "options", "width", "unit_label", "yes_label", "text", "kinds"}
    | {"counted_in", "folded", "source", "basis", "numbering", "lookup", "rows_shown", "value", "places"}
)
TEXTS: Final = frozenset({"label", "help", "hint", "unit_label", "yes_label", "text", "title", "note"})


def drawable(
    form: Definition, definition: Definition, *, live: bool, doubtful: Collection[str] = ()
) -> dict[str, Any]:
    """The form with the same sections and fields in the same places.

    `live` keeps conditions, bounds and checks of every field but the `doubtful` ones; without it nothing
    is hidden and nothing is checked.
    """
    maker = _Maker(definition, live, frozenset(doubtful))
    sections = [
        {**_texts(section), "key": str(section.get("key", index)), "fields": maker.fields(section)}
        for index, section in enumerate(members(form, "sections"))
    ]
    kept = {name: form[name] for name in ("source", "basis") if isinstance(form.get(name), str)}
    return {**_texts(form), **kept, "key": str(form.get("key", "form")), "sections": sections}


class _Maker:
    def __init__(self, definition: Definition, live: bool, doubtful: frozenset[str]) -> None:
        self.lists = definition.get("lists") or {}
        rows = definition.get("numbering")
        self.series = {one.get("key") for one in rows or () if isinstance(one, Mapping)}
        self.live, self.doubtful = live, doubtful
        self.count = 0

    def fields(self, box: Definition) -> list[dict[str, Any]]:
        """The fields of a section, a group or a table."""
        return [self._field(one) for one in members(box, "fields")]

    def _field(self, one: Definition) -> dict[str, Any]:
        self.count += 1
        key = one.get("key") if isinstance(one.get("key"), str) and one.get("key") else f"field_{self.count}"
        whole = self.live and key not in self.doubtful
        made = {name: value for name, value in one.items() if whole or name in PLAIN}
        made = {**made, **_texts(one), "key": key, "type": one.get("type")}
        if not self.live:
            made.pop("retired", None)
        self._conditions(made, one)
        if made["type"] in WITH_OPTIONS and not self._is_list(made.get("options")):
            made["options"] = ""
        if made["type"] == GROUP or made["type"] == "table":
            made["fields"] = self.fields(one)
        return made if self._is_drawable(made) else _told(made)

    def _conditions(self, made: dict[str, Any], one: Definition) -> None:
        for name in ("visible", "required"):
            made.pop(name, None)
            value = one.get(name)
            if isinstance(value, bool) or (self.live and isinstance(value, str) and _is_readable(value)):
                made[name] = value
        if not self.live:
            made.pop("visible", None)

    def _is_list(self, name: Any) -> bool:
        found = self.lists.get(name) if isinstance(name, str) else None
        return isinstance(found, list | tuple) and all(_is_option(option) for option in found)

    def _is_drawable(self, made: Definition) -> bool:
        kind = made["type"]
        if kind == "computed":
            return isinstance(made.get("value"), str) and _is_readable(made["value"])
        if kind == "series":
            return made.get("numbering") in self.series
        if kind == "lookup":
            lookup = made.get("lookup")
            return isinstance(lookup, Mapping) and {"of", "field"} <= set(lookup)
        return kind in TYPES


def _is_option(option: Any) -> bool:
    if not (isinstance(option, Mapping) and isinstance(option.get("key"), str)):
        return False
    return isinstance(option.get("label"), Mapping) and all(map(_is_option, option.get("children") or ()))


def _told(made: Definition) -> dict[str, Any]:
    """In place of a field that cannot be drawn: its name."""
    return {"key": made["key"], "type": "note", "label": made.get("label", {})}


def _texts(one: Definition) -> dict[str, Any]:
    return {name: one[name] if isinstance(one[name], Mapping) else {} for name in TEXTS if name in one}


def _is_readable(text: str) -> bool:
    try:
        compile_expression(text)
    except PolicyInvalid:
        return False
    return True
