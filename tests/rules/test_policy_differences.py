"""What changed is told in words; what is edited is a new definition, and nothing is lost."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.broken import RuleBroken
from documents.rules.options import walk
from documents.rules.policy_checking import problems
from documents.rules.policy_differences import differences
from documents.rules.policy_editing import ListEdit, NewOption, made_key, with_limit, with_list, with_rung

P01 = pack_definition("p01")
TODAY = date(2026, 2, 24)


def told(new: dict[str, Any]) -> list[str]:
    return [one.zh for one in differences(P01, new)]


def test_equal_definitions_do_not_differ() -> None:
    assert differences(P01, copy.deepcopy(P01)) == []


def test_a_changed_limit() -> None:
    new = with_limit(P01, "handle", {"amount": 5})
    assert told(new) == ["时限 · “办理并答复” · 数量：由“7”改为“5”"]
    assert [one.en for one in differences(P01, new)] == [
        "Time limit · “Handle and reply” · Amount: “7” becomes “5”"
    ]
    assert problems(new) == []


def test_a_changed_rung() -> None:
    assert told(with_rung(P01, "main", "before", {"at": "due-3wd"})) == [
        "提醒阶梯 · “办理答复阶梯” · 级 · “临期提醒” · 时刻：由“due-2wd”改为“due-3wd”"
    ]


def test_an_attribute_taken_away_and_put_in() -> None:
    assert told(with_limit(P01, "handle", {"cap": None})) == [
        "删除 时限 · “办理并答复” · 延期不得超过（cap）"
    ]
    assert told(with_limit(P01, "handle", {"soft": True})) == ["新增 时限 · “办理并答复” · 软性时限（✓）"]


def test_new_and_renamed_options() -> None:
    edit = ListEdit(
        labels={"phone": {"zh": "电话投诉", "en": "Telephone"}},
        added=[
            NewOption({"zh": "微信", "en": "WeChat account"}),
            NewOption({"zh": "小程序", "en": "App"}, key="app"),
        ],
    )
    new = with_list(P01, "channels", edit, today=TODAY)
    assert told(new) == [
        "选项列表 · channels · “电话投诉” · 名称 · 中文：由“电话”改为“电话投诉”",
        "新增 选项列表 · channels · “微信”",
        "新增 选项列表 · channels · “小程序”",
    ]
    assert new["lists"]["channels"][-2]["key"] == "wechat_account"
    assert problems(new) == []


def test_a_retired_option_stays_with_its_date() -> None:
    first = with_list(P01, "channels", ListEdit(retired=frozenset({"fax"})), today=TODAY)
    fax = next(one for one in first["lists"]["channels"] if one["key"] == "fax")
    assert fax["retired"] == "2026-02-24"
    later = with_list(first, "channels", ListEdit(retired=frozenset({"fax"})), today=date(2027, 1, 1))
    assert differences(first, later) == [], "one that was retired before keeps its own date"
    back = with_list(first, "channels", ListEdit(), today=TODAY)
    assert differences(P01, back) == []


def test_an_option_is_added_below_another() -> None:
    edit = ListEdit(added=[NewOption({"zh": "理财", "en": "Wealth"}, parent="violation")])
    new = with_list(P01, "categories", edit, today=TODAY)
    path = next(path for path in walk(new["lists"]["categories"]) if path[-1]["key"] == "wealth")
    assert [step["key"] for step in path] == ["violation", "wealth"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (ListEdit(labels={"gone": {"zh": "x", "en": "y"}}), "unknown_option"),
        (ListEdit(retired=frozenset({"gone"})), "unknown_option"),
        (ListEdit(labels={"fax": {"zh": "", "en": "Fax"}}), "label_missing"),
        (ListEdit(labels={"fax": {"zh": "传真", "en": " "}}), "label_missing"),
        (ListEdit(added=[NewOption({"zh": "传真", "en": ""}, key="fax2")]), "label_missing"),
        (ListEdit(added=[NewOption({"zh": "传真", "en": "Fax"}, key="fax")]), "option_key_taken"),
        (ListEdit(added=[NewOption({"zh": "传真", "en": "Fax"}, key="Fax!")]), "bad_key"),
        (ListEdit(added=[NewOption({"zh": "传真", "en": "F"}, parent="gone")]), "unknown_option"),
    ],
)
def test_a_wrong_edit_is_refused(edit: ListEdit, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        with_list(P01, "channels", edit, today=TODAY)


def test_what_does_not_exist_cannot_be_edited() -> None:
    with pytest.raises(RuleBroken):
        with_list(P01, "gone", ListEdit(), today=TODAY)
    with pytest.raises(RuleBroken):
        with_limit(P01, "gone", {})


@pytest.mark.parametrize(
    ("text", "key"),
    [("Mobile app", "mobile_app"), ("Fax", "fax_2"), ("微信", "option"), ("3 days", "option_3_days")],
)
def test_keys_are_made_from_english(text: str, key: str) -> None:
    assert made_key(text, {"fax"}) == key


def test_editing_leaves_the_old_definition_alone() -> None:
    before = copy.deepcopy(P01)
    with_limit(P01, "handle", {"amount": 1})
    with_list(P01, "channels", ListEdit(retired=frozenset({"fax"})), today=TODAY)
    assert before == P01


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
