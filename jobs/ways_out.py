"""Sending to robots, systems and the SMS gateway (外发): at least once, each message under one key for ever.

A worker that is killed between the answer and the mark sends the message once more, under the same
`Idempotency-Key`: a receiver that remembers keys sees it once. Robots know no keys and show it twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from documents import server_clock
from documents.actions import mailing
from documents.outbox import OutboxMessage
from documents.rules.broken import RuleBroken
from documents.rules.telling import SMS, WEBHOOK
from documents.rules.ways_out import SECRET_NAME, Parcel, Secrets, Verdict, request, verdict
from documents.way_out import WayOut
from jobs.letter_paper import case_link
from jobs.outward import Unreachable, ask
from jobs.surroundings import Surroundings, current

CHANNELS = (WEBHOOK, SMS)
TOO_MANY = 429
GONE = "the way out was removed or switched off"


def deliver(ids: list[str], owner: str, now: str) -> dict[str, int]:
    """Send what this owner holds. Run twice it sends only what was not marked as sent."""
    moment = datetime.fromisoformat(now)
    held = mailing.taken(ids, owner)
    ways = {row["_id"]: row for row in WayOut.collection().find({"_id": {"$in": [one.way for one in held]}})}
    silent: dict[str, str] = {}
    sent = 0
    for message in held:
        if message.way in silent:
            mailing.postponed(message, owner, silent[message.way], now=moment)
            continue
        said, unreachable = _send(message, ways.get(message.way))
        if unreachable:
            silent[message.way] = said.words
        if said.taken:
            mailing.sent(message, owner, now=moment)
            sent += 1
        else:
            mailing.failed(message, owner, said.words, now=moment, for_good=said.for_good)
    return {"sent": sent, "held": len(ids)}


def _send(message: OutboxMessage, way: Mapping[str, Any] | None) -> tuple[Verdict, bool]:
    """What became of one message, and whether the others of its way need not be tried now."""
    if way is None or not way.get("active", True):
        return Verdict(False, GONE, for_good=True), False
    house = current()
    secrets, missing = secrets_of(way, house)
    if missing:
        return Verdict(False, f"no secret {missing!r} on this machine"), True
    asked = request(way, _parcel(message, house), secrets, server_clock.now())
    try:
        answer = ask(asked, plain_hosts=house.plain_hosts)
    except Unreachable as error:
        return Verdict(False, str(error)), True
    except RuleBroken as error:
        return Verdict(False, f"{error.code} {dict(error.facts)}", for_good=True), False
    said = verdict(way, answer.status, answer.body)
    return said, answer.status == TOO_MANY


def _parcel(message: OutboxMessage, house: Surroundings) -> Parcel:
    facts = dict(message.facts)
    mobiles = tuple(facts.pop("mobiles", ()))
    return Parcel(
        id=message.id,
        text=message.body,
        title=message.subject,
        language=message.language,
        to=message.to,
        facts=facts,
        mobiles=mobiles,
        link=case_link(house.base_url, message.number) or "",
    )


def secrets_of(way: Mapping[str, Any], house: Surroundings) -> tuple[Secrets, str]:
    """The secrets that a way names, as this machine keeps them; the name of one that is missing."""
    found = {part: secret(str(way[part]), house.folder) for part in ("secret", "token") if way.get(part)}
    missing = next((str(way[part]) for part, value in found.items() if not value), "")
    return Secrets(signing=found.get("secret", ""), token=found.get("token", "")), missing


def secret(name: str, folder: Path) -> str:
    """A secret: the variable JUANZONG_WAY_<NAME>, or the file secrets/<name> of the data folder."""
    if not SECRET_NAME.fullmatch(name):
        return ""
    value = os.environ.get(f"JUANZONG_WAY_{name.upper()}", "")
    path = folder / "secrets" / name
    return value or (path.read_text().strip() if path.is_file() else "")
