"""What is opened to whoever is complained about, and what a policy may not open."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition
from documents.rules.access import QUESTION, READ, STATEMENT, CaseScope, Reach, may
from documents.rules.hearing import complainants, covered, given_away
from documents.rules.policy_checking import problems

P01 = definition("p01")
CHEN = Reach("chen", frozenset({("handler", "u:QH-CD")}))
OTHER = Reach("wang", frozenset({("handler", "u:QH-CD")}))
SCOPE = frozenset({"u:QH-CD"})
ASKED = frozenset({("chen", QUESTION), ("chen", "category"), ("chen", "phone")})
CASE = CaseScope(SCOPE, frozenset({"chen"}), asked=ASKED)
PUBLIC, PERSONAL = {"key": "category"}, {"key": "phone", "class": "personal"}


@pytest.mark.parametrize(
    ("reach", "case", "field", "reason"),
    [
        pytest.param(CHEN, CASE, None, "asked", id="the question"),
        pytest.param(CHEN, CASE, PUBLIC, "opened_for_statement", id="a field that is opened"),
        pytest.param(CHEN, CASE, {"key": "facts"}, "not_opened", id="another"),
        pytest.param(CHEN, CASE, PERSONAL, "not_opened", id="never what is not public, whatever is written"),
        pytest.param(CHEN, CASE, {"key": "category", "sealed_to": ["x"]}, "not_opened", id="nor sealed"),
        pytest.param(OTHER, CASE, None, "not_asked", id="nobody else, whatever the post"),
        pytest.param(CHEN, CaseScope(SCOPE, frozenset({"chen"})), None, "not_asked", id="nobody was asked"),
        pytest.param(
            CHEN,
            CaseScope(SCOPE, frozenset({"chen"}), frozenset({"wang"}), ASKED),
            PUBLIC,
            "confidential",
            id="of a confidential case nothing but the question",
        ),
    ],
)
def test_the_narrow_door(reach: Reach, case: CaseScope, field: Any, reason: str) -> None:
    found = may(reach, STATEMENT, case, roles=P01["roles"], field=field)
    assert found.reason == reason
    assert found.allowed == (reason in ("asked", "opened_for_statement"))


def test_beside_the_door_who_is_asked_stays_recused() -> None:
    for operation in (READ, "export", "archive", "confide"):
        assert may(CHEN, operation, CASE, roles=P01["roles"]).reason == "recused"
        assert may(CHEN, operation, CASE, roles=P01["roles"], field=PUBLIC).reason == "recused"


def test_names_and_numbers_of_the_complainant_are_found_in_what_is_asked() -> None:
    forms = P01["forms"]
    facts = {
        "complainant_name": "李小明",
        "complainant_phone": "138-0013 8000",
        "complainant_address": {"county": "清河县", "detail": "解放路三号"},
        "respondent_name": "李强",
        "facts": "收费五元",
    }
    for text in ("李 小明来电", "电话13800138000", "住解放路三号", "李强所说"):
        assert given_away(forms, facts, text), text
    assert not given_away(forms, facts, "李强请说明收费五元的经过", "李强")
    assert not given_away(forms, {"complainant_name": "匿名"}, "匿名投诉")
    assert {"complainant_count", "complainant_kind", "complainant_name"} <= complainants(forms)
    assert "respondent_unit" not in complainants(forms)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请说明 138-0013 8000 的来电", "请说明 （略） 的来电"),
        ("+86 13800138000，又 13800138000", "+86 （略），又 （略）"),
        ("ab cd 与 ABCD", "（略） 与 （略）"),
        ("无关的话", "无关的话"),
    ],
)
def test_words_are_covered_however_they_are_written(text: str, shown: str) -> None:
    assert covered(text, ["13800138000", "ABCD", ""]) == shown


def effect_of(made: dict[str, Any]) -> dict[str, Any]:
    flow = next(one for one in made["workflows"] if one["key"] == "complaint")
    step = next(one for one in flow["transitions"] if one["key"] == "hear")
    found: dict[str, Any] = step["effects"][0]
    return found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"opens": ["complainant_name"]}, "不是一般级别", id="a personal field"),
        pytest.param({"opens": ["respondent_name"]}, "不是一般级别", id="a restricted field"),
        pytest.param({"opens": ["complainant_count"]}, "投诉人部分", id="the complainant's part"),
        pytest.param({"opens": ["withdrawal_papers"]}, "类型", id="files"),
        pytest.param({"opens": ["nothing"]}, "不存在", id="no field"),
        pytest.param({"question": "recusal_reason"}, "不存在", id="a question that is not public"),
        pytest.param({"hear": "recused_person"}, "须回避", id="a field without recused people"),
        pytest.param({"form": "intake"}, "改写", id="a form of the case"),
        pytest.param({"within": "nothing"}, "不存在", id="no limit"),
    ],
)
def test_what_a_policy_may_not_do(changes: dict[str, Any], words: str) -> None:
    made = copy.deepcopy(P01)
    effect_of(made).update(changes)
    found = [one.zh for one in problems(made) if "effects[0]" in one.path]
    assert any(words in one for one in found), found


def test_the_form_of_a_statement_reads_nothing_of_the_case() -> None:
    made = copy.deepcopy(P01)
    form = next(one for one in made["forms"] if one["key"] == "statement")
    form["sections"][0]["fields"][1]["visible"] = "facts != null and statement_text != null"
    found = [one.zh for one in problems(made)]
    assert any("不能读取“facts”" in one for one in found)
    assert not any("statement_text" in one for one in found)
