"""What is wrong with an uploaded file before it goes into a volume 附件预检, read off its bytes alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Final

PDF, ZIP, OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
HEAD, TAIL = 1024, 2048
MACROS_ZIP, ENCRYPTED = "vbaproject.bin", "EncryptedPackage".encode("utf-16-le")
MACROS_OLE = "_VBA_PROJECT".encode("utf-16-le")
MOST_ENTRIES = 5_000

# code -> what is wrong, and what to do, in Chinese and English; all of them leave the original as it is.
WORDS: Final[dict[str, tuple[str, str]]] = {
    "file_empty": (
        "附件“{name}”是空文件（0 字节），卷内将只有说明页。如有正确的文件，请先补传",
        "“{name}” is empty: the volume will only say so. Upload the right file first if there is one",
    ),
    "file_encrypted": (
        "附件“{name}”已加密，卷内只存原件，不能翻印。如有未加密的版本，请先补传",
        "“{name}” is encrypted: only the original is kept. Upload a version without password if there is one",
    ),
    "file_damaged": (
        "附件“{name}”不完整或已损坏，卷内只存原件。请核对后补传",
        "“{name}” is damaged or cut off: only the original is kept. Check it and upload it again",
    ),
    "file_macros": (
        "附件“{name}”含宏，翻印时不会运行；请确认来源可靠",
        "“{name}” has macros; they are not run for its pages. Make sure where it comes from",
    ),
    "file_twice": (
        "附件“{name}”与“{other}”内容完全相同，两份都会归档",
        "“{name}” and “{other}” are the same file; both are archived",
    ),
}


def troubles(data: bytes) -> Iterator[str]:
    """The codes of what is wrong with a file."""
    if not data:
        yield "file_empty"
    elif PDF in data[:HEAD]:
        yield from _pdf(data)
    elif data.startswith(ZIP):
        yield from _zip(data)
    elif data.startswith(OLE):
        if ENCRYPTED in data:
            yield "file_encrypted"
        if MACROS_OLE in data:
            yield "file_macros"


def _pdf(data: bytes) -> Iterator[str]:
    if b"/Encrypt" in data:
        yield "file_encrypted"
    if b"%%EOF" not in data[-TAIL:]:
        yield "file_damaged"


def _zip(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()[:MOST_ENTRIES]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        yield "file_damaged"
        return
    if any(entry.flag_bits & 1 for entry in entries):
        yield "file_encrypted"
    if any(entry.filename.lower().endswith(MACROS_ZIP) for entry in entries):
        yield "file_macros"


def in_words(code: str, name: str, other: str = "") -> dict[str, str]:
    """What is wrong, and what to do."""
    zh, en = WORDS[code]
    return {"zh": zh.format(name=name, other=other), "en": en.format(name=name, other=other)}
