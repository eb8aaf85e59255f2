"""Papers of what comes after sealing 保管文书: the certificate of a destruction."""

from __future__ import annotations

from documents.rules.custody_papers import DestructionPaper
from pdf.engine import FLAVOUR, Imprint, lay_out, seal
from pdf.glyphs import Ledger, spelled
from pdf.sheets import page

SHEETS = ("paper", "custody")


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
