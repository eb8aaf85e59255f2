"""Uploads 上传附件: looked at before they are kept, so that a bad file is known at once."""

from __future__ import annotations

import io
import logging
import secrets
from datetime import datetime
from pathlib import PurePath
from typing import IO

from documents import audit, files, virus_scans
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.drawings import MOST_BYTES as MOST_DRAWN
from documents.rules.drawings import NoDrawing, read_drawing
from documents.rules.file_kinds import Kind, kind_of, problem_of
from documents.rules.text import tidy
from documents.upload import Upload

MOST_BYTES = 50 * 1024**2
HEAD = 8_192
DRAWN_NAME = "签名.png"

log = logging.getLogger(__name__)


def accept(
    stream: IO[bytes], name: str, *, actor: Person, now: datetime, most_bytes: int = MOST_BYTES
) -> Upload:
    """Keep a file that somebody uploads; it waits for the form it belongs to.

    Raises RuleBroken("file_empty"), ("file_too_large"), ("file_not_allowed"), ("file_is_not_what_it_says"),
    and, where a virus scanner 查毒 is asked, ("file_infected"), ("scanner_silent").
    A file that can be kept but not shown (encrypted, damaged) is kept with a warning.
    """
    name = tidy(PurePath(name.replace("\\", "/")).name)[:200] or "未命名"
    head = stream.read(HEAD)
    stream.seek(0)
    kind = kind_of(head)
    refused = problem_of(name, head, kind)
    if refused:
        raise RuleBroken(refused, name=name, found=kind.label if kind else "")
    _scanned(stream, name, actor=actor, now=now)
    media_type = _media_type(kind)
    stored = files.store(stream, name, media_type=media_type, most_bytes=most_bytes, brought=True)
    upload = Upload(
        id=secrets.token_urlsafe(12),
        file_id=stored.id,
        name=name,
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
        by=actor.id,
        at=now,
    )
    upload.warning = _warning(stored, kind)
    upload.save(force_insert=True)
    return upload


def _scanned(stream: IO[bytes], name: str, *, actor: Person, now: datetime) -> None:
    try:
        virus = virus_scans.virus_in(stream)
    except virus_scans.ScannerSilent as silent:
        log.error("no verdict of the virus scanner: %s", silent)
        raise RuleBroken("scanner_silent", name=name) from silent
    if virus:
        audit.note("upload_infected", f"person:{actor.id}", by=actor.id, at=now, virus=virus)
        raise RuleBroken("file_infected", name=name, virus=virus)


def accept_drawing(stream: IO[bytes], *, actor: Person, now: datetime) -> Upload:
    """Keep a signature that somebody drew; it waits for the form it belongs to.

    Raises RuleBroken("no_drawing") for anything but a small PNG in which something is drawn.
    """
    data = stream.read(MOST_DRAWN + 1)
    try:
        read_drawing(data)
    except NoDrawing as refused:
        raise RuleBroken("no_drawing") from refused
    stored = files.store(io.BytesIO(data), DRAWN_NAME, media_type="image/png")
    kept = {"file_id": stored.id, "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    upload = Upload(id=secrets.token_urlsafe(12), media_type=stored.media_type, by=actor.id, at=now, **kept)
    upload.drawn = True
    upload.save(force_insert=True)
    return upload


def _media_type(kind: Kind | None) -> str:
    return kind.media_type if kind else "application/octet-stream"


def _warning(stored: files.StoredFile, kind: Kind | None) -> str | None:
    """Why a file can be kept but will not show its pages in the case file."""
    if kind is None or kind.key != "pdf":
        return None
    with files.open_file(stored.id) as content:
        body = bytes(content.read())
    if b"/Encrypt" in body:
        return "file_encrypted"
    return None if b"%%EOF" in body[-2_048:] else "file_truncated"
