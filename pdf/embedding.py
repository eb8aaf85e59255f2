"""Originals inside the sealed file 嵌入原件 (PDF/A-3): byte for byte, described, related to the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5

import pikepdf

from documents.rules.volume import Enclosure
from pdf.naming import numbered
from pdf.wording import beijing

MOST_BYTES = 64 * 1024 * 1024  # of originals in one file; a larger file is a burden to every reader


@dataclass(frozen=True)
class Attached:
    """An upload with what it is to the pages: their Source, or Data that no page shows."""

    enclosure: Enclosure
    relation: str
    place: str  # 附件 1


@dataclass(frozen=True)
class Originals:
    """Which originals the file carries, and which lie beside it only."""

    inside: tuple[Attached, ...] = ()
    beside: tuple[Attached, ...] = ()


def chosen(originals: Iterable[Attached], flavour: str, *, most: int = MOST_BYTES) -> Originals:
    """In their order as many as fit; a file of level 2 carries none."""
    inside: list[Attached] = []
    beside: list[Attached] = []
    left = most if flavour.startswith("pdf/a-3") else -1
    for one in originals:
        fits = one.enclosure.size <= left
        (inside if fits else beside).append(one)
        left -= one.enclosure.size if fits else 0
    return Originals(tuple(inside), tuple(beside))


def embed(whole: pikepdf.Pdf, originals: Sequence[Attached], made_at: datetime) -> None:
    """Attach the originals to the document, each with what it is to the pages."""
    names = numbered(one.enclosure.name for one in originals)
    specs = [whole.make_indirect(_filespec(whole, one, made_at)) for one in originals]
    if not specs:
        return
    if "/Names" not in whole.Root:
        whole.Root.Names = pikepdf.Dictionary()
    # A name tree is sorted by its keys, byte for byte.
    keyed = sorted(zip(map(pikepdf.String, names), specs, strict=True), key=lambda pair: bytes(pair[0]))
    flat = [value for pair in keyed for value in pair]
    whole.Root.Names.EmbeddedFiles = whole.make_indirect(pikepdf.Dictionary(Names=pikepdf.Array(flat)))
    whole.Root.AF = pikepdf.Array(specs)


def _filespec(whole: pikepdf.Pdf, attached: Attached, made_at: datetime) -> pikepdf.Dictionary:
    one = attached.enclosure
    data = one.content if isinstance(one.content, bytes) else one.content.read_bytes()
    stream = whole.make_stream(data)
    stream.Type = pikepdf.Name.EmbeddedFile
    stream.Subtype = pikepdf.Name("/" + (one.media_type or "application/octet-stream"))
    digest = md5(data, usedforsecurity=False).digest()
    moment = pikepdf.String(f"D:{beijing(one.added_at or made_at):%Y%m%d%H%M%S}+08'00'")
    stream.Params = pikepdf.Dictionary(
        Size=len(data), CheckSum=pikepdf.String(digest), CreationDate=moment, ModDate=moment
    )
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec,
        F=pikepdf.String(one.name),
        UF=pikepdf.String(one.name),
        Desc=pikepdf.String(" ".join((attached.place, one.description, f"SHA-256 {one.sha256}")).strip()),
        AFRelationship=pikepdf.Name("/" + attached.relation),
        EF=pikepdf.Dictionary(F=stream, UF=stream),
    )
