"""Entries of pages 页面查阅留痕: one insert each, without asking first where a lane of the trail stands.

A process remembers the lanes that it wrote last. Where another wrote meanwhile the unique index refuses the
place, and the entry goes elsewhere. What is remembered holds under one primary only: an entry that did not
wait for the majority may be gone under the next. Hence the driver must not repeat the insert by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from bson import ObjectId
from pymongo.errors import AutoReconnect, OperationFailure

from documents import audit
from documents.database import database
from documents.rules import trail

Reply = Mapping[str, Any]

_places: deque[tuple[ObjectId, int, trail.Head]] = deque(maxlen=audit.LANES)


def forget_places() -> None:
    """Ask the database where the lanes stand, as a new process does."""
    _places.clear()


def note_page(row: Mapping[str, Any]) -> None:
    """Write the entry of a page that was looked at; it does not wait for the journal, see decision 015."""
    row = {"_id": ObjectId(), **row}
    for last in (False, True):
        try:
            while not _written(row):
                pass
            return
        except AutoReconnect:
            forget_places()
            if last:
                raise


def _written(row: Mapping[str, Any]) -> bool:
    """Whether the entry found its place free, or stood in it already."""
    lane, newest = _place()
    entry = audit.chained([row], lane, newest)[0]
    reply = _insert(entry)
    refused = reply.get("writeErrors", [])
    if not refused:
        _places.append((reply["electionId"], lane, (entry["seq"], entry["hash"])))
        return True
    if refused[0]["code"] != audit.TAKEN:
        raise OperationFailure(refused[0]["errmsg"], refused[0]["code"], refused[0])
    return bool(refused[0]["keyPattern"] == {"_id": 1})


def _place() -> tuple[int, trail.Head | None]:
    """A lane and its newest entry: remembered from the same primary, or any lane, asked now."""
    try:
        primary, lane, newest = _places.pop()
    except IndexError:
        return audit.any_lane()
    now = database().client.topology_description.max_election_id
    return (lane, newest) if primary == now else audit.any_lane()


def _insert(entry: dict[str, Any]) -> Reply:
    encryption = audit.AuditEntry.encryption()
    told = encryption.row(entry) if encryption else entry
    return database().command(
        "insert", audit.AuditEntry._get_collection_name(), documents=[told], writeConcern={"w": 1}
    )
