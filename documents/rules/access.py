"""Who may see what: the one permission function 权限判定.

Rights come from role × unit scope × sensitivity class of the field; recusal only takes away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.rules.workflow import Viewer

Definition = Mapping[str, Any]
PUBLIC = "public"


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, and the code of the reason."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class CaseScope:
    """What the permission function reads of a case."""

    scope: frozenset[str]
    recused: frozenset[str]


def case_keys(
    units: Mapping[str, str], ancestors: Mapping[str, Sequence[str]], people: Sequence[str | None]
) -> list[str]:
    """The keys under which a case is found: its units, all above its units, the people on it."""
    keys = {f"u:{unit}" for unit in units.values()}
    keys |= {f"t:{above}" for unit in units.values() for above in ancestors.get(unit, ())}
    keys |= {f"p:{person}" for person in people if person}
    return sorted(keys)


def viewer_keys(
    viewer: Viewer, roles: Sequence[Definition], ancestors: Mapping[str, Sequence[tuple[str, str]]]
) -> list[str]:
    """The keys that open cases to the viewer; `ancestors`: (unit, kind) from each unit upwards."""
    reach = {role["key"]: role.get("reach", "unit") for role in roles}
    keys = {f"p:{viewer.person}"}
    for role, unit in viewer.posts:
        key = _post_key(reach.get(role, "unit"), unit, ancestors.get(unit, ()))
        if key:
            keys.add(key)
    return sorted(keys)


def _post_key(reach: Any, unit: str, ancestors: Sequence[tuple[str, str]]) -> str | None:
    if reach == "none":
        return None
    if reach == "unit":
        return f"u:{unit}"
    if reach == "tree":
        return f"t:{unit}"
    if reach == "all":
        return f"t:{ancestors[-1][0]}" if ancestors else f"t:{unit}"
    return next((f"t:{above}" for above, kind in ancestors if kind == reach["tree_of"]), None)


def may(
    viewer: Viewer,
    operation: str,
    case: CaseScope,
    *,
    keys: frozenset[str],
    roles: Sequence[Definition],
    field: Definition | None = None,
) -> Decision:
    """Whether the viewer may do the operation on the case, or on one field of it."""
    if viewer.person in case.recused:
        return Decision(False, "recused")
    if not keys & case.scope:
        return Decision(False, "outside_scope")
    own = [role for role in roles if any(role["key"] == held for held, _ in viewer.posts)]
    if operation not in {"read"} and not any(operation in role.get("may", ()) for role in own):
        return Decision(False, "operation_not_granted")
    if field is None:
        return Decision(True, "granted")
    return _may_read_field(field, own, f"p:{viewer.person}" in case.scope)


def _may_read_field(field: Definition, own: Sequence[Definition], involved: bool) -> Decision:
    sensitivity = field.get("class", PUBLIC)
    if sensitivity == PUBLIC:
        return Decision(True, "public_field")
    if involved and sensitivity == "personal":
        return Decision(True, "involved")
    if any(sensitivity in role.get("reads", ()) for role in own):
        return Decision(True, "class_granted")
    return Decision(False, "class_denied")
