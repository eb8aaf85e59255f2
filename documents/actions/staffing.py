"""People 人员变更: accounts and posts. Nobody leaves with open cases that nobody takes over."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from bson import ObjectId

from documents import audit
from documents.actions import entering, leaving
from documents.actions.confiding import candidates
from documents.actions.handing import STORED_TELLER, handing, hands_of
from documents.actions.reorganising import rewrite
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person, Post
from documents.policy import Policy, view_of
from documents.rules.broken import RuleBroken
from documents.rules.moments import moment_facts
from documents.unit import Unit

LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{1,39}$")
# Nothing that reads like something else: no 0 o, 1 l i.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
NOBODY = "nobody"  # the cases go back to their units, unassigned
UNASSIGNED = "待分派"
HANDED_OVER = {"zh": "管理员移交承办人", "en": "Handed over by the administrator"}


@dataclass(frozen=True)
class Account:
    """What an account says about a person 账号信息."""

    login: str
    name: str
    email: str = ""
    phone: str = ""
    language: str = "zh"


Posting = tuple[str, str]  # role, unit


def create_person(
    account: Account, posts: Sequence[Posting], *, actor: Person, now: datetime
) -> tuple[Person, str]:
    """新增人员: the person, and the first password, which is shown once and kept only as a hash."""

    def run() -> tuple[Person, str]:
        password = made_password()
        hashed = PasswordHasher().hash(password)
        person = Person(id=_new_id(account.login), password_hash=hashed, password_once=True)
        _fill(person, account)
        person.posts = _posts(posts)
        person.save(force_insert=True)
        _note("create_person", person.id, actor, now, login=person.login, posts=_told(person.posts))
        return person, password

    return transaction(run)


def _new_id(login: str) -> str:
    """The login, unless somebody has or had it: ids stay in the records for ever."""
    return login if Person.objects(id=login).first() is None else f"{login}.{ObjectId()}"


def _fill(person: Person, account: Account) -> None:
    if not LOGIN.match(account.login):
        raise RuleBroken("bad_login", login=account.login)
    if not account.name.strip():
        raise RuleBroken("name_missing")
    if Person.objects(login=account.login, id__ne=person.id).first() is not None:
        raise RuleBroken("login_taken", login=account.login)
    person.login, person.name = account.login, account.name.strip()
    person.email, person.phone = account.email.strip() or None, account.phone.strip() or None
    person.language = account.language


def _posts(posts: Sequence[Posting], held: Collection[str] = ()) -> list[Post]:
    if len(set(posts)) != len(posts):
        raise RuleBroken("post_twice")
    known = role_keys() | set(held)
    units = Unit.many(unit for _, unit in posts)
    for role, unit in posts:
        if role not in known:
            raise RuleBroken("unknown_role", role=role)
        if unit not in units:
            raise RuleBroken("unknown_unit", unit=unit)
        if units[unit].retired_on is not None:
            raise RuleBroken("unit_retired", unit=unit)
    return [Post(role=role, unit=unit) for role, unit in posts]


def role_keys(operation: str | None = None) -> set[str]:
    """The roles of the policies in force, or those that grant an operation."""
    policies = (Policy.current(key) for key in Policy.objects(state="published").distinct("key"))
    roles = [role for policy in policies for role in policy.definition.get("roles", ())]
    return {role["key"] for role in roles if operation is None or operation in role.get("may", ())}


def _told(posts: Sequence[Post]) -> list[str]:
    return [f"{post.role}@{post.unit}" for post in posts]


def _units(told: Sequence[str]) -> set[str]:
    return {post.partition("@")[2] for post in told}


def _note(verb: str, person: str, actor: Person, now: datetime, **facts: Any) -> None:
    audit.note(verb, f"person:{person}", by=actor.id, at=now, **facts)


def made_password() -> str:
    """A password that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def change_account(person_id: str, account: Account, *, actor: Person, now: datetime) -> Person:
    """修改账号: name, login, addresses and language."""

    def run() -> Person:
        person = Person.get(person_id)
        before = _account_of(person)
        _fill(person, account)
        person.save()
        after = _account_of(person)
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changed:
            _note("change_person", person_id, actor, now, **changed)
        return person

    return transaction(run)


def _account_of(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("login", "name", "email", "phone", "language")}


def set_posts(person_id: str, posts: Sequence[Posting], *, actor: Person, now: datetime) -> Person:
    """调整岗位: the posts that the person holds from now on."""

    def run() -> Person:
        person = Person.get(person_id)
        held = {post.role for post in person.posts}  # perhaps of a policy that is not in force yet
        old, new = _told(person.posts), _posts(posts, held)
        person.posts = new
        if old == _told(new):
            raise RuleBroken("nothing_changed")
        _keep_an_administrator(person)
        person.save()
        leaving.reroute_without(person, _units(old) - _units(_told(new)), actor=actor, now=now)
        entering.measure_anew(person=person_id)
        _note("set_posts", person_id, actor, now, old=old, new=_told(new))
        return person

    return transaction(run)


def _keep_an_administrator(person: Person) -> None:
    """Somebody must be left who can administer: without one, nobody could be made one."""
    roles = role_keys("administer")
    if person.active and any(post.role in roles for post in person.posts):
        return
    others = Person.objects(active=True, id__ne=person.id, posts__role__in=sorted(roles))
    if others.first() is None:
        raise RuleBroken("last_administrator")


def open_cases_of(person_id: str) -> list[Complaint]:
    """The open cases that the person handles, the most urgent first."""
    fields = (
        "number",
        "title",
        "next_due",
        "units",
        "stage",
        "policy",
        "policy_version",
        "case_type",
        "known_to",
    )
    return list(Complaint.objects(handler=person_id, status="open").order_by("next_due").only(*fields))


def deactivate(person_id: str, *, receiver: str | None, actor: Person, now: datetime) -> int:
    """停用账号: the person can no longer sign in; open cases go to the receiver, or to NOBODY. How many went.

    Raises RuleBroken("not_yourself"), ("already_inactive"), ("last_administrator"), ("holds_open_cases"),
    ("receiver_unfit"), ("receiver_recused"), ("nobody_stands_in").
    """
    if person_id == actor.id:
        raise RuleBroken("not_yourself")

    def run() -> int:
        person = Person.get(person_id)
        if not person.active:
            raise RuleBroken("already_inactive")
        person.active = False
        _keep_an_administrator(person)
        cases = list(Complaint.objects(handler=person_id, status="open").order_by("id"))
        if cases and not receiver:
            raise RuleBroken("holds_open_cases", name=person.name, count=len(cases))
        for case in cases:
            _hand_over(case, str(receiver), person, actor=actor, now=now)
        person.save()
        leaving.reroute_without(person, (post.unit for post in person.posts), actor=actor, now=now)
        entering.end_all(person_id, by=actor.id, now=now)
        _note("deactivate", person_id, actor, now, cases=len(cases), receiver=receiver)
        return len(cases)

    return transaction(run)


def _hand_over(case: Complaint, receiver: str, person: Person, *, actor: Person, now: datetime) -> None:
    view = view_of(case.policy, case.policy_version)
    facts = case.facts(ZoneInfo(view.zone)) | moment_facts(now, view.zone)
    before = hands_of(case, facts)
    case.handler, name = _receiver(case, receiver, person, actor)
    rewrite(case, "hand_over", HANDED_OVER, actor=actor, now=now, note=f"{person.name} → {name}")
    given = handing(case, view, before, replace(before, handler=case.handler), actor=actor.id)
    if given is not None:
        STORED_TELLER.announce(given, now=now)


def _receiver(case: Complaint, receiver: str, person: Person, actor: Person) -> tuple[str | None, str]:
    """Who handles the case from now on: somebody whose posts open it already, never who hands it over."""
    if receiver == NOBODY:
        return None, UNASSIGNED
    found = Person.get(receiver)
    known = candidates(case, [found])[found.id]
    if found.id in (person.id, actor.id) or not (known.active and known.reaches):
        raise RuleBroken("receiver_unfit")
    if case.known_to and found.id not in case.known_to:  # who knows of it is for those on its list to say
        return None, UNASSIGNED
    if found.id in case.recused:
        hidden = case.case_scope().refusal(actor.id) is not None
        raise RuleBroken("receiver_unfit") if hidden else RuleBroken("receiver_recused", number=case.number)
    return found.id, found.name


def activate(person_id: str, *, actor: Person, now: datetime) -> Person:
    """恢复账号: the person can sign in again."""

    def run() -> Person:
        person = Person.get(person_id)
        if person.active:
            raise RuleBroken("already_active")
        person.active = True
        person.save()
        _note("activate", person_id, actor, now)
        return person

    return transaction(run)


def reset_password(person_id: str, *, actor: Person, now: datetime) -> str:
    """重设密码: a new password, shown once; every sign-in of the person ends."""
    password = made_password()
    hashed = PasswordHasher().hash(password)

    def run() -> str:
        person = Person.get(person_id)
        person.password_hash, person.password_once = hashed, True
        person.save()
        entering.end_all(person_id, by=actor.id, now=now)
        _note("reset_password", person_id, actor, now)
        return password

    return transaction(run)
