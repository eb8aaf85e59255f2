"""Conditions on their way to a page 页面条件: what the server knows already is worked out before it leaves.

So the page gets the outcome of a comparison with a fact of the case, not the fact; what is typed on the page
itself stays open for it. A fact that its reader may not see never leaves as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from documents.rules.expression_values import truthy
from documents.rules.expressions import Tree, as_json, evaluate, names

NOTHING = ("value", None)


@dataclass(frozen=True)
class Outside:
    """What is certain before the page is filled in: the facts; which names are open, and which kept back."""

    facts: Mapping[str, Any]
    is_open: Callable[[str], bool]
    is_secret: Callable[[str], bool]


def settled(tree: Tree, outside: Outside, *, as_condition: bool) -> Tree:
    """The tree with every part that reads nothing open replaced by its value, or by yes and no."""
    read = names(tree)
    if any(outside.is_open(name) for name in read):
        head, *parts = tree
        if head == "name":
            return tree
        answers = len(parts) if head in ("and", "or", "not") else int(head == "if")
        return [
            head,
            *(settled(part, outside, as_condition=place < answers) for place, part in enumerate(parts)),
        ]
    if not read:
        return tree
    value = evaluate(tree, outside.facts)
    if as_condition:
        return ["value", truthy(value)]
    if not isinstance(value, bool) and any(outside.is_secret(name) for name in read):
        return list(NOTHING)
    return _literal(as_json(value))


def _literal(value: Any) -> Tree:
    """A travelling value as a tree; a table has no literal, and nothing compares with one but a table."""
    if isinstance(value, Mapping):
        return ["number", value["#"]] if "#" in value else list(NOTHING)
    return ["list", *map(_literal, value)] if isinstance(value, list) else ["value", value]
