"""Ways out 出口: configured by an administrator, tried with a test message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents import audit
from documents.actions.dispatching import message
from documents.database import transaction
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.rules import ways_out
from documents.rules.broken import RuleBroken
from documents.rules.field_texts import EMAIL, PHONE
from documents.rules.telling import MAIL, SMS, WEBHOOK
from documents.unit import Unit
from documents.way_out import WayOut

TEST = {
    "zh": ("卷宗测试消息", "这是卷宗的测试消息，收到即表示这一途径可用。"),
    "en": ("Juanzong test message", "A test message of Juanzong: whoever reads it can be reached this way."),
}


def save(
    way: Mapping[str, Any], *, actor: Person, now: datetime, plain_hosts: frozenset[str] = frozenset()
) -> WayOut:
    """设置出口: create or change a way out. Raises RuleBroken("way_…") for what cannot work or may not be."""
    ways_out.checked(way, plain_hosts=plain_hosts)

    def run() -> WayOut:
        known = WayOut.objects(id=way["id"]).first()
        if known is not None and known.kind != way["kind"]:
            raise RuleBroken("way_taken", key=way["id"])
        for unit in way.get("units") or ():
            Unit.get(unit)
        made = WayOut(**way, changed_at=now, changed_by=actor.id)
        made.save()
        told = {name: way.get(name) for name in ("kind", "name", "url", "active", "units", "level")}
        audit.note("change_way", f"way:{way['id']}", by=actor.id, at=now, **told)
        return made

    return transaction(run)


def create(
    way: Mapping[str, Any], *, actor: Person, now: datetime, plain_hosts: frozenset[str] = frozenset()
) -> WayOut:
    """新设出口: as `save`, for a key that nobody has. Raises RuleBroken("way_taken") too."""
    if WayOut.objects(id=way.get("id")).first() is not None:
        raise RuleBroken("way_taken", key=way["id"])
    return save(way, actor=actor, now=now, plain_hosts=plain_hosts)


def remove(key: str, *, actor: Person, now: datetime) -> None:
    """删除出口: what still waits for it becomes a dead message, which can be read."""

    def run() -> None:
        if not WayOut.collection().delete_one({"_id": key}).deleted_count:
            raise RuleBroken("unknown_way", key=key)
        audit.note("remove_way", f"way:{key}", by=actor.id, at=now)

    transaction(run)


def _target(way: WayOut | None, to: str) -> str:
    """Where a test goes: a robot or a system knows its own address; a mail and a text need one."""
    if way is not None and way.kind != "sms":
        return str(way.name)
    if not (EMAIL if way is None else PHONE).match(to):
        raise RuleBroken("test_without_address")
    return to


def send_test(key: str, to: str, *, actor: Person, now: datetime) -> str:
    """试发: a test message over a way out, or over `mail`; the id under which it stands in the outbox."""
    way = None if key == MAIL else WayOut.objects(id=key).first()
    if key != MAIL and way is None:
        raise RuleBroken("unknown_way", key=key)
    target = _target(way, to.strip())
    language = actor.language
    facts = {"language": language, "number": None, "now": now}
    made = message(f"test:{key}:{ObjectId()}", to=target, words=TEST[language], facts=facts)
    if way is not None:
        made |= {"channel": SMS if way.kind == "sms" else WEBHOOK, "way": key, "facts": {"test": True}}

    def run() -> None:
        OutboxMessage.collection().insert_one(made)
        audit.note("test_way", f"way:{key}", by=actor.id, at=now, message=made["_id"])

    transaction(run)
    return str(made["_id"])
