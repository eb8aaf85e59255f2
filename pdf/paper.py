"""Single papers 单件公文: a letter, a form, a report, a register, each as PDF/A bytes."""

from __future__ import annotations

import io
from datetime import datetime, time

import pikepdf
from weasyprint.document import Document

from documents.rules.papers import FilledForm, LetterPaper, Register, ReportPaper
from documents.rules.volume import SpineSheet
from pdf.drawings import drawings
from pdf.engine import FLAVOUR, lay_out, seal
from pdf.glyphs import Ledger, spelled
from pdf.imprints import Imprint
from pdf.lean import undisturbed
from pdf.saving import saved
from pdf.sheets import page
from pdf.spines import label, labels_in_rows
from pdf.wording import BEIJING

ROWS_AT_ONCE = 500


def letter(paper: LetterPaper, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """An official letter 函件 such as the 投诉处理意见书."""
    shown = spelled(paper, Ledger(), paper.title)
    imprint = Imprint(
        title=shown.title,
        author=shown.organisation,
        subject=shown.document_number,
        made_at=datetime.combine(paper.signed_on, time.min, BEIJING),
        identity=repr(paper),
    )
    return seal(lay_out(page("single.html", kind="letter", paper=shown)), imprint, flavour=pdf_flavour)


def form(paper: FilledForm, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """One filled form 表单."""
    shown = spelled(paper, Ledger(), paper.title)
    imprint = Imprint(
        title=f"{shown.title} {shown.number}",
        author=shown.organisation or shown.unit,
        subject=shown.number,
        made_at=paper.filled_at,
        identity=repr(paper),
    )
    return seal(_laid_out(shown), imprint, flavour=pdf_flavour)


def _laid_out(shown: FilledForm) -> Document:
    return lay_out(page("single.html", kind="form", paper=shown), assets=drawings([shown]))


def report(paper: ReportPaper, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """A half-year or annual report 报告."""
    shown = spelled(paper, Ledger(), paper.title)
    imprint = Imprint(
        title=shown.title,
        author=shown.organisation,
        subject=shown.period,
        made_at=datetime.combine(paper.signed_on, time.min, BEIJING),
        identity=repr(paper),
    )
    return seal(lay_out(page("report.html", paper=shown)), imprint, flavour=pdf_flavour)


def register(paper: Register, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """A register 登记册 on lying A4; a long one is made in parts, because memory grows with the rows."""
    shown = spelled(paper, Ledger(), paper.title)
    imprint = Imprint(
        title=f"{shown.title} {shown.period}",
        author=shown.organisation,
        subject=shown.period,
        made_at=paper.made_at,
        identity=repr(paper),
    )
    parts: list[bytes] = []
    printed = 0
    starts = range(0, max(len(shown.rows), 1), ROWS_AT_ONCE)
    for start in starts:
        rows = shown.rows[start : start + ROWS_AT_ONCE]
        html = page("register.html", paper=shown, rows=rows, first=start == 0, last=start == starts[-1])
        with undisturbed():
            document = lay_out(html, first_page=printed + 1)
            printed += len(document.pages)
            parts.append(seal(document, imprint, flavour=pdf_flavour))
            del document
    return parts[0] if len(parts) == 1 else _joined(parts)


def spines(sheet: SpineSheet, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """Labels for the backs of boxes 脊背标签 at their real size, side by side, with marks for cutting."""
    shown = spelled(sheet, Ledger(), sheet.title)
    imprint = Imprint(
        title=shown.title,
        author=shown.organisation,
        subject=f"脊背标签 {len(shown.spines)} 条",
        made_at=sheet.made_at,
        identity=repr(sheet),
    )
    rows = labels_in_rows([label(one) for one in shown.spines])
    html = page("spines.html", paper=shown, rows=rows)
    return seal(lay_out(html, sheets=("paper", "spine")), imprint, flavour=pdf_flavour)


def _joined(parts: list[bytes]) -> bytes:
    """One file from parts that declare the same colours and the same metadata."""
    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as source:
                whole.pages.extend(source.pages)
        return saved(whole)
