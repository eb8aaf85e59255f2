"""What an upgrade left readable in the files of the database 明文残留: pages that are free, and the oplog.

Encrypting a value writes it anew; where it stood before, it stands until the place is used again. `compact`
gives free pages back; the oplog, the journal and the history turn over by themselves, or go with the folder
of a member that is synchronised anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from documents.actions.renewing import encryptions
from documents.database import database
from documents.files import CHUNKS
from documents.migrations import DONE

Client = MongoClient[dict[str, Any]]
FOUNDING = timedelta(hours=1)  # what ran in the first hour of a house found nothing to encrypt
OURS = "encrypt"


@dataclass(frozen=True)
class Member:
    """One server of the database 成员: where it is, since when its oplog tells, how many bytes are free."""

    host: str
    since: datetime | None  # None: it would not say
    free: int


def upgraded_at() -> datetime | None:
    """When data that had stood readable was encrypted last 升级加密时间; None in a house that always was."""
    ran = list(database()[DONE].find({"at": {"$ne": None}}).sort("at", 1))
    later = [row["at"] for row in ran if OURS in row["_id"] and row["at"] > ran[0]["at"] + FOUNDING]
    return max(later, default=None)


def collections() -> list[str]:
    """Where something is encrypted."""
    there = set(database().list_collection_names())
    return [name for name in (*(one.collection for one in encryptions()), CHUNKS) if name in there]


@contextmanager
def member(uri: str, host: str) -> Iterator[Client]:
    """A connection to this server alone."""
    told = parse_uri(uri)
    options = {name: value for name, value in told["options"].items() if name.lower() != "replicaset"}
    named = {name: told[name] for name in ("username", "password") if told[name]}
    name, _, port = host.rpartition(":")
    alone: Client = MongoClient(name, int(port), directConnection=True, tz_aware=True, **options, **named)
    with alone:
        yield alone


def hosts() -> list[str]:
    """The servers of the replica set, the one that takes writes last."""
    told = database().client.admin.command("hello")
    return sorted(told.get("hosts", ()), key=lambda host: host == told.get("primary"))


def look(uri: str, host: str) -> Member:
    """What a server says of itself."""
    with member(uri, host) as client:
        free = sum(_free(client, name) for name in collections())
        return Member(host, _since(client), free)


def _since(client: Client) -> datetime | None:
    try:
        first = client.local["oplog.rs"].find_one({}, {"ts": 1}, sort=[("$natural", 1)])
    except OperationFailure:
        return None
    return first["ts"].as_datetime().astimezone(UTC) if first else None


def _free(client: Client, name: str) -> int:
    try:
        told = client[database().name].command("collStats", name)
    except PyMongoError:
        return 0
    return int(told.get("freeStorageSize") or 0)


def compact(uri: str, host: str) -> int:
    """Give free pages of this server back 压缩; how many bytes. The portal goes on meanwhile, more slowly."""
    with member(uri, host) as client:
        own = client[database().name]
        done = (own.command("compact", name, force=True) for name in collections())
        return sum(int(told.get("bytesFreed", 0)) for told in done)
