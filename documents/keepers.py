"""Keepers 档案人员: who looks after the archive of a unit, and may be told about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules.access import may
from documents.rules.policy import PolicyView
from documents.unit import Unit

RIGHT = "archive"
Role = Mapping[str, Any]


def newest_policies() -> list[PolicyView]:
    """The newest published version of each policy."""
    newest: dict[str, int] = {}
    for row in Policy.collection().find({"state": "published"}, {"key": 1, "version": 1}):
        newest[row["key"]] = max(newest.get(row["key"], 0), row["version"])
    return [view_of(key, version) for key, version in sorted(newest.items())]


def house_roles() -> list[Role]:
    """The roles of all policies in force; the first policy that defines a role has the say."""
    found: dict[str, Role] = {}
    for view in newest_policies():
        for role in view.definition.get("roles", ()):
            found.setdefault(role["key"], role)
    return list(found.values())


def keepers(unit: str) -> list[str]:
    """The people who keep the archive of a unit 档案管理员: a role with the right, and the unit in reach."""
    return _reaching(unit, RIGHT)


def administrators() -> list[str]:
    """The people who look after the system 系统管理员."""
    roles = [role["key"] for role in house_roles() if "administer" in role.get("may", ())]
    return [one.id for one in Person.objects(active=True, posts__role__in=roles).only("id")]


def _reaching(unit: str, operation: str) -> list[str]:
    roles = house_roles()
    able = [role for role in roles if operation in role.get("may", ())]
    above = Unit.ancestors_of([unit]).get(unit, [unit])
    wanted = {f"u:{unit}", *(f"t:{one}" for one in above)}
    people = Person.objects(active=True, posts__role__in=[role["key"] for role in able]).order_by("id")
    return [one.id for one in people if wanted & set(one.keys(able))]


def may_keep(actor: Person, case: Complaint, roles: Sequence[Role] | None = None) -> bool:
    """Whether the person may do the archive's work on this case."""
    definitions = house_roles() if roles is None else roles
    keys = frozenset(actor.keys(definitions))
    return bool(may(actor.viewer(), RIGHT, case.case_scope(), keys=keys, roles=definitions))
