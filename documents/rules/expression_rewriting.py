"""Rewriting expressions 改写表达式: a renamed field or a merged option is renamed wherever it is read.

The text is changed only where the name or the literal stands, so it stays as its author wrote it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from documents.rules.expression_parsing import compile_expression, on_one_line

# The new name for a name, the new literal for a literal compared with a name; the same when it stays.
RenameName = Callable[[str], str]
RenameLiteral = Callable[[str, str], str]
COMPARED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def rewritten(text: str, name: RenameName, literal: RenameLiteral) -> str:
    """The expression with its names and literals renamed; raises PolicyInvalid when it cannot be read."""
    compile_expression(text)
    tree = ast.parse(on_one_line(text), mode="eval")
    raw = text.strip().encode()
    patches = {**_names(tree, name), **_literals(tree, literal)}
    for (start, end), new in sorted(patches.items(), reverse=True):
        raw = raw[:start] + new.encode() + raw[end:]
    changed = raw.decode()
    compile_expression(changed)
    return changed


Spot = tuple[int, int]


def _spot(node: ast.expr) -> Spot:
    """Where a node stands, in bytes: that is how the parser counts columns. There is one line only."""
    return node.col_offset, node.end_col_offset or node.col_offset


def _names(tree: ast.AST, rename: RenameName) -> dict[Spot, str]:
    found: dict[Spot, str] = {}
    inner: set[int] = set()
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute) or id(node) in inner | called:
            continue
        full = _dotted(node)
        inner |= {id(part) for part in ast.walk(node) if part is not node}
        if full is not None and rename(full) != full:
            found[_spot(node)] = rename(full)
    return found


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def _literals(tree: ast.AST, rename: RenameLiteral) -> dict[Spot, str]:
    found: dict[Spot, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], COMPARED):
            sides = (node.left, node.comparators[0])
            for one, other in (sides, sides[::-1]):
                full = _dotted(one)
                for constant in _texts(other) if full else ():
                    new = rename(str(full), str(constant.value))
                    if new != constant.value:
                        found[_spot(constant)] = repr(new)
    return found


def _texts(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    if isinstance(node, ast.List | ast.Tuple):
        for part in node.elts:
            yield from _texts(part)
