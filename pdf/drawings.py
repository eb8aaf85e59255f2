"""Drawn signatures 手写签名 on paper: black on white, so that a file may be PDF/A of any part."""

from __future__ import annotations

import io
from collections.abc import Iterable
from hashlib import sha256

from PIL import Image

from documents.rules.papers import FilledForm

PIXELS = (1_200, 400)


def drawings(forms: Iterable[FilledForm]) -> dict[str, tuple[str, bytes]]:
    """What the forms show as pictures, under the names by which their pages ask for them."""
    shown = (field.picture for form in forms for section in form.sections for field in section.fields)
    return {drawing_name(one): ("image/png", _on_white(one)) for one in shown if one}


def drawing_name(picture: bytes) -> str:
    """The name of a picture, told by its content."""
    return f"asset:drawn-{sha256(picture).hexdigest()[:24]}.png"


def _on_white(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as image:
        layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    paper.alpha_composite(layer)
    flat = paper.convert("L")
    flat.thumbnail(PIXELS, Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    flat.save(stream, "PNG", optimize=True)
    return stream.getvalue()
