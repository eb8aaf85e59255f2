"""The one expression language 表达式 of a policy: parsed once to a small tree, evaluated anywhere.

The tree is made of lists and plain values, so it travels as JSON; the page evaluates the same tree
(`portal/static/js/expressions.js`). A missing name is null; comparing with null is false except by
`==` and `!=`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from documents.rules.broken import PolicyInvalid

Tree = Any  # ["op", argument, …] | a plain value
MAX_LENGTH = 1_000

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
FUNCTIONS = frozenset({"len", "sum", "any_of", "empty"})
CONSTANTS = {"true": True, "false": False, "null": None, "None": None, "True": True, "False": False}


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Tree:
    """Parse the text into a tree; raises PolicyInvalid when it uses anything not listed here."""
    if len(text) > MAX_LENGTH:
        raise PolicyInvalid("expression_too_long", text=text[:80])
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise PolicyInvalid("expression_not_readable", text=text) from error
    return _tree(parsed, text)


def _tree(node: ast.expr, text: str) -> Tree:
    for kind, convert in _CONVERTERS.items():
        if isinstance(node, kind):
            return convert(node, text)
    raise PolicyInvalid("expression_not_allowed", text=text, part=type(node).__name__)


def _constant(node: ast.Constant, text: str) -> Tree:
    if node.value is None or isinstance(node.value, bool | int | float | str):
        return ["value", node.value]
    raise PolicyInvalid("expression_not_allowed", text=text, part=repr(node.value))


def _name(node: ast.Name, _text: str) -> Tree:
    if node.id in CONSTANTS:
        return ["value", CONSTANTS[node.id]]
    return ["name", node.id]


def _attribute(node: ast.Attribute, text: str) -> Tree:
    base = _tree(node.value, text)
    if node.attr.startswith("_") or base[0] != "name":
        raise PolicyInvalid("expression_not_allowed", text=text, part=node.attr)
    return ["name", f"{base[1]}.{node.attr}"]


def _bool(node: ast.BoolOp, text: str) -> Tree:
    return ["and" if isinstance(node.op, ast.And) else "or", *(_tree(part, text) for part in node.values)]


def _unary(node: ast.UnaryOp, text: str) -> Tree:
    if isinstance(node.op, ast.Not):
        return ["not", _tree(node.operand, text)]
    if isinstance(node.op, ast.USub):
        return ["-", ["value", 0], _tree(node.operand, text)]
    raise PolicyInvalid("expression_not_allowed", text=text, part=type(node.op).__name__)


def _arithmetic(node: ast.BinOp, text: str) -> Tree:
    sign = ARITHMETIC.get(type(node.op))
    if sign is None:
        raise PolicyInvalid("expression_not_allowed", text=text, part=type(node.op).__name__)
    return [sign, _tree(node.left, text), _tree(node.right, text)]


def _compare(node: ast.Compare, text: str) -> Tree:
    if len(node.ops) != 1 or type(node.ops[0]) not in COMPARISONS:
        raise PolicyInvalid("expression_not_allowed", text=text, part="chained comparison")
    return [COMPARISONS[type(node.ops[0])], _tree(node.left, text), _tree(node.comparators[0], text)]


def _call(node: ast.Call, text: str) -> Tree:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
        raise PolicyInvalid("expression_not_allowed", text=text, part="call")
    return [node.func.id, *(_tree(part, text) for part in node.args)]


def _list(node: ast.List, text: str) -> Tree:
    return ["list", *(_tree(part, text) for part in node.elts)]


_CONVERTERS: dict[type[ast.expr], Callable[[Any, str], Tree]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.BoolOp: _bool,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.List: _list,
    ast.Tuple: _list,
}


def names(tree: Tree) -> set[str]:
    """The names that the tree reads."""
    if tree[0] == "name":
        return {tree[1]}
    if tree[0] == "value":
        return set()
    return set().union(*(names(part) for part in tree[1:]))


def holds(expression: str | bool | None, facts: Mapping[str, Any]) -> bool:
    """Whether a condition of a policy holds; no condition always holds."""
    if expression is None:
        return True
    if isinstance(expression, bool):
        return expression
    return bool(evaluate(compile_expression(expression), facts))


def evaluate(tree: Tree, facts: Mapping[str, Any]) -> Any:
    """The value of the tree over the facts."""
    head = tree[0]
    if head == "value":
        return tree[1]
    if head == "name":
        return _look_up(tree[1], facts)
    if head == "and":
        return all(evaluate(part, facts) for part in tree[1:])
    if head == "or":
        return any(evaluate(part, facts) for part in tree[1:])
    return _OPERATIONS[head](*(evaluate(part, facts) for part in tree[1:]))


def _look_up(name: str, facts: Mapping[str, Any]) -> Any:
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


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(left: Any, right: Any) -> bool:
        left, right = _comparable(left, right)
        return left is not None and right is not None and compare(left, right)

    return check


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """The pair made alike, or (None, None) when the two cannot be compared."""
    left, right = _plain(left), _plain(right)
    numbers = (int, Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return left, right
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    return None, None


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _equal(left: Any, right: Any) -> bool:
    return bool(_plain(left) == _plain(right))


def _within(item: Any, container: Any) -> bool:
    if isinstance(container, str):
        return isinstance(item, str) and item in container
    if isinstance(container, list | tuple):
        return any(_equal(item, member) for member in container)
    return False


def _number(value: Any) -> Decimal | None:
    value = _plain(value)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _calculated(calculate: Callable[[Decimal, Decimal], Decimal | None]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Decimal | None:
        first, second = _number(left), _number(right)
        return None if first is None or second is None else calculate(first, second)

    return apply


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def _sum(values: Any) -> Decimal:
    parts = values if isinstance(values, list | tuple) else [values]
    return sum((number for number in map(_number, parts) if number is not None), Decimal(0))


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "not": lambda value: not value,
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "in": _within,
    "not in": lambda item, container: not _within(item, container),
    "+": _calculated(lambda left, right: left + right),
    "-": _calculated(lambda left, right: left - right),
    "*": _calculated(lambda left, right: left * right),
    "/": _calculated(lambda left, right: left / right if right else None),
    "list": lambda *members: list(members),
    "len": _length,
    "sum": _sum,
    "any_of": lambda values: any(values or []),
    "empty": lambda value: value in (None, "", [], {}),
}
