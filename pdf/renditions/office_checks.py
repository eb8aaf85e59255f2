"""Before LibreOffice opens a document 转换前检查: what unpacks to far more than it weighs is left alone."""

from __future__ import annotations

import io
import zipfile

from pdf.renditions.limits import Unreadable

MOST_UNPACKED = 300 * 1024 * 1024
MOST_ENTRIES = 5000
BOMB_RATIO, BOMB_SIZE = 200, 20 * 1024 * 1024
PEEK = 4096


def refuse_bombs(data: bytes) -> None:
    """Raise Unreadable for a document that is a bomb; the sizes are what the file itself states."""
    if not data.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
            raise Unreadable("文档解压后过大，超出安全限度")
        for entry in entries:
            if entry.file_size > BOMB_SIZE and entry.file_size > BOMB_RATIO * max(entry.compress_size, 1):
                raise Unreadable("文档压缩比异常（疑似压缩炸弹），不转换")
            if entry.filename.lower().endswith((".xml", ".rels")) and not entry.flag_bits & 1:
                _refuse_declarations(archive, entry)


def _refuse_declarations(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Office writes no document type; entities that multiply are declared in one."""
    with archive.open(entry) as stream:
        head = stream.read(PEEK)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
        raise Unreadable("文档内含实体声明（疑似 XML 炸弹），不转换")
