"""Unit slots 单位角色 of a case: filled from the policy's rules where they are not given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

Rule = Mapping[str, Any]


class Tree(Protocol):
    """What the rules of slots ask of the tree of units 单位树."""

    def kinds_above(self, codes: Iterable[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
        """(unit, kind) pairs from each unit upwards, the unit itself first."""

    def first_below(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """The first unit in use directly below each (parent, kind), where there is one."""


def filled(slots: Mapping[str, Rule], units: Mapping[str, str], tree: Tree) -> dict[str, str]:
    """The slots with those that can be found added.

    `{above: slot, kind: k}` is the nearest unit of the kind at or above a given slot's unit;
    `{within: slot, kind: k}` the first unit of the kind directly below it.
    """
    found = dict(units)
    above = tree.kinds_above(found.values())
    for name, rule in slots.items():
        if name not in found and "above" in rule:
            line = above.get(found.get(rule["above"], ""), ())
            nearest = next((unit for unit, kind in line if kind == rule["kind"]), None)
            found |= {name: nearest} if nearest else {}
    wanted = {
        name: (found[rule["within"]], rule["kind"])
        for name, rule in slots.items()
        if name not in found and rule.get("within") in found
    }
    first = tree.first_below(wanted.values()) if wanted else {}
    return {**found, **{name: first[pair] for name, pair in wanted.items() if pair in first}}
