"""A report quotes public answers only, and groups by what is chosen from a list."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.policy_checking import problems


def found(*, texts: list[str] | None = None, group: str = "", counted: str = "") -> str:
    policy: dict[str, Any] = copy.deepcopy(definition("p01"))
    report = policy["reports"][0]
    if texts:
        section = next(one for one in report["sections"] if one.get("texts"))
        section["texts"] = texts
    if group:
        table = next(one for one in report["tables"] if one.get("group"))
        table.pop("options", None)
        table["group"] = group
    if counted:
        report["figures"][0]["count"] = {"answer": {counted: ["黄伟"]}}
    return "; ".join(one.zh for one in problems(policy))


@pytest.mark.parametrize("field", ["complainant_name", "complainant_phone", "respondent_name"])
def test_who_may_not_see_an_answer_does_not_read_it_in_a_report(field: str) -> None:
    assert f"报表不能引用非公开字段“{field}”" in found(texts=["measures", field])
    assert f"报表不能引用非公开字段“{field}”" in found(group=f"answer.{field}")
    assert f"报表不能引用非公开字段“{field}”" in found(counted=field)


@pytest.mark.parametrize("column", ["title", "summary"])
@pytest.mark.parametrize("field", ["complainant_name", "complainant_id_number"])
def test_a_case_is_called_by_public_answers(column: str, field: str) -> None:
    policy: dict[str, Any] = copy.deepcopy(definition("p01"))
    columns = policy["case_types"][0]["register"]["columns"]
    columns[column] = field
    wrong = f"清单栏目不能取自非公开字段“{field}”"
    assert any(wrong in one.zh for one in problems(policy))
    made = {"key": "made", "type": "computed", "label": {"zh": "合成", "en": "Made"}, "result": "text"}
    form = next(one for one in policy["forms"] if one["key"] == "intake")
    form["sections"][0]["fields"].append({**made, "value": f"{field} + '的投诉'"})
    columns[column] = "made"
    assert any(wrong in one.zh for one in problems(policy))


def test_a_table_is_grouped_by_chosen_answers() -> None:
    assert "只能按选项类字段分组" in found(group="answer.measures")
    assert found(texts=["measures"]) == ""
