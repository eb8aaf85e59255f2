"""Reading copies (阅览件) of lent volumes: rendered again from the cases, covered, marked on every page."""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

import gridfs
from gridfs.errors import CorruptGridFile

from documents import files, loan
from documents.actions import lending
from documents.case_parts import Attachment
from documents.loan import APPROVED, Loan
from documents.person import Person
from documents.policy import roles_in_force, view_in_force
from documents.reading_copy import Reader, copy_content
from documents.rules.custody_papers import ReadingCopy
from documents.volume import Volume
from jobs import queues, stretches
from jobs.making import PaperUnfit, made, store
from pdf import sandbox

LOUD = "阅览件　不作凭证"


def make_copy(key: str, now: str) -> str:
    """Make the reading copy of an approved loan. Safe to run twice: the first one stays."""
    found, moment = Loan.get(key), datetime.fromisoformat(now)
    if found.state != APPROVED or found.problem:
        return "nothing to do"
    try:
        content, sheets = made(lambda: _made(found, moment), tries=lending.begin(found))
    except PaperUnfit as unfit:
        lending.set_aside(found, str(unfit))
        return "set aside"
    stored = store(content, f"{found.number}.pdf")
    if lending.keep_copy(found, stored, sheets, now=moment):
        return stored.sha256
    files.delete(stored.id)
    return "another worker was first"


def find_lost(now: str) -> int:
    """Queue again the copies that were approved and are not made."""
    return stretches.queue_again(loan.unmade, now, queue=queues.copy_volume)


def _made(found: Loan, now: datetime) -> tuple[bytes, int]:
    """The finished copy, and how many pages it has; the reader's rights are those of this moment."""
    reader = Reader(Person.get(found.asked_by), roles_in_force(), frozenset(found.parts), found.number)
    rendered = sandbox.shared().volume(copy_content(Volume.get(found.volume), reader, _original))
    copy = ReadingCopy(
        content=rendered.content, marks=marks(found, now), title=f"{found.number} {found.volume}", made_at=now
    )
    return sandbox.shared().paper(copy), rendered.sheets


def marks(found: Loan, now: datetime) -> tuple[str, ...]:
    """水印: whose copy it is, since when and until when, under which number, what for."""
    zone = ZoneInfo(view_in_force(found.policy).zone)
    day = now.astimezone(zone).date().isoformat()
    purpose = found.purpose if len(found.purpose) <= 24 else f"{found.purpose[:23]}…"
    return (LOUD, f"{found.asked_name}　{day} 至 {found.until}", found.number, f"用途：{purpose}")


def _original(attachment: Attachment) -> bytes:
    """An attachment as it was uploaded; it cannot be covered, so the approver had to choose it."""
    try:
        content = files.read(attachment.file_id)
    except gridfs.NoFile as error:
        raise PaperUnfit(f"附件“{attachment.name}”的原件找不到") from error
    except CorruptGridFile as error:
        raise PaperUnfit(f"附件“{attachment.name}”的原件不完整，可能已损坏") from error
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise PaperUnfit(f"附件“{attachment.name}”与登记的 SHA-256 不符，原件可能已损坏")
    return content
