"""A volume of several cases 一卷多件: one cover, one contents list, one run of page numbers.

Case after case is laid out and written to a file of its own, so that memory holds one at a time; then they
are bound together, the typefaces once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from weasyprint.document import Document

from documents.rules.volume import ContentsEntry, RenderedVolume, VolumeContent
from pdf import bundles, fronts
from pdf.embedding import Attached, chosen, embed
from pdf.engine import PaperNotRendered, lay_out, seal
from pdf.filed import SHEETS, body, entries, papers, shown_volume
from pdf.fronts import LATER, Facts, Front, Group
from pdf.glyphs import Ledger
from pdf.imprints import ArchiveFacts, imprint_of
from pdf.saving import save
from pdf.sheets import page

JOINED = (*SHEETS, "joined")
TOTAL = "/JzTotal"
MOST_BYTES = 200 * 1024 * 1024  # a child of 1 GB holds the file twice when it hands it over


@dataclass
class Bound:
    """What has been written so far 已排版各件."""

    folder: Path
    pages: int = 0
    groups: list[Group] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    originals: list[Attached] = field(default_factory=list)
    policies: dict[str, None] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def documents(self) -> int:
        """How many documents lie in the cases so far."""
        return sum(len(group.entries) for group in self.groups)

    def path(self, number: int) -> Path:
        """The file of one case."""
        return self.folder / f"{number}.pdf"


def render(
    content: VolumeContent, parts: Iterable[VolumeContent], *, pdf_flavour: str = ""
) -> RenderedVolume:
    """Render the volume; each case is asked for when the one before it has been written down."""
    flavour = pdf_flavour or f"pdf/a-{content.flavour}"
    with TemporaryDirectory(prefix="juanzong-joined-") as folder:
        bound = Bound(Path(folder))
        for number, part in enumerate(parts, start=1):
            _add(bound, replace(part, item_number=part.item_number or f"{number:04}"), flavour)
        return _bind(content, bound, flavour)


# --- one case after the other ------------------------------------------------------------------------


def _add(bound: Bound, part: VolumeContent, flavour: str) -> None:
    """Lay out one case behind those that are there, and write it down."""
    start = bound.pages + 1
    case = papers(part, bound.ledger, first=bound.documents + 1, prefix=f"{part.item_number} 件 ")
    document = body(case, first_page=start, sheets=JOINED)
    shown = case.shown
    group = Group(
        entries(case, document, first_page=start, number=part.case_number),
        number=shown.case_number,
        item=shown.item_number,
        title=shown.title,
        events=len(part.events),
        head=part.events_head,
    )
    divider = _divider(shown, group)
    pages = [*divider.pages, *document.pages]
    sealed = seal(document.copy(pages), imprint_of(part), flavour=flavour)
    bound.path(len(bound.groups)).write_bytes(sealed)
    bound.pages += len(document.pages)
    bound.groups.append(group)
    bound.warnings += [f"{shown.item_number} 件{warning}" for warning in case.warnings]
    bound.originals += case.originals
    bound.policies[case.policy] = None


def _divider(shown: VolumeContent, group: Group) -> Document:
    notes = [line for line in shown.closing_note.situation.splitlines() if line.strip()]
    return lay_out(page("divider.html", volume=shown, group=group, notes=notes), sheets=JOINED)


# --- all together ------------------------------------------------------------------------------------


def _bind(content: VolumeContent, bound: Bound, flavour: str) -> RenderedVolume:
    shown = shown_volume(content, bound.ledger)
    originals = chosen(bound.originals, flavour)
    facts = Facts(
        groups=tuple(bound.groups),
        pages=bound.pages,
        replacements=bound.ledger.rows(),
        warnings=tuple(bound.warnings),
        policies=tuple(bound.policies),
        originals=len(bound.originals),
        inside=len(originals.inside),
        beside=tuple(f"{one.place} {one.enclosure.name}" for one in originals.beside),
    )
    front = fronts.front(shown, facts, link=LATER)
    bound.folder.joinpath("front.pdf").write_bytes(_sealed_front(content, front, bound, flavour))
    bound.folder.joinpath("total.pdf").write_bytes(_total(content, bound.pages, flavour))
    with pikepdf.open(bound.folder / "front.pdf") as whole:
        sheets = _Binding(whole, front, bound).done()
        embed(whole, originals.inside, content.sealed_at)
        save(whole, bound.folder / "whole.pdf")
    data = _read(bound.folder / "whole.pdf")
    return RenderedVolume(
        content=data,
        sha256=sha256(data).hexdigest(),
        pages=bound.pages,
        sheets=sheets,
        contents=facts.entries,
        replacements=facts.replacements,
        warnings=facts.warnings,
    )


def _read(path: Path) -> bytes:
    """The finished file; what would not fit on its way to the parent is refused with the way out."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise PaperNotRendered(f"合卷文件有 {size // 1024 // 1024} MB，超过 {most} MB，请减少每卷件数")
    return path.read_bytes()


def _sealed_front(content: VolumeContent, front: Front, bound: Bound, flavour: str) -> bytes:
    """Cover, contents, closing note and spine; this file lends the whole its metadata and page labels."""
    chains = (f"{group.number} {group.events} {group.head}" for group in bound.groups if group.head)
    facts = ArchiveFacts(
        archive_number=content.volume_number,
        cases=tuple(group.number for group in bound.groups),
        event_chains=tuple(chains),
        original_characters=bound.ledger.originals(),
    )
    stretches = [(f"件 {group.item}", group.page, group.pages) for group in bound.groups]
    return seal(
        front.document, imprint_of(content, facts), flavour=flavour, page_labels=front.labels(stretches)
    )


def _total(content: VolumeContent, pages: int, flavour: str) -> bytes:
    document = lay_out(page("total.html", pages=pages), sheets=(*SHEETS, "total"))
    return seal(document, imprint_of(content), flavour=flavour)


class _Binding:
    """The pages of all cases between contents and closing note 装订."""

    def __init__(self, whole: pikepdf.Pdf, front: Front, bound: Bound) -> None:
        self._whole = whole
        self._front = front
        self._bound = bound
        self._starts: list[int] = []  # the sheet on which each case begins, from 0

    def done(self) -> int:
        """Bind; tells how many sheets there are."""
        whole, before = self._whole, len(self._front.before)
        last = [whole.pages[index] for index in range(before, len(whole.pages))]
        del whole.pages[before:]
        for number in range(len(self._bound.groups)):
            self._starts.append(len(whole.pages))
            with pikepdf.open(self._bound.path(number), access_mode=pikepdf.AccessMode.stream) as part:
                whole.add_pages_from(part)
        numbered = range(before, len(whole.pages))
        whole.pages.extend(last)
        self._print_total(numbered)
        self._lead_contents()
        self._outline(len(whole.pages) - len(last))
        bundles.share(whole)
        whole.remove_unreferenced_resources()
        return len(whole.pages)

    def _sheet_of(self, entry: ContentsEntry, group: int) -> int:
        return self._starts[group] + 1 + entry.page - self._bound.groups[group].page

    def _print_total(self, sheets: range) -> None:
        """共 n 页 beside each page number: known only now, drawn once, shown on every numbered page."""
        whole = self._whole
        with pikepdf.open(self._bound.folder / "total.pdf") as source:
            total = whole.copy_foreign(source.pages[0].as_form_xobject())
        before, after = whole.make_stream(b"q\n"), whole.make_stream(b"\nQ q %s Do Q" % TOTAL.encode())
        dividers = set(self._starts)
        for sheet in sheets:
            if sheet not in dividers:
                laid = whole.pages[sheet]
                laid.obj.Contents = pikepdf.Array([before, laid.obj.Contents, after])
                if "/XObject" not in laid.Resources:
                    laid.Resources.XObject = pikepdf.Dictionary()
                laid.Resources.XObject[TOTAL] = total

    def _lead_contents(self) -> None:
        """Lines of the contents list that named a document lead to its page now."""
        places = {
            f"{LATER}{entry.position}": self._sheet_of(entry, number)
            for number, group in enumerate(self._bound.groups)
            for entry in group.entries
        }
        for sheet in range(len(self._front.before)):
            for link in self._whole.pages[sheet].get("/Annots", ()):
                target = self._whole.pages[places[str(link.A.URI)]]
                del link.A
                link.Dest = _top_of(target)

    def _outline(self, closing: int) -> None:
        with self._whole.open_outline() as outline:
            del outline.root[:]
            outline.root.extend(self._items(closing))

    def _items(self, closing: int) -> Iterator[pikepdf.OutlineItem]:
        yield _item("案卷封面", 0)
        yield _item("卷内文件目录", 1)
        for number, group in enumerate(self._bound.groups):
            case = _item(f"{group.item} {group.number} {group.title}", self._starts[number])
            case.is_closed = True
            case.children.extend(_item(one.title, self._sheet_of(one, number)) for one in group.entries)
            yield case
        yield _item("卷内备考表", closing)
        yield _item("脊背", closing + len(self._front.closing))


def _item(title: str, sheet: int) -> pikepdf.OutlineItem:
    return pikepdf.OutlineItem(title, sheet, "XYZ", left=0, top=842)


def _top_of(target: pikepdf.Page) -> pikepdf.Array:
    return pikepdf.Array([target.obj, pikepdf.Name.XYZ, 0, 842, 0])
