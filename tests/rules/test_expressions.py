"""The expression language of policies: what it gives, what it refuses, and that nothing in it runs away."""

from __future__ import annotations

import json
import string
import time
import warnings
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.rules.broken import PolicyInvalid
from documents.rules.expression_parsing import MAX_DEPTH, MAX_LENGTH, MAX_PARTS
from documents.rules.expressions import as_json, compile_expression, evaluate, holds, names
from tests.rules.expression_vectors import python_value, table, vectors, world

CHINA = timezone(timedelta(hours=8))


def value_of(text: str, **facts: Any) -> Any:
    return evaluate(compile_expression(text), facts)


@pytest.mark.parametrize("vector", vectors(refused=False), ids=lambda one: one["expression"])
def test_the_value_of_an_expression(vector: dict[str, Any]) -> None:
    found = value_of(vector["expression"], **python_value(world(vector)))
    assert json.dumps(as_json(found)) == json.dumps(vector["expected"])  # true is not 1 here


@pytest.mark.parametrize("vector", vectors(refused=True), ids=lambda one: ascii(one["expression"])[:60])
def test_what_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        compile_expression(vector["expression"])
    assert refused.value.code == vector["refused"]


def test_the_table_is_large_and_has_every_topic() -> None:
    topics = Counter(one["topic"] for one in table()["vectors"])
    assert sum(topics.values()) >= 500
    assert min(topics.values()) >= 15


def test_dates_and_moments_of_the_database_compare_with_written_ones() -> None:
    stored = datetime(2026, 2, 24, 0, 40, tzinfo=UTC)
    local = stored.astimezone(CHINA)
    assert value_of("at == typed", at=stored, typed="2026-02-24T08:40:00+08:00") is True
    assert value_of("at < now", at=local, now=stored + timedelta(seconds=1)) is True
    assert value_of("day == at", day=date(2026, 2, 24), at=local) is True
    assert value_of("days(day, today())", day=date(2026, 2, 20), today=date(2026, 3, 1)) == 9


def test_a_calculated_number_is_kept_without_a_binary_tail() -> None:
    found = value_of("sum(fees) * rate", fees=[Decimal("0.10"), Decimal("0.20")], rate=3)
    assert (found, str(found)) == (Decimal("0.9"), "0.9")
    assert type(value_of("fee + fee", fee=Decimal("1.50"))) is int


def test_what_is_no_value_of_the_language_is_nothing() -> None:
    assert value_of("odd == null", odd=object()) is True
    assert value_of("odd + 1", odd=b"1") is None
    assert value_of("huge == null", huge=10**5000) is True
    assert value_of("huge == null", huge=Decimal("1E+999999")) is True
    assert value_of("tiny == 0", tiny=Decimal("1E-999999")) is True
    assert value_of("odd == null", odd=float("nan")) is True


def test_holds_takes_plain_answers_too() -> None:
    assert holds(None, {}) is True
    assert holds(True, {}) is True
    assert holds(False, {}) is False
    assert holds("amount", {"amount": Decimal("0.00")}) is False


def test_the_names_that_are_read() -> None:
    tree = compile_expression("a.b if c in [d, 'x'] else sum(e, 0.5) > days(today(), f)")
    assert names(tree) == {"a.b", "c", "d", "e", "f", "today"}


WORDS = [
    "and",
    "or",
    "not",
    "in",
    "if",
    "else",
    "lambda",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "**",
    "*",
]
WORDS += [
    "+",
    "-",
    "/",
    "==",
    "<",
    ">=",
    "'",
    '"',
    "\\",
    "#",
    "\n",
    "1",
    "0.1",
    "1e9",
    "_",
    "__class__",
    "x",
    "收",
]
WORDS += ["sum", "len", "f'", "b'", "@", ";", "=", ":=", "is", "await", "yield", "\x00", "\ud800", "😀", " "]
HOSTILE = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=120).map("".join),
    st.tuples(st.sampled_from(WORDS), st.integers(1, 1_200)).map(lambda pair: pair[0] * pair[1]),
)


@settings(max_examples=1_500, deadline=1_000)
@given(HOSTILE)
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile_expression(text)
        except PolicyInvalid:
            return
    evaluate(tree, {"x": 1})
    assert depth(tree) <= MAX_DEPTH + 2
    assert parts(tree) <= 2 * MAX_PARTS


def depth(tree: Any) -> int:
    inner = [depth(part) for part in tree[1:] if isinstance(part, list)] if tree[0] != "value" else []
    return 1 + max(inner, default=0)


def parts(tree: Any) -> int:
    return 1 + sum(parts(part) for part in tree[1:] if isinstance(part, list))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 499 + "1" + ")" * 499, id="parentheses"),
        pytest.param("[" * 499 + "]" * 499, id="lists"),
        pytest.param("-" * 999 + "1", id="signs"),
        pytest.param("not " * 249 + "a", id="nots"),
        pytest.param("a." * 499 + "b", id="dots"),
        pytest.param("9" * 1_000, id="digits"),
        pytest.param("9**9**9**9**9", id="powers"),
        pytest.param("*".join(["999999999999999"] * 55), id="products"),
        pytest.param("<".join("a" * 120), id="chain"),
        pytest.param("1 if a else " * 80 + "2", id="conditionals"),
        pytest.param("sum(" * 150 + "a" + ")" * 150, id="calls"),
        pytest.param("'" + "x" * 997 + "'", id="text"),
        pytest.param("x" * 10_000_000, id="ten megabytes"),
    ],
)
def test_the_worst_that_is_written_costs_next_to_nothing(text: str) -> None:
    started = time.process_time()
    try:
        evaluate(compile_expression(text), {"a": [1] * 50})
    except PolicyInvalid:
        assert len(text) > MAX_LENGTH or "(" in text or set(text) - set(string.ascii_lowercase)
    assert time.process_time() - started < 0.5


def test_a_number_beyond_the_bounds_is_none_to_every_function() -> None:
    for text in ("empty(b)", "count(b) == 0", "not b", "b == null"):
        assert value_of(text, b=-1.7e308) is True, text
