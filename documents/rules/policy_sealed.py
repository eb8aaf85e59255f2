"""Sealed fields 密封字段: what a policy must not do with an answer that only some roles may ever read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from documents.rules.fields import fields_of
from documents.rules.policy_problems import Definition, Findings, as_list, elements, named, table

WORD: Final = re.compile(r"\w+")
INSIDE: Final = frozenset({"forms", "example", "scenarios"})  # a form asks beside its field


def check_sealed(definition: Definition, findings: Findings) -> None:
    """A sealed field is restricted, is not searched, and nothing that others read is made of it."""
    sealed = dict(_sealed(definition))
    if not sealed:
        return
    roles = {str(one.get("key")) for one in elements(definition, "roles")}
    for path, one in sealed.values():
        for role in as_list(one["sealed_to"]):
            findings.wants(f"{path}.sealed_to", role, roles, ("岗位角色", "role"))
        if one.get("class") != "restricted":
            findings.say(f"{path}.class", "密封字段须为限制知悉级别", "a sealed field must be restricted")
        if one.get("search") or one.get("similar"):
            findings.say(path, "密封字段不能检索", "a sealed field cannot be searched")
    steps = {name: part for name, part in definition.items() if name not in INSIDE}
    for place, words in (*_others(definition), *_conditions(steps, "")):
        for key in sorted(words & set(sealed)):
            findings.say(
                place,
                f"密封字段“{key}”的内容不能用在这里，会让其他人看到",
                f"“{key}” is sealed; here others would read it",
            )


def _sealed(definition: Definition) -> Iterator[tuple[str, tuple[str, Definition]]]:
    for path, form in named(elements(definition, "forms"), "forms"):
        for place, one in named(fields_of(form), f"{path}.fields"):
            if one.get("sealed_to"):
                yield str(one.get("key")), (place, one)


def _others(definition: Definition) -> Iterator[tuple[str, set[str]]]:
    """What may show an answer to others: letters, reports, columns of lists, computed fields, lookups."""
    for name in ("letters", "reports"):
        for path, one in named(elements(definition, name), name):
            yield path, _words(one)
    for path, one in named(elements(definition, "case_types"), "case_types"):
        yield f"{path}.register", _words(table(table(one.get("register")).get("columns")))
    for path, form in named(elements(definition, "forms"), "forms"):
        for place, one in named(fields_of(form), f"{path}.fields"):
            yield place, _words({"value": one.get("value"), "lookup": one.get("lookup")})


def _conditions(part: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    """Conditions of steps, branches, effects, limits, levels: whether they hold is seen by everybody."""
    if isinstance(part, dict):
        if isinstance(part.get("when"), str):
            yield f"{path}.when", _words(part["when"])
        for key, value in part.items():
            yield from _conditions(value, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list):
        for place, one in named(part, path):
            yield from _conditions(one, place)


def _words(value: Any) -> set[str]:
    return set(WORD.findall(json.dumps(value, ensure_ascii=False, default=str)))
