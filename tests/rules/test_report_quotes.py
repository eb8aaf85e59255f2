"""A report quotes public answers only, and groups by what is chosen from a list."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.policy_checking import problems


def found(*, texts: list[str] | None = None, group: str = "") -> str:
    policy: dict[str, Any] = copy.deepcopy(definition("p01"))
    report = policy["reports"][0]
    if texts:
        section = next(one for one in report["sections"] if one.get("texts"))
        section["texts"] = texts
    if group:
        table = next(one for one in report["tables"] if one.get("group"))
        table.pop("options", None)
        table["group"] = group
    return "; ".join(one.zh for one in problems(policy))


@pytest.mark.parametrize("field", ["complainant_name", "complainant_phone", "respondent_name"])
def test_who_may_not_see_an_answer_does_not_read_it_in_a_report(field: str) -> None:
    assert f"报表不能引用非公开字段“{field}”" in found(texts=["measures", field])
    assert f"报表不能引用非公开字段“{field}”" in found(group=f"answer.{field}")


def test_a_table_is_grouped_by_chosen_answers() -> None:
    assert "只能按选项类字段分组" in found(group="answer.measures")
    assert found(texts=["measures"]) == ""
