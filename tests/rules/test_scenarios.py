"""Scenarios are checked before they are played: every slip of the pen is named where it stands."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.policy_checking import Problem, problems
from documents.rules.scenarios import filled_form, people_of, read_moment, written_moment

ZONE = "Asia/Shanghai"


def p01() -> dict[str, Any]:
    return copy.deepcopy(pack_definition("p01"))


def scenario_of(definition: dict[str, Any], key: str = "outlet_cannot_solve") -> dict[str, Any]:
    return next(one for one in definition["scenarios"] if one["key"] == key)


def found(definition: dict[str, Any]) -> list[Problem]:
    return problems(definition)


def edit(path: list[Any], value: Any) -> dict[str, Any]:
    """P01 with one place of a scenario changed."""
    definition = p01()
    place: Any = scenario_of(definition)
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return definition


STEP, EXPECT = ["steps", 2], ["expect"]


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        ([*STEP, "do"], "reprot", "流转“reprot”不存在", "transition “reprot”"),
        (["steps", 0, "register"], "claim", "事项类型“claim”不存在", "case type “claim”"),
        ([*STEP, "by"], "wang", "人员“wang”无法识别", "person “wang”"),
        ([*STEP, "by"], "chief@outlet", "岗位角色“chief”", "role “chief”"),
        ([*STEP, "by"], "clerk@moon", "示例单位“moon”", "unit “moon”"),
        ([*STEP, "at"], "2月13日", "时刻“2月13日”无法识别", "moment “2月13日”"),
        ([*STEP, "at"], "2026-02-30 09:00", "无法识别", "cannot read"),
        ([*STEP, "at"], "2026-02-01 09:00", "早于上一步", "before the step"),
        ([*STEP, "case"], "other", "案件代号“other”", "case name “other”"),
        ([*STEP, "values", "reason"], "x", "字段“reason”", "field “reason”"),
        (["steps", 0, "do"], "report", "一步只能是", "a step registers"),
        (
            ["steps", 1],
            {"statement": "x", "by": "clerk@outlet", "at": "2026-02-13 16:40"},
            "说明情况的表单“x”",
            "statement “x”",
        ),
        ([*EXPECT, "due", "sign"], "2026-02-25", "时限“sign”", "limit “sign”"),
        ([*EXPECT, "due", "sign_for"], "soon", "时刻“soon”", "moment “soon”"),
        ([*EXPECT, "route"], ["start"], "环节“start”", "stage “start”"),
        ([*EXPECT, "letters"], ["answer"], "函件“answer”", "letter “answer”"),
        ([*EXPECT, "outcome"], "won", "处理结果“won”", "outcome “won”"),
        ([*EXPECT, "archive"], "D99", "保管期限“D99”", "retention “D99”"),
        ([*EXPECT, "status"], "done", "案件状态“done”", "status “done”"),
        ([*EXPECT, "dew"], {}, "预期项“dew”", "expected “dew”"),
        ([*EXPECT, "notices", 0, "rung"], "soon", "级“soon”", "rung “soon”"),
        ([*EXPECT, "also"], {"appeal": {"route": []}}, "案件代号“appeal”", "case name “appeal”"),
        ([*EXPECT, "duties"], {"tax": ["2026-01-01"]}, "周期事项“tax”", "duty “tax”"),
        (EXPECT, {}, "没有写明预期", "expects nothing"),
    ],
)
def test_a_slip_is_named_where_it_stands(path: list[Any], value: Any, zh: str, en: str) -> None:
    told = found(edit(path, value))
    assert any(zh in one.zh and en in one.en for one in told), told
    assert all(one.path.startswith("scenarios[outlet_cannot_solve]") for one in told)
    assert all(one.remedy_zh and one.remedy_en for one in told)


def test_the_first_step_registers() -> None:
    definition = p01()
    scenario_of(definition)["steps"].pop(0)
    assert any("第一步应为登记" in one.zh for one in found(definition))


def test_the_example_organisation_is_checked_too() -> None:
    definition = p01()
    outlet = definition["example"]["units"][-1]
    outlet.update(kind="kiosk", under="nowhere", head="nobody")
    told = " ".join(one.zh for one in found(definition))
    assert "单位类型“kiosk”" in told
    assert "示例单位“nowhere”" in told
    assert "人员“nobody”无法识别" in told


def test_everybody_mentioned_is_there() -> None:
    people = people_of(p01())
    assert {"clerk@outlet", "relief_officer@office", "senior@senior"} <= set(people)
    assert len(people) == len(set(people))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-13 16:40", datetime(2026, 2, 13, 8, 40, tzinfo=UTC)),
        ("2026-02-25 24:00", datetime(2026, 2, 25, 15, 59, 59, tzinfo=UTC)),
        ("2026-01-01 00:00", datetime(2025, 12, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_local_and_its_day_ends_at_24(text: str, moment: datetime) -> None:
    assert read_moment(text, ZONE) == moment
    assert written_moment(moment, ZONE) == text


@pytest.mark.parametrize("text", ["9999-12-31 24:00", "0001-01-01 00:00", "2026-99-99 10:00", "²", ""])
def test_a_moment_that_nothing_can_count_from_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_moment(text, ZONE)
    form = {"sections": [{"fields": [{"key": "at", "type": "datetime"}, {"key": "rows", "type": "table"}]}]}
    assert filled_form(form, {"at": text, "rows": [1, text]}, {}, zone=ZONE) == {
        "at": text,
        "rows": [1, text],
    }
