"""What of an answer is searched 检索: its words, or its values as they are compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from documents.rules.access import PUBLIC
from documents.rules.field_addresses import TEXT
from documents.rules.fields import Definition, fields_of, members
from documents.rules.policy import PolicyView

EVERYBODY = ""
LISTED = frozenset({"choice", "choices", "tree"})


def searched_fields(view: PolicyView, *ways: str) -> dict[str, Definition]:
    """The fields that are searched in one of these ways, a column under `table.column`."""
    found: dict[str, Definition] = {}
    for form in view.forms():
        for one in fields_of(form):
            columns = {f"{one['key']}.{column['key']}": column for column in members(one, "fields")}
            for name, field in {one["key"]: one, **columns}.items():
                if field.get("search") in ways:
                    found.setdefault(name, field)
    return found


def searched_classes(view: PolicyView, *ways: str) -> dict[str, frozenset[str]]:
    """The classes that a reader of each searched field must be open to; a field of two forms has both."""
    found: dict[str, set[str]] = {}
    for form in view.forms():
        for one in fields_of(form):
            columns = {f"{one['key']}.{column['key']}": column for column in members(one, "fields")}
            for name, field in {one["key"]: one, **columns}.items():
                if field.get("search") in ways:
                    found.setdefault(name, set()).update(known.get("class", PUBLIC) for known in (one, field))
    return {name: frozenset(classes - {PUBLIC}) for name, classes in found.items()}


def mark_of(classes: Collection[str]) -> str:
    """What stands before the search pieces of a text that is not for everybody; nobody can type it."""
    closed = sorted(set(classes) - {PUBLIC})
    return f"\x01{'+'.join(closed)}\x02" if closed else EVERYBODY


def searched(facts: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The plain values of a field or column: of an address its text, of a signature its name."""
    key, _, column = name.partition(".")
    told = facts.get(key)
    if column:
        told = [row.get(column) for row in told or () if isinstance(row, Mapping)]
    for value in told if isinstance(told, list) else [told]:
        plain = _plain(value)
        if plain not in (None, "", []):
            yield plain


def words(view: PolicyView, field: Definition, value: Any) -> str:
    """A value as people look for it: an option by its label in both languages."""
    if field["type"] in LISTED:
        return " ".join(view.option_label(field["options"], str(value)).values())
    return value if isinstance(value, str) else ""


def _plain(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return next((value[part] for part in (TEXT, "name", "given") if part in value), None)
