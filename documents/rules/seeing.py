"""What the permission function says, told in advance 权限说明: of a person's posts, and of a field's readers.

Nothing is decided here: each line is an answer of `documents.rules.access.may` about a case that the post
just reaches, with the reason that it gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.rules.access import PUBLIC, READ, CaseScope, Decision, Reach, may, reach_of
from documents.rules.fields import fields_of, members
from documents.rules.workflow import Viewer

Definition = Mapping[str, Any]
CLASSES = (PUBLIC, "personal", "restricted")
OPERATIONS = ("register", "export", "archive", "confide", "unmask", "reports", "duties", "administer")
INVOLVED = "involved"


@dataclass(frozen=True)
class PostSight:
    """What one post opens 岗位可见: under which scope key, which classes, which operations."""

    role: str
    unit: str
    key: str | None
    classes: Mapping[str, Decision]
    operations: tuple[str, ...]


@dataclass(frozen=True)
class Readers:
    """Who reads fields of some classes 可读岗位: each role with the answer; and who handles the case."""

    classes: tuple[str, ...]
    fields: tuple[Definition, ...]
    roles: tuple[tuple[Definition, Decision], ...]
    involved: Decision


def posts_in_sight(
    viewer: Viewer, roles: Sequence[Definition], ancestors: Mapping[str, Sequence[tuple[str, str]]]
) -> list[PostSight]:
    """What each post of a person opens."""
    found = []
    for role, unit in sorted(viewer.posts, key=lambda post: (post[1], post[0])):
        reach = reach_of(Viewer(viewer.person, frozenset({(role, unit)})), roles, ancestors)
        key = next((key for _role, key in reach.posts), None)
        case = CaseScope(frozenset({key} if key else ()), frozenset())
        granted = {name for one in roles if one["key"] == role for name in one.get("may", ())}
        classes = {name: may(reach, READ, case, roles=roles, field={"class": name}) for name in CLASSES}
        found.append(PostSight(role, unit, key, classes, tuple(one for one in OPERATIONS if one in granted)))
    return found


def readers(form: Definition, roles: Sequence[Definition], field: str = "") -> list[Readers]:
    """Who reads the fields of a form, or one of them, taken together by their classes."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Definition]] = {}
    for name, one, classes in _classed(form):
        if field in ("", name):
            asked = classes, tuple(one.get("sealed_to", ()))
            groups.setdefault(asked, []).append({**one, "key": name})
    return [
        Readers(
            classes,
            tuple(fields),
            tuple(
                (role, _answer(Reach("", frozenset({(role["key"], "u:")})), role, (classes, sealed)))
                for role in roles
            ),
            _answer(Reach(INVOLVED), {}, (classes, sealed)),
        )
        for (classes, sealed), fields in sorted(
            groups.items(), key=lambda group: [CLASSES.index(one) for one in group[0][0]]
        )
    ]


def _classed(form: Definition) -> list[tuple[str, Definition, tuple[str, ...]]]:
    """Every field, a column under its table, with the classes that its reader must be open to."""
    found: list[tuple[str, Definition, tuple[str, ...]]] = []
    for one in fields_of(form):
        if one["type"] != "note":
            own = str(one.get("class", PUBLIC))
            found.append((str(one["key"]), one, (own,)))
            for column in members(one, "fields"):
                both = {own, str(column.get("class", PUBLIC))}
                classes = tuple(
                    name for name in CLASSES if name in both and (name != PUBLIC or len(both) == 1)
                )
                found.append((f"{one['key']}.{column['key']}", column, classes))
    return found


def _answer(reach: Reach, role: Definition, asked: tuple[Sequence[str], Sequence[str]]) -> Decision:
    """The first refusal, else the last grant, on a case that the post reaches or the person handles."""
    if role.get("reach") == "none":
        reach = Reach(reach.person)
    case = CaseScope(frozenset({"u:", f"p:{INVOLVED}"}), frozenset())
    classes, sealed = asked
    roles = [role] if role else []
    fields = [{"class": one, "sealed_to": list(sealed)} for one in classes]
    answers = [may(reach, READ, case, roles=roles, field=one) for one in fields]
    return next((one for one in answers if not one), answers[-1])
