"""Dispatching 投递: over which ways out a notice leaves, when, and why it takes one not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.rules.telling import (
    MAIL,
    PERSONAL,
    REASONS,
    SMS,
    WEBHOOK,
    Asked,
    Going,
    Telling,
    going,
    group_going,
)
from documents.staff import Contact
from documents.way_out import OpenWays

Row = Mapping[str, Any]
Text = Mapping[str, str]


@dataclass(frozen=True)
class Parcel:
    """What is said 待发内容: to a person in full by mail, to everything else in brief."""

    key: str
    title: Text
    body: Text
    brief: Text
    asked: Asked
    telling: Telling
    number: str | None = None
    case: str | None = None
    limit: str | None = None
    round: int | None = None
    facts: Row = field(default_factory=dict)  # what a system is told: never a text of the complaint


def for_person(
    parcel: Parcel, person: str, contact: Contact | None, ways: OpenWays, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The ways of a notice to one person, as the notice keeps them, and the messages that leave."""
    taken: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for channel in PERSONAL:
        if channel not in parcel.asked.channels or contact is None:
            continue
        ready = channel == MAIL or ways.sms is not None
        how = going(channel, parcel.asked, contact.habits, parcel.telling, now=now, ready=ready)
        key = f"{parcel.key}:{person}:{channel}"
        taken.append(_way(how, key))
        if how.at is not None:
            rows.append(_row(parcel, key, (person, contact, how), ways, now))
    return taken, rows


def _way(how: Going, key: str) -> dict[str, Any]:
    kept: dict[str, Any] = {"channel": how.channel}
    if how.reason:
        kept["reason"] = dict(REASONS[how.reason])
    return {**kept, "at": how.at, "message": key} if how.at is not None else kept


def _row(
    parcel: Parcel, key: str, to: tuple[str, Contact, Going], ways: OpenWays, now: datetime
) -> dict[str, Any]:
    person, contact, how = to
    words = parcel.body if how.channel == MAIL else parcel.brief
    row = {
        **message(
            key,
            to=contact.habits.addresses[how.channel],
            words=(parcel.title[contact.language], words[contact.language]),
            facts={"language": contact.language, "number": parcel.number, "now": now},
        ),
        "channel": how.channel,
        "person": person,
        **_about(parcel),
    }
    if how.channel == SMS:
        row["way"] = ways.sms
    if how.at != now:
        row |= {"next_at": how.at, "held": True}
    if how.digest:
        row |= {"state": "collected", "digest": f"{person}:{how.channel}"}
    return row


def _about(parcel: Parcel) -> dict[str, Any]:
    about = {"case": parcel.case, "limit": parcel.limit, "round": parcel.round}
    return {name: value for name, value in about.items() if value is not None}


def for_groups(
    parcel: Parcel, units: Iterable[str], told: Sequence[Contact], ways: OpenWays, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same for the robots and systems that take notices about these units: one message each."""
    if WEBHOOK not in parcel.asked.channels:
        return [], []
    groups = ways.groups_for(units, parcel.asked.level)
    if not groups:
        reason = "no_target" if ways.groups else "not_configured"
        return [{"channel": WEBHOOK, "reason": dict(REASONS[reason])}], []
    at = group_going(parcel.asked, parcel.telling, now)
    taken, rows = [], []
    for way in groups:
        key = f"{parcel.key}:way:{way['_id']}"
        how = Going(WEBHOOK, at, "quiet" if at > now else None)
        taken.append({**_way(how, key), "way": way["_id"], "name": way["name"]})
        mobiles = [one.habits.addresses[SMS] for one in told if one.habits.addresses.get(SMS)]
        row = message(
            key,
            to=way["name"],
            words=(parcel.brief["zh"], parcel.brief["zh"]),
            facts={"language": "zh", "number": parcel.number, "now": now},
        )
        facts = {**parcel.facts, "text_en": parcel.brief["en"]}
        if way.get("mention"):
            facts["mobiles"] = mobiles
        rows.append({**row, "channel": WEBHOOK, "way": way["_id"], "facts": facts, **_about(parcel)})
        if at != now:
            rows[-1] |= {"next_at": at, "held": True}
    return taken, rows


def message(key: str, *, to: str, words: tuple[str, str], facts: Row) -> dict[str, Any]:
    """A message as it waits in the outbox; a mail unless something else is said."""
    return {
        "_id": key,
        "channel": MAIL,
        "to": to,
        "language": facts["language"],
        "subject": words[0],
        "body": words[1],
        "number": facts["number"],
        "state": "waiting",
        "attempts": 0,
        "created_at": facts["now"],
        "next_at": facts["now"],
    }
