"""Writing a file that was put together or changed 写出: the same pages give the same bytes each time."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf


def save(whole: pikepdf.Pdf, target: Path | io.BytesIO) -> None:
    """Write the file; its identifier is made from what is in it."""
    whole.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def saved(whole: pikepdf.Pdf) -> bytes:
    """The bytes of the file."""
    result = io.BytesIO()
    save(whole, result)
    return result.getvalue()
