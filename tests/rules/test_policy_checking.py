"""A policy with a mistake is not published: one mistake at a time, put into the shipped policy."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.pack_files import definition as pack_definition
from documents.pack_files import packs
from documents.rules.policy_checking import problems
from documents.rules.policy_remedies import OTHERWISE
from documents.rules.policy_warnings import role_conflicts, warnings

Definition = dict[str, Any]
WHOLE = pack_definition("p01")
GONE = object()


class Added(NamedTuple):
    """A value that is added to a list."""

    value: Any


def put(policy: Definition, place: str, value: Any) -> None:
    """Put a value at a place such as `forms/intake/channel/options`; a field is found by its key."""
    *way, last = place.split("/")
    here: Any = policy
    for step in way:
        here = below(here, step)
    if value is GONE:
        del here[last]
    elif isinstance(value, Added):
        here[last].append(value.value)
    else:
        here[last] = value


def below(here: Any, step: str) -> Any:
    if isinstance(here, dict) and step in here:
        return here[step]
    if isinstance(here, list) and step.isdigit():
        return here[int(step)]
    rows = here if isinstance(here, list) else [one for part in here["sections"] for one in part["fields"]]
    return next(one for one in rows if one["key"] == step)


@pytest.fixture
def policy() -> Definition:
    return copy.deepcopy(WHOLE)


@pytest.mark.parametrize("pack", packs())
def test_a_shipped_policy_has_no_problems(pack: str) -> None:
    assert problems(pack_definition(pack)) == []


def test_no_shipped_policy_warns_and_a_role_is_one_in_all_of_them() -> None:
    shipped = {pack: pack_definition(pack) for pack in packs()}
    for pack, definition in shipped.items():
        others = {key: other for key, other in shipped.items() if key != pack}
        assert [*warnings(definition), *role_conflicts(definition, others)] == [], pack


FLOW = "workflows/complaint"
STEPS = f"{FLOW}/transitions"
REPLY = f"{STEPS}/reply/effects"
LIMBO = Added({"key": "limbo", "label": {"zh": "无人区", "en": "Limbo"}, "status": "open"})
ODD = Added({"key": "odd", "label": {"zh": "怪", "en": "Odd"}})
BRANCH = [{"when": "forwarded", "go": "report_up"}]
TWICE = {letter["key"]: Added(letter) for letter in WHOLE["lists"]["channels"]}

# Where the mistake is made, what stands there, where it must be found, and a word that names it.
MISTAKES: list[tuple[str, Any, str, str]] = [
    # workflow
    (f"{FLOW}/stages", LIMBO, "stages[limbo]", "到不了"),
    (f"{STEPS}/supervise/who", [], "transitions[supervise].who", "没有人"),
    (f"{STEPS}/supervise/who", [{"role": "gone", "at": "intake"}], "transitions[supervise].who", "岗位角色"),
    (f"{STEPS}/supervise/to", "gone", "transitions[supervise].to", "环节"),
    (f"{STEPS}/supervise/from", ["gone"], "transitions[supervise].from", "环节"),
    (f"{STEPS}/answer/to", BRANCH, "transitions[answer].to", "无路可走"),
    (f"{STEPS}/reply/not_same_as", ["gone"], "transitions[reply].not_same_as", "流转"),
    (f"{STEPS}/reply/note_from", "gone", "transitions[reply].note_from", "字段"),
    (f"{STEPS}/reply/form", "gone", "transitions[reply].form", "表单"),
    (f"{STEPS}/reply/when", "gone == 1", "transitions[reply].when", "gone"),
    (f"{STEPS}/reply/wen", "x", "transitions[reply]", "wen"),
    (f"{FLOW}/path", ["gone"], "workflows[complaint].path", "环节"),
    (STEPS, Added({"key": "reply"}), "transitions[reply]", "重复"),
    # effects
    (REPLY, Added({"start": "gone"}), "effects[5].start", "时限"),
    (REPLY, Added({"start": "handle", "anchor": "title"}), "effects[5].start.anchor", "时间字段"),
    (REPLY, Added({"stop": "gone"}), "effects[5].stop", "时限"),
    (REPLY, Added({"letter": "gone"}), "effects[5].letter", "函件"),
    (REPLY, Added({"strat": "handle"}), "effects[5]", "不认识的效果"),
    (REPLY, Added({"slot": "gone", "from": "handling_unit"}), "effects[5].slot", "单位角色"),
    (REPLY, Added({"slot": "handling", "from": "title"}), "effects[5].slot.from", "单位字段"),
    (REPLY, Added({"handler": "gone"}), "effects[5].handler", "字段"),
    (REPLY, Added({"number": "gone", "into": "x"}), "effects[5].number", "编号规则"),
    (REPLY, Added({"number": "decision"}), "effects[5].number", "存为什么"),
    (REPLY, Added({"outcome": "gone"}), "effects[5].outcome", "处理结果"),
    (REPLY, Added({"decide_extension": "maybe"}), "effects[5].decide_extension", "决定"),
    (f"{STEPS}/appeal/effects/1/at", "gone", "open_case.at", "单位角色"),
    (f"{STEPS}/appeal/effects/1/carry", ["gone"], "open_case.from", "字段"),
    # case types
    ("case_types/complaint/workflow", "gone", "case_types[complaint].workflow", "流程"),
    ("case_types/complaint/number", "gone", "case_types[complaint].number", "编号规则"),
    ("case_types/appeal/register/columns/title", "gone", "register.columns.title", "字段"),
    ("case_types/appeal/register/columns/status", "title", "register.columns", "status"),
    ("case_types/appeal/register/who", [{"is": "handler"}], "register.who", "岗位角色"),
    ("case_types/appeal/register/to", "gone", "register.to", "环节"),
    ("case_types/appeal/register/who", [], "register.who", "没有人"),
    # forms
    ("forms/intake/channel/options", "gone", "fields[channel]", "选项列表"),
    ("forms/intake/channel/type", "chioce", "fields[channel]", "字段类型"),
    ("forms/intake/channel/default", "pigeon", "fields[channel].default", "选项"),
    ("forms/intake/demand/visible", "sevrity == 1", "fields[demand].visible", "sevrity"),
    ("forms/intake/demand/visible", "import os", "fields[demand].visible", "无法识别"),
    ("forms/intake/demand/visible", "channel == 'pigeon'", "fields[demand].visible", "pigeon"),
    ("forms/intake/demand/visible", "'pigeon' in severity", "fields[demand].visible", "pigeon"),
    ("forms/intake/demand/visible", "received_kind == 'circus'", "fields[demand].visible", "circus"),
    ("forms/intake/demand/requierd", True, "fields[demand]", "requierd"),
    ("forms/intake/demand/class", "secret", "fields[demand]", "secret"),
    ("forms/intake/demand/search", "fuzzy", "fields[demand]", "fuzzy"),
    ("forms/intake/demand/key", "Demand!", "fields[Demand!]", "代码"),
    ("forms/intake/demand/key", "title", "fields[title]", "重复"),
    ("forms/relief_result/relief_findings/key", "amount", "forms[relief_result].fields[amount]", "类型"),
    ("forms/intake/complainant_count/min", 100_001, "fields[complainant_count]", "大于"),
    ("forms/intake/respondent_unit/kinds", ["gone"], "fields[respondent_unit].kinds", "单位类型"),
    ("forms/sign_for/new_handler/at", "gone", "fields[new_handler].at", "单位角色"),
    ("forms/intake/issues/fields", [], "fields[issues]", "栏目"),
    ("forms/note/sections", [], "forms[note]", "没有字段"),
    ("forms/note/basis", "guessed", "forms[note]", "guessed"),
    # values of a wrong kind
    ("forms/intake/demand/required", 3, "fields[demand].required", "表达式"),
    ("forms/intake/demand/type", ["text"], "fields[demand].type", "文字"),
    ("forms/intake/demand/basis", {"a": 1}, "fields[demand].basis", "文字"),
    ("forms/intake/demand/help", "写清楚", "fields[demand].help", "双语"),
    ("forms/intake/demand/width", "wide", "fields[demand].width", "wide"),
    ("forms/intake/issues/rows", {"max": "ten"}, "fields[issues].rows.max", "整数"),
    (f"{STEPS}/reply/primary", "yes", "transitions[reply].primary", "true"),
    (f"{STEPS}/reply/effects", [{"mark": True}], "effects[0].mark", "文字"),
    ("lists/channels", ["letter"], "lists[channels][#0]", "键值表"),
    ("lists/channels", [{"label": {"zh": "信", "en": "Letter"}}], "lists[channels][#0]", "key"),
    ("reports/annual/figures/0/label", 3, "figures[accepted].label", "双语"),
    ("reports/annual/figures", [{"key": "x"}], "figures[x]", "缺少"),
    ("reports/annual/figures/0/cuont", {}, "figures[accepted]", "cuont"),
    ("policy/zoen", "x", "policy", "zoen"),
    # texts and lists
    (
        "forms/intake/demand/label",
        {"zh": "诉求", "en": "What", "or why": None},
        "fields[demand].label",
        "逗号",
    ),
    ("forms/intake/demand/label/en", GONE, "fields[demand].label", "英文"),
    ("forms/intake/demand/label/zh", " ", "fields[demand].label", "中文"),
    ("forms/intake/demand/label", "诉求", "fields[demand].label", "缺少"),
    ("letters/decline/paragraphs/1/en", GONE, "letters[decline].paragraphs[1]", "英文"),
    ("lists/channels", TWICE["letter"], "lists[channels][letter]", "重复"),
    ("lists/categories/0/children/0/label", GONE, "lists[categories][violation_loan].label", "缺少"),
    ("lists/reply_methods", [], "lists[reply_methods]", "没有可选"),
    ("lists/handled_outcomes", ODD, "lists[handled_outcomes][odd]", "outcomes"),
    # time
    ("limits/handle/amount", -1, "limits[handle]", "-1"),
    ("limits/handle/amount", GONE, "limits[handle]", "without an amount"),
    ("limits/handle/counted_in", "fortnights", "limits[handle]", "fortnights"),
    ("limits/handle/ladder", "gone", "limits[handle].ladder", "提醒阶梯"),
    ("limits/handle/cap", "gone", "limits[handle].cap", "时限"),
    ("limits/superior/agreed_field", GONE, "limits[superior]", "哪个字段"),
    ("limits/superior/agreed_field", "title", "limits[superior].agreed_field", "日期字段"),
    ("ladders/main/rungs/before/tell", [], "rungs[before].tell", "没有接收人"),
    ("ladders/main/rungs/before/tell", [{"is": "ghost"}], "rungs[before].tell", "ghost"),
    ("ladders/main/rungs/before/tell", [{"contact": "ghost"}], "rungs[before].tell", "指定联系人"),
    ("contacts", [{"key": "Wang", "label": {"zh": "王", "en": "Wang"}}], "contacts[Wang]", "代码"),
    ("ladders/main/rungs/before/at", "soon", "rungs[before]", "soon"),
    ("ladders/main/rungs/due/tell/1/role", "gone", "rungs[due].tell", "岗位角色"),
    ("ladders/main/rungs/due/tell/1/at", "gone", "rungs[due].tell", "单位角色"),
    ("ladders/main/rungs", [], "ladders[main]", "没有任何一级"),
    ("duties/annual_report/recurrence/every", "moon", "duties[annual_report]", "moon"),
    ("duties/annual_report/owner/role", "gone", "duties[annual_report].owner", "岗位角色"),
    ("duties/annual_report/report", "gone", "duties[annual_report].report", "报告"),
    ("duties/annual_report/remind", ["whenever"], "duties[annual_report].remind", "whenever"),
    ("reports/annual/period/cut_off", "13-01", "reports[annual].period", "month"),
    ("reports/annual/period/cut_off", "01-27", "reports[annual].period", "不足一个月"),
    # how people are told
    ("ladders/main/rungs/before/tell", [{"is": "leader"}], "rungs[before].tell", "哪个单位"),
    ("ladders/main/rungs/before/tell/0/up", 12, "rungs[before].tell", "上几级"),
    (f"{STEPS}/reply/who", [{"is": "leader", "at": "handling"}], "transitions[reply].who", "只能接收通知"),
    ("ladders/main/rungs/before/channels", ["pigeon"], "rungs[before].channels", "pigeon"),
    ("ladders/main/rungs/before/letter", "gone", "rungs[before].letter", "函件"),
    ("ladders/main/rungs/before/quiet", "sing", "rungs[before].quiet", "sing"),
    ("policy/telling", {"channels": ["pigeon"]}, "policy.telling.channels", "pigeon"),
    ("policy/telling", {"quiet": {"from": "08:00", "to": "08:00"}}, "policy.telling.quiet", "起止不能相同"),
    ("policy/telling", {"quiet": {"from": "night"}}, "policy.telling.quiet", "无法识别"),
    ("policy/telling", {"digest_at": "25:00"}, "policy.telling.digest_at", "25:00"),
    ("policy/telling", {"digest_roles": ["gone"]}, "policy.telling.digest_roles", "岗位角色"),
    ("policy/telling", {"watching": ["gone"]}, "policy.telling.watching", "单位角色"),
    ("policy/telling", {"otherwise": [{"is": "ghost"}]}, "policy.telling.otherwise", "ghost"),
    ("policy/telling", {"brief": {"zh": "{{ title }}", "en": "x"}}, "policy.telling.brief", "title"),
    ("policy/telling", {"brief": {"zh": "催办"}}, "policy.telling.brief", "英文"),
    ("policy/telling", {"moon": 1}, "policy.telling", "moon"),
    # one house's own people and units
    ("ladders/main/rungs/before/tell", [{"person": "wang"}], "rungs[before].tell[#0].person", "wang"),
    ("forms/intake/respondent_unit/default", "QH-CD", "fields[respondent_unit].default", "QH-CD"),
    (f"{STEPS}/reply/when", "unit_handling == 'QH-CD'", "transitions[reply].when", "QH-CD"),
    ("forms/intake/demand/visible", "respondent_unit in ['QH-CD']", "fields[demand].visible", "QH-CD"),
    # letters, numbers, roles, slots, archive
    ("letters/decision/addressee", "{{ nobody_known }}", "letters[decision].addressee", "nobody_known"),
    ("letters/decision/appeal_path/en", "{{ gone }}", "letters[decision].appeal_path.en", "gone"),
    ("letters/decision/number", "gone", "letters[decision].number", "编号规则"),
    ("letters/decision/signed_by", "gone", "letters[decision].signed_by", "单位角色"),
    ("letters/decision/paragraphs/3/when", "gone == 1", "paragraphs[3].when", "gone"),
    ("numbering/case/pattern", "TS-{yyyy}", "numbering[case]", "流水号"),
    ("numbering/case/pattern", "{moon}-{seq}", "numbering[case]", "moon"),
    ("numbering/case/reset", "hour", "numbering[case]", "hour"),
    ("roles/clerk/reach", "planet", "roles[clerk].reach", "planet"),
    ("roles/clerk/may", ["fly"], "roles[clerk].may", "fly"),
    ("roles/clerk/reads", ["secret"], "roles[clerk].reads", "secret"),
    ("slots/intake/within", "gone", "slots[intake]", "单位角色"),
    ("slots/intake/kind", "gone", "slots[intake]", "单位类型"),
    ("archive/retention", WHOLE["archive"]["retention"][:1], "archive.retention", "缺省"),
    ("archive/retention/0/when", "'huge' in severity", "archive.retention[0].when", "huge"),
    ("archive/sealed_stage", "gone", "archive.sealed_stage", "归档环节"),
    ("archive/kinds", ["gone"], "archive.kinds", "事项类型"),
    ("policy/calendar", GONE, "policy.calendar", "必须"),
    ("policy/zone", "Mars/Base", "policy.zone", "Mars/Base"),
    ("policy/zone", "../../etc/passwd", "policy.zone", "时区"),
    ("policy/title/en", GONE, "policy.title", "英文"),
    # shape
    ("limits", GONE, "limits", "缺少"),
    ("from_space", [], "from_space", "不认识"),
    ("forms", {"a": 1}, "forms", "列表"),
]


@pytest.mark.parametrize(
    ("place", "value", "path", "words"), MISTAKES, ids=[f"{one[0]}:{one[3]}" for one in MISTAKES]
)
def test_a_mistake_is_found_where_it_is(
    policy: Definition, place: str, value: Any, path: str, words: str
) -> None:
    put(policy, place, value)
    found = problems(policy)
    assert any(path in problem.path and words in problem.zh for problem in found), found
    assert all(problem.zh.strip() and problem.en.strip() for problem in found)
    assert all(problem.remedy_zh not in ("", OTHERWISE[0]) and problem.remedy_en for problem in found), found


def test_a_letter_that_its_reader_may_not_see_is_found(policy: Definition) -> None:
    put(policy, "ladders/main/rungs/before/letter", "decision")
    assert problems(policy) == []
    put(policy, "ladders/main/rungs/before/tell", [{"role": "clerk", "at": "handling"}])
    put(policy, "roles/clerk/reads", [])
    put(policy, "letters/decision/paragraphs/0/zh", "{{ complainant_name }}")
    found = [one for one in problems(policy) if one.path == "ladders[main].rungs[before].letter"]
    assert [one.zh for one in found] == ["函件并入了字段“complainant_name”，接收岗位“clerk”不得知悉"]


def test_a_stage_that_nobody_can_leave_is_found(policy: Definition) -> None:
    put(policy, f"{FLOW}/stages", LIMBO)
    put(policy, f"{STEPS}/withdraw/from", ["received"])
    put(policy, f"{STEPS}/report/to", "limbo")
    assert [one.zh for one in problems(policy) if "limbo" in one.path] == ["没有人能离开这个环节"]


def test_a_circle_that_never_ends_is_found(policy: Definition) -> None:
    flow = below(policy["workflows"], "suggestion")
    flow["stages"].append({"key": "waiting", "label": {"zh": "等候", "en": "Waiting"}, "status": "open"})
    answer = below(flow["transitions"], "answer")
    answer["to"] = "waiting"
    flow["transitions"].append({**answer, "key": "back", "from": ["waiting"], "to": "answering"})
    found = [one.path for one in problems(policy) if "走不到办结" in one.zh]
    assert found == ["workflows[suggestion].stages[answering]", "workflows[suggestion].stages[waiting]"]


def test_checking_changes_nothing(policy: Definition) -> None:
    before = copy.deepcopy(policy)
    problems(policy)
    assert policy == before


@pytest.mark.parametrize("rubbish", [None, 3, "text", [1], [[]], {"a": {}}], ids=repr)
@pytest.mark.parametrize("section", sorted(WHOLE))
def test_rubbish_in_a_section_is_a_problem_not_a_crash(
    policy: Definition, section: str, rubbish: object
) -> None:
    policy[section] = rubbish
    assert problems(policy)


PARTS = [
    ("forms", "sections"),
    ("workflows", "stages"),
    ("workflows", "transitions"),
    ("case_types", "register"),
    ("ladders", "rungs"),
    ("letters", "paragraphs"),
    ("letters", "appeal_path"),
    ("duties", "recurrence"),
    ("duties", "owner"),
    ("reports", "period"),
]


@pytest.mark.parametrize("rubbish", [None, 3, "text", [1], {"a": {}}], ids=repr)
@pytest.mark.parametrize(("section", "part"), PARTS)
def test_rubbish_in_a_part_is_a_problem_not_a_crash(
    policy: Definition, section: str, part: str, rubbish: object
) -> None:
    policy[section][0][part] = rubbish
    assert problems(policy)


def test_a_slip_of_the_pen_is_told_the_right_word(policy: Definition) -> None:
    put(policy, "limits/handle/ladder", "mian")
    put(policy, f"{STEPS}/reply/wen", "x")
    put(policy, "forms/intake/demand/visible", "forwrded")
    assert {one.remedy_en for one in problems(policy)} == {
        *["did you mean “when”?", "did you mean “main”?", "did you mean “forwarded”?"]
    }


def test_what_is_there_is_listed_when_nothing_is_near(policy: Definition) -> None:
    put(policy, "limits/handle/ladder", "zzz")
    assert problems(policy)[0].remedy_zh == "可用：cap、hours、main、relief、short、statement"


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a definition."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield (*way, step)
        yield from places(part, (*way, step))


EVERYWHERE = list(places(WHOLE))
RUBBISH = [3, "x y", True, None, [], {}, ["a"], {"a": 1}, -1, 1.5, [None], [[]]]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVERYWHERE), st.sampled_from(RUBBISH))
def test_rubbish_anywhere_is_no_crash(place: tuple[Any, ...], rubbish: Any) -> None:
    policy = copy.deepcopy(WHOLE)
    here: Any = policy
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = rubbish
    assert all(one.zh and one.en and one.remedy_zh for one in problems(policy))
