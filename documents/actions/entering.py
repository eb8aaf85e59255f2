"""Entering 登录与退出: a sign-in is kept, measured by the roles of the person, and ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import audit
from documents.database import transaction
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.broken import RuleBroken
from documents.rules.sign_ins import RoleRule, browser_of, checked
from documents.second_factor import has_factor
from documents.sign_in import SignIn, SignInRules, hash_of, rule_for, rules_of_roles

MINUTE = 60_000  # milliseconds


@dataclass(frozen=True)
class Arrival:
    """How somebody came in: from where, with what, and what vouched for the person."""

    address: str = ""
    agent: str = ""
    way: str = "password"
    factor: bool = False
    forced: bool = True  # whether this portal insists on second factors at all


def enter(person: Person, arrival: Arrival, *, now: datetime) -> str:
    """登录: keep the sign-in and give its token; what was over of the person is swept away."""
    token, rule = secrets.token_urlsafe(32), rule_for(person)
    browser, system = browser_of(arrival.agent)
    kept = SignIn(
        id=hash_of(token),
        person=person.id,
        since=now,
        seen=now,
        idle=rule.length.idle,
        ends=rule.length.ends(now),
        address=arrival.address,
        browser=browser,
        system=system,
        way=arrival.way,
        factor=arrival.factor,
        forced=arrival.forced,
    )
    kept.owes_factor = _owes(kept, rule)

    def run() -> str:
        SignIn.objects(person=person.id, ends__lte=now).delete()
        kept.save(force_insert=True)
        told = {"address": arrival.address, "way": arrival.way, "factor": arrival.factor}
        _note("sign_in", person.id, person.id, now, **told)
        return token

    return transaction(run)


def _owes(kept: SignIn, rule: RoleRule) -> bool:
    return bool(kept.forced and rule.factor and not kept.factor and not has_factor(kept.person))


def _note(verb: str, person: str, by: str, now: datetime, **facts: Any) -> None:
    audit.note(verb, f"person:{person}", by=by, at=now, **facts)


def sweep(*, now: datetime) -> int:
    """清理过期登录: take away every sign-in that is over, whoever's it was; how many."""
    unused = {"$lt": [{"$add": ["$seen", {"$multiply": ["$idle", MINUTE]}]}, now]}
    over = {"$or": [{"ends": {"$lte": now}}, {"$expr": unused}]}
    return int(SignIn.collection().delete_many(over).deleted_count)


def leave(sign_in: str, person: str, *, address: str | None, now: datetime) -> None:
    """退出登录: the person ends the sign-in that is being used."""

    def run() -> None:
        if SignIn.objects(id=sign_in, person=person).delete():
            _note("sign_out", person, person, now, address=address)

    transaction(run)


def end(sign_in: str, person: str, *, actor: Person, now: datetime) -> None:
    """退出此设备: one other sign-in of a person. Raises RuleBroken("sign_in_gone")."""

    def run() -> None:
        found: SignIn | None = SignIn.objects(id=sign_in, person=person).first()
        if found is None:
            raise RuleBroken("sign_in_gone")
        found.delete()
        told = {"since": found.since, "address": found.address, "browser": found.browser}
        _note("end_sign_in", person, actor.id, now, **told)

    transaction(run)


def end_all(person: str, *, but: str | None = None, by: str, now: datetime) -> int:
    """退出所有设备: every sign-in of a person, but perhaps one; joins the running transaction. How many."""

    def run() -> int:
        count = int(SignIn.objects(person=person, id__ne=but).delete())
        if count:
            _note("end_sign_ins", person, by, now, count=count)
        return count

    return transaction(run)


def change_rules(
    given: Mapping[str, RoleRule], *, actor: Person, now: datetime, reset: bool | None = None
) -> None:
    """修改登录规则: what counts for each role, also for those who are signed in; and `reset` by mail.

    Raises RuleBroken("bad_idle"), ("bad_most").
    """
    labels = {role["key"]: role["label"] for role in roles_in_force()}
    known = {role: rule for role, rule in given.items() if role in labels}
    for role, rule in known.items():
        checked(labels[role], rule.length)

    def run() -> None:
        before = rules_of_roles()
        changed = {role: rule for role, rule in known.items() if before.get(role) != rule}
        rules = SignInRules.objects(id="house").first() or SignInRules(id="house")
        switched = reset is not None and reset != rules.reset_by_mail
        if not changed and not switched:
            raise RuleBroken("nothing_changed")
        if switched:
            rules.reset_by_mail = reset
        rules.roles = {**rules.roles, **{role: _plain(rule) for role, rule in changed.items()}}
        rules.changed_at, rules.changed_by = now, actor.id
        rules.save()
        measure_anew()
        told = {role: [_plain(before[role]), _plain(rule)] for role, rule in changed.items()}
        more = {"reset_by_mail": reset} if switched else {}
        audit.note("change_sign_in_rules", "sign_in_rules", by=actor.id, at=now, roles=told, **more)

    transaction(run)


def _plain(rule: RoleRule) -> dict[str, Any]:
    return {"idle": rule.length.idle, "most": rule.length.most, "factor": rule.factor}


def measure_anew(**people: Any) -> None:
    """按新规则计时: measure the sign-ins of these people anew; joins the running transaction."""
    rules = rules_of_roles()
    held = list(SignIn.objects(**people))
    known = Person.many(one.person for one in held)
    for one in [found for found in held if found.person in known]:
        rule = rule_for(known[one.person], rules)
        one.idle, one.ends = rule.length.idle, rule.length.ends(one.since)
        one.owes_factor = _owes(one, rule)
        one.save()


def measure_roles_anew(before: Mapping[str, RoleRule]) -> None:
    """岗位要求变更: measure those anew of whose roles something else is asked than `before`."""
    after = rules_of_roles()
    changed = sorted(role for role in {*before, *after} if before.get(role) != after.get(role))
    if changed:
        measure_anew(person__in=Person.collection().distinct("_id", {"posts.role": {"$in": changed}}))
