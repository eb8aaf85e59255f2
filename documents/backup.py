"""Backups 备份: a whole database as it stood at one moment, in a tar stream of BSON, and back again.

The members are ordinary: `moment.json` comes first and tells the cluster time; `data/NAME/collection.bson`
holds the indexes of a collection, `data/NAME/00000001.bson` and so on its documents as `mongodump` writes
them. `manifest.json` comes last: without it, a backup is not whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from documents.backup_marks import MARKS, Tie, forget, set_mark

Row = dict[str, Any]
Rows = Database[Row]
Shape = dict[str, list[Row]]  # collections with their indexes
Look = Callable[[int], None]
Aside = Callable[[str, bytes], None]
Then = Callable[[Shape, Row], None]
FORMAT = 1
MOMENT, MANIFEST = "moment.json", "manifest.json"
DATA, ABOUT = "data", "collection.bson"
# How long the server keeps what was overwritten while a backup reads, in seconds.
WINDOW = 24 * 3600
WINDOW_NAME = "minSnapshotHistoryWindowInSeconds"
SNAPSHOT_GONE = frozenset({239, 246})  # SnapshotTooOld, SnapshotUnavailable
BATCH = 8 << 20
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
NOT_ALLOWED = frozenset({13, 8000})  # Unauthorized; what hosted servers say


class BackupBroken(Exception):
    """A backup that cannot be made, or is not whole 备份不可用; a code and what the words for it need."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.facts = facts


@dataclass(frozen=True)
class Tally:
    """What a collection holds: documents, bytes, and the SHA-256 of all in the order of their ids."""

    documents: int
    size: int
    sha256: str


Tallies = dict[str, Tally]


def _nothing_more(_shape: Shape, _manifest: Row) -> None:
    """What is restored is as it was backed up."""


def collections_of(source: Rows) -> list[str]:
    """The collections that are backed up: all but the server's own."""
    names = source.list_collection_names(filter={"type": "collection"})
    return sorted(name for name in names if not name.startswith("system."))


def estimated(source: Rows) -> int:
    """About how many documents a backup will read."""
    return sum(source[name].estimated_document_count() for name in collections_of(source))


def dump(source: Rows, out: tarfile.TarFile, *, made_at: datetime, look: Look) -> tuple[Tie, Tallies]:
    """Write everything as it stood at one cluster time 在线一致备份; the portal goes on meanwhile.

    Raises BackupBroken("too_slow") when the server forgot that moment before all was read, and ("changed")
    when collections or indexes changed meanwhile, for of those the server keeps no earlier state.
    """
    mark = set_mark(source)
    shape, tallies = shape_of(source), Tallies()
    with _history(source.client):
        tie = Tie(_moment(source), mark)
        told = {"format": FORMAT, "database": source.name, "made_at": made_at.isoformat(), **told_of(tie)}
        add_told(out, MOMENT, told)
        for name, indexes in shape.items():
            add(out, f"{DATA}/{name}/{ABOUT}", bson.encode({"indexes": indexes}))
            tallies[name] = _dump_one(source[name], tie.time, out, look)
    if shape_of(source) != shape:
        raise BackupBroken("changed")
    add_told(out, MANIFEST, {**told, "collections": {name: asdict(one) for name, one in tallies.items()}})
    return tie, tallies


def _moment(source: Rows) -> Timestamp:
    """The cluster time that a snapshot of this instant has."""
    asked = {"find": MARKS, "limit": 1, "readConcern": {"level": "snapshot"}}
    moment: Timestamp = source.command(asked)["cursor"]["atClusterTime"]
    return moment


def told_of(tie: Tie) -> dict[str, Any]:
    """A tie in words of JSON."""
    return {"time": [tie.time.time, tie.time.inc], "mark": tie.mark}


def shape_of(source: Rows) -> Shape:
    """The collections that are backed up, with their indexes."""
    return {name: _indexes(source[name]) for name in collections_of(source)}


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


def _dump_one(collection: Collection[Row], at: Timestamp, out: tarfile.TarFile, look: Look) -> Tally:
    reading = _Reading()
    try:
        for number, batch in enumerate(batches_of(collection, at), start=1):
            add(out, f"{DATA}/{collection.name}/{number:08}.bson", batch)
            look(reading.take(batch))
    except OperationFailure as error:
        if error.code in SNAPSHOT_GONE:
            raise BackupBroken("too_slow") from error
        raise
    return reading.tally()


def batches_of(collection: Collection[Row], at: Timestamp | None = None) -> Iterator[bytes]:
    """The documents as the server sends them, by id, as they are now or were at a cluster time."""
    asked: dict[str, Any] = {"find": collection.name, "sort": {"_id": 1}}
    if at is not None:
        asked["readConcern"] = {"level": "snapshot", "atClusterTime": at}
    with collection.database.client.start_session(causal_consistency=False) as session:
        while asked:
            told: Any = collection.database.command(asked, session=session, codec_options=RAW)
            cursor = told["cursor"]
            yield from gathered(row.raw for row in cursor.get("firstBatch", cursor.get("nextBatch")))
            asked = {"getMore": cursor["id"], "collection": collection.name} if cursor["id"] else {}


def gathered(documents: Iterable[bytes], most: int = BATCH) -> Iterator[bytes]:
    """The documents one behind the other, in batches that are not much longer than `most`."""
    waiting, size = list[bytes](), 0
    for one in documents:
        waiting.append(one)
        size += len(one)
        if size >= most:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


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


def add_told(out: tarfile.TarFile, name: str, told: Mapping[str, Any]) -> None:
    """Write one member of JSON."""
    add(out, name, json.dumps(told, ensure_ascii=False, indent=1).encode())


def add(out: tarfile.TarFile, name: str, content: bytes) -> None:
    """Write one member."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    out.addfile(member, io.BytesIO(content))


def load(
    stream: tarfile.TarFile, target: Rows, *, look: Look, aside: Aside, then: Then = _nothing_more
) -> Tallies:
    """Restore 恢复 into a database that does not exist yet, and compare it with what was written.

    `then` may change it further before its indexes are built. Members that are no documents go to `aside`.
    Raises BackupBroken("not_empty"), ("damaged"), ("not_whole"), ("differs"); then nothing of it stays.
    """
    if target.list_collection_names():
        raise BackupBroken("not_empty")
    try:
        shape, manifest = _poured(stream, target, look, aside)
        found = compared(target, manifest["collections"])
        then(shape, manifest)
        forget(target)
        for name, indexes in shape.items():
            target.command("createIndexes", name, indexes=indexes)
        return found
    except BaseException:
        target.client.drop_database(target.name)
        raise


def _poured(stream: tarfile.TarFile, target: Rows, look: Look, aside: Aside) -> tuple[Shape, Row]:
    """Put all documents into the target; the indexes that belong to them, and what the manifest tells."""
    shape, manifest = Shape(), Row()
    for member in stream:
        content, (place, _, part) = content_of(stream, member), member.name.rpartition("/")
        folder, _, collection = place.partition("/")
        if member.name == MANIFEST:
            manifest = json.loads(content)
        elif folder != DATA:
            aside(member.name, content)
        elif part == ABOUT:
            shape[collection] = bson.decode(content)["indexes"]
            target.create_collection(collection)
        else:
            look(_insert(target[collection], content))
    if manifest.get("format") != FORMAT:
        raise BackupBroken("not_whole")
    return shape, manifest


def content_of(stream: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """What a member holds."""
    found = stream.extractfile(member)
    if found is None:
        raise BackupBroken("damaged")
    return found.read()


def _insert(collection: Collection[Row], batch: bytes) -> int:
    raw = collection.with_options(RAW)
    rows = [RawBSONDocument(one) for one in documents_in(batch)]
    if rows:
        raw.insert_many(rows)
    return len(rows)


def compared(target: Rows, written: Mapping[str, Mapping[str, Any]]) -> Tallies:
    """What the restored database holds, byte for byte what was backed up; raises BackupBroken("differs")."""
    found = {name: tally_of(target[name]) for name in collections_of(target)}
    if {name: asdict(tally) for name, tally in found.items()} != dict(written):
        raise BackupBroken("differs")
    return found


def tally_of(collection: Collection[Row]) -> Tally:
    """Count and hash a collection as it stands."""
    reading = _Reading()
    for batch in batches_of(collection):
        reading.take(batch)
    return reading.tally()
