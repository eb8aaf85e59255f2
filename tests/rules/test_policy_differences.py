"""What changed is told in words."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.edits import apply
from documents.rules.policy_checking import problems
from documents.rules.policy_differences import differences

P01 = pack_definition("p01")


def told(new: dict[str, Any]) -> list[str]:
    return [one.zh for one in differences(P01, new)]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The policy with one thing set."""
    return apply(P01, [{"do": "set", "path": path, "value": value}]).definition


def test_equal_definitions_do_not_differ() -> None:
    assert differences(P01, copy.deepcopy(P01)) == []


def test_a_changed_limit() -> None:
    new = changed("limits[handle].amount", 5)
    assert told(new) == ["时限 · “办理并答复” · 数量：由“7”改为“5”"]
    assert [one.en for one in differences(P01, new)] == [
        "Time limit · “Handle and reply” · Amount: “7” becomes “5”"
    ]
    assert problems(new) == []


def test_a_changed_rung() -> None:
    assert told(changed("ladders[main].rungs[before].at", "due-3wd")) == [
        "提醒阶梯 · “办理答复阶梯” · 级 · “临期提醒” · 时刻：由“due-2wd”改为“due-3wd”"
    ]


def test_an_attribute_taken_away_and_put_in() -> None:
    assert told(changed("limits[handle].cap", None)) == [
        "删除 时限 · “办理并答复” · 延期不得超过（“最长办理期限”）"
    ]
    assert told(changed("limits[handle].soft", True)) == ["新增 时限 · “办理并答复” · 软性时限（✓）"]


def test_new_and_renamed_options() -> None:
    app = {"key": "app", "label": {"zh": "小程序", "en": "App"}}
    operations: list[dict[str, Any]] = [
        {"do": "set", "path": "lists.channels[phone].label.zh", "value": "电话投诉"},
        {"do": "add", "path": "lists.channels", "value": app},
    ]
    new = apply(P01, operations).definition
    assert told(new) == [
        "选项列表 · channels · “电话投诉” · 名称 · 中文：由“电话”改为“电话投诉”",
        "新增 选项列表 · channels · “小程序”",
    ]
    assert problems(new) == []


def test_additions_removals_and_order() -> None:
    new = copy.deepcopy(P01)
    new["forms"].insert(0, new["forms"].pop(1))
    new["letters"].pop()
    new["limits"].append({**new["limits"][0], "key": "other", "label": {"zh": "另一", "en": "Other"}})
    assert set(told(new)) == {
        "表单 · “客户投诉登记”：顺序调整",
        "删除 函件 · “申诉处理意见书”",
        "新增 时限 · “另一”",
    }


def test_choices_conditions_and_effects_are_told_in_words() -> None:
    assert told(changed("limits[handle].counted_in", "natural_days")) == [
        "时限 · “办理并答复” · 计算单位：由“工作日”改为“自然日”"
    ]
    required = "forms[intake].sections[matter].fields[happened_on].required"
    (added,) = differences(P01, changed(required, "channel == 'phone'"))
    assert added.zh.endswith("· 必填（“投诉方式”等于“电话”）")
    assert added.en.endswith("· Required (“Channel” is “Telephone”)")
    effects = [{"stop": "handle"}, {"mark": "late", "when": "channel == 'phone'"}]
    (whole,) = differences(P01, changed("workflows[complaint].transitions[solve].effects", effects))
    assert whole.zh.endswith("改为“按时限完成：“办理并答复”；加标记：late，条件：“投诉方式”等于“电话””")


def test_what_cannot_be_said_is_shown_as_it_is_written() -> None:
    (broken,) = differences(P01, changed("workflows[complaint].transitions[solve].when", "channel =="))
    assert "channel ==" in broken.zh
    assert told(changed("limits[handle].ladder", "nowhere"))[0].endswith("改为“nowhere”")


@pytest.mark.parametrize("listed", [[{}], ["x"], "text", None, [{"key": "upheld"}], [{"children": [3]}]])
def test_lists_that_are_none_are_no_crash(listed: Any) -> None:
    effects = [{"outcome": "upheld"}, {"mark": "late", "when": "channel == 'phone'"}]
    new = changed("workflows[complaint].transitions[solve].effects", effects)
    new["lists"] = {**new["lists"], "outcomes": listed, "channels": listed}
    assert any("upheld" in one for one in told(new))
    assert differences(new, P01)
