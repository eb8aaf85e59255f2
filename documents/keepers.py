"""Keepers 档案人员: who looks after the archive of a unit, and may be told about it."""

from __future__ import annotations

from collections.abc import Callable

from documents.complaint import Complaint
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.access import CaseScope, may
from documents.unit import Unit

RIGHT = "archive"
Keeps = Callable[[CaseScope], bool]


def keepers(unit: str) -> list[str]:
    """The people who keep the archive of a unit 档案管理员: a role with the right, and the unit in reach."""
    able = [role for role in roles_in_force() if RIGHT in role.get("may", ())]
    above = Unit.ancestors_of([unit]).get(unit, [unit])
    wanted = {f"u:{unit}", *(f"t:{one}" for one in above)}
    people = Person.objects(active=True, posts__role__in=[role["key"] for role in able]).order_by("id")
    return [one.id for one in people if wanted & {key for _role, key in one.reach(able).posts}]


def administrators() -> list[str]:
    """The people who look after the system 系统管理员."""
    roles = [role["key"] for role in roles_in_force() if "administer" in role.get("may", ())]
    return [one.id for one in Person.objects(active=True, posts__role__in=roles).only("id")]


def keeping(actor: Person) -> Keeps:
    """Whether the person may do the archive's work on a case, asked many times."""
    roles = roles_in_force()
    reach = actor.reach(roles)
    return lambda scope: bool(may(reach, RIGHT, scope, roles=roles))


def may_keep(actor: Person, case: Complaint) -> bool:
    """Whether the person may do the archive's work on this case."""
    return keeping(actor)(case.case_scope())
