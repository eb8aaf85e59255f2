"""The effects of a policy's steps 效果检查: each is known, and what it names is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.rules.grammar.flows import BREAKS
from documents.rules.options import option_keys
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import check_condition
from documents.rules.policy_hearing import check_hear
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, table
from documents.rules.policy_shapes import all_slots
from documents.rules.standing import UNMOVED_BY_PAUSE

MOST_LEVEL = 9
# What only a person can do: it asks for somebody's form, or somebody's decision.
BY_PEOPLE = frozenset(
    {"set_severity", "request_extension", "decide_extension", "archive", "pause", "recuse", "unassign"}
    | {"hear"}
)

Check = Callable[[str, Any, Definition, Definition, Findings], None]


def _one_of(section: str, noun: tuple[str, str]) -> Check:
    def check(path: str, value: Any, _effect: Definition, definition: Definition, findings: Findings) -> None:
        findings.wants(path, value, keys(elements(definition, section)), noun)

    return check


def _field_or(*words: str) -> Check:
    def check(path: str, value: Any, _effect: Definition, definition: Definition, findings: Findings) -> None:
        findings.wants(
            path, value, {*findings.once("fields", lambda: all_fields(definition)), *words}, ("字段", "field")
        )

    return check


def _start(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    _one_of("limits", ("时限", "limit"))(path, value, effect, definition, findings)
    if effect.get("anchor") not in (None, "now"):
        dated = {
            key
            for key, one in findings.once("fields", lambda: all_fields(definition)).items()
            if one.get("type") == "datetime"
        }
        findings.wants(f"{path}.anchor", effect["anchor"], dated, ("时间字段", "date and time field"))


def _resume(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    _one_of("limits", ("时限", "limit"))(path, value, effect, definition, findings)
    if effect.get("break") is not None:
        findings.wants(f"{path}.break", effect["break"], BREAKS, ("计法", "way of counting"))


def _limit_or_all(
    path: str, value: Any, _effect: Definition, definition: Definition, findings: Findings
) -> None:
    findings.wants(path, value, {*keys(elements(definition, "limits")), "all"}, ("时限", "limit"))


def _pause(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    """A limit that a pause can move, and the field in which the reason is written."""
    _limit_or_all(path, value, effect, definition, findings)
    limits = {one.get("key"): one for one in elements(definition, "limits")}
    if limits.get(value, {}).get("counted_in") in UNMOVED_BY_PAUSE:
        findings.say(
            path,
            "固定时刻或他人规定的期限不因暂停而变，不能暂停",
            "a pause does not move a fixed moment, nor one that somebody set",
        )
    if effect.get("reason") is None:
        findings.say(
            path, "没有说明暂停原因取自哪个字段", "does not say which field holds the reason of the pause"
        )
    else:
        _field_or()(f"{path}.reason", effect["reason"], effect, definition, findings)


def _slot(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    findings.wants(path, value, all_slots(definition), ("单位角色", "unit slot"))
    units = {
        key
        for key, one in findings.once("fields", lambda: all_fields(definition)).items()
        if one.get("type") == "unit"
    }
    known = units | {f"unit_{slot}" for slot in all_slots(definition)}
    findings.wants(f"{path}.from", effect.get("from"), known, ("单位字段", "unit field"))


def _number(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    _one_of("numbering", ("编号规则", "number series"))(path, value, effect, definition, findings)
    if not effect.get("into"):
        findings.say(path, "没有说明编号存为什么", "does not say where the number goes")


def _decision(
    path: str, value: Any, _effect: Definition, _definition: Definition, findings: Findings
) -> None:
    findings.wants(path, value, {"approved", "refused"}, ("决定", "decision"))


def _level(path: str, value: Any, _effect: Definition, _definition: Definition, findings: Findings) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_LEVEL:
        findings.say(
            path, f"层级应为 1 至 {MOST_LEVEL} 的整数", f"a level is a whole number, 1 to {MOST_LEVEL}"
        )


def _outcome(path: str, value: Any, _effect: Definition, definition: Definition, findings: Findings) -> None:
    known = option_keys(definition.get("lists", {}), "outcomes") | set(
        findings.once("fields", lambda: all_fields(definition))
    )
    findings.wants(path, value, known, ("处理结果", "outcome"))


def _open_case(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    _one_of("case_types", ("事项类型", "case type"))(path, value, effect, definition, findings)
    findings.wants(f"{path}.at", effect.get("at"), all_slots(definition), ("单位角色", "unit slot"))
    if not effect.get("link"):
        findings.say(path, "没有说明两案的关系", "does not say how the two cases are linked")
    known = {*findings.once("fields", lambda: all_fields(definition)), "number", "title"}
    for name in (*as_list(effect.get("carry")), *table(effect.get("from")).values()):
        findings.wants(f"{path}.from", name, known, ("字段", "field"))


def _archive(path: str, _value: Any, _effect: Definition, definition: Definition, findings: Findings) -> None:
    if not table(definition.get("archive")):
        findings.say(
            path,
            "没有归档规则，不能归档",
            "without archive rules nothing can be archived",
            ("请先填写归档规则，或删除这项效果", "write the archive rules first, or take the effect away"),
        )


def _set_severity(
    path: str, value: Any, effect: Definition, definition: Definition, findings: Findings
) -> None:
    """A person sets the level by a choice among the levels, with a reason."""
    listed = table(definition.get("severity")).get("list")
    if not listed:
        findings.say(
            path,
            "没有定级标准，不能人工定级",
            "without a section of severity no level can be set",
            ("请先填写定级，或删除这项效果", "write the section of severity first, or take the effect away"),
        )
        return
    fields = findings.once("fields", lambda: all_fields(definition))
    offering = {key for key, one in fields.items() if one.get("options") == listed}
    findings.wants(path, value, offering, ("等级选择字段", "choice of a level"))
    findings.wants(f"{path}.reason", effect.get("reason"), fields, ("字段", "field"))


def _anything(
    _path: str, _value: Any, _effect: Definition, _definition: Definition, _findings: Findings
) -> None:
    """Nothing to look up."""


EFFECTS: Mapping[str, Check] = {
    "start": _start,
    "stop": _one_of("limits", ("时限", "limit")),
    "call_off": _one_of("limits", ("时限", "limit")),
    "resume": _resume,
    "pause": _pause,
    "unpause": _limit_or_all,
    "request_extension": _one_of("limits", ("时限", "limit")),
    "decide_extension": _decision,
    "slot": _slot,
    "handler": _field_or("actor"),
    "unassign": _anything,
    "recuse": _field_or(),
    "recuse_named": _field_or(),
    "recuse_head": _field_or(),
    "recuse_workers": _field_or(),
    "hear": check_hear,
    "unhear": _field_or("all"),
    "number": _number,
    "outcome": _outcome,
    "mark": _anything,
    "escalate": _level,
    "letter": _one_of("letters", ("函件", "letter")),
    "open_case": _open_case,
    "set_severity": _set_severity,
    "archive": _archive,
}
EFFECT_ATTRIBUTES = frozenset(
    {"when", "anchor", "from", "into", "link", "at", "carry", "source", "basis", "break", "reason"}
    | {"question", "form", "opens", "within"}
)


def check_effects(path: str, effects: Any, definition: Definition, findings: Findings) -> None:
    """Every effect is one that the portal knows, and what it names is there."""
    for index, effect in enumerate(as_list(effects)):
        place = f"{path}[{index}]"
        known = [name for name in effect if name in EFFECTS] if isinstance(effect, Mapping) else []
        if len(known) != 1:
            findings.say(place, f"不认识的效果“{effect}”", f"unknown effect “{effect}”")
            continue
        findings.attributes(place, effect, EFFECT_ATTRIBUTES | {known[0]})
        EFFECTS[known[0]](f"{place}.{known[0]}", effect[known[0]], effect, definition, findings)
        check_condition(f"{place}.when", effect.get("when"), definition, findings)


def check_missed(path: str, effects: Any, definition: Definition, findings: Findings) -> None:
    """What follows when a limit is missed 逾期后果: effects that need no person."""
    check_effects(path, effects, definition, findings)
    for index, effect in enumerate(as_list(effects)):
        if not isinstance(effect, Mapping):
            continue
        needs = [name for name in effect if name in BY_PEOPLE]
        needs += ["handler"] if effect.get("handler") == "actor" else []
        for name in needs:
            findings.say(
                f"{path}[{index}].{name}",
                "逾期时由系统办理，没有人可以做这一项",
                "is done by the system when the limit is missed: nobody is there to do this",
            )
