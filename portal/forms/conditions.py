"""The conditions of a form on a page 页面条件: trees that the page evaluates, told what the server knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from documents.rules.expression_settling import Outside, settled
from documents.rules.expressions import compile_expression
from documents.rules.fields import fields_of, members
from documents.rules.policy import PolicyView

Definition = Mapping[str, Any]
# What stands beside a field for the page, and whether only yes or no is asked of it.
ASKED = (("visible", True), ("required", True), ("value", False))


def outside_of(own: Iterable[str], facts: Mapping[str, Any], secret: frozenset[str]) -> Outside:
    """What is certain for the fields of a form: all but what is typed on the page."""
    typed = frozenset(own)

    def is_open(name: str) -> bool:
        return name.partition(".")[0] in typed

    def is_secret(name: str) -> bool:
        return name in secret or name.partition(".")[0] in secret

    return Outside(facts, is_open, is_secret)


def within_row(outside: Outside, table: Definition) -> Outside:
    """The same inside a row, whose columns come before the names of the form."""
    columns = {str(column["key"]) for column in members(table, "fields")} | {"row"}
    return Outside(
        outside.facts,
        lambda name: name.partition(".")[0] in columns or outside.is_open(name),
        outside.is_secret,
    )


def attributes(definition: Definition, outside: Outside) -> Markup:
    """The conditions of a field as attributes of its element; a plain yes needs none."""
    found = Markup("")
    for name, as_condition in ASKED:
        text = definition.get(name)
        if isinstance(text, str):
            tree = settled(compile_expression(text), outside, as_condition=as_condition)
        elif text is False and name == "visible":
            tree = ["value", False]
        else:
            continue
        found += Markup(' data-{}="{}"').format(name, json.dumps(tree, ensure_ascii=False))
    return found


def secrets_of(view: PolicyView, may_read: Callable[[Definition], Any]) -> frozenset[str]:
    """The names of the policy's fields and columns that the person may not read."""
    found = set()
    for form in view.forms():
        for one in fields_of(form):
            inside = [(f"{one['key']}.{column['key']}", column) for column in members(one, "fields")]
            found |= {name for name, field in [(one["key"], one), *inside] if not _reads(field, may_read)}
    return frozenset(found)


def _reads(field: Definition, may_read: Callable[[Definition], Any]) -> bool:
    return field.get("class", "public") == "public" or bool(may_read(field))
