"""Conditions as rows 条件的逐条写法: field – comparison – value, all joined by “and” or all by “or”.

Most conditions of a policy are of this kind; whoever writes no expressions fills in rows. What is more
than rows stays an expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import Tree, compile_expression

# How a row compares, in both languages.
COMPARISONS: Final[Mapping[str, tuple[str, str]]] = {
    "==": ("是", "is"),
    "!=": ("不是", "is not"),
    "in": ("是其中之一", "is one of"),
    "not in": ("不是其中任何一个", "is none of"),
    "has": ("包含", "includes"),
    "has not": ("不包含", "does not include"),
    ">": ("大于", "is more than"),
    ">=": ("不小于", "is at least"),
    "<": ("小于", "is less than"),
    "<=": ("不大于", "is at most"),
    "yes": ("为“是”", "is yes"),
    "no": ("不为“是”", "is not yes"),
    "filled": ("已填写", "is filled in"),
    "empty": ("未填写", "is empty"),
}
WITHOUT_VALUE: Final = frozenset({"yes", "no", "filled", "empty"})


@dataclass(frozen=True)
class Row:
    """One comparison 一条."""

    name: str
    comparison: str
    value: Any = None


@dataclass(frozen=True)
class Rows:
    """A condition as rows; `joint` is "and" or "or"."""

    joint: str
    rows: tuple[Row, ...]


def rows_of(text: str) -> Rows | None:
    """The rows of a condition; None when it is more than rows, or cannot be read."""
    try:
        tree = compile_expression(text)
    except PolicyInvalid:
        return None
    joint = tree[0] if tree[0] in ("and", "or") else "and"
    found = [_row(part) for part in (tree[1:] if tree[0] in ("and", "or") else [tree])]
    return Rows(joint, tuple(one for one in found if one)) if all(found) else None


def _row(tree: Tree) -> Row | None:
    head = tree[0]
    if head == "not":
        inner = _row(tree[1])
        opposite = {"yes": "no", "empty": "filled", "has": "has not", "in": "not in", "==": "!="}
        if inner is None or inner.comparison not in opposite:
            return None
        return Row(inner.name, opposite[inner.comparison], inner.value)
    if head == "name":
        return Row(tree[1], "yes")
    if head == "empty" and tree[1][0] == "name":
        return Row(tree[1][1], "empty")
    if head in ("==", "!=", "<", "<=", ">", ">=") and tree[1][0] == "name":
        return _compared(tree)
    return _member(tree) if head in ("in", "not in") else None


def _compared(tree: Tree) -> Row | None:
    found, value = _literal(tree[2])
    return Row(tree[1][1], tree[0], value) if found else None


def _member(tree: Tree) -> Row | None:
    left, right = tree[1], tree[2]
    if left[0] == "name" and right[0] == "list":
        values = [_literal(part) for part in right[1:]]
        if all(found for found, _value in values):
            return Row(left[1], tree[0], [value for _found, value in values])
    if right[0] == "name":
        found, value = _literal(left)
        if found:
            return Row(right[1], "has" if tree[0] == "in" else "has not", value)
    return None


def _literal(tree: Tree) -> tuple[bool, Any]:
    """Whether it is a plain value, and which; digits stay as they are written."""
    if tree[0] in ("value", "number"):
        return tree[1] is not None, tree[1] if tree[0] == "value" else {"number": str(tree[1])}
    return False, None
