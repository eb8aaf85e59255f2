"""The page evaluates conditions exactly as the server does."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from documents.rules.expressions import compile_expression, evaluate
from tests.journeys.conftest import Arrive

FACTS: dict[str, Any] = {
    "yes": True,
    "no": False,
    "none": None,
    "three": 3,
    "price": 1.5,
    "zero": 0,
    "word": "收费",
    "empty": "",
    "day": "2026-02-24",
    "many": ["major", "mass"],
    "nothing": [],
    "rows": [{"amount": 2, "kind": "a"}, {"amount": 3, "kind": "b"}, {"kind": "c"}],
    "unit": {"kind": "outlet"},
}
EXPRESSIONS = """
yes; no; none; three; zero; word; empty; many; nothing; unknown; unit.kind; unit.unknown; rows.amount
not yes; not nothing; not empty; not unknown; yes and three; yes and zero; no or word; none or nothing
three == 3; three == '3'; yes == 1; none == null; unknown == none; word != '收费'; many == ['major', 'mass']
three < 4; three <= 3; three > none; word < '收费x'; day >= '2026-02-01'; day < 5; yes < 2; price < 2
'major' in many; 'x' in many; 'x' not in many; '收' in word; 3 in '123'; none in many; three in [1, 2, 3]
three + 4; three - 1; three * price; three / 2; three / zero; word + 1; none + 1; -three; 1 / 3
0.1 + 0.2 == 0.3; len(many); len(word); len(none); len(three); sum(rows.amount); sum(nothing); sum(three)
any_of(many); any_of(nothing); any_of([no, yes]); empty(word); empty(nothing); empty(unknown); empty(zero)
unit.kind == 'outlet' and (three > 2 or unknown); 'b' in rows.kind; sum(rows.amount) >= 5
"""


def plain(value: Any) -> Any:
    """A value as both sides can be compared: numbers to nine places."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return round(float(value), 9)
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("line", EXPRESSIONS.strip().splitlines())
def test_both_sides_agree(arrive: Arrive, line: str) -> None:
    trees = [compile_expression(text) for text in line.split(";")]
    expected = [plain(evaluate(tree, FACTS)) for tree in trees]
    visitor = arrive()
    visitor.opens("/sign-in")
    module = visitor.page.evaluate(
        "document.querySelector('script[type=module]').src.replace('app.js', 'expressions.js')"
    )
    found = visitor.page.evaluate(
        "async ([module, trees, facts]) => {"
        "  const {evaluate} = await import(module);"
        "  return JSON.parse(trees).map((tree) => evaluate(tree, JSON.parse(facts)) ?? null);"
        "}",
        [module, json.dumps(trees), json.dumps(FACTS)],
    )
    assert [plain(one) for one in found] == expected
