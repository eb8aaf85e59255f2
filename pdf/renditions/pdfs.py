"""PDF uploads 附件 PDF 翻印: drawn page by page as grey pictures, so that nothing in them can act."""

from __future__ import annotations

import pypdfium2

from documents.rules.rendition import Picture, Rendition, Sheet
from pdf.renditions.limits import Allowance, Unreadable, Upload
from pdf.renditions.pdf_facts import PdfFacts, examine
from pdf.renditions.pictures import PRINTED_PIXELS, as_jpeg

DOTS_PER_POINT = 150 / 72
# The owner of such a file does not want it on paper, and it opens without a password: nothing is lost.
NOT_PRINTABLE = "PDF 的制作者不允许打印，卷内不翻印；可用阅读软件直接打开原件"


def sheets(upload: Upload, allowance: Allowance) -> Rendition:
    """The first pages of a PDF, and what a picture of them cannot show."""
    facts = examine(upload.data)
    if facts.is_encrypted and not facts.is_printable:
        raise Unreadable(NOT_PRINTABLE)
    return drawn(upload.data, allowance.pages, facts)


def drawn(data: bytes, most: int, facts: PdfFacts) -> Rendition:
    """The first pages as pictures."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        raise Unreadable("PDF 已加密，需要密码才能打开" if encrypted else "PDF 已损坏，无法打开") from error
    try:
        # Filled fields and signatures are drawn; this build has no engine that could run scripts.
        document.init_forms()
        total = len(document)
        if total == 0:
            raise Unreadable("PDF 没有页面")
        pictures = [_page(document, number) for number in range(min(total, most))]
    finally:
        document.close()
    cut = (f"共 {total} 页，仅翻印前 {most} 页，其余见原件",) if total > most else ()
    first = Sheet(picture=pictures[0], notes=facts.notes())
    return Rendition((first, *(Sheet(picture=one) for one in pictures[1:])), (*facts.warnings(), *cut))


def _page(document: pypdfium2.PdfDocument, number: int) -> Picture:
    try:
        page = document[number]
        scale = _scale(*page.get_size())
        image = page.render(scale=scale, grayscale=True).to_pil()
        page.close()
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError) as error:
        raise Unreadable(f"PDF 第 {number + 1} 页无法显示") from error
    return as_jpeg(image)


def _scale(width: float, height: float) -> float:
    """150 dpi, less for posters: a page may claim to be 200 inches wide."""
    if width <= 0 or height <= 0:
        raise ValueError("page without area")
    return min(DOTS_PER_POINT, PRINTED_PIXELS[0] * 1.5 / min(width, height), 4000 / max(width, height))
