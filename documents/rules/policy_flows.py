"""The case types and workflows of a policy 流程检查: every stage is reached, and can be left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from documents.rules.fields import fields_of
from documents.rules.grammar import SHAPES
from documents.rules.policy_effects import check_effects, check_missed
from documents.rules.policy_forms import check_condition
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_shapes import check_keys
from documents.rules.policy_time import check_people

STATUSES = frozenset(SHAPES["stage"].attribute("status").choices)
TONES = frozenset(SHAPES["stage"].attribute("tone").choices)

# What a registration says in lists, beside the form: each filled from one of its fields.
COLUMNS = frozenset({"title", "summary", "category", "channel", "received_at"})
BY_ROLE = ("请写 who: [{role: …}]", "write who: [{role: …}]")


def check_case_types(definition: Definition, findings: Findings) -> None:
    """Every case type has a workflow, a number and a way to register it."""
    workflows, numbers = (keys(elements(definition, name)) for name in ("workflows", "numbering"))
    if not elements(definition, "case_types"):
        findings.say(
            "case_types",
            "没有事项类型，什么也不能登记",
            "without a case type nothing can be registered",
            ("请新增一个事项类型", "add a case type"),
        )
    for path, one in named(elements(definition, "case_types"), "case_types"):
        findings.wants(f"{path}.workflow", one.get("workflow"), workflows, ("流程", "workflow"))
        findings.wants(f"{path}.number", one.get("number"), numbers, ("编号规则", "number series"))
        register = one.get("register")
        if not isinstance(register, Mapping):
            findings.say(f"{path}.register", "没有登记方式", "cannot be registered")
            continue
        _check_register(f"{path}.register", register, one, definition, findings=findings)


def _check_register(
    path: str, register: Definition, case_type: Definition, definition: Definition, *, findings: Findings
) -> None:
    findings.attributes(path, register, SHAPES["register"].names)
    stages = _stages_of(definition, case_type.get("workflow"))
    form = _form(definition, register.get("form"))
    findings.wants(
        f"{path}.form", register.get("form"), keys(elements(definition, "forms")), ("表单", "form")
    )
    check_people(f"{path}.who", register.get("who"), definition, findings)
    if not as_list(register.get("who")):
        findings.say(f"{path}.who", "没有人可以登记", "nobody may register it")
    if not all("role" in table(who) for who in as_list(register.get("who"))):
        findings.say(f"{path}.who", "登记人只能按岗位角色指定", "who registers is named by role", BY_ROLE)
    for name, source in table(register.get("columns")).items():
        findings.wants(f"{path}.columns", name, COLUMNS, ("登记栏目", "column"))
        findings.wants(f"{path}.columns.{name}", source, keys(fields_of(form)), ("字段", "field"))
    if "title" not in table(register.get("columns")):
        findings.say(f"{path}.columns", "没有说明事由取自哪个字段", "does not say which field is the subject")
    check_goal(f"{path}.to", register.get("to"), stages, definition, findings=findings)
    check_effects(f"{path}.effects", register.get("effects"), definition, findings)


def _form(definition: Definition, key: Any) -> Definition:
    return next((form for form in elements(definition, "forms") if form.get("key") == key), {})


def _stages_of(definition: Definition, workflow: Any) -> set[str]:
    found = next((one for one in elements(definition, "workflows") if one.get("key") == workflow), {})
    return keys(elements(found, "stages"))


def check_goal(path: str, goal: Any, stages: set[str], definition: Definition, *, findings: Findings) -> None:
    """A goal is a stage, or branches of which the last has no condition."""
    if isinstance(goal, str):
        findings.wants(path, goal, stages, ("环节", "stage"))
        return
    branches = as_list(goal)
    for branch in branches:
        if isinstance(branch, Mapping):
            findings.wants(path, branch.get("go"), stages, ("环节", "stage"))
            check_condition(f"{path}.when", branch.get("when"), definition, findings)
    if branches and isinstance(branches[-1], Mapping) and branches[-1].get("when") is not None:
        findings.say(
            path,
            "最后一个分支仍有条件，可能无路可走",
            "the last branch has a condition: there may be no way on",
        )


def check_workflows(definition: Definition, findings: Findings) -> None:
    """Every workflow: well-made stages and transitions, all reachable, none a trap."""
    for path, workflow in named(elements(definition, "workflows"), "workflows"):
        stages, transitions = elements(workflow, "stages"), elements(workflow, "transitions")
        check_keys(f"{path}.stages", stages, findings)
        check_keys(f"{path}.transitions", transitions, findings)
        for place, stage in named(stages, f"{path}.stages"):
            _check_stage(place, stage, findings)
        for place, one in named(transitions, f"{path}.transitions"):
            _check_transition(place, one, workflow, definition, findings=findings)
        for key in as_list(workflow.get("path")):
            findings.wants(f"{path}.path", key, keys(stages), ("环节", "stage"))
        _check_ways(path, workflow, definition, findings)


def _check_stage(path: str, stage: Definition, findings: Findings) -> None:
    findings.attributes(path, stage, SHAPES["stage"].names)
    findings.text(f"{path}.label", stage.get("label"))
    findings.wants(f"{path}.status", stage.get("status"), STATUSES, ("状态", "status"))
    if stage.get("tone") is not None:
        findings.wants(f"{path}.tone", stage["tone"], TONES, ("颜色", "tone"))


def _check_transition(
    path: str, one: Definition, workflow: Definition, definition: Definition, *, findings: Findings
) -> None:
    findings.attributes(path, one, SHAPES["transition"].names)
    findings.text(f"{path}.label", one.get("label"))
    stages = keys(elements(workflow, "stages"))
    if one.get("from") != "any_open":
        for key in as_list(one.get("from")):
            findings.wants(f"{path}.from", key, stages, ("环节", "stage"))
        if not as_list(one.get("from")):
            findings.say(f"{path}.from", "没有起始环节", "starts nowhere")
    check_goal(f"{path}.to", one.get("to"), stages, definition, findings=findings)
    check_people(f"{path}.who", one.get("who"), definition, findings)
    if not as_list(one.get("who")) and not as_list(one.get("on_missed")):
        findings.say(f"{path}.who", "没有人可以办理", "nobody may do it")
    if as_list(one.get("on_missed")):
        _check_taken_by_system(path, one, workflow, definition, findings=findings)
    for key in as_list(one.get("not_same_as")):
        findings.wants(
            f"{path}.not_same_as", key, keys(elements(workflow, "transitions")), ("流转", "transition")
        )
    check_condition(f"{path}.when", one.get("when"), definition, findings)
    _check_form_of(path, one, definition, findings)
    if not as_list(one.get("on_missed")):
        check_effects(f"{path}.effects", one.get("effects"), definition, findings)


def _check_taken_by_system(
    path: str, one: Definition, workflow: Definition, definition: Definition, *, findings: Findings
) -> None:
    """A step that the system takes when a limit is missed: nobody fills in a form, and no case is ended."""
    for key in as_list(one["on_missed"]):
        findings.wants(f"{path}.on_missed", key, keys(elements(definition, "limits")), ("时限", "limit"))
    if one.get("form") is not None:
        findings.say(
            f"{path}.form", "系统办理的步骤不能有表单", "a step that the system takes can have no form"
        )
    statuses = {one.get("key"): one.get("status") for one in elements(workflow, "stages")}
    if any(statuses.get(goal, "open") != "open" for goal in goals(one.get("to"))):
        findings.say(f"{path}.to", "逾期不能使案件办结", "nothing that is overdue may end a case")
    check_missed(f"{path}.effects", one.get("effects"), definition, findings)


def _check_form_of(path: str, one: Definition, definition: Definition, findings: Findings) -> None:
    if one.get("form") is not None:
        findings.wants(f"{path}.form", one["form"], keys(elements(definition, "forms")), ("表单", "form"))
    if one.get("note_from") is not None:
        known = keys(fields_of(_form(definition, one.get("form"))))
        findings.wants(f"{path}.note_from", one["note_from"], known, ("字段", "field"))


def _check_ways(path: str, workflow: Definition, definition: Definition, findings: Findings) -> None:
    """Every stage is reached from a registration; from every open one somebody can lead on, and out."""
    ways = moves(workflow, definition)
    stages = {str(one.get("key")): one for one in elements(workflow, "stages")}
    starts = first_stages(workflow, definition)
    if not starts & set(stages):
        findings.say(path, "没有事项类型从这个流程开始", "no case type starts this workflow")
        return
    for key in sorted(set(stages) - _reached(starts, ways)):
        findings.say(
            f"{path}.stages[{key}]", "任何流转都到不了这个环节", "no transition ever reaches this stage"
        )
    ends = {key for key, stage in stages.items() if stage.get("status") != "open"}
    leads_out = _reached(ends, {(goal, start) for start, goal in ways})
    left = {start for start, _goal in ways}
    for key in sorted(set(stages) - ends):
        if key not in left:
            findings.say(
                f"{path}.stages[{key}]", "没有人能离开这个环节", "nobody can lead on from this stage"
            )
        elif key not in leads_out:
            findings.say(f"{path}.stages[{key}]", "从这个环节走不到办结", "no way from this stage to an end")


def first_stages(workflow: Definition, definition: Definition) -> set[str]:
    """Where cases of this workflow begin."""
    registers = [
        table(one.get("register"))
        for one in elements(definition, "case_types")
        if one.get("workflow") == workflow.get("key")
    ]
    return {goal for register in registers for goal in goals(register.get("to"))}


def goals(goal: Any) -> list[str]:
    """The stages that a goal may lead to."""
    if isinstance(goal, str):
        return [goal]
    return [str(branch["go"]) for branch in as_list(goal) if isinstance(branch, Mapping) and "go" in branch]


def moves(workflow: Definition, definition: Definition) -> set[tuple[str, str]]:
    """Each (stage, other stage) that somebody can move a case between; sealing is the archive's own move."""
    stages = elements(workflow, "stages")
    open_keys = [str(one.get("key")) for one in stages if one.get("status") == "open"]
    sealed = table(definition.get("archive")).get("sealed_stage")
    found: set[tuple[str, str]] = set()
    for one in elements(workflow, "transitions"):
        starts = (
            open_keys if one.get("from") == "any_open" else [str(key) for key in as_list(one.get("from"))]
        )
        ends = goals(one.get("to")) if as_list(one.get("who")) or as_list(one.get("on_missed")) else []
        found |= {(start, goal) for start in starts for goal in ends if start != goal}
        if any(isinstance(effect, Mapping) and "archive" in effect for effect in as_list(one.get("effects"))):
            found |= {(goal, str(sealed)) for goal in ends if sealed}
    return found


def _reached(starts: Iterable[str], ways: set[tuple[str, str]]) -> set[str]:
    leads: dict[str, set[str]] = {}
    for start, goal in ways:
        leads.setdefault(start, set()).add(goal)
    found = set(starts)
    waiting = list(found)
    while waiting:
        fresh = leads.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
