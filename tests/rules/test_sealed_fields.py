"""A policy can do nothing with a sealed answer that shows it to others."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.masks import masked
from documents.rules.policy_checking import problems
from documents.rules.seeing import readers

FIELD: dict[str, Any] = {
    "key": "informant",
    "type": "text",
    "label": {"zh": "举报人", "en": "Informant"},
    "class": "restricted",
    "sealed_to": ["intake_head"],
}


def made(**changes: Any) -> dict[str, Any]:
    policy = copy.deepcopy(definition("p01"))
    intake = next(one for one in policy["forms"] if one["key"] == "intake")
    intake["sections"][0]["fields"].append({**FIELD, **changes})
    return policy


def found(policy: dict[str, Any]) -> str:
    return "; ".join(one.zh for one in problems(policy))


def test_a_sealed_field_is_a_field_like_any_other() -> None:
    assert found(made()) == ""
    form = next(one for one in made()["forms"] if one["key"] == "intake")
    (told,) = readers(form, made()["roles"], "informant")
    assert [role["key"] for role, answer in told.roles if answer] == ["intake_head"]
    assert told.involved.reason == "sealed"
    assert masked({**FIELD, "mask": "name"}, "张建国") == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"class": "personal"}, "限制知悉级别", id="less than restricted"),
        pytest.param({"search": "exact"}, "不能检索", id="searched"),
        pytest.param({"sealed_to": ["nobody_knows"]}, "nobody_knows", id="to a role that is not there"),
    ],
)
def test_what_it_must_not_be(changes: dict[str, Any], words: str) -> None:
    assert words in found(made(**changes))


def test_no_letter_column_or_computed_field_tells_it() -> None:
    letters, columns, computed = made(), made(), made()
    letters["letters"][0]["paragraphs"].append({"zh": "{{ informant }}", "en": "x"})
    columns["case_types"][0]["register"]["columns"]["summary"] = "informant"
    intake = next(one for one in computed["forms"] if one["key"] == "intake")
    told = {"key": "told", "type": "computed", "as": "text", "label": FIELD["label"], "value": "informant"}
    intake["sections"][0]["fields"].append(told)
    for policy in (letters, columns, computed):
        assert "密封字段" in found(policy)


def test_no_condition_of_a_step_branch_effect_or_limit_tells_it() -> None:
    """Whether a step is there, or a limit runs, would say what was answered."""
    asked = "informant == '张建国'"
    step, branch, effect, limit = made(), made(), made(), made()

    def report(policy: dict[str, Any]) -> dict[str, Any]:
        flow = next(one for one in policy["workflows"] if one["key"] == "complaint")
        return next(one for one in flow["transitions"] if one["key"] == "supervise")

    report(step)["when"] = asked
    goal = report(branch)["to"]
    report(branch)["to"] = [{"when": asked, "go": goal}, {"go": goal}]
    report(effect)["effects"].append({"severity": "major", "when": asked})
    limit["limits"][0]["durations"] = [{"when": asked, "for": "1 workday"}]
    for policy in (step, branch, effect, limit):
        assert "密封字段“informant”" in found(policy)
