"""What the person behind the request is entitled to 当前人员的权限: roles, scope keys, operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import abort, g

from admin_views.veils import kept, mark_of
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules.access import PUBLIC, READ, CaseScope, Decision, Reach, may
from documents.rules.broken import PolicyInvalid
from documents.rules.policy import PolicyView
from documents.standing_cases import governing
from portal import reading
from portal.clock import now
from portal.signing_in import me

Definition = Mapping[str, Any]


def newest_policies() -> list[tuple[str, int]]:
    """Key and version of each policy's newest published version."""
    if "newest_policies" not in g:
        newest: dict[str, int] = {}
        for row in Policy.collection().find({"state": "published"}, {"key": 1, "version": 1}):
            newest[row["key"]] = max(newest.get(row["key"], 0), row["version"])
        g.newest_policies = sorted(newest.items())
    return list(g.newest_policies)


def newest_view(policy: str) -> PolicyView:
    """The newest published version of a policy; raises PolicyInvalid("no_published_version")."""
    version = dict(newest_policies()).get(policy)
    if version is None:
        raise PolicyInvalid("no_published_version", key=policy)
    return view_of(policy, version)


def policies() -> list[PolicyView]:
    """The policies in force."""
    return [view_of(key, version) for key, version in newest_policies()]


def governing_versions(*, status: str | None = "open") -> list[list[tuple[int, PolicyView]]]:
    """For each policy in force: its newest version, and the older ones that govern cases still."""
    return [governing(key, version, status=status) for key, version in newest_policies()]


def versions_with_cases() -> list[tuple[int, PolicyView]]:
    """The versions in force, and then the older ones under which there are cases."""
    if "versions_with_cases" not in g:
        versions = governing_versions(status=None)
        newest = [one[0] for one in versions]
        g.versions_with_cases = [*newest, *(pair for one in versions for pair in one[1:])]
    return list(g.versions_with_cases)


def views_with_cases() -> list[PolicyView]:
    """The policies in force, and then their older versions under which there are cases."""
    return [view for _version, view in versions_with_cases()]


def retaliation_channel() -> str | None:
    """The policy in force that takes reports of retaliation 打击报复举报; links to it are there with one."""
    if "retaliation" not in g:
        found = (one.key for one in policies() if one.definition["policy"].get("retaliation"))
        g.retaliation = next(found, None)
    key: str | None = g.retaliation
    return key


def roles() -> list[Definition]:
    """The roles of all policies in force; the first policy that defines a role has the say."""
    found: dict[str, Definition] = {}
    for policy in policies():
        for role in policy.definition.get("roles", ()):
            found.setdefault(role["key"], role)
    return list(found.values())


def roles_of(policy: str) -> Sequence[Definition]:
    """What each role of a policy may now, on its cases of every version; a list asks it for each row."""
    known: dict[str, Sequence[Definition]] = g.setdefault("roles_of", {})
    if policy not in known:
        known[policy] = newest_view(policy).definition.get("roles", ())
    return known[policy]


def my_reach() -> Reach:
    """How far the person's posts reach."""
    if "my_reach" not in g:
        g.my_reach = me().reach(roles(), now())
    found: Reach = g.my_reach
    return found


def my_keys() -> list[str]:
    """The scope keys that open cases to the person."""
    return my_reach().keys


def keys_in_sight() -> list[str]:
    """With these, those that open cases to the absent for whom the person acts 代办."""
    return sorted({*my_keys(), *(key for one in my_reach().instead for key in one.keys)})


def may_do(operation: str) -> bool:
    """Whether a role of the person grants an operation that belongs to no case."""
    return me().may_do(operation, roles())


def may_on(case: Complaint, operation: str = READ, field: Definition | None = None) -> Decision:
    """The one permission function, asked for the person behind the request."""
    decision = may(my_reach(), operation, case.case_scope(), roles=roles_of(case.policy), field=field)
    if decision.instead_of:
        reading.seen_instead([decision.instead_of])
    return decision


def may_on_row(row: Mapping[str, Any], field: Definition) -> bool:
    """Whether the person may read a field of a row that is exported 导出; that passes to no deputy."""
    if field.get("class", PUBLIC) == PUBLIC:
        return CaseScope.of(row).refusal(me().id) is None
    own = replace(my_reach(), instead=())
    return bool(may(own, READ, CaseScope.of(row), roles=roles_of(row["policy"]), field=field))


def case_for_me(number: str) -> Complaint:
    """The case; 404 when it does not exist or lies outside the person's scope, which look the same."""
    case: Complaint | None = Complaint.objects(number=number).first()
    if case is None or not may_on(case):
        abort(404)
    return case


def is_hidden_case(number: Any) -> bool:
    """Whether this is the number of a case that is not there for the person 保密或回避."""
    return number in kept()


def case_name(number: str) -> str:
    """The number of a case as an answer names it; a mark for one that is not there for the person."""
    return mark_of(number) if is_hidden_case(number) else number


def person_name(person: str | None) -> str:
    """The name of a person, remembered for this request."""
    if not person:
        return ""
    names = g.setdefault("person_names", {})
    if person not in names:
        names.update({one.id: one.name for one in Person.objects(id=person).only("id", "name")})
    return str(names.get(person, person))
