"""The page evaluates expressions exactly as the server does: its own file in a real browser, one table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser, Route

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import as_json, compile_expression, evaluate
from tests.long import long
from tests.rules.expression_cases import FACTS, TEXT_OF_EXPRESSION
from tests.rules.expression_vectors import vectors, world

SCRIPTS = Path(__file__).resolve().parents[2] / "portal" / "static" / "js"
ADDRESS = "http://twin.test/"
CASES = long(1_000, 4_000)
# A number comes back as {"#": its digits}, so that nothing is lost on the way either.
ASK = """async (asked) => {
  const {evaluate, digitsOf} = await import("./expressions.js");
  const {plain} = await import("./values.js");
  const told = (value) => {
    const known = plain(value);
    if (typeof known === "bigint") return {"#": digitsOf(known)};
    if (Array.isArray(known)) return known.map(told);
    if (known === null || typeof known !== "object") return known;
    return Object.fromEntries(Object.entries(known).map(([name, part]) => [name, told(part)]));
  };
  return JSON.stringify(JSON.parse(asked).map(([tree, facts]) => told(evaluate(tree, facts))));
}"""

Page = Callable[[list[tuple[Any, Any]]], list[Any]]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """What the page's scripts make of trees and facts; nothing but the scripts is served."""
    context = browser.new_context()
    tab = context.new_page()
    tab.route("**/*", serve)
    tab.goto(ADDRESS)

    def answers(asked: list[tuple[Any, Any]]) -> list[Any]:
        found: list[Any] = json.loads(tab.evaluate(ASK, json.dumps(asked)))
        return found

    yield answers
    context.close()


def serve(route: Route) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name.endswith(".js"):
        route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>twin</title>", content_type="text/html")


def digits(value: Any) -> Any:
    """A travelling value with every number as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"#": str(value)}
    if isinstance(value, dict):
        return value if "#" in value else {name: digits(part) for name, part in value.items()}
    return [digits(one) for one in value] if isinstance(value, list) else value


def test_the_page_gives_every_value_of_the_table(page: Page) -> None:
    known = vectors(refused=False)
    found = page([(compile_expression(one["expression"]), world(one)) for one in known])
    wrong = [
        (one["expression"], value)
        for one, value in zip(known, found, strict=True)
        if json.dumps(value) != json.dumps(digits(one["expected"]))
    ]
    assert wrong == []


def test_both_sides_agree_on_whatever_is_made_up(page: Page) -> None:
    made: list[tuple[str, Any, Any]] = []

    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(TEXT_OF_EXPRESSION, FACTS)
    def make(text: str, facts: dict[str, Any]) -> None:
        try:
            compile_expression(text)
        except PolicyInvalid:
            return
        travelling = {name: as_json(value) for name, value in facts.items()}
        made.append((text, travelling, digits(as_json(evaluate(compile_expression(text), facts)))))

    make()
    assert len(made) > CASES / 2
    found = page([(compile_expression(text), facts) for text, facts, _ in made])
    wrong = [
        (text, facts, server, value)
        for (text, facts, server), value in zip(made, found, strict=True)
        if json.dumps(server) != json.dumps(value)
    ]
    assert sorted(wrong, key=lambda one: len(one[0]))[:3] == []
