"""Redoing 重做: what slices tell of a database, done again to one that was restored from a backup.

What is not understood, or does not fit what is there, stops it: nothing is passed over in silence.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo import DeleteOne, ReplaceOne
from pymongo.collection import Collection

from documents.backup import MANIFEST, RAW, Aside, BackupBroken, Row, Rows, Shape, content_of, documents_in
from documents.backup_slices import CHANGES, HEAD, Span
from documents.rules.changed_document import NotFitting, updated

Event = Mapping[str, Any]
# Nothing of a document changes by being read and written: dates beyond Python's, UUIDs of any kind.
EXACT: CodecOptions[Any] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
AT_ONCE, AT_MOST = 1_000, 16 << 20  # events and bytes that are redone together
PLAIN = {"key": {"_id": 1}, "name": "_id_"}


@dataclass
class Redo:
    """Changes a restored database to what it was at a moment."""

    target: Rows
    shape: Shape
    after: Timestamp  # what was then is there already
    before: Timestamp | None  # of this moment and later nothing is done; None: everything
    events: int = 0
    _waiting: list[Event] = field(default_factory=list)
    _size: int = 0

    def slice(self, stream: tarfile.TarFile, span: Span, aside: Aside) -> None:
        """Redo one slice; what belongs to the house is put back when all of it was redone."""
        house, seen = dict[str, bytes](), set[str]()
        events = self._events(stream, span, house, seen)
        for event in whole_events(events):
            if self.after < event["clusterTime"] and not self._is_late(event["clusterTime"]):
                self.take(event)
        if seen != {HEAD, MANIFEST}:
            raise BackupBroken("not_whole")
        self.flush()
        self.after = max(self.after, span.end.time)
        if not self._is_late(span.end.time):
            for name, content in house.items():
                aside(name, content)

    def _is_late(self, time: Timestamp) -> bool:
        return self.before is not None and time >= self.before

    def _events(
        self, stream: tarfile.TarFile, span: Span, house: dict[str, bytes], seen: set[str]
    ) -> Iterator[Event]:
        count = 0
        for member in stream:
            content = content_of(stream, member)
            if member.name in (HEAD, MANIFEST):
                _compared(json.loads(content), span, count)
                seen.add(member.name)
            elif member.name.startswith(f"{CHANGES}/"):
                for one in documents_in(content):
                    count += 1
                    yield RawBSONDocument(one, RAW)
            else:
                house[member.name] = content

    def take(self, event: Event) -> None:
        """Do what one event tells, soon: changes of documents are gathered."""
        self.events += 1
        kind = event["operationType"]
        if kind in ROWS:
            self._waiting.append(event)
            self._size += sum(len(event[part].raw) for part in PARTS if part in event)
            if len(self._waiting) >= AT_ONCE or self._size >= AT_MOST:
                self.flush()
            return
        self.flush()
        if kind not in SHAPES:
            raise _not_understood(event)
        if (kind == "create") == (event["ns"]["coll"] in self.shape):
            raise _not_fitting(event)
        SHAPES[kind](self, event)

    def flush(self) -> None:
        """Do what was gathered."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        names = {event["ns"]["coll"] for event in waiting}
        for name in sorted(names):
            if name not in self.shape:
                raise _not_fitting(waiting[0])
            self._redo_rows(name, [event for event in waiting if event["ns"]["coll"] == name])

    def _redo_rows(self, name: str, events: list[Event]) -> None:
        """Changes of one collection: read what they concern, change it here, write what came of it."""
        collection = self.target[name].with_options(RAW)
        ids = {_key(event): event["documentKey"]["_id"] for event in events}
        found: Iterable[Any] = collection.find({"_id": {"$in": list(ids.values())}})
        rows: dict[bytes, bytes] = {_key_of(row["_id"]): bytes(row.raw) for row in found}
        for event in events:
            ROWS[event["operationType"]](rows, event)
        _write(collection, ids, rows)

    def create(self, event: Event) -> None:
        """A new collection, of the plain kind."""
        told = dict(event["operationDescription"])
        if told.keys() != {"idIndex"} or _index(told["idIndex"]) != PLAIN:
            raise _not_understood(event)
        self.target.create_collection(event["ns"]["coll"])
        self.shape[event["ns"]["coll"]] = [PLAIN]

    def drop(self, event: Event) -> None:
        """The end of a collection."""
        self.target.drop_collection(event["ns"]["coll"])
        self.shape.pop(event["ns"]["coll"])

    def create_indexes(self, event: Event) -> None:
        """New indexes; they are built in the end, with all others."""
        new = [_index(one) for one in event["operationDescription"]["indexes"]]
        names = {one["name"] for one in new}
        there = self.shape[event["ns"]["coll"]]
        there[:] = [one for one in there if one["name"] not in names] + new

    def drop_indexes(self, event: Event) -> None:
        """Indexes that are no more."""
        names = {one["name"] for one in event["operationDescription"]["indexes"]}
        there = self.shape[event["ns"]["coll"]]
        there[:] = [one for one in there if one["name"] not in names]


PARTS = ("fullDocument", "updateDescription", "documentKey")


def whole_events(events: Iterable[Event]) -> Iterator[Event]:
    """The events, those joined that the server had to send in fragments."""
    fragments: dict[str, Any] = {}
    for event in events:
        told = event.get("splitEvent")
        if told is None and not fragments:
            yield event
            continue
        if told is None or told["fragment"] != fragments.get("splitEvent", {"fragment": 0})["fragment"] + 1:
            raise BackupBroken("damaged")
        fragments.update(event.items())
        if told["fragment"] == told["of"]:
            yield fragments
            fragments = {}
    if fragments:
        raise BackupBroken("damaged")


def _compared(told: Mapping[str, Any], span: Span, count: int) -> None:
    """A slice must be what its name says, and hold as many events as were written."""
    ends = [span.end.time.time, span.end.time.inc]
    begins = [span.since.time, span.since.inc]
    if told["since"] != begins or told.get("until", ends) != ends:
        raise BackupBroken("misnamed")
    if told.get("events", count) != count:
        raise BackupBroken("damaged")


def _index(told: Mapping[str, Any]) -> Row:
    plain = bson.decode(bson.encode(told))
    return {key: value for key, value in plain.items() if key not in ("v", "ns")}


def _key(event: Event) -> bytes:
    return _key_of(event["documentKey"]["_id"])


def _key_of(identity: object) -> bytes:
    return bson.encode({"": identity})


def _write(collection: Collection[Any], ids: Mapping[bytes, object], rows: Mapping[bytes, bytes]) -> None:
    writes: list[Any] = []
    for key, identity in ids.items():
        same = {"_id": identity}
        new = RawBSONDocument(rows[key], RAW) if key in rows else None
        writes.append(DeleteOne(same) if new is None else ReplaceOne(same, new, upsert=True))
    collection.bulk_write(writes, ordered=False)


def _insert(rows: dict[bytes, bytes], event: Event) -> None:
    if _key(event) in rows:
        raise _not_fitting(event)
    rows[_key(event)] = bytes(event["fullDocument"].raw)


def _replace(rows: dict[bytes, bytes], event: Event) -> None:
    _there(rows, event)
    rows[_key(event)] = bytes(event["fullDocument"].raw)


def _update(rows: dict[bytes, bytes], event: Event) -> None:
    was = bson.decode(_there(rows, event), EXACT)
    try:
        new = updated(was, bson.decode(event["updateDescription"].raw, EXACT))
    except NotFitting as error:
        raise _not_fitting(event) from error
    rows[_key(event)] = bson.encode(new)


def _delete(rows: dict[bytes, bytes], event: Event) -> None:
    _there(rows, event)
    del rows[_key(event)]


def _there(rows: dict[bytes, bytes], event: Event) -> bytes:
    if _key(event) not in rows:
        raise _not_fitting(event)
    return rows[_key(event)]


def _not_understood(event: Event) -> BackupBroken:
    code = "dropped" if event["operationType"] == "dropDatabase" else "not_understood"
    return BackupBroken(code, **_where(event))


def _not_fitting(event: Event) -> BackupBroken:
    return BackupBroken("not_fitting", **_where(event))


def _where(event: Event) -> dict[str, object]:
    place = dict(event.get("ns") or {}).get("coll", "")
    return {"what": f"{event['operationType']} {place}".strip(), "at": event["clusterTime"]}


ROWS: dict[str, Callable[[dict[bytes, bytes], Event], None]] = {
    "insert": _insert,
    "replace": _replace,
    "update": _update,
    "delete": _delete,
}
SHAPES: dict[str, Callable[[Redo, Event], None]] = {
    "create": Redo.create,
    "drop": Redo.drop,
    "createIndexes": Redo.create_indexes,
    "dropIndexes": Redo.drop_indexes,
}
