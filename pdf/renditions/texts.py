"""Plain text 文本翻印: decoded, broken into lines that fit, counted into pages."""

from __future__ import annotations

from collections.abc import Iterator

from documents.rules.rendition import Rendition, Sheet
from pdf.renditions.limits import Allowance, Unreadable, Upload

MAX_TEXT = 200_000
LINES_PER_SHEET = 42
WIDTH_PER_LINE = 92  # half-width columns of text on a sheet


def sheets(upload: Upload, allowance: Allowance) -> Rendition:
    """The pages of a text file."""
    text = decoded(upload.data)
    if not text.strip():
        raise Unreadable("文本文件没有内容")
    return pages(text, allowance.pages)


def pages(text: str, most: int, *, taken: int = 0) -> Rendition:
    """A text on sheets; on the first of them so many lines are taken already."""
    lines = list(wrapped(text[:MAX_TEXT]))
    rows = [tuple(lines[: LINES_PER_SHEET - taken])]
    rest = lines[LINES_PER_SHEET - taken :]
    rows += [tuple(rest[start : start + LINES_PER_SHEET]) for start in range(0, len(rest), LINES_PER_SHEET)]
    cut = len(text) > MAX_TEXT or len(rows) > most
    shown = rows[:most]
    warnings = (f"文字过长，仅翻印前 {len(shown)} 页，其余见原件",) if cut else ()
    return Rendition(tuple(Sheet(lines=row) for row in shown), warnings)


def decoded(data: bytes) -> str:
    """The text in an encoding that is used for Chinese; anything else is no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Unreadable("不是文本文件（含二进制内容）")
        return text
    raise Unreadable("文本编码无法识别（不是 UTF-8 或 GB18030）")


def wrapped(text: str) -> Iterator[str]:
    """The lines of a text, long ones in pieces that fit the width, so that lines per page can be counted."""
    for line in text.splitlines():
        yield from _pieces(line.expandtabs(4))


def width(text: str) -> int:
    """The width in half-width columns."""
    return sum(map(_step, text))


def _pieces(line: str) -> Iterator[str]:
    piece, filled = "", 0
    for character in line:
        step = _step(character)
        if filled + step > WIDTH_PER_LINE:
            yield piece
            piece, filled = "", 0
        piece, filled = piece + character, filled + step
    yield piece


def _step(character: str) -> int:
    return 1 if character < "\u2000" else 2
