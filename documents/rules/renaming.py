"""Renaming 更名 and merging 合并: a key is changed wherever the definition names it, and the change declared.

Data is not touched: answers stay as they were filled, and `documents.rules.identity` reads them under
the new name. The declaration in `migrate` is what makes that possible, so a rename without it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from documents.rules.broken import RuleBroken
from documents.rules.definition_changes import changes
from documents.rules.edits import Operation
from documents.rules.identity import Migration, Name, identity, names
from documents.rules.mentions import Target
from documents.rules.policy_problems import KEY
from documents.rules.policy_shapes import BASIC_SLOTS
from documents.rules.renaming_walk import Renaming
from documents.rules.where_used import WhereUsed

Definition = Mapping[str, Any]
# What mentions call the things that can be renamed.
TARGETS: Final[Mapping[str, str]] = {
    "field": "fields",
    "column": "fields",
    "list": "lists",
    "option": "options",
    "form": "forms",
    "stage": "stages",
    "step": "transitions",
    "case_type": "case_types",
    "workflow": "workflows",
    "limit": "limits",
    "letter": "letters",
    "role": "roles",
    "unit_kind": "unit_kinds",
    "slot": "slots",
}


def rename(definition: Definition, name: Name, new: str) -> list[Operation]:
    """更名: the operations that give a thing a new key everywhere, declared in `migrate`.

    Raises RuleBroken("bad_key"), ("unknown_element"), ("key_taken"), ("key_shared") for a key that a
    field and a column share, ("key_is_fixed") for what the portal itself names.
    """
    if not KEY.match(new):
        raise RuleBroken("bad_key", key=new[:60])
    target = _target(definition, name)
    if target == ("lists", "outcomes") or (name.of == "slot" and name.key in BASIC_SLOTS):
        raise RuleBroken("key_is_fixed", key=name.key)
    if new in _siblings(definition, target):
        raise RuleBroken("key_taken", key=new)
    changed = Renaming(definition, target, new, keep=False).done()
    return [*changes(definition, changed), _declared(definition, "rename", name, new)]


def with_roles_of(definition: Definition, newer: Definition) -> Definition:
    """An older version with its roles 岗位角色 called as a newer one calls them: so its steps name posts."""
    for move in role_moves(definition, newer):
        definition = Renaming(definition, ("roles", move.old), move.new, keep=False).done()
    return definition


def role_moves(old: Definition, new: Definition) -> list[Migration]:
    """The renames of roles between two versions, in order."""
    return [move for move in identity(old, new).moves if move.of == "role"]


def merge_options(definition: Definition, name: Name, into: str, *, today: date) -> list[Operation]:
    """合并选项: one option of a list becomes another; it stays, retired, for what was filled before.

    Raises RuleBroken("unknown_element"), ("unknown_option").
    """
    target = _target(definition, name)
    if into == name.key or ("options", f"{name.within}/{into}") not in WhereUsed(definition).targets():
        raise RuleBroken("unknown_option", key=into)
    changed = Renaming(definition, target, into, keep=True, today=today).done()
    return [*changes(definition, changed), _declared(definition, "merge", name, into)]


def _target(definition: Definition, name: Name) -> Target:
    kind = TARGETS.get(name.of)
    key = f"{name.within}/{name.key}" if name.of in ("option", "stage", "step") else name.key
    if kind is None or (kind, key) not in WhereUsed(definition).targets():
        raise RuleBroken("unknown_element", key=name.key)
    if kind == "fields" and len({known.of for known in names(definition) if _is_field(known, key)}) > 1:
        raise RuleBroken("key_shared", key=key)
    return (kind, key)


def _is_field(known: Name, key: str) -> bool:
    return known.of in ("field", "column") and known.key == key


def _siblings(definition: Definition, target: Target) -> set[str]:
    """The keys that the new one must differ from."""
    kind, key = target
    box = f"{key.rpartition('/')[0]}/" if "/" in key else ""
    known = {one for other, one in WhereUsed(definition).targets() if other == kind}
    return {one.removeprefix(box) for one in known if one.startswith(box)}


def _declared(definition: Definition, verb: str, name: Name, new: str) -> Operation:
    taken = {str(one.get("key")) for one in definition.get("migrate", ())}
    base = f"{name.of}_{name.key}"[:34]
    key = next(one for one in (base, *(f"{base}_{number}" for number in range(2, 1_000))) if one not in taken)
    entry = {"key": key, verb: name.of, "from": name.key, "to": new}
    boxed = name.of in ("option", "stage", "step", "column")
    within = {"in": name.within} if name.within and boxed else {}
    return {"do": "add", "path": "migrate", "value": {**entry, **within}}
