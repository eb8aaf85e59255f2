"""Paper (文书): letters and case files, rendered by id in a sandbox and kept under their digest.

Every job here is safe to run twice: the first PDF of a paper stays, a later one is thrown away.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import gridfs

from documents import dossier, events, files, papers
from documents.actions import binding, lettering, notices, sealing
from documents.actions.notices import Message
from documents.complaint import Attachment, Complaint
from documents.database import transaction
from documents.files import StoredFile
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.volume import RenderedVolume, VolumeContent
from jobs import press, queues
from pdf import sandbox
from pdf.sandbox import RenderFailed

T = TypeVar("T")
PDF = "application/pdf"
# A paper that was begun this often and never finished may take its worker with it each time.
MOST_TRIES = 4
NEVER_FINISHED = f"连续 {MOST_TRIES} 次制作都没有完成，请查看失败作业后重试"
# A lost paper is looked for when little waits: what still stands in the queue is not lost.
NEARLY_EMPTY = 40
FOUND_AT_ONCE = 500


class PaperUnfit(Exception):
    """A paper cannot be made from what is stored; the message says why, in words for the archivist."""


def render_letter(number: str, letter: int, now: str) -> str:
    """Render a letter (函件) and give it to its case."""
    case = Complaint.get(number)
    planned = lettering.letter_of(case, letter)
    if planned.file_id:
        return "rendered before"
    try:
        tries = lettering.begin(number, letter)
        pdf = _made(lambda: sandbox.shared().paper(dossier.letter_paper(case, planned)), tries=tries)
    except PaperUnfit as unfit:
        lettering.set_aside(number, letter, str(unfit))
        return "set aside"
    stored = _store(pdf, f"{number}-{letter}.pdf")
    rendered = lettering.RenderedLetter(stored.id, stored.sha256)
    return _kept(stored, lettering.attach(number, letter, rendered, now=datetime.fromisoformat(now)))


def render_volume(number: str, now: str) -> str:
    """Render a case file (案卷) and seal it."""
    case, moment = Complaint.get(number), datetime.fromisoformat(now)
    if case.volume is None or case.volume.sealed_at:
        return "sealed before"
    try:
        content, rendered = _made(lambda: _volume(case), tries=binding.begin(number))
    except PaperUnfit as unfit:
        _set_volume_aside(case, str(unfit), now=moment)
        return "set aside"
    stored = _store(rendered.content, f"{content.volume_number}.pdf")
    return _kept(stored, binding.bind(content, rendered, stored, now=moment))


def find_waiting(now: str) -> int:
    """Queue again what was planned and never rendered, when little else waits for paper."""
    if queues.backlog(queues.PAPER) >= NEARLY_EMPTY:
        return 0
    moment, found = datetime.fromisoformat(now), list(papers.waiting(FOUND_AT_ONCE))
    for paper in found:
        press.queue(paper, now=moment)
    return len(found)


def _made(make: Callable[[], T], *, tries: int) -> T:
    """What was made. What fails again and again is PaperUnfit; what may succeed next time goes on to rq."""
    if tries > MOST_TRIES:
        raise PaperUnfit(NEVER_FINISHED)
    try:
        return make()
    except RenderFailed as error:
        if error.retryable and tries < MOST_TRIES:
            raise  # find_waiting brings it back
        raise PaperUnfit(f"无法排版：{error.reason}") from error
    except (RuleBroken, PolicyInvalid) as error:
        raise PaperUnfit(f"案卷内容与制度不符：{error}") from error


def _volume(case: Complaint) -> tuple[VolumeContent, RenderedVolume]:
    broken = events.broken_at(case.events)
    if broken is not None:
        raise PaperUnfit(f"办理经过第 {broken} 条与其哈希值不符，记录可能被改动，请联系管理员核查")
    with TemporaryDirectory(prefix="juanzong-volume-") as folder:
        content = dossier.volume_content(case, lambda one: _original(one, Path(folder)))
        return content, sandbox.shared().volume(content)


def _original(attachment: Attachment, folder: Path) -> Path:
    """The original (原件) as a file, so that a large one is never whole in memory, and checked."""
    path, digest = folder / attachment.file_id, hashlib.sha256()
    try:
        with path.open("wb") as copy:
            for block in files.blocks(attachment.file_id):
                digest.update(block)
                copy.write(block)
    except gridfs.NoFile as error:
        raise PaperUnfit(f"附件“{attachment.name}”的原件找不到") from error
    if digest.hexdigest() != attachment.sha256:
        raise PaperUnfit(f"附件“{attachment.name}”与登记的 SHA-256 不符，原件可能已损坏")
    return path


def _set_volume_aside(case: Complaint, problem: str, *, now: datetime) -> None:
    """Note the reason on the case and tell who handed it over; the other cases go on."""
    message = Message(
        key=f"volume:{case.volume.number}:{now.isoformat()}",
        title={"zh": f"案卷未能生成：{case.number}", "en": f"Case file not made: {case.number}"},
        body={"zh": f"{problem}。处理后可在归档室重试。", "en": f"{problem}. Retry it in the archive room."},
        case=str(case.id),
        number=case.number,
    )

    def write() -> None:
        sealing.set_aside(case.number, problem)
        notices.announce([case.volume.submitted_by], message, now=now)

    transaction(write)


def _store(pdf: bytes, name: str) -> StoredFile:
    return files.store(io.BytesIO(pdf), name, media_type=PDF)


def _kept(stored: StoredFile, kept: bool) -> str:
    if kept:
        return stored.sha256
    files.delete(stored.id)
    return "another worker was first"
