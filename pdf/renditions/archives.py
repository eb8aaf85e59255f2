"""Archives 压缩文件: what lies in a ZIP is listed, never taken out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from documents.rules.papers import PaperTable
from documents.rules.rendition import Rendition, Sheet
from pdf.renditions.kinds import PROGRAM_ENDINGS, Kind
from pdf.renditions.limits import Allowance, Upload
from pdf.renditions.tables import paged
from pdf.renditions.texts import width
from pdf.wording import size

MOST_LISTED = 200
ON_FIRST_SHEET = 19  # lines, below the reason
NAME_WIDTH = 84  # two lines of its column
COLUMNS = ("序号", "名称", "大小", "修改时间", "说明")
WIDTHS, NUMERIC = (6, 46, 13, 21, 14), (0, 2)
TITLE = "压缩文件内的清单"
INNER = (".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz", ".jar", ".cab")
PROGRAMS = (".exe", ".dll", ".msi", ".com", ".lnk", *PROGRAM_ENDINGS)


def sheets(upload: Upload, kind: Kind, allowance: Allowance) -> Rendition:
    """The page that only the original is kept, with the list of what it holds."""
    with zipfile.ZipFile(io.BytesIO(upload.data)) as archive:
        entries = archive.infolist()
    rows = tuple(_row(number, entry) for number, entry in enumerate(entries[:MOST_LISTED], start=1))
    pieces = paged(PaperTable(COLUMNS, rows, TITLE, WIDTHS, NUMERIC), first=ON_FIRST_SHEET)
    pieces = pieces[: allowance.pages]
    listed = sum(len(piece.rows) for piece in pieces)
    facts: tuple[tuple[str, str], ...] = (("内容", _totals(entries)),)
    if listed < len(entries):
        facts += (("清单", f"仅列前 {listed} 项，另有 {len(entries) - listed} 项"),)
    first = Sheet(reason=kind.reason, facts=facts, table=pieces[0] if rows else None)
    rest = tuple(Sheet(table=piece) for piece in pieces[1:])
    return Rendition((first, *rest), (f"仅存原件：{kind.reason}",))


def _totals(entries: list[zipfile.ZipInfo]) -> str:
    """How many files and how large they say they are; nobody unpacked them."""
    folders = sum(_is_folder(entry) for entry in entries)
    stated = sum(entry.file_size for entry in entries)
    named = [f"文件 {len(entries) - folders} 个"] + ([f"文件夹 {folders} 个"] if folders else [])
    return f"{'、'.join(named)}，自称解压后共 {size(stated)}（未解压核实）"


def _row(number: int, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    name = _name(entry)
    return (
        str(number),
        cut(name, NAME_WIDTH),
        "" if _is_folder(entry) else size(entry.file_size),
        _moment(entry),
        "、".join(_remarks(name, entry)),
    )


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith("/")  # zipfile's own question breaks on a name that is empty


def _name(entry: zipfile.ZipInfo) -> str:
    """The name; without the flag for UTF-8 it is most likely in the encoding of Chinese Windows."""
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    try:
        return entry.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.orig_filename


def _remarks(name: str, entry: zipfile.ZipInfo) -> Iterator[str]:
    plain = name.replace("\\", "/")
    ending = PurePosixPath(plain.rstrip("/. \0")).suffix.lower()
    if plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":" or "\0" in plain:
        yield "路径可疑"
    if _is_folder(entry):
        yield "文件夹"
    if entry.flag_bits & 1:
        yield "加密"
    if ending in INNER:
        yield "压缩文件"
    if ending in PROGRAMS:
        yield "程序"
    if entry.file_size > 100 * max(entry.compress_size, 1) and entry.file_size > 10 * 1024 * 1024:
        yield "压缩比异常"


def _moment(entry: zipfile.ZipInfo) -> str:
    try:
        return f"{datetime(*entry.date_time):%Y-%m-%d %H:%M}"  # noqa: DTZ001 - a ZIP knows no zone
    except ValueError:
        return ""


def cut(name: str, room: int) -> str:
    """A name that fits: the beginning and the ending, which say most."""
    if width(name) <= room:
        return name
    tail = name[-12:]
    head = ""
    for character in name:
        if width(head + character) > room - width(tail) - 2:
            break
        head += character
    return f"{head}……{tail}"
