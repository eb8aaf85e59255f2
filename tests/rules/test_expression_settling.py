"""What a condition becomes before it goes to a page: worked out where it can be, and without secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from documents.rules.broken import PolicyInvalid
from documents.rules.expression_settling import Outside, settled
from documents.rules.expression_values import truthy
from documents.rules.expressions import as_json, compile_expression, evaluate, names
from tests.rules.expression_cases import FACTS, TEXT_OF_EXPRESSION

OPEN = frozenset({"a", "rows"})
CASE = {"salary": 9000, "secret_text": "tell nobody", "kind": "fee", "days": [1, 2], "none": None}
SECRET = frozenset({"salary", "secret_text"})


def base(name: str) -> str:
    return name.partition(".")[0]


def outside(facts: dict[str, Any]) -> Outside:
    return Outside(facts, lambda name: base(name) in OPEN, lambda name: base(name) in SECRET)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind == 'fee'", ["value", True]),
        ("kind", ["value", True]),
        ("none", ["value", False]),
        ("kind == 'fee' and a > 1", ["and", ["value", True], [">", ["name", "a"], ["value", 1]]]),
        ("a == kind", ["==", ["name", "a"], ["value", "fee"]]),
        ("a in days", ["in", ["name", "a"], ["list", ["value", 1], ["value", 2]]]),
        ("a > 0.1 + 0.2", [">", ["name", "a"], ["+", ["number", "0.1"], ["number", "0.2"]]]),
        ("secret_text or a", ["or", ["value", True], ["name", "a"]]),
        ("a if salary > 5000 else kind", ["if", ["value", True], ["name", "a"], ["value", "fee"]]),
        ("not salary == a", ["not", ["==", ["value", None], ["name", "a"]]]),
        ("a > salary * 2", [">", ["name", "a"], ["value", None]]),
        ("secret_text", ["value", True]),
        ("rows.x == unknown", ["==", ["name", "rows.x"], ["value", None]]),
    ],
)
def test_what_is_certain_is_worked_out_and_what_is_secret_stays_behind(text: str, expected: Any) -> None:
    assert settled(compile_expression(text), outside(CASE), as_condition=True) == expected


def test_a_calculation_keeps_its_value_but_no_secret() -> None:
    tree = settled(compile_expression("kind if a else secret_text"), outside(CASE), as_condition=False)
    assert tree == ["if", ["name", "a"], ["value", "fee"], ["value", None]]


@settings(max_examples=600, deadline=None)
@given(TEXT_OF_EXPRESSION, FACTS)
def test_the_page_comes_to_the_same_as_the_server(text: str, facts: dict[str, Any]) -> None:
    try:
        tree = compile_expression(text)
    except PolicyInvalid:
        return
    facts.pop("table", None)  # a table has no literal
    whole = evaluate(tree, facts)
    known = {name: facts[name] for name in OPEN if name in facts}
    value = settled(tree, outside(facts), as_condition=False)
    condition = settled(tree, outside(facts), as_condition=True)
    assert {base(name) for name in names(value) | names(condition)} <= OPEN
    assert as_json(evaluate(json.loads(json.dumps(value)), known)) == as_json(whole)
    assert truthy(evaluate(condition, known)) is truthy(whole)
