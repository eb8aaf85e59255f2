"""Ways out 出口: group robots, systems and the SMS gateway to which messages leave the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored
from documents.rules.ways_out import KINDS

Row = Mapping[str, Any]


class WayOut(Stored):
    """One way out 出口. Its secrets are named here and kept by the machines: never in the database."""

    id = StringField(primary_key=True)
    kind = StringField(choices=tuple(KINDS), required=True)
    name = StringField(required=True)
    url = StringField(required=True)
    secret = StringField()  # the name of the secret that signs
    token = StringField()  # the name of the secret that stands for {token}
    active = BooleanField(default=True)
    # Which notices a robot or system takes: of these units and all below (none: of all), from this level on.
    units = ListField(StringField())
    level = IntField(default=0)
    mention = BooleanField(default=False)  # whether a robot calls those told by their mobile number
    # How the SMS gateway is asked, and what it answers when it took the message.
    method = StringField(default="POST")
    headers = DictField()
    body = StringField()
    success = DictField()  # {statuses: [200], field: "code", value: "0"}
    changed_at = DateTimeField()
    changed_by = StringField()

    meta = {"collection": "ways_out"}


@dataclass(frozen=True)
class OpenWays:
    """The ways out that are open now 开放的出口."""

    sms: str | None = None
    groups: tuple[Row, ...] = ()

    def groups_for(self, units: Iterable[str], level: int) -> list[Row]:
        """The robots and systems that take a notice of this level about these units."""
        concerned = set(units)
        return [
            way
            for way in self.groups
            if level >= way.get("level", 0) and (not way.get("units") or concerned & set(way["units"]))
        ]


NO_WAYS = OpenWays()


def open_ways() -> OpenWays:
    """Every way out that is switched on, by its key."""
    rows = list(WayOut.collection().find({"active": True}).sort("_id"))
    gateways = [row["_id"] for row in rows if row["kind"] == "sms"]
    groups = tuple(row for row in rows if row["kind"] != "sms")
    return OpenWays(gateways[0] if gateways else None, groups)
