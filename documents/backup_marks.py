"""Marks 备份标记: what a backup writes into the database, so that its changes can be followed from there.

A mark tells that a database is the one that a file was made of, and where in its changes that file ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson.timestamp import Timestamp
from pymongo.database import Database

Rows = Database[dict[str, Any]]
MARKS = "backup_marks"
KEPT = timedelta(days=40)


@dataclass(frozen=True)
class Tie:
    """Where a backup or a slice ends: a cluster time 集群时间, and the mark that was made for it."""

    time: Timestamp
    mark: str


def set_mark(source: Rows) -> str:
    """Make a new mark, on the disks of the majority; those of long ago go, by the time of the server."""
    mark, now = secrets.token_hex(4), source.client.admin.command("hello")["localTime"]
    source[MARKS].insert_one({"_id": mark, "at": now})
    source[MARKS].delete_many({"at": {"$lt": now - KEPT}})
    return mark


def is_set(source: Rows, mark: str) -> bool:
    """Whether the database is that of the mark."""
    return source[MARKS].find_one({"_id": mark}) is not None


def keep_backup(source: Rows, tie: Tie) -> None:
    """Note that a whole backup is on the disk; its changes may be followed from now on."""
    source[MARKS].update_one({"_id": tie.mark}, {"$set": {"backup": tie.time}})


def newest_backup(source: Rows) -> Tie | None:
    """The newest whole backup of this database."""
    found = source[MARKS].find_one({"backup": {"$exists": True}}, sort=[("backup", -1)])
    return Tie(found["backup"], found["_id"]) if found else None


def forget(target: Rows) -> None:
    """A database that was restored is another: nothing continues in it what was made of the first."""
    target[MARKS].delete_many({})


def is_made_by(event: Mapping[str, Any], mark: str) -> bool:
    """Whether a change is the making of this mark."""
    inserted = event.get("operationType") == "insert" and event["ns"]["coll"] == MARKS
    return inserted and bool(event["documentKey"]["_id"] == mark)
