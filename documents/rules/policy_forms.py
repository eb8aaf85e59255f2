"""The forms of a policy 表单检查: their fields, types, options and conditions."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from documents.rules.expression_parsing import CONSTANTS
from documents.rules.expressions import Tree
from documents.rules.field_addresses import TEXT, parts_of
from documents.rules.field_order import circles, columns_of
from documents.rules.field_values import READERS
from documents.rules.fields import GROUP, Placed, fields_of, groups_of, placed
from documents.rules.grammar.forms import NOT_IN_ROWS
from documents.rules.moments import MOMENT_FACTS
from documents.rules.options import option_keys
from documents.rules.policy_fields import all_fields, check_attributes, check_fitting, checks_of
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_shapes import FIELD, all_slots, check_keys

TYPES = frozenset(READERS) | {"table", "note", "computed", GROUP}
CLASSES = frozenset({"public", "personal", "restricted"})
SEARCHES = frozenset({"text", "exact", "range"})
WITH_OPTIONS = frozenset({"choice", "choices", "tree"})
# What a value that is a table of its own says.
PARTS = {
    "consent": frozenset({"given", "language", "at"}),
    "signature": frozenset({"name", "by", "at"}),
}
# What a case says about itself, beside the answers (Complaint.facts).
CASE_FACTS = frozenset(
    {"number", "case_type", "stage", "outcome", "flags", "attachments", "extension_waits", "extensions"}
    | {"clock_paused", "has_handler", "received_kind", "statement_waits"}
)
# The level of a case, where the policy has a section of that name.
SEVERITY = "severity"
# Words of the expressions themselves: a field of this name could be read by no condition.
RESERVED = frozenset({*keyword.kwlist, *CONSTANTS, *MOMENT_FACTS, "row"})


def known_facts(definition: Definition) -> set[str]:
    """Every name that a condition may read."""
    found = set(CASE_FACTS | MOMENT_FACTS) | {f"unit_{slot}" for slot in all_slots(definition)}
    if definition.get("severity"):
        found.add(SEVERITY)
    for key, one in all_fields(definition).items():
        columns = {str(column.get("key")) for column in elements(one, "fields")}
        parts = columns | PARTS.get(str(one.get("type")), frozenset())
        if one.get("type") == "address" and parts_of(one):
            parts |= {*parts_of(one), TEXT}
        found |= {key} | {f"{key}.{part}" for part in parts}
    return found


def check_forms(definition: Definition, findings: Findings) -> None:
    """Every form with its fields; the same key means the same type everywhere."""
    types: dict[str, str] = {}
    known = known_facts(definition)
    for path, form in named(elements(definition, "forms"), "forms"):
        findings.text(f"{path}.title", form.get("title"))
        check_keys(f"{path}.fields", [*fields_of(form), *groups_of(form)], findings)
        if not any(True for _ in fields_of(form)):
            findings.say(path, "表单没有字段", "the form has no fields")
        for place, section in named(elements(form, "sections"), f"{path}.sections"):
            findings.attributes(
                place, section, frozenset({"key", "title", "note", "fields", "source", "basis"})
            )
        for place, one in named(fields_of(form), f"{path}.fields"):
            _check_name(place, one, RESERVED | CASE_FACTS, findings)
            _check_field(place, one, definition, findings, known=known)
            _check_same_type(place, one, types, findings)
        for place, one in named(groups_of(form), f"{path}.groups"):
            _check_group(place, one, definition, findings, known=known)
        _check_circles(f"{path}.fields", list(placed(form)), findings)


def _check_name(path: str, one: Definition, taken: frozenset[str], findings: Findings) -> None:
    """Conditions read a field by its key, so the key must not mean something else to them."""
    if one.get("key") in taken:
        findings.say(
            path,
            f"代码“{one['key']}”是保留字，条件无法引用这个字段",
            f"the key “{one['key']}” is reserved: no condition could read the field",
        )


def _check_group(
    path: str, one: Definition, definition: Definition, findings: Findings, *, known: set[str]
) -> None:
    """A group has a title and fields, and may be hidden or folded as a whole."""
    findings.attributes(path, one, FIELD)
    check_fitting(path, one, findings)
    findings.text(f"{path}.label", one.get("label"))
    check_condition(f"{path}.visible", one.get("visible"), definition, findings, known=known)
    if not elements(one, "fields"):
        findings.say(path, "分组内没有字段", "a group without fields")


def _check_circles(path: str, places: list[Placed], findings: Findings) -> None:
    """Fields that wait for one another can never be settled; neither can the columns of a row."""
    for circle in circles(places):
        chain = " → ".join([*circle, circle[0]])
        findings.say(
            f"{path}[{circle[0]}]",
            f"显示条件或算式循环引用：{chain}",
            f"the conditions or calculations go in a circle: {chain}",
        )
    for place, _ in places:
        if place.get("type") == "table":
            _check_circles(f"{path}[{place.get('key')}].fields", columns_of(place), findings)


def _check_same_type(path: str, one: Definition, types: dict[str, str], findings: Findings) -> None:
    key, kind = str(one.get("key")), str(one.get("type"))
    other = types.setdefault(key, kind)
    if other != kind:
        findings.say(
            path,
            f"字段“{key}”在别的表单中类型是 {other}，这里是 {kind}",
            f"the field “{key}” is {other} in another form and {kind} here",
        )


def _check_field(
    path: str, one: Definition, definition: Definition, findings: Findings, *, known: set[str]
) -> None:
    findings.attributes(path, one, FIELD)
    findings.text(f"{path}.label", one.get("label"))
    kind = one.get("type")
    if kind not in TYPES:
        findings.say(path, f"字段类型“{kind}”不认识", f"the field type “{kind}” is unknown")
    _check_words(path, one, findings)
    check_attributes(path, one, definition, findings)
    _check_options(path, one, definition, findings)
    conditions = [(f"{path}.{name}", one.get(name)) for name in ("visible", "required")]
    for place, text in [*conditions, *checks_of(path, one, findings)]:
        check_condition(place, text, definition, findings, known=known)
    if kind == "computed":
        if not one.get("value"):
            findings.say(path, "计算字段没有算式", "a computed field without its expression")
        findings.condition(f"{path}.value", one.get("value"), known)
    if kind == "table":
        _check_table(path, one, definition, findings, known=known)


def _check_words(path: str, one: Definition, findings: Findings) -> None:
    for name, allowed in (("class", CLASSES), ("search", SEARCHES)):
        if one.get(name) is not None and one[name] not in allowed:
            findings.say(path, f"{name}“{one[name]}”不认识", f"{name} “{one[name]}” is unknown")


def _check_options(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    kind, lists = one.get("type"), definition.get("lists", {})
    if kind in WITH_OPTIONS and findings.wants(path, one.get("options"), lists, ("选项列表", "option list")):
        offered = option_keys(lists, str(one["options"]))
        for value in as_list(one.get("default")):
            findings.wants(f"{path}.default", value, offered, ("选项", "option"))
    if kind == "unit":
        kinds = keys(elements(definition, "unit_kinds"))
        for value in as_list(one.get("kinds")):
            findings.wants(f"{path}.kinds", value, kinds, ("单位类型", "unit kind"))
    if kind == "person" and (one.get("at") or one.get("of")):
        slot = one.get("at") or one.get("of")
        findings.wants(f"{path}.at", slot, all_slots(definition), ("单位角色", "unit slot"))


def _check_table(
    path: str, one: Definition, definition: Definition, findings: Findings, *, known: set[str]
) -> None:
    columns = elements(one, "fields")
    if not columns:
        findings.say(path, "明细表没有栏目", "a table without columns")
    check_keys(f"{path}.fields", columns, findings)
    inside = known | keys(columns) | {f"row.{key}" for key in keys(columns)}
    for place, column in named(columns, f"{path}.fields"):
        if column.get("type") in NOT_IN_ROWS:
            findings.say(place, "明细表内不能有这类字段", "a table cannot hold a field of this type")
        _check_name(place, column, RESERVED, findings)
        _check_field(place, column, definition, findings, known=inside)


def check_condition(
    path: str, text: Any, definition: Definition, findings: Findings, *, known: set[str] | None = None
) -> None:
    """A condition with known names, whose literals are options of the lists that they are compared with."""
    facts = known if known is not None else findings.once("facts", lambda: known_facts(definition))
    tree = findings.condition(path, text, facts)
    if tree is not None:
        for name, value in compared(tree):
            _check_literal(path, name, value, definition, findings)


def compared(tree: Tree) -> Iterator[tuple[str, str]]:
    """Each (name, text) that the tree compares."""
    if tree[0] in ("value", "number", "name"):
        return
    if tree[0] in ("==", "!=", "in", "not in"):
        sides = tree[1:3]
        for one, other in (sides, sides[::-1]):
            if one[0] == "name":
                yield from ((one[1], value) for value in _texts(other))
    for part in tree[1:]:
        yield from compared(part)


def _texts(tree: Tree) -> Iterator[str]:
    if tree[0] == "value" and isinstance(tree[1], str):
        yield tree[1]
    if tree[0] == "list":
        for part in tree[1:]:
            yield from _texts(part)


def _check_literal(path: str, name: str, value: str, definition: Definition, findings: Findings) -> None:
    lists = definition.get("lists", {})
    field = findings.once("fields", lambda: all_fields(definition)).get(name, {})
    if field.get("type") in WITH_OPTIONS and field.get("options") in lists:
        findings.wants(path, value, option_keys(lists, field["options"]), ("选项", "option"))
    listed = table(definition.get(SEVERITY)).get("list")
    if name == SEVERITY and listed in lists:
        findings.wants(path, value, option_keys(lists, str(listed)), ("等级", "level"))
    if name == "received_kind":
        findings.wants(path, value, keys(elements(definition, "unit_kinds")), ("单位类型", "unit kind"))
    if name == "case_type":
        findings.wants(path, value, keys(elements(definition, "case_types")), ("事项类型", "case type"))
