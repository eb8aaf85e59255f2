"""Reading an expression 表达式: Python-like text becomes a small tree, or is refused.

Python's own parser only splits the text; nothing of it is ever executed. What is not listed here is refused,
and everything is bounded, so that no text makes a tree that is slow or large.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from documents.rules.broken import PolicyInvalid

Tree = Any  # ["op", argument, …]; ["value", a plain value]; ["number", its digits]; ["name", a name]

MAX_LENGTH = 1_000
MAX_DEPTH = 60
MAX_PARTS = 250
MAX_DIGITS = 15
MAX_PLACES = 12
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

COMPARISONS: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {
        ast.Eq: "==",
        ast.NotEq: "!=",
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
        ast.In: "in",
        ast.NotIn: "not in",
    }
)
ARITHMETIC: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
)
# How many arguments a function takes, at least and at most.
MANY = 50
FUNCTIONS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "len": (1, 1),
        "empty": (1, 1),
        "sum": (1, MANY),
        "count": (1, MANY),
        "min": (1, MANY),
        "max": (1, MANY),
        "any_of": (1, MANY),
        "all_of": (1, MANY),
        "round": (1, 2),
        "abs": (1, 1),
        "contains": (2, 2),
        "days": (2, 2),
        "today": (0, 0),
    }
)
CONSTANTS: Mapping[str, bool | None] = MappingProxyType(
    {"true": True, "false": False, "null": None, "None": None, "True": True, "False": False}
)


def on_one_line(text: str) -> str:
    """The text as it is parsed: line breaks and tabs are spaces, so that every byte keeps its place."""
    return re.sub(r"[\r\n\t]", " ", text).strip()


@lru_cache(maxsize=8192)
def compile_expression(text: str) -> Tree:
    """Parse the text into a tree; raises PolicyInvalid when it uses anything not listed here."""
    if len(text) > MAX_LENGTH:
        raise PolicyInvalid("expression_too_long", text=text[:80], max=MAX_LENGTH)
    source = on_one_line(text)
    # A backslash could write any character, a NUL ends the text for some, half a pair is no character.
    if re.search(r"[\\\x00-\x1f\x7f\ud800-\udfff]", source):
        raise PolicyInvalid("expression_not_readable", text=text)
    try:
        parsed = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PolicyInvalid("expression_not_readable", text=text) from error
    return _Reader(text, source.encode()).tree(parsed, 1)


@dataclass
class _Reader:
    """Walks what Python's parser found; counts the parts on the way."""

    text: str
    source: bytes
    parts: int = 0

    def tree(self, node: ast.expr, depth: int) -> Tree:
        self.parts += 1
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            raise PolicyInvalid("expression_too_large", text=self.text, depth=MAX_DEPTH, parts=MAX_PARTS)
        convert = _CONVERTERS.get(type(node))
        if convert is None:
            raise self.refusal(type(node).__name__)
        return convert(self, node, depth + 1)

    def trees(self, nodes: list[ast.expr], depth: int) -> list[Tree]:
        return [self.tree(node, depth) for node in nodes]

    def refusal(self, part: str) -> PolicyInvalid:
        return PolicyInvalid("expression_not_allowed", text=self.text, part=part)

    def constant(self, node: ast.Constant, _depth: int) -> Tree:
        value = node.value
        if value is None or isinstance(value, bool | str):
            return ["value", value]
        if not isinstance(value, int | float):
            raise self.refusal(type(value).__name__)
        return self._number(self.source[node.col_offset : node.end_col_offset].decode())

    def _number(self, digits: str) -> Tree:
        """The number exactly as it is written, not as a binary fraction comes near it."""
        try:
            value = Decimal(digits.replace("_", ""))
        except InvalidOperation as error:  # 0x10, 0b1
            raise self.refusal(digits) from error
        # How large it is is read off its exponent: calculating with 1e99999999999999 overflows.
        if (value and value.adjusted() >= MAX_DIGITS) or -int(value.as_tuple().exponent) > MAX_PLACES:
            raise PolicyInvalid("expression_number_too_long", text=self.text, part=digits)
        return ["value", int(value)] if value == value.to_integral_value() else ["number", f"{value:f}"]

    def name(self, node: ast.Name, _depth: int) -> Tree:
        if node.id in CONSTANTS:
            return ["value", CONSTANTS[node.id]]
        if not NAME.fullmatch(node.id):
            raise self.refusal(node.id)
        return ["name", node.id]

    def attribute(self, node: ast.Attribute, depth: int) -> Tree:
        base = self.tree(node.value, depth)
        if not NAME.fullmatch(node.attr) or base[0] != "name":
            raise self.refusal(node.attr)
        return ["name", f"{base[1]}.{node.attr}"]

    def boolean(self, node: ast.BoolOp, depth: int) -> Tree:
        return ["and" if isinstance(node.op, ast.And) else "or", *self.trees(node.values, depth)]

    def unary(self, node: ast.UnaryOp, depth: int) -> Tree:
        if not isinstance(node.op, ast.Not | ast.USub):
            raise self.refusal(type(node.op).__name__)
        operand = self.tree(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return ["not", operand]
        if operand[0] == "value" and type(operand[1]) is int:
            return ["value", -operand[1]]
        if operand[0] == "number":
            return ["number", operand[1][1:] if operand[1][0] == "-" else f"-{operand[1]}"]
        return ["-", ["value", 0], operand]

    def arithmetic(self, node: ast.BinOp, depth: int) -> Tree:
        sign = ARITHMETIC.get(type(node.op))
        if sign is None:
            raise self.refusal(type(node.op).__name__)
        return [sign, *self.trees([node.left, node.right], depth)]

    def comparison(self, node: ast.Compare, depth: int) -> Tree:
        """One comparison, or a chain `1 <= x <= 5` as the comparisons that it means."""
        sides = self.trees([node.left, *node.comparators], depth)
        if any(side[0] not in ("name", "value", "number") for side in sides[1:-1]):
            raise self.refusal("chained comparison")  # the middle would be calculated twice
        if any(type(sign) not in COMPARISONS for sign in node.ops):
            raise self.refusal("is")
        links = [
            [COMPARISONS[type(sign)], sides[place], sides[place + 1]] for place, sign in enumerate(node.ops)
        ]
        return links[0] if len(links) == 1 else ["and", *links]

    def choice(self, node: ast.IfExp, depth: int) -> Tree:
        return ["if", *self.trees([node.test, node.body, node.orelse], depth)]

    def call(self, node: ast.Call, depth: int) -> Tree:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            raise self.refusal(f"{name or type(node.func).__name__}()")
        least, most = FUNCTIONS[name]
        if not least <= len(node.args) <= most:
            raise PolicyInvalid("expression_arguments", text=self.text, part=name, min=least, max=most)
        arguments = self.trees(node.args, depth)
        if name == "today":
            return ["name", "today"]
        return ["in", arguments[1], arguments[0]] if name == "contains" else [name, *arguments]

    def members(self, node: ast.List | ast.Tuple, depth: int) -> Tree:
        return ["list", *self.trees(node.elts, depth)]


_CONVERTERS: Mapping[type[ast.expr], Callable[[_Reader, Any, int], Tree]] = MappingProxyType(
    {
        ast.Constant: _Reader.constant,
        ast.Name: _Reader.name,
        ast.Attribute: _Reader.attribute,
        ast.BoolOp: _Reader.boolean,
        ast.UnaryOp: _Reader.unary,
        ast.BinOp: _Reader.arithmetic,
        ast.Compare: _Reader.comparison,
        ast.IfExp: _Reader.choice,
        ast.Call: _Reader.call,
        ast.List: _Reader.members,
        ast.Tuple: _Reader.members,
    }
)
