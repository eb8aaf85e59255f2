"""Nothing of one house in a policy 可移植检查: no person, no unit, no server; those are bindings.

A policy names roles, kinds of units and unit slots; who holds a role and which units there are is the
house's own. Only `example` and `scenarios` have made-up units and people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import Tree, compile_expression
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import compared
from documents.rules.policy_problems import Definition, Findings, mark, shown

MADE_UP = frozenset({"example", "scenarios"})
CONDITIONS = frozenset({"when", "visible", "required", "value", "that"})
OWN_DEFAULTS = frozenset({"me", "my_name", "my_unit"})
NO_PERSON = (
    "请设一个指定联系人，写 {contact: …}，由本单位对照选人；或设一个岗位角色，写 {role: …, at: …}",
    "make it a named contact, {contact: …}, whom the house chooses, or a role, {role: …, at: …}",
)
NO_UNIT = (
    "请改用单位类型或单位角色，如 received_kind == 'outlet'",
    "use the kind of the unit or a unit slot, such as received_kind == 'outlet'",
)


def check_portable(definition: Definition, findings: Findings) -> None:
    """Nobody and no unit of one house is named."""
    places = {key for key, one in all_fields(definition).items() if one.get("type") in ("unit", "person")}
    for path, table in tables({name: part for name, part in definition.items() if name not in MADE_UP}):
        if isinstance(table.get("person"), str) and not {"zh", "en"} & set(table):
            _named(f"{path}.person", table["person"], NO_PERSON, findings)
        if table.get("type") in ("unit", "person") and table.get("default") not in [None, *OWN_DEFAULTS]:
            remedy = NO_UNIT if table["type"] == "unit" else NO_PERSON
            _named(f"{path}.default", table["default"], remedy, findings)
        for name in sorted(CONDITIONS & set(table)):
            for value in _literals(table[name], places):
                _named(f"{path}.{name}", value, NO_UNIT, findings)


def _named(path: str, value: Any, remedy: tuple[str, str], findings: Findings) -> None:
    zh = f"制度里写了本单位特有的“{value}”：人员和单位不属于制度"
    findings.say(path, zh, f"names “{value}” of one house: people and units are no part of a policy", remedy)


def _literals(text: Any, places: set[str]) -> Iterator[str]:
    """What an expression compares a unit or a person with."""
    for name, value in compared(_tree(text)):
        if name in places or name == "handler" or name.startswith("unit_"):
            yield value


def _tree(text: Any) -> Tree:
    try:
        return compile_expression(text) if isinstance(text, str) else ["value", None]
    except PolicyInvalid:  # said by the check of the condition itself
        return ["value", None]


def tables(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table below a value, with its path."""
    if isinstance(value, Mapping):
        yield path, value
        for name, part in value.items():
            yield from tables(part, f"{path}.{shown(name)}" if path else shown(name))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from tables(one, f"{path}[{mark(one, f'#{index}')}]")
