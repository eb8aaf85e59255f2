"""四性检测报告 on paper, as PDF/A bytes."""

from __future__ import annotations

from documents.rules.inspection_paper import InspectionPaper
from pdf.engine import FLAVOUR, lay_out, seal
from pdf.glyphs import Ledger, spelled
from pdf.imprints import Imprint
from pdf.sheets import page


def inspection(paper: InspectionPaper, *, pdf_flavour: str = FLAVOUR) -> bytes:
    """The report of an inspection; the same report gives the same bytes."""
    shown = spelled(paper, Ledger(), paper.title)
    imprint = Imprint(
        title=f"{shown.title} {shown.number}",
        author=shown.organisation,
        subject=shown.number,
        made_at=paper.at,
        identity=repr(paper),
    )
    html = page("inspection.html", paper=shown)
    return seal(lay_out(html, sheets=("paper", "inspection")), imprint, flavour=pdf_flavour)
