"""Pictures of the pages of a sealed file (页面预览): our own PDF, so nothing hostile is opened here."""

from __future__ import annotations

import io
from functools import lru_cache
from threading import Lock

import pypdfium2
from gridfs.errors import GridFSError

from documents import files

WIDEST = 1600
UNREADABLE = (GridFSError, pypdfium2.PdfiumError)  # what a damaged file raises
_pdfium = Lock()  # pdfium works for one thread at a time


def labels(file_id: str) -> list[str]:
    """What stands on the pages as their numbers: 封面, 目录-1, 1, 2 … 备考表."""
    with _pdfium, pypdfium2.PdfDocument(_content(file_id)) as document:
        return [document.get_page_label(index) or str(index + 1) for index in range(len(document))]


def labels_if_any(file_id: str) -> list[str]:
    """The same of a file that is damaged; one page without a name when nothing of it can be read."""
    try:
        return labels(file_id) or [""]
    except UNREADABLE:
        return [""]


def picture_if_any(file_id: str, sheet: int, width: int) -> bytes | None:
    """One page as a picture; None when the file is damaged so that it cannot be drawn."""
    try:
        return picture(file_id, sheet, width)
    except UNREADABLE:
        return None


def picture(file_id: str, sheet: int, width: int) -> bytes | None:
    """One page as PNG, `sheet` from 1; None when the file has no such page."""
    with _pdfium, pypdfium2.PdfDocument(_content(file_id)) as document:
        if not 1 <= sheet <= len(document):
            return None
        page = document[sheet - 1]
        scale = min(width, WIDEST) / page.get_width()
        image = page.render(scale=scale).to_pil()
    stream = io.BytesIO()
    image.quantize(64).save(stream, "PNG")
    return stream.getvalue()


@lru_cache(maxsize=4)
def _content(file_id: str) -> bytes:
    """A sealed file never changes: turning its pages reads it once."""
    return files.read(file_id)
