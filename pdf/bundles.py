"""Many volumes in one file 合订本: the pages as sealed, the typefaces once instead of once a volume."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

import pikepdf
import uharfbuzz

from pdf import fonts
from pdf.saving import saved

# The names WeasyPrint gives to our typefaces. It keeps glyph numbers when it cuts a typeface down, so the
# text of a page reads the same from a larger cut.
SOURCES = dict(zip(("Noto-Sans-SC", "Noto-Sans-SC-Bold", "Noto-Serif-SC"), fonts.FILES, strict=True))
PAIR = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
UNUSED_TABLES = (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"vhea", b"vmtx", b"name", b"meta", b"STAT")
CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
CMAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


@dataclass
class Cut:
    """What all volumes together need of one typeface."""

    widths: dict[int, float] = field(default_factory=dict)
    texts: dict[bytes, bytes] = field(default_factory=dict)
    uses: list[tuple[Any, str]] = field(default_factory=list)  # font dictionaries and the key in each


def bind(volumes: Sequence[bytes], title: str) -> bytes:
    """Bind sealed volumes into one reading file of the same PDF/A level; the volumes stay what they are."""
    if not volumes:
        raise ValueError("nothing to bind")
    with pikepdf.open(io.BytesIO(volumes[0])) as whole:
        del whole.pages[:]
        if "/Names" in whole.Root:
            del whole.Root.Names
        labels: list[Any] = []
        starts: list[tuple[str, int]] = []
        for content in volumes:
            with pikepdf.open(io.BytesIO(content)) as part:
                labels += _labels(part, len(whole.pages))
                starts.append((str(part.docinfo["/Subject"]), len(whole.pages)))
                whole.add_pages_from(part)  # link targets of equal name are renamed, volume by volume
        whole.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array(labels))
        _outline(whole, starts)
        share(whole)
        with whole.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
        whole.remove_unreferenced_resources()
        return saved(whole)


def share(whole: pikepdf.Pdf) -> None:
    """Give all pages one cut of each typeface and one colour profile, whatever files they came from."""
    _share_profiles(whole)
    for name, cut in _cuts(whole).items():
        _share(whole, name, cut)


# --- labels, bookmarks ---------------------------------------------------------------------------


def _labels(part: pikepdf.Pdf, start: int) -> Iterator[Any]:
    numbers = part.Root.PageLabels.Nums
    for index in range(0, len(numbers), 2):
        yield int(numbers[index]) + start
        yield pikepdf.Dictionary({key: _plain(value) for key, value in numbers[index + 1].items()})


def _plain(value: Any) -> Any:
    if isinstance(value, pikepdf.String):
        return pikepdf.String(str(value))
    return pikepdf.Name(str(value)) if isinstance(value, pikepdf.Name) else int(value)


def _outline(whole: pikepdf.Pdf, starts: list[tuple[str, int]]) -> None:
    with whole.open_outline() as outline:
        del outline.root[:]
        outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in starts)


# --- colour profiles, typefaces ---------------------------------------------------------------------------


def _share_profiles(whole: pikepdf.Pdf) -> None:
    """Every volume brings the same sRGB profile; one is enough."""
    first: dict[bytes, Any] = {}
    for page in whole.pages:
        for space in page.Resources.get("/ColorSpace", pikepdf.Dictionary()).values():
            if space[0] == "/ICCBased":
                space[1] = first.setdefault(sha256(space[1].read_raw_bytes()).digest(), space[1])


def _cuts(whole: pikepdf.Pdf) -> dict[str, Cut]:
    """Collect what every page needs, typeface by typeface."""
    cuts: dict[str, Cut] = {}
    seen: set[Any] = set()
    for shelf in _shelves(whole):
        if shelf.is_indirect and shelf.objgen in seen:
            continue
        seen.add(shelf.objgen)
        for key, font in shelf.items():
            name = str(font.BaseFont).partition("+")[2]
            if name in SOURCES:
                cut = cuts.setdefault(name, Cut())
                cut.uses.append((shelf, key))
                cut.widths.update(_widths(font.DescendantFonts[0].W))
                cut.texts.update(PAIR.findall(font.ToUnicode.read_bytes()))
    return cuts


def _shelves(whole: pikepdf.Pdf) -> Iterator[Any]:
    """The font resources of pages, and of what is drawn on many pages."""
    drawn: set[Any] = set()
    for page in whole.pages:
        yield page.Resources.get("/Font", pikepdf.Dictionary())
        for form in page.Resources.get("/XObject", pikepdf.Dictionary()).values():
            if form.get("/Subtype") == "/Form" and form.objgen not in drawn:
                drawn.add(form.objgen)
                yield form.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    for index in range(0, len(array), 2):
        first = int(array[index])
        for offset, width in enumerate(array[index + 1]):
            yield first + offset, float(width)


def _share(whole: pikepdf.Pdf, name: str, cut: Cut) -> None:
    """Put one font in the place of all the cuts of a typeface."""
    shelf, key = cut.uses[0]
    font = shelf[key]
    descendant = font.DescendantFonts[0]
    outlines = whole.make_stream(_subset(SOURCES[name], cut.widths))
    outlines.Length1 = len(outlines.read_bytes())
    label = pikepdf.Name(f"/{_prefix(cut.widths)}+{name}")
    font.BaseFont = descendant.BaseFont = descendant.FontDescriptor.FontName = label
    descendant.FontDescriptor.FontFile2 = outlines
    descendant.W = pikepdf.Array(_runs(cut.widths))
    font.ToUnicode = whole.make_stream(_cmap(cut.texts))
    for other, place in cut.uses[1:]:
        other[place] = font


def _subset(file: str, glyphs: Iterable[int]) -> bytes:
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update({0, *glyphs})
    wanted.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
    wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in UNUSED_TABLES)
    return bytes(uharfbuzz.subset(_face(file), wanted).blob.data)


@cache
def _face(file: str) -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(fonts.folder() / file)))


def _prefix(glyphs: Iterable[int]) -> str:
    digest = sha256(",".join(str(glyph) for glyph in sorted(glyphs)).encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _runs(widths: dict[int, float]) -> Iterator[Any]:
    """[first [width width …] …], as PDF writes widths."""
    run: list[float] = []
    first = last = -2
    for glyph in sorted(widths):
        if glyph != last + 1 and run:
            yield from (first, pikepdf.Array(run))
            run = []
        if not run:
            first = glyph
        run.append(widths[glyph])
        last = glyph
    if run:
        yield from (first, pikepdf.Array(run))


def _cmap(texts: dict[bytes, bytes]) -> bytes:
    rows = [b"<%s> <%s>\n" % pair for pair in sorted(texts.items())]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return CMAP_HEAD + body + CMAP_TAIL
