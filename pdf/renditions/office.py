"""Office documents Office 文档翻印: laid out by LibreOffice if installed, then drawn like a PDF."""

from __future__ import annotations

from dataclasses import replace

from documents.rules.rendition import Rendition
from pdf.renditions import pdfs
from pdf.renditions.converter import NotConverted, converted, program
from pdf.renditions.kinds import Kind
from pdf.renditions.limits import Allowance, Unreadable, Upload
from pdf.renditions.office_checks import refuse_bombs
from pdf.renditions.pdf_facts import PdfFacts

MISSING = "本机未安装 LibreOffice，Office 文档不能转换为页面"
LAID_OUT = "版面由 LibreOffice 排出，外部链接的内容不载入，可能与制作软件所见不同，以原件为准"


def sheets(upload: Upload, kind: Kind, allowance: Allowance) -> Rendition:
    """The pages that LibreOffice makes of a document."""
    refuse_bombs(upload.data)
    if program() is None:
        raise Unreadable(MISSING)
    try:
        # One page more than is shown, so that it is known whether there are more.
        document = converted(upload.data, kind.ending, pages=allowance.pages + 1)
    except NotConverted as error:
        raise Unreadable(str(error)) from error
    made = pdfs.drawn(document, allowance.pages, PdfFacts())
    cut = (f"超过 {allowance.pages} 页，其余见原件",) if made.warnings else ()
    first = replace(made.sheets[0], notes=(LAID_OUT,))
    return Rendition((first, *made.sheets[1:]), cut)
