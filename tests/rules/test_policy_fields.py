"""A field with a mistake is not published: each attribute of a field, wrong and right."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.policy_checking import problems
from documents.rules.policy_remedies import OTHERWISE

WHOLE = pack_definition("p01")
LABEL = {"zh": "栏目", "en": "Field"}
TEXT = {"zh": "本人同意。", "en": "I agree."}
MESSAGE = {"zh": "不对", "en": "wrong"}
UNIT = {"of": "respondent_unit", "field": "head"}


def found(**attributes: Any) -> list[tuple[str, str]]:
    """The places and Chinese words of the problems of a field with these attributes."""
    policy = copy.deepcopy(WHOLE)
    sections = next(one for one in policy["forms"] if one["key"] == "intake")["sections"]
    sections[0]["fields"].append({"key": "extra", "label": LABEL, **attributes})
    read = problems(policy)
    assert all((one.remedy_zh, one.remedy_en) != OTHERWISE for one in read), read
    return [(one.path.split("[extra]")[-1], one.zh) for one in read]


RIGHT: list[dict[str, Any]] = [
    {"type": "percent", "default": "12.5", "places": 1, "step": 0.5},
    {"type": "time", "default": "09:00", "min": "08:00", "max": "17:30"},
    {"type": "duration", "default": "1小时30分", "min": 5, "max": "8:00"},
    {"type": "date", "default": "today+7", "min": "today-30", "max": "2030-01-01"},
    {"type": "consent", "text": TEXT},
    {"type": "signature", "of": "actor"},
    {"type": "series", "numbering": "complaint"},
    {"type": "lookup", "lookup": UNIT},
    {"type": "text", "pattern": "credit_code"},
    {"type": "number", "check": [{"that": "extra > amount", "message": MESSAGE}]},
    {"type": "choices", "options": "severity", "exclusive": "mass", "min": 1, "max": 2},
    {"type": "files", "max": 3, "max_mb": 5, "total_mb": 9, "accept": [".pdf"]},
    {
        "type": "group",
        "folded": True,
        "visible": "forwarded",
        "fields": [{"key": "inner", "type": "text", "label": LABEL, "visible": "not empty(channel)"}],
    },
]


@pytest.mark.parametrize("attributes", RIGHT, ids=lambda one: str(one["type"]))
def test_what_is_right_is_published(attributes: dict[str, Any]) -> None:
    if attributes["type"] == "choices":
        attributes = {**attributes, "exclusive": WHOLE["lists"]["severity"][0]["key"]}
    if attributes["type"] == "series":
        attributes = {**attributes, "numbering": WHOLE["numbering"][0]["key"]}
    assert found(**attributes) == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "percent", "default": "half"}, ".default", "默认值"),
    ({"type": "time", "min": "25:00"}, ".min", "界限"),
    ({"type": "time", "min": "10:00", "max": "09:00"}, "", "大于最大值"),
    ({"type": "date", "max": "tomorrow"}, ".max", "界限"),
    ({"type": "date", "min": "today+7", "max": "today"}, "", "大于最大值"),
    ({"type": "number", "step": 0}, ".step", "步长"),
    ({"type": "number", "places": 12}, ".places", "小数位数"),
    ({"type": "duration", "default": "soon"}, ".default", "默认值"),
    ({"type": "consent"}, ".text", "缺少中英文文字"),
    ({"type": "consent", "text": {"zh": "同意"}}, ".text", "缺少英文文字"),
    ({"type": "signature", "of": "anybody"}, ".of", "签名人"),
    ({"type": "series"}, ".numbering", "编号规则"),
    ({"type": "lookup"}, ".lookup.of", "投诉、单位或人员字段"),
    ({"type": "lookup", "lookup": {"of": "channel", "field": "name"}}, ".lookup.of", "投诉、单位或人员字段"),
    ({"type": "lookup", "lookup": {**UNIT, "field": "colour"}}, ".lookup.field", "可引用的内容"),
    ({"type": "text", "pattern": ".*"}, ".pattern", "格式"),
    ({"type": "number", "pattern": "digits"}, ".pattern", "不能有属性"),
    ({"type": "note", "min": 1}, ".min", "不能有属性"),
    ({"type": "number", "options": "severity"}, ".options", "不能有属性"),
    ({"type": "group", "fields": [], "required": True}, ".required", "不能有属性"),
    ({"type": "text", "check": [{"that": "gone > 1", "message": MESSAGE}]}, ".check[0].that", "gone"),
    ({"type": "text", "check": [{"message": MESSAGE}]}, ".check[0]", "没有条件"),
    ({"type": "text", "check": [{"that": "true"}]}, ".check[0].message", "缺少中英文文字"),
    ({"type": "text", "check": "true"}, ".check", "应为列表"),
    ({"type": "choices", "options": "severity", "exclusive": "gone"}, ".exclusive", "选项"),
    ({"type": "choices", "options": "severity", "min": 3, "max": 2}, "", "大于最大值"),
    ({"type": "group", "fields": []}, "", "分组内没有字段"),
    (
        {"type": "table", "fields": [{"key": "who", "type": "signature", "label": LABEL}]},
        ".fields[who]",
        "明细表内不能有这类字段",
    ),
]


@pytest.mark.parametrize(("attributes", "place", "word"), WRONG)
def test_what_is_wrong_is_told_with_its_remedy(attributes: dict[str, Any], place: str, word: str) -> None:
    assert any(path == place and word in zh for path, zh in found(**attributes)), found(**attributes)


def test_a_lookup_is_at_least_as_sensitive_as_what_it_shows() -> None:
    policy = copy.deepcopy(WHOLE)
    fields = next(one for one in policy["forms"] if one["key"] == "intake")["sections"][0]["fields"]
    fields.append({"key": "earlier", "type": "case", "label": LABEL})
    lookup = {"key": "extra", "type": "lookup", "label": LABEL}
    fields.append({**lookup, "lookup": {"of": "earlier", "field": "complainant_phone"}})
    assert [one.path.split(".")[-1] for one in problems(policy)] == ["class"]
    fields[-1]["class"] = "personal"
    assert problems(policy) == []
