"""Relatives 亲属名单: whom people of the house declared, so that nobody handles a case of kin."""

from __future__ import annotations

from collections.abc import Collection

from bson import ObjectId
from mongoengine import DateTimeField, ObjectIdField, StringField

from documents.database import Stored
from documents.person import Person
from documents.rules.recusal import Relative


class Kinship(Stored):
    """One relative of one person; only recusals are looked for by it, and nobody else reads it."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    person = StringField(required=True)
    name = StringField(required=True)
    relation = StringField()
    phone = StringField()
    id_number = StringField()
    by = StringField(required=True)
    at = DateTimeField(required=True)

    meta = {
        "collection": "kinships",
        "encrypted": {"name": (), "relation": (), "phone": (), "id_number": ()},
        "indexes": ["person"],
    }

    @classmethod
    def of(cls, person: str) -> list[Kinship]:
        """The relatives of a person."""
        return list(cls.objects(person=person).order_by("at", "id"))

    @classmethod
    def near(cls, units: Collection[str]) -> list[Relative]:
        """The relatives of everybody who works in these units."""
        if cls.objects.first() is None:
            return []
        people = Person.collection().distinct("_id", {"posts.unit": {"$in": sorted(units)}})
        found = cls.objects(person__in=people)
        return [Relative(one.person, one.name, one.phone or "", one.id_number or "") for one in found]
