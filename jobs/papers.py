"""Paper (文书): letters and case files, rendered by id in a sandbox and kept under their digest.

Every job here is safe to run twice: the first PDF of a paper stays, a later one is thrown away.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from documents import files
from documents.actions import binding, lettering, sealing
from documents.complaint import Attachment, Complaint
from documents.dossier import letter_paper, volume_content
from documents.files import StoredFile
from documents.papers import waiting
from documents.rules.volume import RenderedVolume, VolumeContent
from jobs import press, queues
from pdf import sandbox
from pdf.sandbox import RenderFailed

T = TypeVar("T")
PDF = "application/pdf"
AT_ONCE = 100
# A paper that was begun this often and never finished may take its worker with it each time.
MOST_TRIES = 4
NEVER_FINISHED = (
    "多次制作均未完成，详见失败作业。 Begun several times and never finished; see the failed jobs."
)


def render_letter(number: str, letter: int, now: str) -> str:
    """Render a letter (函件) and give it to its case."""
    case = Complaint.get(number)
    planned = lettering.letter_of(case, letter)
    if planned.file_id:
        return "rendered before"
    pdf = _made(
        lambda: sandbox.shared().paper(letter_paper(case, planned)),
        tries=lettering.begin(number, letter),
        set_aside=lambda why: lettering.set_aside(number, letter, why),
    )
    if pdf is None:
        return "set aside"
    stored = _store(pdf, f"{number}-{letter}.pdf")
    rendered = lettering.RenderedLetter(stored.id, stored.sha256)
    return _kept(stored, lettering.attach(number, letter, rendered, now=datetime.fromisoformat(now)))


def render_volume(number: str, now: str) -> str:
    """Render a case file (案卷) and seal it."""
    case = Complaint.get(number)
    if case.volume is None or case.volume.sealed_at:
        return "sealed before"
    with tempfile.TemporaryDirectory(prefix="juanzong-") as folder:
        made = _made(
            lambda: _volume(case, Path(folder)),
            tries=binding.begin(number),
            set_aside=lambda why: sealing.set_aside(number, why),
        )
    if made is None:
        return "set aside"
    content, rendered = made
    stored = _store(rendered.content, f"{content.volume_number}.pdf")
    return _kept(stored, binding.bind(content, rendered, stored, now=datetime.fromisoformat(now)))


def find_waiting(now: str) -> int:
    """Queue again what was planned and never rendered, when nothing else waits for paper."""
    if queues.backlog(queues.PAPER):
        return 0
    found = list(waiting(AT_ONCE))
    for paper in found:
        press.queue(paper, now=datetime.fromisoformat(now))
    return len(found)


def _made(make: Callable[[], T], *, tries: int, set_aside: Callable[[str], None]) -> T | None:
    """What was made, or nothing when trying again cannot help: then the paper is set aside and shown."""
    if tries > MOST_TRIES:
        set_aside(NEVER_FINISHED)
        return None
    try:
        return make()
    except RenderFailed as error:
        if error.retryable and tries < MOST_TRIES:
            raise  # find_waiting brings it back
        set_aside(error.reason)
        return None


def _volume(case: Complaint, folder: Path) -> tuple[VolumeContent, RenderedVolume]:
    content = volume_content(case, lambda attachment: _original(attachment, folder))
    return content, sandbox.shared().volume(content)


def _original(attachment: Attachment, folder: Path) -> Path:
    """The original as a file, so that a large one is never whole in memory."""
    path = folder / attachment.file_id
    if not path.exists():
        with path.open("wb") as copy:
            copy.writelines(files.blocks(attachment.file_id))
    return path


def _store(pdf: bytes, name: str) -> StoredFile:
    return files.store(io.BytesIO(pdf), name, media_type=PDF)


def _kept(stored: StoredFile, kept: bool) -> str:
    if kept:
        return stored.sha256
    files.delete(stored.id)
    return "another worker was first"
