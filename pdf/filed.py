"""The papers of one case 卷内文件: in which order they are filed, and on which pages they come to lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from weasyprint.document import Document

from documents.rules.papers import FilledForm, LetterPaper
from documents.rules.rendition import Rendition, Sheet
from documents.rules.volume import ContentsEntry, Enclosure, VolumeContent
from pdf.drawings import drawings
from pdf.embedding import Attached
from pdf.engine import lay_out
from pdf.glyphs import Ledger, spelled
from pdf.renditions.making import rendition
from pdf.sheets import page
from pdf.wording import beijing

SHEETS = ("paper", "volume")
HISTORY, DEADLINES = "办理经过", "办理期限及计算依据"


@dataclass(frozen=True)
class ShownSheet:
    """A page of an attachment as the template wants it: with the name of its picture."""

    asset: str
    sheet: Sheet


@dataclass(frozen=True)
class ShownEnclosure:
    """An attachment with its pages."""

    title: str
    enclosure: Enclosure
    sheets: tuple[ShownSheet, ...]


@dataclass(frozen=True)
class Filed:
    """One document of the volume, before its page is known."""

    kind: str
    title: str
    paper: FilledForm | LetterPaper | ShownEnclosure | None = None
    document_number: str = ""
    responsible: str = ""
    dated: date | None = None
    note: str = ""
    position: int = 0


@dataclass(frozen=True)
class CasePapers:
    """One case ready to be laid out: every character printable, every upload turned into pages."""

    shown: VolumeContent
    filed: tuple[Filed, ...]
    assets: Mapping[str, tuple[str, bytes]]
    warnings: tuple[str, ...]
    originals: tuple[Attached, ...]

    @property
    def policy(self) -> str:
        """The policy under which the case was handled, with its version 依据."""
        return f"《{self.shown.policy_title}》（版本 {self.shown.policy_version}）"


def papers(content: VolumeContent, ledger: Ledger, *, first: int = 1, prefix: str = "") -> CasePapers:
    """The papers of a case, counted from `first`; `prefix` names the case where places are named."""
    renditions = tuple(one.rendition or rendition(one) for one in content.enclosures)
    shown = shown_volume(content, ledger, prefix)
    documents = (
        *_forms(shown),
        *_letters(shown),
        *_histories(shown),
        *_enclosures(shown, renditions, ledger, prefix),
    )
    return CasePapers(
        shown=shown,
        filed=tuple(replace(one, position=number) for number, one in enumerate(documents, start=first)),
        assets=drawings(shown.forms) | _pictures(renditions),
        warnings=tuple(_warnings(content, renditions)),
        originals=tuple(_attached(content.enclosures, renditions, prefix)),
    )


def _warnings(content: VolumeContent, renditions: Sequence[Rendition]) -> Iterator[str]:
    for enclosure, found in zip(content.enclosures, renditions, strict=True):
        yield from (f"附件“{enclosure.name}”{said}" for said in found.warnings)


def _attached(
    enclosures: Sequence[Enclosure], renditions: Sequence[Rendition], prefix: str
) -> Iterator[Attached]:
    for number, (enclosure, found) in enumerate(zip(enclosures, renditions, strict=True), start=1):
        yield Attached(enclosure, "Data" if found.is_original_only else "Source", f"{prefix}附件 {number}")


def shown_volume(content: VolumeContent, ledger: Ledger, prefix: str = "") -> VolumeContent:
    """The content with every character printable; each paper is named as the place of its replacements."""
    bare = replace(content, forms=(), letters=(), events=(), deadlines=(), enclosures=(), parts=())
    return replace(
        spelled(bare, ledger, f"{prefix}案卷封面及备考表"),
        forms=tuple(spelled(form, ledger, prefix + form.title) for form in content.forms),
        letters=tuple(spelled(letter, ledger, prefix + letter.title) for letter in content.letters),
        events=spelled(content.events, ledger, prefix + HISTORY),
        deadlines=spelled(content.deadlines, ledger, prefix + DEADLINES),
        enclosures=tuple(_spelled_enclosure(one, ledger, prefix) for one in content.enclosures),
        parts=content.parts,
    )


def _spelled_enclosure(enclosure: Enclosure, ledger: Ledger, prefix: str) -> Enclosure:
    without_bytes = spelled(replace(enclosure, content=b"", rendition=None), ledger, f"{prefix}附件名称")
    return replace(without_bytes, content=enclosure.content)


def _forms(shown: VolumeContent) -> Iterator[Filed]:
    for form in shown.forms:
        yield Filed(
            "form", form.title, form, form.number, form.unit or form.filled_by, beijing(form.filled_at).date()
        )


def _letters(shown: VolumeContent) -> Iterator[Filed]:
    for letter in shown.letters:
        yield Filed(
            "letter", letter.title, letter, letter.document_number, letter.signed_by, letter.signed_on
        )


def _histories(shown: VolumeContent) -> Iterator[Filed]:
    if shown.events:
        yield Filed("history", HISTORY, responsible=shown.unit, dated=beijing(shown.events[-1].at).date())
    if shown.deadlines:
        yield Filed("deadlines", DEADLINES, responsible=shown.unit, dated=beijing(shown.sealed_at).date())


def _enclosures(
    shown: VolumeContent, renditions: Sequence[Rendition], ledger: Ledger, prefix: str
) -> Iterator[Filed]:
    for number, (enclosure, found) in enumerate(zip(shown.enclosures, renditions, strict=True), start=1):
        place = f"{prefix}附件 {number}"
        sheets = tuple(
            ShownSheet(
                asset=_asset(number, index) if sheet.picture else "",
                sheet=spelled(replace(sheet, picture=None), ledger, place),
            )
            for index, sheet in enumerate(found.sheets, start=1)
        )
        paper = ShownEnclosure(f"附件 {number}　{enclosure.name}", enclosure, sheets)
        dated = beijing(enclosure.added_at).date() if enclosure.added_at else None
        note = "仅存原件" if found.is_original_only else ""
        yield Filed("enclosure", paper.title, paper, "", enclosure.added_by, dated, note)


def _pictures(renditions: Sequence[Rendition]) -> dict[str, tuple[str, bytes]]:
    return {
        _asset(number, index): ("image/jpeg", sheet.picture.content)
        for number, found in enumerate(renditions, start=1)
        for index, sheet in enumerate(found.sheets, start=1)
        if sheet.picture
    }


def _asset(number: int, index: int) -> str:
    return f"asset:enclosure-{number}-{index}"


# --- pages ----------------------------------------------------------------------------------------


def body(case: CasePapers, *, first_page: int = 1, sheets: tuple[str, ...] = SHEETS) -> Document:
    """The papers on their pages; the first page carries the stamp 归档章."""
    html = page("body.html", volume=case.shown, documents=case.filed, joined=sheets != SHEETS)
    return lay_out(html, sheets=sheets, assets=case.assets, first_page=first_page)


def entries(
    case: CasePapers, document: Document, *, first_page: int = 1, number: str = ""
) -> tuple[ContentsEntry, ...]:
    """The lines of the 卷内文件目录, each with the page its document really begins on."""
    starts = {
        anchor: place for place, laid in enumerate(document.pages, first_page) for anchor in laid.anchors
    }
    first = [starts[f"doc-{one.position}"] for one in case.filed]
    ends = [*first[1:], first_page + len(document.pages)]
    return tuple(
        ContentsEntry(
            position=one.position,
            title=one.title,
            page=start,
            pages=end - start,
            document_number=one.document_number,
            responsible=one.responsible,
            dated=one.dated,
            note=one.note,
            case=number,
        )
        for one, start, end in zip(case.filed, first, ends, strict=True)
    )
