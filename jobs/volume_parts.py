"""The parts of a volume (卷内各件): each case read and checked; in a joined one the unfit are left out."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import gridfs
from gridfs.errors import CorruptGridFile

from documents import dossier, events, files
from documents.actions import binding
from documents.archive_number import ArchiveNumber
from documents.case_parts import Attachment
from documents.complaint import Complaint
from documents.rules.volume import RenderedVolume, VolumeContent
from jobs.making import PaperUnfit
from pdf import sandbox
from pdf.failures import RenderFailed

Rendered = tuple[VolumeContent, RenderedVolume]


def volume(number: ArchiveNumber, *, now: datetime) -> Rendered:
    """Render the volume for which a number is reserved; raises PaperUnfit when nothing of it can be made."""
    with TemporaryDirectory(prefix="juanzong-volume-") as folder:
        parts = _parts(number, Path(folder), now)
        while parts:
            try:
                content = dossier.bound_together(ArchiveNumber.get(number.id), parts)
                return content, sandbox.shared().volume(content)
            except RenderFailed as error:
                if error.retryable or len(parts) == 1 or not error.case:
                    raise
                binding.leave_out(number.id, error.case, f"无法排版：{error.reason}", now=now)
                parts = [one for one in parts if one.case_number != error.case]
        raise PaperUnfit(binding.EMPTY)


def _parts(number: ArchiveNumber, folder: Path, now: datetime) -> list[VolumeContent]:
    parts = []
    for one in number.cases:
        try:
            parts.append(_part(number.id, one, folder))
        except PaperUnfit as unfit:
            if not number.is_joined:
                raise
            binding.leave_out(number.id, one, str(unfit), now=now)
    return parts


def _part(number: str, case_number: str, folder: Path) -> VolumeContent:
    case = Complaint.get(case_number)
    own = next(one for one in case.volumes if one.number == number)
    broken = events.broken_at(case.events)
    if broken is not None:
        raise PaperUnfit(f"办理经过第 {broken} 条与其哈希值不符，记录可能被改动，请联系管理员核查")
    return dossier.volume_content(case, lambda one: _original(one, folder), own)


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
    except CorruptGridFile as error:
        raise PaperUnfit(f"附件“{attachment.name}”的原件不完整，可能已损坏") from error
    if digest.hexdigest() != attachment.sha256:
        raise PaperUnfit(f"附件“{attachment.name}”与登记的 SHA-256 不符，原件可能已损坏")
    return path
