"""Slices 变更片: every change between two cluster times, as the change streams of the server tell them.

A slice is a tar stream. `slice.json` comes first and tells where it begins; `changes/00000001.bson` and so
on hold the events as the server sent them; `manifest.json` comes last and tells where it ends.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.change_stream import ChangeStream
from pymongo.errors import OperationFailure

from documents.backup import MANIFEST, RAW, BackupBroken, Rows, add, add_told, gathered
from documents.backup_marks import Tie, is_made_by, is_set, newest_backup, set_mark

FORMAT = 1
HEAD, CHANGES, ENDING = "slice.json", "changes", ".changes.age"
NAME: Final = re.compile(r"(\d{8}T\d{6}Z)\.(\d+)-(\d{8}T\d{6}Z)\.(\d+)-([0-9a-f]{8})\.changes\.age")
SECONDS: Final = "%Y%m%dT%H%M%SZ"
# ChangeStreamHistoryLost; what else a server says when its oplog no longer holds the beginning.
GONE = frozenset({286, 280, 136})
TOO_LARGE = 10334
GONE_MARK: Final = "00000000"  # in the name of a slice that ends with the end of its database
SPLITS = (6, 0, 9)  # the release from which the server splits events that are larger than it may send
EMPTY_ANSWERS = 30  # each after a second


@dataclass(frozen=True)
class Span:
    """From where, not included, to where a slice reaches; its name tells both."""

    since: Timestamp
    end: Tie

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{_written(self.since)}-{_written(self.end.time)}-{self.end.mark}{ENDING}"

    @classmethod
    def named(cls, name: str) -> Span | None:
        """What a name tells, when it is that of a slice."""
        found = NAME.fullmatch(name)
        if not found:
            return None
        first, first_part, last, last_part, mark = found.groups()
        return cls(_read(first, first_part), Tie(_read(last, last_part), mark))


def _written(time: Timestamp) -> str:
    return f"{time.as_datetime():{SECONDS}}.{time.inc}"


def _read(seconds: str, part: str) -> Timestamp:
    return Timestamp(datetime.strptime(seconds, SECONDS).replace(tzinfo=UTC), int(part))


def ties(source: Rows, last: Tie | None) -> list[Tie]:
    """Where the next slice may begin, the best first: at the last slice, at the newest backup.

    One that was dropped is followed from its last slice. Raises BackupBroken("no_backup"), ("another").
    """
    if last and last.mark != GONE_MARK and not source.list_collection_names():
        return [last]
    backup = newest_backup(source)
    found = [tie for tie in (last, backup) if tie and is_set(source, tie.mark)]
    if not found:
        raise BackupBroken("another" if last else "no_backup")
    return found


@dataclass
class Following:
    """One slice in the making 跟随变更: from a tie to a mark of its own, or to the end of the database."""

    source: Rows
    tie: Tie
    now: datetime
    events: int = 0
    size: int = 0
    end: Tie | None = None

    def write(self, out: tarfile.TarFile) -> Span:
        """Write everything that the majority has, to this moment.

        Raises BackupBroken("history_lost") when the oplog no longer reaches back to the tie, ("too_large")
        for an event that this server cannot send.
        """
        since = self.tie.time
        told = {"format": FORMAT, "database": self.source.name, "made_at": self.now.isoformat()}
        begins = {"since": [since.time, since.inc]}
        try:
            with self._opened() as stream:
                add_told(out, HEAD, {**told, **begins})
                for number, batch in enumerate(gathered(self._until_marked(stream)), start=1):
                    add(out, f"{CHANGES}/{number:08}.bson", batch)
        except OperationFailure as error:
            raise _explained(error, since) from error
        if self.end is None:
            raise BackupBroken("another")
        span, until = Span(since, self.end), self.end.time
        ends = {"until": [until.time, until.inc], "events": self.events}
        add_told(out, MANIFEST, {**told, **begins, **ends})
        return span

    def _opened(self) -> ChangeStream[Any]:
        version = tuple(self.source.client.server_info()["versionArray"][:3])
        since = self.tie.time
        return self.source.with_options(RAW).watch(
            [{"$changeStreamSplitLargeEvent": {}}] if version >= SPLITS else [],
            start_at_operation_time=Timestamp(since.time, since.inc + 1),
            show_expanded_events=True,
            max_await_time_ms=1_000,
        )

    def _until_marked(self, stream: ChangeStream[Any]) -> Iterator[bytes]:
        """The events as they were sent, up to that of our own mark."""
        mark = set_mark(self.source) if self.source.list_collection_names() else ""
        silent = 0
        while stream.alive and silent < EMPTY_ANSWERS:
            event: RawBSONDocument | None = stream.try_next()
            if event is None:
                silent += 1
                continue
            silent = 0
            if event.get("operationType") == "invalidate":  # what follows on the end of a database
                return
            yield self._counted(event)
            if is_made_by(event, mark):
                self.end = Tie(event["clusterTime"], mark)
                return
            if event.get("operationType") == "dropDatabase":
                self.end = Tie(event["clusterTime"], GONE_MARK)

    def _counted(self, event: RawBSONDocument) -> bytes:
        self.events, self.size = self.events + 1, self.size + len(event.raw)
        return bytes(event.raw)


def _explained(error: OperationFailure, since: Timestamp) -> Exception:
    if error.code in GONE:
        return BackupBroken("history_lost", since=since)
    if error.code == TOO_LARGE:
        return BackupBroken("too_large", since=since)
    return error
