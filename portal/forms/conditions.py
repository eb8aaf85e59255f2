"""The conditions of a form on a page 页面条件: trees that the page evaluates, told what the server knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from documents.rules.expression_settling import NOTHING, Outside, settled
from documents.rules.expressions import compile_expression, evaluate, names
from documents.rules.field_order import in_order
from documents.rules.fields import Placed, fields_of, members, placed
from documents.rules.policy import PolicyView
from documents.rules.revealing import beneath

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


def secrets_of(
    view: PolicyView, may_read: Callable[[Definition], Any], revealed: Container[str] = ()
) -> frozenset[str]:
    """The names of the policy's fields and columns that the person may not read, or sees as a mask."""
    found = set()
    for form in view.forms():
        for one in fields_of(form):
            inside = [(f"{one['key']}.{column['key']}", column) for column in members(one, "fields")]
            found |= {name for name, field in [(one["key"], one), *inside] if not _reads(field, may_read)}
            found |= {name for name in beneath(one) if name not in revealed}
    return frozenset(found)


def _reads(field: Definition, may_read: Callable[[Definition], Any]) -> bool:
    return field.get("class", "public") == "public" or bool(may_read(field))


@dataclass(frozen=True)
class Told:
    """What a page is told: the fields that it has open, the facts, which are secret, masks of lookups."""

    own: Iterable[str]
    facts: Mapping[str, Any]
    secret: Iterable[str]
    masks: Mapping[str, str]


@dataclass
class Twin:
    """What the page itself works out 页面求值: no more than it is told, so that it shows no more either."""

    outside: Outside
    known: dict[str, Any]  # the values of the fields as the page has them
    behind: set[str] = field(default_factory=set)  # computed fields that read what is not told
    shut: set[str] = field(default_factory=set)  # those of which it can work out nothing


def twin_of(definition: Definition, known: Mapping[str, Any], told: Told) -> Twin:
    """The computed fields of a form as the page has them; `known` is what the server has."""
    own, facts, secret = set(told.own), dict(told.facts), set(told.secret)
    twin = Twin(outside_of(own, facts, frozenset(secret)), {**known, **told.masks})
    computed = [Placed(place.field, ()) for place in placed(definition) if _is_computed(place.field)]
    for one in in_order(computed):
        key, tree = str(one.field["key"]), compile_expression(one.field["value"])
        kept = settled(tree, twin.outside, as_condition=False)
        if _reads_behind(twin, names(tree), told.masks):
            twin.behind.add(key)
        twin.known[key] = evaluate(kept, twin.known)
        if key in twin.behind and kept == list(NOTHING) and known.get(key) is not None:
            twin.shut.add(key)
            own.discard(key)
            secret.add(key)
            facts[key] = known[key]
            twin.outside = outside_of(own, facts, frozenset(secret))
    return twin


def _is_computed(one: Definition) -> bool:
    return one.get("type") == "computed" and isinstance(one.get("value"), str)


def _reads_behind(twin: Twin, read: Iterable[str], masks: Mapping[str, str]) -> bool:
    """Whether it reads what the page is not told, be it through another computed field."""
    outside = twin.outside
    return any(
        (outside.is_secret(name) and not outside.is_open(name))
        or name.partition(".")[0] in twin.behind | masks.keys()
        for name in read
    )
