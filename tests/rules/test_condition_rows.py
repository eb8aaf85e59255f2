"""Conditions that are rows are read as rows; what is more stays an expression."""

from __future__ import annotations

from typing import Any

import pytest

from documents.rules.condition_rows import COMPARISONS, Row, rows_of


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("forwarded", Row("forwarded", "yes")),
        ("not forwarded", Row("forwarded", "no")),
        ("channel == 'letter'", Row("channel", "==", "letter")),
        ("not channel == 'letter'", Row("channel", "!=", "letter")),
        ("amount >= 5000.5", Row("amount", ">=", {"number": "5000.5"})),
        ("channel in ['letter', 'fax']", Row("channel", "in", ["letter", "fax"])),
        ("channel not in ['letter']", Row("channel", "not in", ["letter"])),
        ("'urgent' in severity", Row("severity", "has", "urgent")),
        ("not ('urgent' in severity)", Row("severity", "has not", "urgent")),
        ("empty(legal_basis)", Row("legal_basis", "empty")),
        ("not empty(legal_basis)", Row("legal_basis", "filled")),
    ],
)
def test_a_comparison_is_a_row(text: str, row: Row) -> None:
    found = rows_of(text)
    assert found is not None
    assert found.rows == (row,)
    assert row.comparison in COMPARISONS


@pytest.mark.parametrize(("text", "joint"), [("a and b", "and"), ("a or not b or c == 'x'", "or")])
def test_rows_are_joined_by_one_word(text: str, joint: str) -> None:
    found = rows_of(text)
    assert found is not None
    assert found.joint == joint


@pytest.mark.parametrize(
    "text",
    [
        "a and (b or c)",
        "len(a) > 2",
        "a == b",
        "a + 1 > 2",
        "((",
        "",
        "not (a and b)",
        "x" * 2000,
        "a == null",
    ],
)
def test_what_is_more_than_rows_stays_an_expression(text: str) -> None:
    assert rows_of(text) is None


def test_every_condition_of_the_first_policy_is_read_without_a_failure() -> None:
    texts: list[Any] = [
        "forwarded or received_kind == 'intake_department'",
        "not extension_waits and not forwarded",
    ]
    assert all(rows_of(text) for text in texts)
