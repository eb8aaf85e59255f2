"""The severity of a policy 定级检查: every level is reached, and every rule asks for something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import names_in
from documents.rules.grammar import SHAPES
from documents.rules.moments import MOMENT_FACTS
from documents.rules.options import option_keys
from documents.rules.policy_effects import check_effects
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import check_condition
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_shapes import check_keys
from documents.rules.severity_scale import Similar, Span

# Nobody presses a button when a level is raised, so these have nobody to speak for them.
OF_PEOPLE = frozenset(
    {"set_severity", "handler", "request_extension", "decide_extension", "open_case", "archive"}
)
LEVEL = ("等级", "level")


def check_severity(definition: Definition, findings: Findings) -> None:
    """The levels come from a list, and rules or people raise a case to each of them."""
    if "severity" not in definition:
        return
    section = table(definition["severity"])
    findings.attributes("severity", section, SHAPES["severity"].names)
    if "severity" in all_fields(definition):
        findings.say(
            "severity",
            "有字段的代码是 severity，条件会分不清它和等级",
            "a field has the key severity; a condition could not tell it from the level",
            ("请给字段更名", "rename the field"),
        )
    _check_names(section, definition, findings)
    levels = levels_of(definition)
    if levels is None:
        return
    _check_levels(section, levels, definition, findings)
    _check_rules(section, levels, definition, findings)
    _check_reached(section, levels, definition, findings)


def levels_of(definition: Definition) -> list[str] | None:
    """The levels, the lowest first; None where they are not named rightly."""
    section = table(definition.get("severity"))
    options = table(definition.get("lists")).get(str(section.get("list")))
    if not isinstance(options, list | tuple):
        return None
    live = [one for one in options if isinstance(one, Mapping) and not one.get("retired")]
    return [str(one.get("key")) for one in live]


def _check_names(section: Definition, definition: Definition, findings: Findings) -> None:
    lists = table(definition.get("lists"))
    named_rightly = findings.wants("severity.list", section.get("list"), lists, ("选项列表", "option list"))
    if named_rightly and any(table(one).get("children") for one in as_list(lists[section["list"]])):
        findings.say("severity.list", "等级列表不能分层", "levels cannot have levels below them")
    types = keys(elements(definition, "case_types"))
    for one in as_list(section.get("case_types")):
        findings.wants("severity.case_types", one, types, ("事项类型", "case type"))
    fields = all_fields(definition)
    for name in ("alike", "complainant"):
        for one in as_list(section.get(name)):
            findings.wants(f"severity.{name}", one, fields, ("字段", "field"))


def _check_levels(section: Definition, levels: list[str], definition: Definition, findings: Findings) -> None:
    for index, one in enumerate(elements(section, "levels")):
        place = f"severity.levels[{index}]"
        findings.attributes(place, one, SHAPES["severity_level"].names)
        findings.wants(f"{place}.level", one.get("level"), levels, LEVEL)
        if one.get("tone") is not None:
            tones = SHAPES["severity_level"].attribute("tone").choices
            findings.wants(f"{place}.tone", one["tone"], tones, ("颜色", "tone"))
        check_effects(f"{place}.on_raise", one.get("on_raise"), definition, findings)
        for verb in sorted({name for effect in as_list(one.get("on_raise")) for name in effect} & OF_PEOPLE):
            findings.say(
                f"{place}.on_raise",
                f"升级时没有办理人，不能“{verb}”",
                f"nobody acts when a level is raised: “{verb}” cannot stand here",
                ("请放到某个流转的效果中", "let a step of the workflow do it"),
            )


def _check_rules(section: Definition, levels: list[str], definition: Definition, findings: Findings) -> None:
    rules = elements(section, "rules")
    check_keys("severity.rules", rules, findings)
    for place, rule in named(rules, "severity.rules"):
        findings.attributes(place, rule, SHAPES["severity_rule"].names)
        findings.text(f"{place}.label", rule.get("label"))
        if findings.wants(f"{place}.level", rule.get("level"), levels, LEVEL) and rule["level"] == levels[0]:
            findings.say(
                f"{place}.level",
                "最低等级无须标准，不符合任何标准即为该级",
                "the lowest level needs no rule: it is what no rule raises",
                ("请改为更高的等级，或删去这条标准", "name a higher level, or take the rule out"),
            )
        _check_asks(place, rule, section, definition, findings=findings)


def _check_asks(
    place: str, rule: Definition, section: Definition, definition: Definition, *, findings: Findings
) -> None:
    check_condition(f"{place}.when", rule.get("when"), definition, findings)
    if "severity" in _names_of(rule.get("when")):
        findings.say(
            f"{place}.when", "标准不能以等级本身为条件", "a rule cannot read the level that it decides"
        )
    if _names_of(rule.get("when")) & MOMENT_FACTS:
        findings.say(
            f"{place}.when",
            "标准不能以当天日期为条件，到时无法自动定级",
            "a rule cannot read the day: nobody would know when it begins to hold",
            ("请改用“收到后满此时长仍在办”", "use “unresolved” instead"),
        )
    _check_span(f"{place}.unresolved", rule.get("unresolved"), Span.from_definition, findings)
    _check_span(f"{place}.similar", rule.get("similar"), Similar.from_definition, findings)
    if not any(rule.get(name) not in (None, True, "true") for name in ("when", "unresolved", "similar")):
        findings.say(
            place,
            "没有任何条件，所有案件都会升级",
            "asks for nothing, so every case would be raised",
            ("请填写适用条件、时长或同类件数", "give a condition, a span or a number of others"),
        )
    if rule.get("similar") and not (section.get("alike") and section.get("complainant")):
        findings.say(
            f"{place}.similar",
            "没有说明按哪个字段认定同类、按哪些字段区分投诉人",
            "nothing says by which fields complaints are of one type, and complainants differ",
            (
                "请填写 severity.alike 和 severity.complainant",
                "fill in severity.alike and severity.complainant",
            ),
        )


def _names_of(text: Any) -> frozenset[str]:
    try:
        return names_in(text)
    except PolicyInvalid:
        return frozenset()


def _check_span(path: str, value: Any, read: Callable[[Definition], Any], findings: Findings) -> None:
    if not value:
        return
    shape = SHAPES["similar" if path.endswith("similar") else "span"]
    findings.attributes(path, value, shape.names)
    try:
        read(value)
    except (ValueError, TypeError, KeyError) as error:
        findings.say(
            path,
            f"时长或件数无法识别：{error}",
            f"cannot be read: {error}",
            ("数量应为大于 0 的整数，件数至少为 2", "amounts are whole and above 0, at least 2 of a type"),
        )


def _check_reached(
    section: Definition, levels: list[str], definition: Definition, findings: Findings
) -> None:
    if not levels:
        return
    by_people = {str(effect["set_severity"]) for effect in _effects(definition) if "set_severity" in effect}
    fields, lists = all_fields(definition), table(definition.get("lists"))
    offered = {
        key
        for name in by_people
        if table(fields.get(name)).get("options") in lists
        for key in option_keys(lists, str(fields[name]["options"]))
    }
    raised = {str(rule.get("level")) for rule in elements(section, "rules")}
    for level in levels[1:]:
        if level not in raised | offered:
            findings.say(
                "severity.rules",
                f"没有标准或人工能升至等级“{level}”",
                f"neither a rule nor a person ever raises a case to “{level}”",
                ("请为它写一条标准，或停用这个选项", "write a rule for it, or retire the option"),
            )


def _effects(definition: Definition) -> Iterator[Definition]:
    for flow in elements(definition, "workflows"):
        for step in elements(flow, "transitions"):
            yield from (one for one in as_list(step.get("effects")) if isinstance(one, Mapping))
    for one in elements(definition, "case_types"):
        listed = as_list(table(one.get("register")).get("effects"))
        yield from (effect for effect in listed if isinstance(effect, Mapping))
