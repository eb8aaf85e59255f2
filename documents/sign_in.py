"""Sign-ins 登录记录: the browsers in which people are signed in, on which every request looks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField
from pymongo import WriteConcern

from documents.database import Stored
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.sign_ins import TOUCHED_EVERY, Length, RoleRule, is_over, together, usual_rule

Row = Mapping[str, Any]


class SignIn(Stored):
    """One browser 登录设备 of a person. The browser holds a token; here is only its hash."""

    id = StringField(primary_key=True)
    person = StringField(required=True)
    since = DateTimeField(required=True)
    seen = DateTimeField(required=True)  # to the minute
    idle = IntField(required=True)  # minutes after which it ends unused
    ends = DateTimeField(required=True)
    address = StringField()
    browser = StringField()
    system = StringField()
    way = StringField(default="password")  # or the provider that vouched for the person
    factor = BooleanField(default=False)  # a second factor was shown
    forced = BooleanField(default=False)  # the portal insists on second factors where the roles ask for one
    owes_factor = BooleanField(default=False)  # nothing opens before one is set up

    meta = {"collection": "sign_ins", "indexes": ["person"]}

    @classmethod
    def of(cls, person: str, now: datetime) -> Sequence[SignIn]:
        """The sign-ins of a person that still hold, the last used first."""
        found = list(cls.objects(person=person, ends__gt=now).order_by("-seen", "id"))
        return [one for one in found if not is_over(one.seen, one.idle, one.ends, now)]


class SignInRules(Stored):
    """What the house asks of each role at the door 登录规则; where it says nothing, the usual counts."""

    id = StringField(primary_key=True, default="house")
    roles = DictField()  # role → {idle, most, factor}
    reset_by_mail = BooleanField(default=True)  # who forgot a password may be mailed a link
    changed_at = DateTimeField()
    changed_by = StringField()

    meta = {"collection": "sign_in_rules"}

    @classmethod
    def lets_reset(cls) -> bool:
        """Whether the house lets passwords be reset by mail 允许邮件重设密码."""
        said = cls.collection().find_one({"_id": "house"}, {"reset_by_mail": 1}) or {}
        return bool(said.get("reset_by_mail", True))


def hash_of(token: str) -> str:
    """What is kept of a token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def holding(token: str, now: datetime) -> dict[str, Any] | None:
    """The sign-in of a token, if it was not ended and is not over; one read by its key."""
    row: dict[str, Any] | None = SignIn.collection().find_one({"_id": hash_of(token)})
    if row is None or is_over(row["seen"], row["idle"], row["ends"], now):
        return None
    return row


def touch(row: Row, now: datetime) -> None:
    """Note that it was used 最近使用, at most once a minute; this does not wait for the other servers."""
    if now - row["seen"] >= TOUCHED_EVERY:
        rows = SignIn.collection().with_options(write_concern=WriteConcern(w=1))
        rows.update_one({"_id": row["_id"], "seen": row["seen"]}, {"$set": {"seen": now}})


def rules_of_roles() -> dict[str, RoleRule]:
    """What counts for each role of the policies in force."""
    said = SignInRules.collection().find_one({"_id": "house"}) or {}
    found = {str(role["key"]): usual_rule(role) for role in roles_in_force()}
    for role, rule in said.get("roles", {}).items():
        found[role] = RoleRule(Length(rule["idle"], rule["most"]), rule["factor"])
    return found


def rule_for(person: Person, rules: Mapping[str, RoleRule] | None = None) -> RoleRule:
    """What counts for a person with all roles that the person holds."""
    known = rules_of_roles() if rules is None else rules
    return together(known[post.role] for post in person.posts if post.role in known)
