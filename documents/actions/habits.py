"""How a person wants to be told 个人通知设置: phone, ways out, quiet hours, digest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from documents import audit
from documents.database import transaction
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.durations import parse_clock
from documents.rules.quiet_hours import Quiet
from documents.rules.telling import PERSONAL

PHONE = re.compile(r"\+?[0-9][0-9 -]{4,22}")


@dataclass(frozen=True)
class Wishes:
    """What a person has chosen 设置; empty means: as the policy has it."""

    phone: str = ""
    ways: tuple[str, ...] = PERSONAL
    quiet_from: str = ""
    quiet_to: str = ""
    digest_at: str = ""


def choose(person_id: str, wishes: Wishes, *, actor: Person, now: datetime) -> Person:
    """通知设置. Raises RuleBroken("bad_phone"), ("bad_quiet_hours"), ("bad_digest_time")."""
    quiet = _quiet(wishes)
    if wishes.phone and not PHONE.fullmatch(wishes.phone):
        raise RuleBroken("bad_phone", phone=wishes.phone)
    if wishes.digest_at and not _is_clock(wishes.digest_at):
        raise RuleBroken("bad_digest_time")

    def run() -> Person:
        person = Person.get(person_id)
        person.phone = wishes.phone or None
        person.ways_off = [channel for channel in PERSONAL if channel not in wishes.ways]
        person.quiet = quiet
        person.digest_at = wishes.digest_at or None
        person.save()
        told = {"off": list(person.ways_off), "quiet": quiet, "digest_at": wishes.digest_at}
        audit.note("change_telling", f"person:{person_id}", by=actor.id, at=now, **told)
        return person

    return transaction(run)


def _quiet(wishes: Wishes) -> dict[str, str]:
    if not wishes.quiet_from and not wishes.quiet_to:
        return {}
    hours = {"from": wishes.quiet_from, "to": wishes.quiet_to}
    try:
        Quiet.from_definition(hours)
    except ValueError:
        raise RuleBroken("bad_quiet_hours") from None
    return hours


def _is_clock(text: str) -> bool:
    try:
        parse_clock(text)
    except ValueError:
        return False
    return True
