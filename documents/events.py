"""Events 经过 of a case as a hash chain: a changed or missing one is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from documents.case_parts import Event
from documents.complaint import Complaint
from documents.rules.tombstones import chain_of
from documents.rules.trail import stored_moment

SYSTEM = "system"
SYSTEM_NAME = "系统"


def next_event(last: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The event that follows `last` (its `seq` and `hash` are read), as it is stored."""
    event = {name: value for name, value in fields.items() if value not in (None, "", {}, [])}
    event["seq"] = last["seq"] + 1 if last else 1
    event["at"] = stored_moment(event["at"])
    event["hash"] = digest(last["hash"] if last else "", event)
    return event


def append(case: Complaint, **fields: Any) -> Event:
    """Add an event to the case in memory; the action writes the case."""
    last = case.events[-1] if case.events else None
    event = Event(**next_event({"seq": last.seq, "hash": last.hash} if last else None, fields))
    case.events.append(event)
    return event


def digest(previous: str, event: Mapping[str, Any]) -> str:
    """SHA-256 over the hash before and the event itself."""
    plain = {
        name: value for name, value in event.items() if name != "hash" and value not in (None, "", {}, [])
    }
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def broken_at(events: Iterable[Event]) -> int | None:
    """The number of the first event whose hash does not follow from the one before; None when all do.

    Of a destroyed case the hashes are left, and the event of the destruction holds a digest of them all.
    """
    previous, redacted, expected = "", [], 0
    for expected, event in enumerate(events, start=1):
        stored = event.to_mongo().to_dict()
        if event.redacted:
            redacted.append(stored)
            follows = True
        else:
            follows = event.hash == digest(previous, stored) and _vouches(stored, redacted)
            redacted = []
        if event.seq != expected or not follows:
            return expected
        previous = event.hash
    return expected + 1 if redacted else None


def _vouches(event: Mapping[str, Any], redacted: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the first event after those that were emptied holds the digest of their hashes."""
    return not redacted or event.get("facts", {}).get("chain") == chain_of(redacted)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return stored_moment(value).isoformat()
    return str(value)
