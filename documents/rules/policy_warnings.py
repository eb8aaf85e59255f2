"""Warnings 提示: what a policy may be published with, and somebody should look at all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import Tree, compile_expression, evaluate, names
from documents.rules.fields import fields_of, members
from documents.rules.options import OUTCOMES, option_keys
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import WITH_OPTIONS
from documents.rules.policy_portable import tables
from documents.rules.policy_problems import Definition, Findings, Problem, as_list, elements, named, table
from documents.rules.policy_shapes import all_slots
from documents.rules.recipients import OTHERWISE

MOST_CASES: Final = 4_096


def warnings(definition: Mapping[str, Any]) -> list[Problem]:
    """Everything that is allowed and probably not meant, in a definition without problems."""
    findings = Findings()
    for check in CHECKS:
        check(definition, findings)
    return [one._replace(severity="warn") for one in findings.problems]


def _unused_forms(definition: Definition, findings: Findings) -> None:
    used = {table(one.get("register")).get("form") for one in elements(definition, "case_types")}
    used |= {step.get("form") for step in _steps(definition)}
    used |= {letter.get("form") for letter in elements(definition, "letters")}
    used |= {effect.get("form") for effect in _effects(definition) if isinstance(effect, Mapping)}
    for path, form in named(elements(definition, "forms"), "forms"):
        if form.get("key") not in used:
            _say_unused(path, ("表单", "form"), findings)


def _unused_contacts(definition: Definition, findings: Findings) -> None:
    told = {one.get("contact") for _, one in tables({"ladders": definition.get("ladders")})}
    told |= {one.get("contact") for _, one in tables({"duties": definition.get("duties")})}
    told |= {one.get("contact") for _, one in tables({"policy": definition.get("policy")})}
    for path, contact in named(elements(definition, "contacts"), "contacts"):
        if contact.get("key") not in told:
            _say_unused(path, ("指定联系人", "named contact"), findings)


def _unused_lists(definition: Definition, findings: Findings) -> None:
    fields = [*all_fields(definition).values()]
    used = {one.get("options") for field in fields for one in (field, *members(field, "fields"))}
    used |= {
        one.get("options") for report in elements(definition, "reports") for one in members(report, "tables")
    }
    for name in table(definition.get("lists")):
        if name not in used | {OUTCOMES, table(definition.get("severity")).get("list")}:
            _say_unused(f"lists[{name}]", ("选项列表", "option list"), findings)


def _unused_effects(definition: Definition, findings: Findings) -> None:
    effects = [effect for effect in _effects(definition) if isinstance(effect, Mapping)]
    started = {effect.get(name) for effect in effects for name in ("start", "within")}
    started |= {one.get("cap") for one in elements(definition, "limits")}
    for path, limit in named(elements(definition, "limits"), "limits"):
        if limit.get("key") not in started:
            findings.say(
                path,
                "没有流转开始计这一时限",
                "no step ever starts this limit",
                ("请在某个流转的效果中开始它，或删去", "let a step start it, or take it out"),
            )
    written = {effect.get("letter") for effect in effects}
    written |= {
        rung.get("letter") for one in elements(definition, "ladders") for rung in elements(one, "rungs")
    }
    for path, letter in named(elements(definition, "letters"), "letters"):
        if letter.get("key") not in written:
            _say_unused(path, ("函件", "letter"), findings)


def _say_unused(path: str, noun: tuple[str, str], findings: Findings) -> None:
    findings.say(
        path,
        f"没有地方用到这一{noun[0]}",
        f"nothing uses this {noun[1]}",
        ("请用上它，或删去", "use it, or take it out"),
    )


def _no_scenarios(definition: Definition, findings: Findings) -> None:
    if not elements(definition, "scenarios"):
        findings.say(
            "scenarios",
            "没有试行案例，发布前无从验证",
            "no scenario proves it before it is published",
            ("请至少加一个案例", "add at least one"),
        )


def _nobody_hears(definition: Definition, findings: Findings) -> None:
    """Where nobody can be told, the head of intake hears of it; without that slot somebody must be named."""
    telling = table(table(definition.get("policy")).get("telling"))
    if telling.get("otherwise") or {who["at"] for who in OTHERWISE} <= all_slots(definition):
        return
    for path, ladder in named(elements(definition, "ladders"), "ladders"):
        if not ladder.get("otherwise"):
            findings.say(
                path,
                "该通知的人都无法通知时，没有人会知道",
                "when none of those it tells can be told, nobody hears of it",
                ("请填写 otherwise，或在 policy.telling 中填写", "name somebody under otherwise"),
            )


def _steps(definition: Definition) -> Iterator[Definition]:
    for flow in elements(definition, "workflows"):
        yield from members(flow, "transitions")


def _effects(definition: Definition) -> Iterator[Any]:
    for one in elements(definition, "case_types"):
        yield from as_list(table(one.get("register")).get("effects"))
    for step in _steps(definition):
        yield from as_list(step.get("effects"))
    for level in members(table(definition.get("severity")), "levels"):
        yield from as_list(level.get("on_raise"))
    for limit in elements(definition, "limits"):
        yield from as_list(limit.get("missed"))


def _contradictions(definition: Definition, findings: Findings) -> None:
    """A condition over choices that no choice ever fulfils."""
    domains = _domains(definition)
    for path, text in _conditions(definition):
        if is_never(text, domains):
            findings.say(
                path,
                f"条件“{text}”永远不会成立",
                f"“{text}” can never hold",
                ("请改正条件，或删去", "correct it, or take it out"),
            )


def is_never(text: Any, domains: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a condition that reads only choices holds for none of them."""
    if not isinstance(text, str):
        return False
    try:
        tree: Tree = compile_expression(text)
    except PolicyInvalid:
        return False
    read = sorted(names(tree))
    if not read or any(name not in domains for name in read):
        return False
    if prod(len(domains[name]) for name in read) > MOST_CASES:
        return False
    return not any(
        evaluate(tree, dict(zip(read, values, strict=True)))
        for values in product(*(domains[name] for name in read))
    )


def _domains(definition: Definition) -> dict[str, list[Any]]:
    lists = table(definition.get("lists"))
    found: dict[str, list[Any]] = {}
    for key, one in all_fields(definition).items():
        if one.get("type") in WITH_OPTIONS - {"choices"} and one.get("options") in lists:
            found[key] = [None, *sorted(option_keys(lists, str(one["options"])))]
        elif one.get("type") == "bool":
            found[key] = [None, True, False]
    return found


def _conditions(definition: Definition) -> Iterator[tuple[str, Any]]:
    for path, form in named(elements(definition, "forms"), "forms"):
        for place, one in named(fields_of(form), f"{path}.fields"):
            yield from ((f"{place}.{name}", one.get(name)) for name in ("visible", "required"))
    for path, flow in named(elements(definition, "workflows"), "workflows"):
        for place, step in named(members(flow, "transitions"), f"{path}.transitions"):
            yield f"{place}.when", step.get("when")
            for branch in as_list(step.get("to")):
                if isinstance(branch, Mapping):
                    yield f"{place}.to", branch.get("when")


Check = Callable[[Definition, Findings], None]
CHECKS: Final[tuple[Check, ...]] = (
    *(_unused_forms, _unused_contacts, _unused_lists, _unused_effects, _contradictions),
    *(_no_scenarios, _nobody_hears),
)


def role_conflicts(definition: Definition, others: Mapping[str, Definition]) -> list[Problem]:
    """A role is one for the whole house: another policy in force must not give it other rights."""
    findings = Findings()
    for path, role in named(elements(definition, "roles"), "roles"):
        for policy, other in others.items():
            same = next((one for one in elements(other, "roles") if one.get("key") == role.get("key")), None)
            if same is not None and _rights(role) != _rights(same):
                findings.say(
                    path,
                    f"制度 {policy} 的同名岗位角色有不同的范围、可读级别或操作",
                    f"the policy {policy} gives this role another reach, other classes or operations",
                    ("请把其中一个更名，或使两者一致", "rename one of them, or make them alike"),
                )
    return findings.problems


def _rights(role: Definition) -> tuple[Any, ...]:
    sets = (frozenset(map(str, as_list(role.get(name)))) for name in ("reads", "may"))
    return (role.get("reach", "unit"), *sets)
