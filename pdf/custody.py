"""Papers of what comes after sealing 保管文书: the certificate of a destruction, marked reading copies."""

from __future__ import annotations

import io

import pikepdf

from documents.rules.custody_papers import DestructionPaper, ReadingCopy
from pdf.engine import FLAVOUR, lay_out, seal
from pdf.glyphs import Ledger, spelled
from pdf.imprints import Imprint
from pdf.saving import saved
from pdf.sheets import page

SHEETS = ("paper", "custody")
PLACES = ((-18, 28), (74, 74), (-18, 128), (74, 176), (-18, 232))  # of the marks on A4, in millimetres


def destruction(paper: DestructionPaper, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """电子档案销毁证明 and, lying, the 销毁清册; the same list gives the same bytes."""
    shown = spelled(paper, Ledger(), paper.title)
    total = sum(width for _label, width in shown.columns)
    widths = [100 * width / total for _label, width in shown.columns]
    imprint = Imprint(
        title=f"{shown.title} {shown.number}",
        author=shown.organisation,
        subject=shown.number,
        made_at=paper.made_at,
        identity=repr(paper),
    )
    html = page("destruction.html", paper=shown, widths=widths)
    return seal(lay_out(html, sheets=SHEETS), imprint, flavour=pdf_flavour)


def reading_copy(copy: ReadingCopy, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """阅览件: the mark over every page. It is no master: it claims no PDF/A and carries nothing inside."""
    marks = spelled(copy.marks, Ledger(), copy.title)
    html = page("watermark.html", marks=marks, places=PLACES)
    imprint = Imprint(title=copy.title, author="", subject="", made_at=copy.made_at, identity=copy.title)
    sheet = seal(lay_out(html, sheets=("watermark",)), imprint, flavour=pdf_flavour)
    with pikepdf.open(io.BytesIO(copy.content)) as whole, pikepdf.open(io.BytesIO(sheet)) as mark:
        stamp = whole.copy_foreign(mark.pages[0].as_form_xobject())
        for each in whole.pages:
            # The content of a page leaves the axes turned over: pikepdf puts them back before the stamp.
            each.add_overlay(stamp, None, push_stack=True)
        for name in ("/Metadata", "/OutputIntents", "/AF", "/Names"):
            if name in whole.Root:
                del whole.Root[name]
        whole.docinfo["/Title"] = copy.title
        return saved(whole)
