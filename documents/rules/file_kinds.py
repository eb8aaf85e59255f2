"""Kinds of files 文件类型, recognised by their first bytes, never by their name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it begins, and the name endings that it may carry."""

    key: str
    label: str
    media_type: str
    starts: tuple[bytes, ...]
    endings: tuple[str, ...]


KINDS = (
    Kind("pdf", "PDF", "application/pdf", (b"%PDF-",), (".pdf",)),
    Kind("png", "PNG", "image/png", (b"\x89PNG\r\n\x1a\n",), (".png",)),
    Kind("jpeg", "JPEG", "image/jpeg", (b"\xff\xd8\xff",), (".jpg", ".jpeg")),
    Kind("gif", "GIF", "image/gif", (b"GIF87a", b"GIF89a"), (".gif",)),
    Kind("tiff", "TIFF", "image/tiff", (b"II*\x00", b"MM\x00*"), (".tif", ".tiff")),
    Kind("webp", "WebP", "image/webp", (b"RIFF",), (".webp", ".wav", ".avi")),
    Kind(
        "zip",
        "ZIP / Office",
        "application/zip",
        (b"PK\x03\x04",),
        (".zip", ".docx", ".xlsx", ".pptx", ".ofd", ".wps", ".et"),
    ),
    Kind(
        "ole",
        "Office 97–2003",
        "application/x-ole-storage",
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
        (".doc", ".xls", ".ppt", ".wps", ".et", ".msg"),
    ),
    Kind("mp3", "MP3", "audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), (".mp3",)),
    Kind(
        "mp4",
        "MP4",
        "video/mp4",
        (b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x1cftyp", b"\x00\x00\x00\x20ftyp"),
        (".mp4", ".m4a", ".mov"),
    ),
    Kind("amr", "AMR", "audio/amr", (b"#!AMR",), (".amr",)),
    Kind("exe", "程序", "application/x-msdownload", (b"MZ",), ()),
    Kind("elf", "程序", "application/x-executable", (b"\x7fELF",), ()),
)
TEXT = Kind("text", "文本", "text/plain", (), (".txt", ".csv", ".md", ".eml", ".log"))
KNOWN_ENDINGS = frozenset(ending for kind in (*KINDS, TEXT) for ending in kind.endings)
PROGRAMS = frozenset({"exe", "elf"})
ACTIVE_ENDINGS = frozenset(
    {
        ".exe",
        ".bat",
        ".cmd",
        ".com",
        ".scr",
        ".js",
        ".vbs",
        ".ps1",
        ".sh",
        ".html",
        ".htm",
        ".svg",
        ".jar",
        ".lnk",
    }
)


def kind_of(head: bytes) -> Kind | None:
    """The kind that the first bytes show; None when they show none."""
    for kind in KINDS:
        if head.startswith(kind.starts):
            return kind
    return TEXT if head and b"\x00" not in head else None


def problem_of(name: str, head: bytes, kind: Kind | None) -> str | None:
    """Why the file cannot be taken; None when it can."""
    ending = PurePath(name).suffix.lower()
    if not head:
        return "file_empty"
    if ending in ACTIVE_ENDINGS or (kind is not None and kind.key in PROGRAMS):
        return "file_not_allowed"
    if kind is None or ending not in KNOWN_ENDINGS:
        return None if ending not in KNOWN_ENDINGS else "file_is_not_what_it_says"
    return None if ending in kind.endings else "file_is_not_what_it_says"
