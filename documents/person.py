"""People 人员: who signs in, with the posts 岗位 they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    EmbeddedDocument,
    ListField,
    StringField,
)

from documents.database import Stored
from documents.fast_fields import EmbeddedDocumentListField
from documents.rules.access import Reach, reach_of
from documents.rules.broken import RuleBroken
from documents.rules.telling import PERSONAL
from documents.rules.workflow import Viewer
from documents.unit import Unit


class Post(EmbeddedDocument):
    """A post 岗位: a role in a unit."""

    role = StringField(required=True)
    unit = StringField(required=True)


class Absence(EmbeddedDocument):
    """A time away 请假, both ends included."""

    starts = DateTimeField(required=True)
    ends = DateTimeField(required=True)
    deputy = StringField()


class Person(Stored):
    """One person 人员."""

    id = StringField(primary_key=True)
    login = StringField(required=True, unique=True)
    name = StringField(required=True)
    email = StringField()
    phone = StringField()
    posts = EmbeddedDocumentListField(Post)
    password_hash = StringField()
    password_once = BooleanField(
        default=False
    )  # 一次性密码: given by another, to be changed at the first sign-in
    bound_to = StringField()  # the digest of the subject at the sign-on provider 统一登录绑定
    bound_at = DateTimeField()
    language = StringField(default="zh", choices=("zh", "en"))
    theme = StringField(default="light", choices=("light", "dark", "system"))
    active = BooleanField(default=True)
    absences = EmbeddedDocumentListField(Absence)
    # How the person wants to be told 通知设置; the portal itself always tells.
    ways_off = ListField(StringField(choices=PERSONAL))
    quiet = DictField()  # 免打扰时段 {from: "21:00", to: "08:00"}
    digest_at = StringField()  # 每日汇总: when reminders leave together

    meta = {
        "collection": "people",
        "encrypted": {"email": (), "phone": ()},
        "indexes": [
            "login",
            ("posts.unit", "posts.role"),
            "name",
            {"fields": ["bound_to"], "unique": True, "sparse": True},
            {"fields": ["absences.deputy"], "sparse": True},
        ],
    }

    @classmethod
    def get(cls, person: str) -> Person:
        """The person; raises RuleBroken("unknown_person")."""
        found: Person | None = cls.objects(id=person).first()
        if found is None:
            raise RuleBroken("unknown_person", person=person)
        return found

    @classmethod
    def many(cls, people: Iterable[str]) -> dict[str, Person]:
        """The people by id; unknown ids are left out."""
        return {person.id: person for person in cls.objects(id__in=sorted({p for p in people if p}))}

    @classmethod
    def holding(cls, role: str, unit: str) -> Sequence[Person]:
        """The active people who hold the role in the unit."""
        return list(cls.objects(active=True, posts__elemMatch={"role": role, "unit": unit}).order_by("id"))

    def viewer(self, now: datetime | None = None) -> Viewer:
        """The person as the rules see it; with a moment also whom he stands in for then 代办."""
        posts = frozenset((post.role, post.unit) for post in self.posts)
        if now is None:
            return Viewer(self.id, posts)
        absent = tuple(one.viewer() for one in self.represented(now))
        return Viewer(self.id, posts, absent, self.is_absent(now))

    def keys(self, roles: Sequence[Mapping[str, Any]]) -> list[str]:
        """The scope keys that open cases to this person."""
        return self.reach(roles).keys

    def reach(self, roles: Sequence[Mapping[str, Any]], now: datetime | None = None) -> Reach:
        """How far each of the person's posts reaches; with a moment also those held for others then."""
        absent = self.represented(now) if now else []
        units = [post.unit for one in (self, *absent) for post in one.posts]
        return reach_of(self.viewer(now), roles, Unit.kinds_above(units))

    def absence(self, now: datetime) -> Absence | None:
        """The absence 请假 of the moment."""
        return next((one for one in self.absences if one.starts <= now <= one.ends), None)

    def is_absent(self, now: datetime) -> bool:
        """Whether the person is away at the moment."""
        return self.absence(now) is not None

    def represented(self, now: datetime) -> list[Person]:
        """The absent for whom the person acts at the moment 代办; nobody, while he is away himself.

        Who is represented does not pass on what he holds for others: a deputy has no deputy.
        """
        minute = now.replace(second=0, microsecond=0)
        known: tuple[datetime, list[Person]] | None = self.__dict__.get("_represented")
        if known is None or known[0] != minute:
            covers = {"deputy": self.id, "starts": {"$lte": now}, "ends": {"$gte": now}}
            asked = {"active": True, "absences": {"$elemMatch": covers}}
            away = [] if self.is_absent(now) else Person.objects(__raw__=asked).order_by("id")
            known = minute, [one for one in away if one.deputy(now) == self.id]
            self._represented = known
        return known[1]

    def deputy(self, now: datetime) -> str | None:
        """Who acts for the person at the moment 代办人, where one is named."""
        found = self.absence(now)
        return found.deputy if found else None

    def may_do(self, operation: str, roles: Sequence[Mapping[str, Any]]) -> bool:
        """Whether one of the person's roles grants an operation that belongs to no case."""
        held = {post.role for post in self.posts}
        return any(operation in role.get("may", ()) for role in roles if role["key"] in held)
