"""What a copy inherits 随来源脱敏: a looked-up or merely copied answer lies under the mask of its source.

A snapshot of a telephone number is a telephone number. A lookup may say otherwise, by a mask or a way of
revealing of its own; a computed field that only copies is besides never less sensitive than what it copies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import compile_expression
from documents.rules.fields import fields_of, members
from documents.rules.lookups import SENSITIVITY, of_answer
from documents.rules.revealing import BY_TYPE, in_table, name_in

Definition = Mapping[str, Any]
MOST_STEPS: Final = 5  # a copy of a copy of a copy


def inheriting(definition: Definition) -> Definition:
    """The definition with what its copies inherit; itself where there are none."""
    fields = {str(one["key"]): one for form in members(definition, "forms") for one in fields_of(form)}
    columns = {
        name_in(one, column): in_table(column, one)
        for one in fields.values()
        for column in members(one, "fields")
    }
    around = {**columns, **fields}
    found = {key: _inherited(one, around) for key, one in fields.items()}
    for table in fields.values():
        found |= _of_columns(table, around)
    told = {key: more for key, more in found.items() if more}
    if not told:
        return definition
    return {**definition, "forms": [_form(form, told) for form in definition["forms"]]}


def _form(form: Definition, told: Mapping[str, Definition]) -> Definition:
    return {**form, "sections": [_box(one, told) for one in form.get("sections", ())]}


def _box(box: Definition, told: Mapping[str, Definition]) -> Definition:
    """A section or a group."""
    return {**box, "fields": [_field(one, told) for one in box.get("fields", ())]}


def _of_columns(table: Definition, around: Mapping[str, Definition]) -> dict[str, dict[str, Any]]:
    """The same for the columns of a table, which read their own row before the form."""
    columns = {str(one["key"]): in_table(one, table) for one in members(table, "fields")}
    row = {**around, **columns, **{f"row.{key}": one for key, one in columns.items()}}
    return {name_in(table, one): _inherited(one, row) for one in columns.values()}


def _field(one: Definition, told: Mapping[str, Definition]) -> Definition:
    if one.get("type") == "group":
        return _box(one, told)
    if one.get("type") == "table":
        columns = [{**each, **told.get(name_in(one, each), {})} for each in members(one, "fields")]
        return {**one, "fields": columns}
    copies = one.get("type") in ("lookup", "computed")
    return {**one, **told[one["key"]]} if copies and one.get("key") in told else one


def _inherited(one: Definition, fields: Mapping[str, Definition]) -> dict[str, Any]:
    """The attributes that a field takes over from what it copies."""
    source = _origin(one, fields)
    if source is None:
        return {}
    more: dict[str, Any] = {}
    mask = source.get("mask") or BY_TYPE.get(str(source.get("type")))
    if mask and "mask" not in one and "reveal" not in one:
        more["mask"] = mask
        more |= {"reveal": source["reveal"]} if "reveal" in source else {}
    if one.get("type") == "computed" and _rank(source) > _rank(one):
        more["class"] = source["class"]
    return more


def _origin(one: Definition, fields: Mapping[str, Definition]) -> Definition | None:
    """The field that is copied in the end; of several, from which a condition chooses, the most closed."""
    found, ends = [one], list[Definition]()
    for _step in range(MOST_STEPS):
        copied = [(each, _copied(each, fields)) for each in found]
        ends += [each for each, sources in copied if not sources and each is not one]
        found = list({id(source): source for _each, sources in copied for source in sources}.values())
    return max([*ends, *(each for each in found if each is not one)], key=_closed, default=None)


def _copied(one: Definition, fields: Mapping[str, Definition]) -> list[Definition]:
    if one.get("type") == "computed":
        return [fields[name] for name in _results(str(one.get("value") or "")) if name in fields]
    if one.get("type") == "lookup":
        lookup = one.get("lookup") or {}
        start = fields.get(str(lookup.get("of")), {})
        source = fields.get(of_answer(lookup, str(start.get("type"))) or "")
        return [] if source is None else [source]
    return []


def _results(text: str) -> list[str]:
    """The names whose value an expression may simply be; nothing for one that cannot be read."""
    try:
        trees, found = [compile_expression(text)], list[str]()
    except PolicyInvalid:
        return []
    for tree in trees:
        if tree[0] == "name":
            found.append(str(tree[1]))
        elif tree[0] == "if":
            trees += tree[2:]
    return found


def _closed(one: Definition) -> tuple[bool, int]:
    return bool(one.get("mask") or BY_TYPE.get(str(one.get("type")))), _rank(one)


def _rank(one: Definition) -> int:
    return SENSITIVITY.index(one.get("class", SENSITIVITY[0]))
