"""The severity of a policy is checked before it is published, and its changes are classed and followed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.change_classes import classified
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.policy_checking import problems
from documents.rules.renaming import rename
from documents.rules.where_used import WhereUsed

P10 = pack_definition("p10")
RULE = {"key": "new", "label": {"zh": "新标准", "en": "New"}, "level": "hot"}
MONTH = {"amount": 1, "counted_in": "months"}


def put(path: str, value: Any = None) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"do": "add", "path": path, "value": value}


def gone(path: str) -> dict[str, Any]:
    return {"do": "remove", "path": path}


WEEK, SAME = "severity.rules[week]", "severity.rules[same_type].similar"
FOUR = {"key": "disaster", "label": {"zh": "特别重大", "en": "Disaster"}}
NOBODY_SETS = gone("workflows[complaint].transitions[set_level]")


@pytest.mark.parametrize(
    ("operations", "place", "words"),
    [
        pytest.param(
            [put("severity.list", "nowhere")], "severity.list", "选项列表“nowhere”不存在", id="no list"
        ),
        pytest.param(
            [add("severity.rules", {**RULE, "when": "no_such_field"})],
            "severity.rules[new].when",
            "不存在的字段“no_such_field”",
            id="an unknown field",
        ),
        pytest.param(
            [put(f"{WEEK}.level", "huge")],
            f"{WEEK}.level",
            "等级“huge”不存在",
            id="level",
        ),
        pytest.param(
            [gone(f"{WEEK}.level")],
            f"{WEEK}.level",
            "等级“None”不存在",
            id="no level",
        ),
        pytest.param(
            [put(f"{WEEK}.level", "general")],
            f"{WEEK}.level",
            "最低等级无须标准",
            id="lowest",
        ),
        pytest.param(
            [NOBODY_SETS, add("lists.levels", FOUR)],
            "severity.rules",
            "升至等级“disaster”",
            id="unreachable",
        ),
        pytest.param(
            [add("severity.rules", RULE)],
            "severity.rules[new]",
            "没有任何条件",
            id="asks for nothing",
        ),
        pytest.param(
            [put(f"{WEEK}.unresolved.amount", 0)],
            f"{WEEK}.unresolved",
            "时长",
            id="window 0",
        ),
        pytest.param(
            [put(f"{SAME}.amount", -3)],
            SAME,
            "时长",
            id="< 0",
        ),
        pytest.param(
            [put(f"{SAME}.at_least", 1)],
            SAME,
            "件数",
            id="one",
        ),
        pytest.param(
            [gone("severity.alike")],
            SAME,
            "按哪个字段认定同类",
            id="which type",
        ),
        pytest.param(
            [add("severity.rules", {**RULE, "when": "severity == 'hot'"})],
            "severity.rules[new].when",
            "不能以等级本身为条件",
            id="a rule that reads the level",
        ),
        pytest.param(
            [add("severity.rules", {**RULE, "when": "today() > '2026-01-01'"})],
            "severity.rules[new].when",
            "不能以当天日期为条件",
            id="a rule that reads the day",
        ),
        pytest.param(
            [put("severity.levels[#1].on_raise", [{"handler": "actor"}])],
            "severity.levels[1].on_raise",
            "没有办理人",
            id="nobody acts on a raise",
        ),
        pytest.param(
            [put("severity.levels[#1].on_raise", [{"start": "no_limit"}])],
            "severity.levels[1].on_raise[0].start",
            "时限“no_limit”不存在",
            id="a raise that starts nothing",
        ),
        pytest.param(
            [put("archive.retention[#0].when", "severity == 'enormous'")],
            "archive.retention[0].when",
            "等级“enormous”不存在",
            id="a condition on no level",
        ),
        pytest.param(
            [put("ladders[week].rungs[hot].when", "not our_fault")],
            "ladders[week].rungs[hot].when",
            "不存在的字段“our_fault”",
            id="a rung on no field",
        ),
        pytest.param(
            [put("workflows[complaint].transitions[set_level].effects[#0].reason", "nothing")],
            "workflows[complaint].transitions[set_level].effects[0].set_severity.reason",
            "字段“nothing”不存在",
            id="a level set without a reason",
        ),
    ],
)
def test_what_is_wrong_is_named(operations: list[Any], place: str, words: str) -> None:
    found = problems(apply(P10, operations).definition)
    assert [one.zh for one in found if one.path == place and words in one.zh], [
        (one.path, one.zh) for one in found
    ]


def test_a_section_that_says_nothing_is_refused() -> None:
    empty = {**copy.deepcopy(P10), "severity": {}}
    assert any(one.path == "severity.list" for one in problems(empty))


def test_without_the_section_nothing_may_name_the_level() -> None:
    without = copy.deepcopy(P10)
    del without["severity"]
    words = {one.zh for one in problems(without)}
    assert any("没有定级标准，不能人工定级" in one for one in words)
    assert any("引用了不存在的字段“severity”" in one for one in words)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        pytest.param(put(f"{WEEK}.unresolved.amount", 10), "severity", id="another span"),
        pytest.param(
            put("severity.rules[five_people].when", "complainant_count >= 6"), "severity", id="number"
        ),
        pytest.param(
            add("severity.rules", {**RULE, "similar": {"at_least": 9, **MONTH}}), "severity", id="new"
        ),
        pytest.param(gone("severity.rules[needs_help]"), "severity", id="a rule less"),
        pytest.param(put("severity.rules[week].label.zh", "满一周"), "label", id="words"),
        pytest.param(put("severity.levels[#2].tone", "red"), "severity", id="a colour"),
        pytest.param(put("severity.levels[#2].on_raise", []), "severity", id="what a raise causes"),
        pytest.param(put("ladders[week].rungs[hot].when", "our_cause"), "condition", id="rung"),
    ],
)
def test_a_change_of_the_rules_is_to_be_reviewed(operation: Any, code: str) -> None:
    assert {one.code for one in classified(P10, apply(P10, [operation]).definition)} == {code}


def test_a_level_is_found_wherever_it_is_named_and_renamed_there() -> None:
    places = {one.path for one in WhereUsed(P10).of("lists.levels[major]")}
    assert {"severity.rules[month]", "severity.levels[#3]"} <= places
    assert "workflows[complaint].transitions[send_plan]" in places
    assert any(place.startswith("reports[monthly_service_report].figures[major]") for place in places)
    done = apply(P10, rename(P10, Name("option", "major", "levels"), "grave")).definition
    assert problems(done) == []
    assert done["severity"]["levels"][3]["level"] == "grave"
    assert {one["level"] for one in done["severity"]["rules"]} == {"grave", "hot", "important"}
