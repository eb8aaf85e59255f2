"""No regular expression comes from what somebody writes: each stands in the source, as text or by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from documents.rules.patterns import PATTERNS
from tests.test_layers import PROJECT, sources, tree

TAKERS = frozenset({"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
# Where a pattern is put together, and why no administrator and no visitor has a say in it.
PUT_TOGETHER = {
    "documents/rules/patterns.py": "the closed table of formats itself",
    "portal/forms/compile.py": "the name of a field, escaped",
    "pdf/glyphs.py": "the characters that a font covers",
}


def is_written_here(node: ast.expr) -> bool:
    """Whether an expression is made of texts and of constants of the module alone."""
    if isinstance(node, ast.BinOp):
        return is_written_here(node.left) and is_written_here(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return is_written_here(node.func.value) and all(
            is_written_here(one) for one in [*node.args, *(keyword.value for keyword in node.keywords)]
        )
    if isinstance(node, ast.Name):
        return node.id.lstrip("_").isupper()
    return isinstance(node, ast.Constant)


def foreign(path: Path) -> Iterator[str]:
    """Where a file makes a regular expression of something else."""
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        taker = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if taker and node.func.attr in TAKERS and not is_written_here(node.args[0]):
            yield f"{path.relative_to(PROJECT)}:{node.lineno}"


def test_every_regular_expression_stands_in_the_source() -> None:
    found = [place for path in sources() for place in foreign(path)]
    assert [place for place in found if place.split(":")[0] not in PUT_TOGETHER] == []
    assert {place.split(":")[0] for place in found} == set(PUT_TOGETHER)


def test_the_formats_of_text_fields_are_a_closed_table() -> None:
    assert "(a+)+$" not in PATTERNS
    assert all(name.isidentifier() for name in PATTERNS)
