"""The one expression language 表达式 of a policy: parsed once to a small tree, evaluated anywhere.

The tree is made of lists and plain values, so it travels as JSON; the page evaluates the same tree
(`portal/static/js/expressions.js`), and tests/rules/vectors/expressions.json holds both to the same values.

Nothing fails while it is evaluated: what makes no sense (a division by zero, a text plus a number) is null. A
missing name is null; comparing with null is false except by `==` and `!=`. `and` and `or` give yes or no.
How values compare and calculate stands in documents/rules/expression_values.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, reduce
from typing import Any

from documents.rules.expression_parsing import Tree, compile_expression
from documents.rules.expression_values import (
    EXACT,
    PLACES,
    as_json,
    compare_texts,
    compared,
    equal,
    is_empty,
    number,
    plain,
    result,
    truthy,
    when,
)

__all__ = ["Tree", "as_json", "compile_expression", "evaluate", "holds", "look_up", "names", "names_in"]


def names(tree: Tree) -> frozenset[str]:
    """The names that the tree reads."""
    if tree[0] == "name":
        return frozenset({tree[1]})
    if tree[0] in ("value", "number"):
        return frozenset()
    return frozenset().union(*(names(part) for part in tree[1:]))


@lru_cache(maxsize=8192)
def _names_of(text: str) -> frozenset[str]:
    return names(compile_expression(text))


def names_in(expression: Any) -> frozenset[str]:
    """The names that a condition as it stands in a policy reads; a plain yes or no reads none."""
    return _names_of(expression) if isinstance(expression, str) else frozenset()


def holds(expression: str | bool | None, facts: Mapping[str, Any]) -> bool:
    """Whether a condition of a policy holds; no condition always holds."""
    if expression is None:
        return True
    if isinstance(expression, bool):
        return expression
    return truthy(evaluate(compile_expression(expression), facts))


def evaluate(tree: Tree, facts: Mapping[str, Any]) -> Any:
    """The value of the tree over the facts."""
    head = tree[0]
    if head == "name":
        return look_up(tree[1], facts)
    if head == "value":
        return tree[1]
    if head in _LAZY:
        return _LAZY[head](tree, facts)
    return _OPERATIONS[head](*[evaluate(part, facts) for part in tree[1:]])


def look_up(name: str, facts: Mapping[str, Any]) -> Any:
    """The fact of this name; `table.column` is the list of a column's values."""
    if name in facts:
        return facts[name]
    value: Any = facts
    for part in name.split("."):
        if isinstance(value, list):
            value = [row.get(part) for row in value if isinstance(row, Mapping)]
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
    return value


def _chosen(tree: Tree, facts: Mapping[str, Any]) -> Any:
    return evaluate(tree[2] if truthy(evaluate(tree[1], facts)) else tree[3], facts)


_LAZY: Mapping[str, Callable[[Tree, Mapping[str, Any]], Any]] = {
    "number": lambda tree, _facts: Decimal(tree[1]),
    "and": lambda tree, facts: all(truthy(evaluate(part, facts)) for part in tree[1:]),
    "or": lambda tree, facts: any(truthy(evaluate(part, facts)) for part in tree[1:]),
    "if": _chosen,
}


def _ordered(*allowed: int) -> Callable[[Any, Any], bool]:
    return lambda left, right: compared(left, right) in allowed


def _within(item: Any, container: Any) -> bool:
    item, container = plain(item), plain(container)
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    return isinstance(container, list) and any(equal(item, member) for member in container)


def _calculated(calculate: Callable[[Decimal, Decimal], Decimal | None]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> int | Decimal | None:
        first, second = number(left), number(right)
        return None if first is None or second is None else result(calculate(first, second))

    return apply


def _length(value: Any) -> int:
    value = plain(value)
    return len(value) if isinstance(value, str | list) else 0


def _members(values: tuple[Any, ...]) -> list[Any]:
    """What several arguments hold together: a list its members, null nothing, another value itself."""
    found: list[Any] = []
    for value in map(plain, values):
        if isinstance(value, list):
            found.extend(map(plain, value))
        elif value is not None:
            found.append(value)
    return found


def _sum(*values: Any) -> int | Decimal | None:
    numbers = (number(member) for member in _members(values))
    return result(reduce(EXACT.add, (one for one in numbers if one is not None), Decimal(0)))


def _furthest(sign: int) -> Callable[..., Any]:
    """The least (-1) or the greatest (1) of numbers or of texts; what is empty does not count."""

    def choose(*values: Any) -> Any:
        members = [member for member in _members(values) if not is_empty(member)]
        numbers = [one for one in map(number, members) if one is not None]
        if members and len(numbers) == len(members):
            return result(max(numbers) if sign > 0 else min(numbers))
        if not members or not all(isinstance(one, str) for one in members):
            return None
        return reduce(lambda best, one: one if compare_texts(one, best) == sign else best, members)

    return choose


def _round(value: Any, places: Any = 0) -> int | Decimal | None:
    exact, wanted = number(value), number(places)
    if exact is None or wanted is None or wanted not in range(PLACES + 1):
        return None
    return result(exact.quantize(Decimal(1).scaleb(-int(wanted)), ROUND_HALF_UP, EXACT))


def _abs(value: Any) -> int | Decimal | None:
    exact = number(value)
    return None if exact is None else result(abs(exact))


def _days(first: Any, last: Any) -> int | None:
    ends = [when(end) if isinstance(end, str) else None for end in (plain(first), plain(last))]
    return ends[1].day - ends[0].day if ends[0] and ends[1] else None


_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "not": lambda value: not truthy(value),
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(-1),
    "<=": _ordered(-1, 0),
    ">": _ordered(1),
    ">=": _ordered(0, 1),
    "in": _within,
    "not in": lambda item, container: not _within(item, container),
    "+": _calculated(EXACT.add),
    "-": _calculated(EXACT.subtract),
    "*": _calculated(EXACT.multiply),
    "/": _calculated(lambda left, right: EXACT.divide(left, right) if right else None),
    "list": lambda *members: list(members),
    "len": _length,
    "empty": is_empty,
    "sum": _sum,
    "count": lambda *values: sum(not is_empty(member) for member in _members(values)),
    "min": _furthest(-1),
    "max": _furthest(1),
    "any_of": lambda *values: any(truthy(member) for member in _members(values)),
    "all_of": lambda *values: all(truthy(member) for member in _members(values)),
    "round": _round,
    "abs": _abs,
    "days": _days,
}
