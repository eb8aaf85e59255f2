"""The attributes of a field 字段属性检查: formats, bounds, checks, defaults, and what each type needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from documents.rules.field_addresses import parts_of
from documents.rules.field_reading import Reading, Unreadable
from documents.rules.field_values import BOUNDED, read_bound, read_value
from documents.rules.fields import fields_of
from documents.rules.grammar.forms import ADDRESS_PARTS, FIELD, FIELD_TYPES, MASKS, SEARCHED, SEARCHES
from documents.rules.lookups import SENSITIVITY, SOURCES, of_answer
from documents.rules.options import option_keys
from documents.rules.patterns import PATTERNS
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, table

SPECIAL_DEFAULTS = frozenset({"now", "today", "me", "my_name", "my_unit"})
MOST_PLACES = 9
SOME_DAY = date(2026, 1, 1)
UNREAD = frozenset({"person", "unit", "files", "table", "case", "consent", "signature", "lookup", "series"})
COUNTED = frozenset({"text", "longtext", "address", "phone", "email", "id_number", "choices", "files"})


def all_fields(definition: Definition) -> dict[str, Definition]:
    """Every field of every form by key; the first form that has it."""
    found: dict[str, Definition] = {}
    for form in elements(definition, "forms"):
        for one in fields_of(form):
            found.setdefault(str(one.get("key")), one)
    return found


def check_fitting(path: str, one: Definition, findings: Findings) -> None:
    """An attribute that means nothing for a field of this type is refused, as the JSON Schema refuses it."""
    kind = str(one.get("type"))
    if kind not in FIELD_TYPES:
        return
    named = f"“{FIELD_TYPES[kind][0]}”（{kind}）", f"a field of type {kind}"
    for name in sorted((set(one) & FIELD.names) - FIELD.fitting(kind)):
        types = ", ".join(sorted(FIELD.attribute(name).only))
        findings.say(
            f"{path}.{name}",
            f"{named[0]}字段不能有属性“{name}”",
            f"{named[1]} cannot have “{name}”",
            (f"请删去 {name}；只有这些类型有它：{types}", f"take {name} out; only these have it: {types}"),
        )


def check_attributes(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    """Everything of a field that does not depend on other fields' values."""
    check_fitting(path, one, findings)
    _check_pattern(path, one, findings)
    _check_bounds(path, one, findings)
    _check_steps(path, one, findings)
    _check_search(path, one, findings)
    _check_mask(path, one, findings)
    _check_default(path, one, definition, findings)
    special = BY_TYPE.get(str(one.get("type")))
    if special is not None:
        special(path, one, definition, findings)


def checks_of(path: str, one: Definition, findings: Findings) -> list[tuple[str, Any]]:
    """The conditions of a field's checks 校验 with their places; each needs a message."""
    written = one.get("check", ())
    if not isinstance(written, list | tuple):
        findings.say(f"{path}.check", "应为列表", "must be a list")
        return []
    found = []
    for index, rule in enumerate(elements(one, "check")):
        place = f"{path}.check[{index}]"
        findings.attributes(place, rule, frozenset({"that", "message", "note"}))
        findings.text(f"{place}.message", rule.get("message"))
        if not rule.get("that"):
            findings.say(place, "校验没有条件", "a check without its condition", ADD_THAT)
        found.append((f"{place}.that", rule.get("that")))
    return found


ADD_THAT = ("请写 that: <表达式>", "write that: <expression>")


def _check_search(path: str, one: Definition, findings: Findings) -> None:
    ways = SEARCHED.get(str(one.get("type")), ())
    if ways and one.get("search") in SEARCHES and one["search"] not in ways:
        findings.say(
            f"{path}.search",
            f"这类字段不能{SEARCHES[one['search']][0]}",
            f"a field of this type cannot be searched by “{one['search']}”",
            (f"请改用 {'、'.join(ways)}，或删去", f"use {' or '.join(ways)}, or take it out"),
        )


def _check_mask(path: str, one: Definition, findings: Findings) -> None:
    """A mask covers what somebody may not read; of a public field nothing is covered."""
    if one.get("mask") is None:
        return
    findings.wants(f"{path}.mask", one["mask"], MASKS, ("脱敏样式", "mask"))
    if _rank(one) == 0:
        findings.say(
            f"{path}.mask",
            "一般字段人人可见，脱敏样式不起作用",
            "everybody may read a public field, so nothing is masked",
            ("请写 class: personal，或删去 mask", "write class: personal, or take the mask out"),
        )


def _check_pattern(path: str, one: Definition, findings: Findings) -> None:
    if one.get("pattern") is None:
        return
    findings.wants(f"{path}.pattern", one["pattern"], PATTERNS, ("格式", "format"))


def _check_bounds(path: str, one: Definition, findings: Findings) -> None:
    kind = str(one.get("type"))
    read = [_bound(path, kind, name, one, findings) for name in ("min", "max")]
    rows = table(one.get("rows"))
    for low, high in ((read[0], read[1]), (rows.get("min"), rows.get("max"))):
        if low is not None and high is not None and type(low) is type(high) and low > high:
            findings.say(path, f"最小值 {low} 大于最大值 {high}", f"min {low} is more than max {high}")
    if kind in COUNTED and isinstance(one.get("max"), int) and one["max"] < 1:
        findings.say(path, f"最大长度 {one['max']} 不成立", f"a most of {one['max']} makes no sense")


def _bound(path: str, kind: str, name: str, one: Definition, findings: Findings) -> Any:
    bound = one.get(name)
    if bound is None:
        return None
    if kind in BOUNDED | {"percent"}:
        found = read_bound(kind, bound, SOME_DAY)
    else:
        found = bound if isinstance(bound, int) and not isinstance(bound, bool) else None
    if found is None:
        findings.say(f"{path}.{name}", f"界限“{bound}”无法识别", f"cannot read the bound “{bound}”", BOUNDS)
    return found


BOUNDS = (
    "请写数字；日期可写 today、today-30、today+7 或 2026-01-31，时刻写 08:00，时长写 90 或 1:30",
    "write a number; for a date today, today-30 or 2026-01-31, for a time 08:00, for a duration 1:30",
)


def _check_steps(path: str, one: Definition, findings: Findings) -> None:
    step, places = one.get("step"), one.get("places")
    if step is not None and not (isinstance(step, int | float) and step > 0):
        findings.say(f"{path}.step", f"步长“{step}”应大于 0", f"a step of “{step}” makes no sense", POSITIVE)
    if places is not None and not (isinstance(places, int) and 0 <= places <= MOST_PLACES):
        findings.say(
            f"{path}.places",
            f"小数位数“{places}”应在 0 至 {MOST_PLACES} 之间",
            f"“{places}” decimal places make no sense",
            ("请写 0 至 9 的整数", "write a whole number from 0 to 9"),
        )


POSITIVE = ("请写大于 0 的数", "write a number above 0")


def _check_default(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    default, kind = one.get("default"), one.get("type")
    dated = kind in ("date", "datetime") and str(default).startswith("today")
    if default is None or default in [*SPECIAL_DEFAULTS] or kind in UNREAD or (dated and _moves(default)):
        return
    try:
        read_value(one, default, Reading(definition.get("lists", {}), SOME_DAY))
    except (Unreadable, KeyError) as wrong:
        code = getattr(wrong, "code", "")
        if code not in ("too_low", "too_high", "not_an_option", "unknown_type"):
            findings.say(
                f"{path}.default",
                f"默认值“{default}”不合这一字段的要求",
                f"the default “{default}” is no value of this field",
                ("请改正默认值，或删去", "correct the default, or take it out"),
            )


def _moves(default: Any) -> bool:
    return read_bound("date", default, SOME_DAY) is not None


def _consent(path: str, one: Definition, _definition: Definition, findings: Findings) -> None:
    findings.text(f"{path}.text", one.get("text"))


def _series(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    known = keys(elements(definition, "numbering"))
    findings.wants(f"{path}.numbering", one.get("numbering"), known, ("编号规则", "number series"))


def _signature(path: str, one: Definition, _definition: Definition, findings: Findings) -> None:
    if one.get("of") is not None:
        findings.wants(f"{path}.of", one["of"], {"actor"}, ("签名人", "signer"))


def _address(path: str, one: Definition, _definition: Definition, findings: Findings) -> None:
    """Only a part that is asked can be required."""
    for name in ("parts", "parts_needed"):
        known = ADDRESS_PARTS if name == "parts" else parts_of(one)
        for part in as_list(one.get(name)):
            findings.wants(f"{path}.{name}", part, known, ("地址分项", "part of an address"))


def _choices(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    if one.get("exclusive") is not None:
        offered = option_keys(definition.get("lists", {}), str(one.get("options")))
        findings.wants(f"{path}.exclusive", one["exclusive"], offered, ("选项", "option"))


def _lookup(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    source = table(one.get("lookup"))
    findings.attributes(f"{path}.lookup", source, frozenset({"of", "field"}))
    fields = all_fields(definition)
    starts = {key for key, field in fields.items() if field.get("type") in SOURCES}
    noun = ("投诉、单位或人员字段", "field of a case, unit or person")
    if not findings.wants(f"{path}.lookup.of", source.get("of"), starts, noun):
        return
    kind = str(fields[source["of"]]["type"])
    answers = {key for key, field in fields.items() if field.get("type") not in ("note", "table", "files")}
    names = {*SOURCES[kind], *(answers if kind == "case" else ())}
    findings.wants(f"{path}.lookup.field", source.get("field"), names, ("可引用的内容", "thing to look up"))
    answer = fields.get(of_answer(source, kind) or "")
    if answer is not None and _rank(answer) > _rank(one):
        findings.say(
            f"{path}.class",
            f"引用的“{source['field']}”敏感级别更高",
            f"looks up “{source['field']}”, which is more sensitive than this field",
            (f"请写 class: {answer['class']}", f"write class: {answer['class']}"),
        )


def _rank(one: Definition) -> int:
    sensitivity = one.get("class", SENSITIVITY[0])
    return SENSITIVITY.index(sensitivity) if sensitivity in SENSITIVITY else 0


BY_TYPE: dict[str, Callable[[str, Definition, Definition, Findings], None]] = {
    "address": _address,
    "consent": _consent,
    "series": _series,
    "signature": _signature,
    "choices": _choices,
    "lookup": _lookup,
}
