"""Uploads as pages 附件翻印页: pictures and text made from files that nobody here trusts."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from documents.rules.volume import Enclosure

MAX_PIXELS = 40_000_000  # a 600 dpi A4 scan has 35 million
MAX_PAGES = 60
TEXT_ENDINGS = (".txt", ".log", ".csv")
MAX_TEXT = 200_000
MAX_BYTES = 64 * 1024 * 1024
PRINTED_PIXELS = (1280, 1680)  # 200 dpi on the printable area
DOTS_PER_POINT = 150 / 72
SHRINKABLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})
LINES_PER_SHEET = 42
WIDTH_PER_LINE = 92  # half-width columns of text on a sheet


class Unreadable(Exception):
    """This file cannot be shown as pages; the message says why, in words for the archive."""


@dataclass(frozen=True)
class Picture:
    """A page as a JPEG."""

    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Sheet:
    """One page of a rendition: a picture, lines of text, or the reason why there is neither."""

    picture: Picture | None = None
    lines: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Rendition:
    """The pages made from one upload, and what the archivist should know about them."""

    sheets: tuple[Sheet, ...]
    warning: str = ""


def rendition(enclosure: Enclosure) -> Rendition:
    """Pages for an upload, or one page saying that only the original is kept 仅存原件."""
    try:
        return _pages(_bytes_of(enclosure), enclosure)
    except Unreadable as error:
        return Rendition((Sheet(reason=str(error)),), warning=f"附件“{enclosure.name}”仅存原件：{error}")


def _bytes_of(enclosure: Enclosure) -> bytes:
    if enclosure.size > MAX_BYTES:
        raise Unreadable(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，不制作翻印页")
    content = enclosure.content
    data = content if isinstance(content, bytes) else content.read_bytes()
    if not data:
        raise Unreadable("文件为空（0 字节）")
    return data


def _pages(data: bytes, enclosure: Enclosure) -> Rendition:
    """The bytes decide what a file is; its name and declared type do not."""
    if b"%PDF-" in data[:1024]:
        return _noted(enclosure, *_pdf(data))
    if _looks_like_picture(data):
        return _noted(enclosure, *_picture(data))
    if enclosure.media_type.startswith("text/plain") or enclosure.name.lower().endswith(TEXT_ENDINGS):
        return _text(data, enclosure)
    raise Unreadable("此类文件不能转换为页面，请用原件对应的软件打开")


def _noted(enclosure: Enclosure, pictures: list[Picture], cut: str) -> Rendition:
    return Rendition(
        tuple(Sheet(picture=picture) for picture in pictures),
        warning=f"附件“{enclosure.name}”{cut}" if cut else "",
    )


# --- PDF ------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> tuple[list[Picture], str]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        raise Unreadable("PDF 已加密，需要密码才能打开" if encrypted else "PDF 已损坏，无法打开") from error
    try:
        total = len(document)
        if total == 0:
            raise Unreadable("PDF 没有页面")
        pictures = [_pdf_page(document, number) for number in range(min(total, MAX_PAGES))]
    finally:
        document.close()
    return pictures, f"共 {total} 页，仅翻印前 {MAX_PAGES} 页，其余见原件" if total > MAX_PAGES else ""


def _pdf_page(document: pypdfium2.PdfDocument, number: int) -> Picture:
    try:
        page = document[number]
        scale = _scale(*page.get_size())
        image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
        page.close()
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError) as error:
        raise Unreadable(f"PDF 第 {number + 1} 页无法显示") from error
    return _jpeg(image)


def _scale(width: float, height: float) -> float:
    """150 dpi, less for posters: a page may claim to be 200 inches wide."""
    if width <= 0 or height <= 0:
        raise ValueError("page without area")
    return min(DOTS_PER_POINT, PRINTED_PIXELS[0] * 1.5 / min(width, height), 4000 / max(width, height))


# --- pictures -------------------------------------------------------------------------------------


def _looks_like_picture(data: bytes) -> bool:
    starts = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
    return data.startswith(starts) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _picture(data: bytes) -> tuple[list[Picture], str]:
    # WeasyPrint switches this on for the whole process, and half a photograph would pass as a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _frames(data)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unreadable("图片像素过多，超出安全限度") from error
    except UnidentifiedImageError as error:
        raise Unreadable("图片已损坏或不是声明的格式") from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise Unreadable("图片不完整或已损坏") from error


def _frames(data: bytes) -> tuple[list[Picture], str]:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "WEBP")) as image:
        pictures: list[Picture] = []
        for number, frame in enumerate(_still_or_pages(image)):
            if frame.width * frame.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            if number == MAX_PAGES:
                return pictures, f"超过 {MAX_PAGES} 页，其余见原件"
            frame.load()
            pictures.append(_jpeg(ImageOps.exif_transpose(frame)))
        return pictures, ""


def _still_or_pages(image: Image.Image) -> Iterator[Image.Image]:
    """TIFF frames are pages of a fax; the frames of other formats are animation: the first is enough."""
    if image.format == "TIFF":
        yield from ImageSequence.Iterator(image)
    else:
        yield image


def _jpeg(image: Image.Image) -> Picture:
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


# --- text -----------------------------------------------------------------------------------------


def _text(data: bytes, enclosure: Enclosure) -> Rendition:
    text = _decoded(data)
    lines = [piece for line in text[:MAX_TEXT].splitlines() for piece in _wrapped(line)]
    rows = [tuple(lines[start : start + LINES_PER_SHEET]) for start in range(0, len(lines), LINES_PER_SHEET)]
    cut = len(text) > MAX_TEXT or len(rows) > MAX_PAGES
    shown = min(len(rows), MAX_PAGES)
    warning = f"附件“{enclosure.name}”文字过长，仅翻印前 {shown} 页，其余见原件" if cut else ""
    if not any(line.strip() for line in lines):
        raise Unreadable("文本文件没有内容")
    return Rendition(tuple(Sheet(lines=row) for row in rows[:MAX_PAGES]), warning)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Unreadable("不是文本文件（含二进制内容）")
        return text
    raise Unreadable("文本编码无法识别（不是 UTF-8 或 GB18030）")


def _wrapped(line: str) -> Iterator[str]:
    """Pieces of a line that fit the width, so that lines per page can be counted."""
    piece, width = "", 0
    for character in line.expandtabs(4):
        step = 1 if character < "\u2000" else 2
        if width + step > WIDTH_PER_LINE:
            yield piece
            piece, width = "", 0
        piece, width = piece + character, width + step
    yield piece
