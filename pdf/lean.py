"""Typefaces read in place 字体就地读取: WeasyPrint copies each typeface whole before it cuts it down.

That is 35 MB and some milliseconds a volume, for bytes that lie in memory already and are read only by the
cutting itself, which has them from the typeface.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi, harfbuzz

LARGE = 4 * 1024 * 1024  # a typeface; what has been cut down is copied as before
_copied = fonts.get_hb_object_data


def read_in_place() -> None:
    """Let WeasyPrint look at typefaces instead of copying them."""
    fonts.get_hb_object_data = _seen


@contextmanager
def undisturbed() -> Iterator[None]:
    """Lay out without looking for garbage meanwhile: of the boxes of a table none is, and there are many.

    That search was a third of the work on a register; what is left over goes at the end.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
        gc.collect()


def _seen(face: Any, ot_color: str | None = None, glyph: int | None = None) -> Any:
    """The bytes of a face: as they lie there when they are many."""
    if ot_color is not None:
        return _copied(face, ot_color, glyph)
    blob = harfbuzz.hb_face_reference_blob(face)
    with ffi.new("unsigned int *") as length:
        start = harfbuzz.hb_blob_get_data(blob, length)
        size = int(length[0])
    if start == ffi.NULL or size < LARGE:
        harfbuzz.hb_blob_destroy(blob)
        return _copied(face)
    # The view keeps the pointer, and the pointer keeps the blob.
    return ffi.buffer(ffi.gc(start, lambda _: harfbuzz.hb_blob_destroy(blob)), size)
