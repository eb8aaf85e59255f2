"""Which slices 变更片 lead from a backup to a moment, by the names in a folder."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bson.timestamp import Timestamp
from pyrage.x25519 import Identity

from documents.backup import MOMENT, BackupBroken, content_of
from documents.backup_slices import Span
from portal.backups.age import decrypted

LATEST = "latest"
FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def moment_in(written: str, zone: ZoneInfo) -> Timestamp | None:
    """A moment as somebody wrote it, on the organisation's clocks; None: the latest. Raises ValueError."""
    if written == LATEST:
        return None
    for form in FORMS:
        try:
            local = datetime.strptime(written, form).replace(tzinfo=zone)
        except ValueError:
            continue
        return Timestamp(int(local.timestamp()), 0)
    raise ValueError(written)


def slices_in(folder: Path) -> list[Span]:
    """The slices of a folder 变更片, in the order of their ends."""
    named = (Span.named(path.name) for path in folder.iterdir())
    return sorted((span for span in named if span), key=lambda span: (span.end.time, span.since))


def moment_of(backup: Path, keys: Sequence[Identity]) -> Timestamp:
    """The cluster time of a backup; raises BackupBroken("no_moment")."""
    with (
        decrypted(backup, keys, whole=False) as source,
        tarfile.open(fileobj=source, mode="r|gz") as stream,
    ):
        for member in stream:
            if member.name == MOMENT:
                told: dict[str, Any] = json.loads(content_of(stream, member))
                return Timestamp(*told["time"])
            if not member.name.startswith("house/"):
                break
    raise BackupBroken("no_moment")


def way(spans: Iterable[Span], since: Timestamp, until: Timestamp | None) -> list[Span]:
    """The slices from a backup to a moment, without a gap.

    Raises BackupBroken("too_early") when the backup is later than the moment, ("gap"), and ("too_late").
    """
    if until is not None and until <= since:
        raise BackupBroken("too_early", time=since)
    found, at = list[Span](), since
    for span in spans:
        if until is not None and at >= until:
            break
        if span.end.time <= at:
            continue
        if span.since > at:
            raise BackupBroken("gap", since=at, until=span.since)
        found.append(span)
        at = span.end.time
    if (until is not None and at < until) or not found:
        raise BackupBroken("too_late", time=at)
    return found
