"""The sealed volume 案卷: cover, contents, papers, history, attachments, closing note – one PDF/A file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import groupby

from weasyprint.document import Document, Page

from documents.rules.papers import FilledForm, LetterPaper
from documents.rules.rendition import Rendition, Sheet
from documents.rules.volume import ContentsEntry, Enclosure, RenderedVolume, ReplacedCharacter, VolumeContent
from pdf.drawings import drawings
from pdf.engine import FLAVOUR, Imprint, lay_out, seal
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
    """One document of the volume 卷内文件, before its page is known."""

    kind: str
    title: str
    paper: FilledForm | LetterPaper | ShownEnclosure | None = None
    document_number: str = ""
    responsible: str = ""
    dated: date | None = None
    note: str = ""
    position: int = 0


@dataclass(frozen=True)
class Facts:
    """What the 备考表 reports about the finished volume."""

    pages: int
    replacements: tuple[ReplacedCharacter, ...]
    warnings: tuple[str, ...]


def render(content: VolumeContent, *, pdf_flavour: str = FLAVOUR) -> RenderedVolume:
    """Render the volume; the same content gives the same bytes, whenever and wherever it is done."""
    ledger = Ledger()
    renditions = tuple(one.rendition or rendition(one) for one in content.enclosures)
    shown = _shown(content, ledger)
    filed = _filed(shown, renditions, ledger)
    body = _body(shown, filed, renditions)
    entries = _entries(filed, body.pages)
    warnings = tuple(_warnings(content, renditions))
    facts = Facts(pages=len(body.pages), replacements=ledger.rows(), warnings=warnings)
    front = _front(shown, entries, facts)
    return _bound(content, (front, body), entries=entries, facts=facts, flavour=pdf_flavour)


# --- what lies in the volume ----------------------------------------------------------------------


def _shown(content: VolumeContent, ledger: Ledger) -> VolumeContent:
    """The content with every character printable; each paper is named as the place of its replacements."""
    bare = replace(content, forms=(), letters=(), events=(), deadlines=(), enclosures=())
    return replace(
        spelled(bare, ledger, "案卷封面及备考表"),
        forms=tuple(spelled(form, ledger, form.title) for form in content.forms),
        letters=tuple(spelled(letter, ledger, letter.title) for letter in content.letters),
        events=spelled(content.events, ledger, HISTORY),
        deadlines=spelled(content.deadlines, ledger, DEADLINES),
        enclosures=tuple(_spelled_enclosure(enclosure, ledger) for enclosure in content.enclosures),
    )


def _spelled_enclosure(enclosure: Enclosure, ledger: Ledger) -> Enclosure:
    without_bytes = spelled(replace(enclosure, content=b"", rendition=None), ledger, "附件名称")
    return replace(without_bytes, content=enclosure.content)


def _filed(shown: VolumeContent, renditions: Sequence[Rendition], ledger: Ledger) -> tuple[Filed, ...]:
    """The documents in the order in which they are filed 卷内顺序."""
    documents = (
        *_forms(shown),
        *_letters(shown),
        *_histories(shown),
        *_enclosures(shown, renditions, ledger),
    )
    return tuple(replace(document, position=number) for number, document in enumerate(documents, start=1))


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


def _enclosures(shown: VolumeContent, renditions: Sequence[Rendition], ledger: Ledger) -> Iterator[Filed]:
    for number, (enclosure, found) in enumerate(zip(shown.enclosures, renditions, strict=True), start=1):
        paper = ShownEnclosure(
            f"附件 {number}　{enclosure.name}", enclosure, _sheets(found, number=number, ledger=ledger)
        )
        dated = beijing(enclosure.added_at).date() if enclosure.added_at else None
        note = "仅存原件" if found.is_original_only else ""
        yield Filed("enclosure", paper.title, paper, "", enclosure.added_by, dated, note)


def _sheets(found: Rendition, *, number: int, ledger: Ledger) -> tuple[ShownSheet, ...]:
    return tuple(
        ShownSheet(
            asset=_asset(number, index) if sheet.picture else "",
            sheet=spelled(replace(sheet, picture=None), ledger, f"附件 {number}"),
        )
        for index, sheet in enumerate(found.sheets, start=1)
    )


def _warnings(content: VolumeContent, renditions: Sequence[Rendition]) -> Iterator[str]:
    for enclosure, found in zip(content.enclosures, renditions, strict=True):
        yield from (f"附件“{enclosure.name}”{said}" for said in found.warnings)


def _asset(number: int, index: int) -> str:
    return f"asset:enclosure-{number}-{index}"


# --- pages ----------------------------------------------------------------------------------------


def _body(shown: VolumeContent, filed: Sequence[Filed], renditions: Sequence[Rendition]) -> Document:
    assets = drawings(shown.forms) | {
        _asset(number, index): ("image/jpeg", sheet.picture.content)
        for number, found in enumerate(renditions, start=1)
        for index, sheet in enumerate(found.sheets, start=1)
        if sheet.picture
    }
    return lay_out(page("body.html", volume=shown, documents=filed), sheets=SHEETS, assets=assets)


def _entries(filed: Sequence[Filed], pages: Sequence[Page]) -> tuple[ContentsEntry, ...]:
    """The lines of the 卷内文件目录, each with the page its document really begins on."""
    starts = {anchor: number for number, laid in enumerate(pages, start=1) for anchor in laid.anchors}
    first = [starts[f"doc-{document.position}"] for document in filed]
    ends = [*first[1:], len(pages) + 1]
    return tuple(
        ContentsEntry(
            position=document.position,
            title=document.title,
            page=start,
            pages=end - start,
            document_number=document.document_number,
            responsible=document.responsible,
            dated=document.dated,
            note=document.note,
        )
        for document, start, end in zip(filed, first, ends, strict=True)
    )


def _front(shown: VolumeContent, entries: Sequence[ContentsEntry], facts: Facts) -> Document:
    html = page(
        "front.html",
        volume=shown,
        entries=entries,
        pages=facts.pages,
        situation=_situation(shown, entries, facts),
        replacements=_by_place(facts.replacements),
    )
    return lay_out(html, sheets=SHEETS)


def _by_place(rows: Sequence[ReplacedCharacter]) -> list[tuple[str, list[ReplacedCharacter]]]:
    ordered = sorted(rows, key=lambda row: (row.place, row.code_point))
    return [(place, list(group)) for place, group in groupby(ordered, key=lambda row: row.place)]


def _situation(shown: VolumeContent, entries: Sequence[ContentsEntry], facts: Facts) -> tuple[str, ...]:
    """The 本卷情况说明: what the archivist wrote, and what happened while the volume was made."""
    lines = [*shown.closing_note.situation.splitlines()]
    lines.append(f"本卷共 {len(entries)} 件、{facts.pages} 页（封面、目录、备考表不编页号）。")
    lines.append(
        f"依据《{shown.policy_title}》（版本 {shown.policy_version}）办理，各表单按填写时的版本印制。"
    )
    if shown.enclosures:
        lines.append(f"附件原件 {len(shown.enclosures)} 个，逐字节另存；卷内附件页为翻印件，仅供阅读。")
    lines += [f"{warning}。" for warning in facts.warnings]
    if facts.replacements:
        lines.append("下列字符没有归档字形，卷内以所列写法代替（按首次出现的文件），原字符保存于元数据：")
    return tuple(line for line in lines if line.strip())


def _bound(
    content: VolumeContent,
    parts: tuple[Document, Document],
    *,
    entries: tuple[ContentsEntry, ...],
    facts: Facts,
    flavour: str,
) -> RenderedVolume:
    """Bind front and body into one file: cover, contents, documents, 备考表."""
    front, body = parts
    closing = next(index for index, laid in enumerate(front.pages) if "closing" in laid.anchors)
    pages = [*front.pages[:closing], *body.pages, *front.pages[closing:]]
    imprint = Imprint(
        title=content.title,
        author=content.fonds_name,
        subject=content.volume_number,
        made_at=content.sealed_at,
        identity=content.case_number,
    )
    labels = _page_labels(contents=closing - 1, numbered=facts.pages, closing=len(front.pages) - closing)
    data = seal(body.copy(pages), imprint, flavour=flavour, page_labels=labels)
    return RenderedVolume(
        content=data,
        sha256=sha256(data).hexdigest(),
        pages=facts.pages,
        sheets=len(pages),
        contents=entries,
        replacements=facts.replacements,
        warnings=facts.warnings,
    )


def _page_labels(*, contents: int, numbered: int, closing: int) -> str:
    """The labels a viewer shows: 封面, 目录-1 …, 1 2 3 …, 备考表."""
    body, last = 1 + contents, 1 + contents + numbered
    note = f"<< /P {_text('备考表')} >>" if closing == 1 else f"<< /P {_text('备考表-')} /S /D >>"
    return (
        f"<< /Nums [0 << /P {_text('封面')} >> 1 << /P {_text('目录-')} /S /D >> "
        f"{body} << /S /D >> {last} {note}] >>"
    )


def _text(label: str) -> str:
    """A PDF text string in UTF-16, written in hexadecimal."""
    return f"<FEFF{label.encode('utf-16-be').hex().upper()}>"
