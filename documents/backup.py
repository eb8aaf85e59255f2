"""Backups 备份: a whole database as it stood at one moment, in a tar stream of BSON, and back again.

The members are ordinary: `data/NAME/collection.bson` holds the indexes of a collection,
`data/NAME/00000001.bson` and so on its documents as `mongodump` writes them. `manifest.json` comes last:
without it, a backup is not whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

FORMAT = 1
MANIFEST = "manifest.json"
DATA, ABOUT = "data", "collection.bson"
# How long the server keeps what was overwritten while a backup reads, in seconds.
WINDOW = 24 * 3600
WINDOW_NAME = "minSnapshotHistoryWindowInSeconds"
SNAPSHOT_TOO_OLD = 239
NOT_ALLOWED = frozenset({13, 8000})  # Unauthorized; what hosted servers say

Look = Callable[[int], None]
Aside = Callable[[str, bytes], None]
Row = dict[str, Any]


class BackupBroken(Exception):
    """A backup that cannot be made, or is not whole 备份不可用; the argument is a code."""


@dataclass(frozen=True)
class Tally:
    """What a collection holds: documents, bytes, and the SHA-256 of all in the order of their ids."""

    documents: int
    size: int
    sha256: str


def collections_of(source: Database[Row]) -> list[str]:
    """The collections that are backed up: all but the server's own."""
    names = source.list_collection_names(filter={"type": "collection"})
    return sorted(name for name in names if not name.startswith("system."))


def estimated(source: Database[Row]) -> int:
    """About how many documents a backup will read."""
    return sum(source[name].estimated_document_count() for name in collections_of(source))


def dump(source: Database[Row], out: tarfile.TarFile, *, made_at: datetime, look: Look) -> dict[str, Tally]:
    """Write everything as it stood at one cluster time 在线一致备份; the portal goes on meanwhile.

    Raises BackupBroken("too_slow") when the server forgot that moment before all was read.
    """
    names, tallies = collections_of(source), dict[str, Tally]()
    with _history(source.client), source.client.start_session(snapshot=True) as session:
        for name in names:
            add(out, f"{DATA}/{name}/{ABOUT}", bson.encode({"indexes": _indexes(source[name])}))
            tallies[name] = _dump_one(source[name], session, out, look)
    told = {name: asdict(tally) for name, tally in tallies.items()}
    manifest = {
        "format": FORMAT,
        "database": source.name,
        "made_at": made_at.isoformat(),
        "collections": told,
    }
    add(out, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return tallies


@contextmanager
def _history(client: MongoClient[Row]) -> Iterator[None]:
    """Ask the server to remember the moment for long enough; a server of others may not let us."""
    try:
        was = client.admin.command({"getParameter": 1, WINDOW_NAME: 1})[WINDOW_NAME]
        client.admin.command({"setParameter": 1, WINDOW_NAME: max(was, WINDOW)})
    except OperationFailure as refused:
        if refused.code not in NOT_ALLOWED:
            raise
        yield
        return
    try:
        yield
    finally:
        client.admin.command({"setParameter": 1, WINDOW_NAME: was})


def _indexes(collection: Collection[Row]) -> list[Row]:
    found = collection.list_indexes()
    return [{key: value for key, value in one.items() if key not in ("v", "ns")} for one in found]


def _dump_one(collection: Collection[Row], session: ClientSession, out: tarfile.TarFile, look: Look) -> Tally:
    reading = _Reading()
    try:
        for number, batch in enumerate(_batches(collection, session), start=1):
            add(out, f"{DATA}/{collection.name}/{number:08}.bson", batch)
            look(reading.take(batch))
    except OperationFailure as error:
        if error.code == SNAPSHOT_TOO_OLD:
            raise BackupBroken("too_slow") from error
        raise
    return reading.tally()


def _batches(collection: Collection[Row], session: ClientSession | None = None) -> Iterator[bytes]:
    """The documents as the server sends them, by id; each batch is at most about 16 MB."""
    yield from collection.find_raw_batches({}, sort=[("_id", 1)], session=session)


class _Reading:
    """Counts and hashes what goes by."""

    def __init__(self) -> None:
        self.documents, self.size, self.digest = 0, 0, hashlib.sha256()

    def take(self, batch: bytes) -> int:
        """Add a batch; how many documents it holds."""
        count = sum(1 for _ in documents_in(batch))
        self.documents, self.size = self.documents + count, self.size + len(batch)
        self.digest.update(batch)
        return count

    def tally(self) -> Tally:
        return Tally(self.documents, self.size, self.digest.hexdigest())


def documents_in(batch: bytes) -> Iterator[bytes]:
    """The single documents of a batch; raises BackupBroken("damaged")."""
    start = 0
    while start < len(batch):
        (length,) = struct.unpack_from("<i", batch, start) if start + 5 <= len(batch) else (0,)
        if length < 5 or start + length > len(batch):
            raise BackupBroken("damaged")
        yield batch[start : start + length]
        start += length


def add(out: tarfile.TarFile, name: str, content: bytes) -> None:
    """Write one member."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    out.addfile(member, io.BytesIO(content))


def load(stream: tarfile.TarFile, target: Database[Row], *, look: Look, aside: Aside) -> dict[str, Tally]:
    """Restore 恢复 into a database that does not exist yet, and compare it with what was written.

    Members that are no documents go to `aside`. Raises BackupBroken("not_empty"), ("damaged"), ("not_whole"),
    ("differs"); then nothing of the database stays.
    """
    if target.list_collection_names():
        raise BackupBroken("not_empty")
    try:
        written = _poured(stream, target, look, aside)
        return compared(target, written)
    except BaseException:
        target.client.drop_database(target.name)
        raise


def _poured(
    stream: tarfile.TarFile, target: Database[Row], look: Look, aside: Aside
) -> Mapping[str, Mapping[str, Any]]:
    """Put all documents and indexes into the target; what the manifest tells of them."""
    indexes, manifest = dict[str, list[Row]](), dict[str, Any]()
    for member in stream:
        content, (place, _, part) = _content(stream, member), member.name.rpartition("/")
        folder, _, collection = place.partition("/")
        if member.name == MANIFEST:
            manifest = json.loads(content)
        elif folder != DATA:
            aside(member.name, content)
        elif part == ABOUT:
            indexes[collection] = bson.decode(content)["indexes"]
            target.create_collection(collection)
        else:
            look(_insert(target[collection], content))
    if manifest.get("format") != FORMAT:
        raise BackupBroken("not_whole")
    for collection, found in indexes.items():
        target.command("createIndexes", collection, indexes=found)
    told: Mapping[str, Mapping[str, Any]] = manifest["collections"]
    return told


def _content(stream: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    found = stream.extractfile(member)
    if found is None:
        raise BackupBroken("damaged")
    return found.read()


def _insert(collection: Collection[Row], batch: bytes) -> int:
    raw = collection.with_options(CodecOptions(document_class=RawBSONDocument))
    rows = [RawBSONDocument(one) for one in documents_in(batch)]
    if rows:
        raw.insert_many(rows)
    return len(rows)


def compared(target: Database[Row], written: Mapping[str, Mapping[str, Any]]) -> dict[str, Tally]:
    """What the restored database holds, byte for byte what was backed up; raises BackupBroken("differs")."""
    found = {name: tally_of(target[name]) for name in collections_of(target)}
    if {name: asdict(tally) for name, tally in found.items()} != dict(written):
        raise BackupBroken("differs")
    return found


def tally_of(collection: Collection[Row]) -> Tally:
    """Count and hash a collection as it stands."""
    reading = _Reading()
    for batch in _batches(collection):
        reading.take(batch)
    return reading.tally()
