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

    def viewer(self) -> Viewer:
        """The person as the rules see it."""
        return Viewer(self.id, frozenset((post.role, post.unit) for post in self.posts))

    def keys(self, roles: Sequence[Mapping[str, Any]]) -> list[str]:
        """The scope keys that open cases to this person."""
        return self.reach(roles).keys

    def reach(self, roles: Sequence[Mapping[str, Any]]) -> Reach:
        """How far each of the person's posts reaches."""
        return reach_of(self.viewer(), roles, Unit.kinds_above(post.unit for post in self.posts))

    def is_absent(self, now: datetime) -> bool:
        """Whether the person is away at the moment."""
        return any(absence.starts <= now <= absence.ends for absence in self.absences)

    def may_do(self, operation: str, roles: Sequence[Mapping[str, Any]]) -> bool:
        """Whether one of the person's roles grants an operation that belongs to no case."""
        held = {post.role for post in self.posts}
        return any(operation in role.get("may", ()) for role in roles if role["key"] in held)
