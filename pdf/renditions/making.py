"""From an upload to its pages 附件翻印: what it is decides how, and what cannot be shown says why."""

from __future__ import annotations

from documents.rules.rendition import Rendition, original_only
from documents.rules.volume import Enclosure
from pdf.renditions import archives, mails, office, pdfs, pictures, texts
from pdf.renditions.kinds import Kind, Way, recognised
from pdf.renditions.limits import MAX_BYTES, Allowance, Unreadable, Upload


def rendition(enclosure: Enclosure, allowance: Allowance | None = None) -> Rendition:
    """Pages for an upload, or one page saying that only the original is kept 仅存原件."""
    try:
        upload = Upload(enclosure.name, enclosure.media_type, _bytes_of(enclosure))
    except Unreadable as error:
        return original_only(str(error))
    return pages_of(upload, allowance or Allowance())


def pages_of(upload: Upload, allowance: Allowance) -> Rendition:
    """Pages for a file, wherever it comes from."""
    kind = recognised(upload)
    try:
        return _pages(upload, kind, allowance)
    except Unreadable as error:
        return original_only(str(error), facts=_identified(kind))


def _pages(upload: Upload, kind: Kind, allowance: Allowance) -> Rendition:
    match kind.way:
        case Way.PDF:
            return pdfs.sheets(upload, allowance)
        case Way.PICTURE:
            return pictures.sheets(upload, allowance)
        case Way.TEXT:
            return texts.sheets(upload, allowance)
        case Way.MAIL:
            return mails.sheets(upload, allowance, pages_of)
        case Way.OFFICE:
            return office.sheets(upload, kind, allowance)
        case Way.ZIP:
            return archives.sheets(upload, kind, allowance)
    raise Unreadable(kind.reason)


def _identified(kind: Kind) -> tuple[tuple[str, str], ...]:
    return (("识别为", kind.label),) if kind.label else ()


def _bytes_of(enclosure: Enclosure) -> bytes:
    if enclosure.size > MAX_BYTES:
        raise Unreadable(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，不制作翻印页")
    content = enclosure.content
    data = content if isinstance(content, bytes) else content.read_bytes()
    if not data:
        raise Unreadable("文件为空（0 字节）")
    return data
