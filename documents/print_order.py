"""Exports that a job makes 付印单: asked for by a person, with what that person may read."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId
from mongoengine import BooleanField, DateTimeField, IntField, ListField, ObjectIdField, StringField

from documents.database import Stored
from documents.rules.broken import RuleBroken

KINDS = ("register", "handover", "handover_list")
FORMS = ("pdf", "xlsx", "xml")


class PrintOrder(Stored):
    """One export 付印单 of a register, or of the hand-over form of a package."""

    id = ObjectIdField(primary_key=True, default=ObjectId)
    kind = StringField(required=True, choices=KINDS)
    form = StringField(required=True, choices=FORMS)
    policy = StringField(required=True)
    unit = StringField(required=True)
    year = IntField(required=True)
    round = IntField(default=0)  # of a hand-over; 0: the current one
    confidential = BooleanField(default=False)  # of a hand-over: that of the confidential volumes
    by = StringField(required=True)
    by_name = StringField(required=True)
    reads = ListField(StringField())
    named = ListField(StringField(), default=None)  # the cases that it tells of; not known of earlier ones
    shown = ListField(StringField())  # the protected fields that stand in it in clear
    at = DateTimeField(required=True)
    attempts = IntField(default=0)
    file_id = StringField()
    name = StringField()
    sha256 = StringField()
    size = IntField()
    problem = StringField()

    meta = {
        "collection": "print_orders",
        "encrypted": {"problem": ()},
        "indexes": [("by", "-at"), ("file_id", "problem", "at")],
    }

    @classmethod
    def get(cls, order: str) -> PrintOrder:
        """The order; raises RuleBroken("unknown_order")."""
        found = cls.objects(id=ObjectId(order)).first() if ObjectId.is_valid(order) else None
        if found is None:
            raise RuleBroken("unknown_order", order=order)
        known: PrintOrder = found
        return known


def waiting_orders(most: int, *, before: datetime) -> list[str]:
    """Orders without a file that nobody is at any more."""
    found = PrintOrder.objects(file_id=None, problem=None, at__lt=before).only("id").order_by("at")
    return [str(order.id) for order in found.limit(most)]
