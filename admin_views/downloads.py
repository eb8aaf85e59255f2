"""Files on their way to a browser 下载: named in every script, shown only when they are our own paper."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response
from werkzeug.http import dump_options_header

from documents import files
from documents.rules.text import tidy

UNNAMED = "未命名"
PDF = "application/pdf"
BYTES = "application/octet-stream"


def download(file_id: str, name: str, *, size: int | None = None) -> Response:
    """A file to be saved; no browser may guess at its type or run it."""
    return _response(files.blocks(file_id), name, how="attachment", media_type=BYTES, size=size)


def paper(file_id: str, name: str, *, size: int | None = None) -> Response:
    """A PDF of our own making, opened in the browser."""
    return _response(files.blocks(file_id), name, how="inline", media_type=PDF, size=size)


def shown(content: bytes, name: str) -> Response:
    """A PDF that was made just now and is kept nowhere, opened in the browser."""
    return _response((content,), name, how="inline", media_type=PDF, size=len(content))


def _response(
    content: Iterable[bytes], name: str, *, how: str, media_type: str, size: int | None
) -> Response:
    response = Response(content, mimetype=media_type)
    name = tidy(name) or UNNAMED  # a line break in it would break the header
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    named = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers["Content-Disposition"] = dump_options_header(how, named)
    if size is not None:
        response.content_length = size
    return response
