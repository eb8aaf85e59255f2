"""Photographs and scans 图片翻印: each checked to be whole and of bearable size, then made small and flat."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from documents.rules.rendition import Picture, Rendition, Sheet
from pdf.renditions.limits import Allowance, Unreadable, Upload

MAX_PIXELS = 40_000_000  # a 600 dpi A4 scan has 35 million
PRINTED_PIXELS = (1280, 1680)  # 200 dpi on the printable area
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
SHRINKABLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})


def sheets(upload: Upload, allowance: Allowance) -> Rendition:
    """The page of a photograph, or the pages of a fax."""
    # WeasyPrint switches this on for the whole process, and half a photograph would pass as a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _frames(upload.data, allowance.pages)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unreadable("图片像素过多，超出安全限度") from error
    except UnidentifiedImageError as error:
        raise Unreadable("图片已损坏或不是声明的格式") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise Unreadable("图片不完整或已损坏") from error


def _frames(data: bytes, most: int) -> Rendition:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        shown: list[Sheet] = []
        for number, frame in enumerate(_still_or_pages(image)):
            if frame.width * frame.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            if number == most:
                return Rendition(tuple(shown), (f"超过 {most} 页，其余见原件",))
            frame.load()
            shown.append(Sheet(picture=as_jpeg(ImageOps.exif_transpose(frame))))
        return Rendition(tuple(shown))


def _still_or_pages(image: Image.Image) -> Iterator[Image.Image]:
    """TIFF frames are pages of a fax; the frames of other formats are animation: the first is enough."""
    if image.format == "TIFF":
        yield from ImageSequence.Iterator(image)
    else:
        yield image


def as_jpeg(image: Image.Image) -> Picture:
    """The picture on white paper, no larger than it is printed."""
    if image.mode in SHRINKABLE:  # before the colours are touched: a copy of 40 million pixels is 160 MB
        image.thumbnail(_room(image), Image.Resampling.LANCZOS)
    flat = _on_white(image)
    flat.thumbnail(_room(flat), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    flat.save(stream, "JPEG", quality=80, subsampling=0 if flat.mode == "L" else 2)
    return Picture(stream.getvalue())


def _room(image: Image.Image) -> tuple[int, int]:
    short, long = PRINTED_PIXELS
    return (long, short) if image.width > image.height else (short, long)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"1", "L"}:
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        paper = Image.new("RGB", image.size, "white")
        layer = image.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")
