"""Filing (归档批次): a batch is checked case by case, handed over volume by volume, in small steps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

import gridfs
from gridfs.errors import CorruptGridFile

from documents import files, filing_checks
from documents.actions import handing_over
from documents.case_parts import Attachment
from documents.filing_batch import FilingBatch, FilingEntry, lost_batches
from documents.filing_checks import Finding, Look
from documents.rules import file_checks
from jobs import queues, stretches
from pdf import glyphs


def advance(batch: str, now: str) -> str:
    """Check and hand over for a while, then make room for other jobs. Safe to run twice."""
    done = stretches.advance(batch, now, step=_step, queue=queues.file_batch)
    return "to be continued" if done is None else "done"


def find_lost(now: str) -> int:
    """Queue again the batches whose worker is gone."""
    return stretches.queue_again(lost_batches, now, queue=queues.file_batch)


def _step(batch: str, *, now: datetime) -> bool:
    """One case checked, or one volume handed over; whether there is more to do."""
    found = FilingBatch.get(batch)
    FilingBatch.collection().update_one({"_id": found.id}, {"$set": {"beat_at": now}})
    if found.state == "approved":
        return _hand_over(found, now)
    if found.is_open:
        entry = FilingEntry.objects(batch=found.id, state="in", checked_at=None).order_by("case").first()
        if entry is not None:
            _check(entry, Look(found, now))
            return True
    FilingBatch.collection().update_one({"_id": found.id, "state": found.state}, {"$set": {"works": False}})
    return False


def _hand_over(batch: FilingBatch, now: datetime) -> bool:
    number = handing_over.hand_over_next(batch, now=now)
    if number is None:
        handing_over.handed_over(batch, now=now)
        return False
    if number:
        queues.render_volume(number, now=now)
    return True


def _check(entry: FilingEntry, look: Look) -> None:
    """预检 one case, with its files."""
    found = [*filing_checks.findings_of(entry, look), *_of_files(entry), *_of_glyphs(entry)]
    found.sort(key=lambda one: not one.blocking)
    change = {"findings": [one.stored() for one in found], "checked_at": look.now}
    FilingEntry.collection().update_one({"_id": entry.id, "state": "in"}, {"$set": change})


def _of_files(entry: FilingEntry) -> Iterator[Finding]:
    uploads = filing_checks.files_of(entry)
    yield from filing_checks.repeated(uploads)
    for one in uploads:
        data = _original(one)
        if data is None:
            yield filing_checks.altered(one.name)
        else:
            yield from (filing_checks.of_file(code, one.name) for code in file_checks.troubles(data))


def _original(attachment: Attachment) -> bytes | None:
    """The bytes of an upload; None when they are gone or not what was uploaded."""
    try:
        data = files.read(attachment.file_id)
    except (gridfs.NoFile, CorruptGridFile):
        return None
    return data if hashlib.sha256(data).hexdigest() == attachment.sha256 else None


def _of_glyphs(entry: FilingEntry) -> Iterator[Finding]:
    ledger = glyphs.Ledger()
    for text in filing_checks.texts_of(entry):
        glyphs.printable(text, ledger, "")
    count = len(list(ledger.rows()))
    if count:
        yield filing_checks.unshown(count)
