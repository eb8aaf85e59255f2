"""How a package is laid out 移交包布局: which files lie where beside the volumes, which are copied.

Another layout (an E-ARK SIP, say) is another class with these two methods: `place` says where a volume's
files lie, `entries` which files are made around them. Copying, hashing, splitting, resuming, manifests and
ZIP stay the same; only the checker of this layout is `pdf.verifier`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from typing import Protocol

from documents.rules.package import PackageContent, PackageOptions, PackedVolume
from documents.rules.papers import Register
from pdf import catalogue_sheets, catalogues, schemas, verifier
from pdf.bags import Made
from pdf.catalogues import Part, Place
from pdf.naming import numbered, safe
from pdf.spreadsheets import spreadsheet

Print = Callable[[Register], bytes]


@dataclass(frozen=True)
class Whole:
    """What all parts of a package have in common."""

    content: PackageContent
    name: str
    options: PackageOptions
    print_register: Print
    parts: tuple[Part, ...] = ()

    @cached_property
    def numbers(self) -> bytes:
        """编号清单.xml, the same in every part."""
        parts = {one.volume_number: part.number for part in self.parts for one in part.volumes}
        return catalogues.numbers_xml(self.content, parts if self.options.split else {})

    @cached_property
    def list_of_parts(self) -> bytes:
        """分包清单.xml, the same in every part."""
        return catalogues.parts_xml(self.name, self.parts)


class Layout(Protocol):
    """The door for another layout."""

    def place(self, volume: PackedVolume) -> Place:
        """Where the files of a volume lie, below data/."""

    def entries(self, part: Part, whole: Whole) -> Iterator[Made]:
        """The files that are made for a part, below the bag."""


class YearEnd:
    """说明文件.TXT, 案卷目录, 文件目录, 电子档案/年度/保管期限/档号/, 其他/: what archives expect."""

    def place(self, volume: PackedVolume) -> Place:
        """电子档案/年度/保管期限/档号/: the volume, its metadata, and its originals in a folder below."""
        name = safe(volume.volume_number)
        folder = f"{verifier.RECORDS}{volume.year}/{safe(volume.retention)}/{name}"
        originals = numbered(original.name for original in volume.originals)
        return Place(
            f"{folder}/{name}.pdf",
            tuple(f"{folder}/原件/{original}" for original in originals),
            f"{folder}/{name}.xml" if volume.metadata else "",
        )

    def entries(self, part: Part, whole: Whole) -> Iterator[Made]:
        """The catalogues of a part, and in its first part the papers of the year."""
        content, count = whole.content, len(whole.parts)
        yield _written("说明文件.TXT", catalogues.readme(part, count, sm3=whole.options.sm3))
        yield _written("案卷目录.xml", catalogues.volumes_xml(part))
        yield _written("文件目录.xml", catalogues.files_xml(part))
        yield _written("其他/编号清单.xml", whole.numbers)
        if part.number:
            yield _written("其他/分包清单.xml", whole.list_of_parts)
        for name in schemas.NAMES:
            yield _written(f"{schemas.FOLDER}{name}.xsd", schemas.content(name))
        for register in (catalogue_sheets.volumes_register(part), catalogue_sheets.files_register(part)):
            yield from self._sheets(register, whole)
        absent = catalogue_sheets.absent_register(content, part)
        yield from _printed(absent, "其他/未归档编号说明", whole.print_register)
        if part.number in (0, 1):
            for one in content.papers:
                yield Made(f"{verifier.PAYLOAD}其他/{safe(one.name)}", one.key, one.make)

    def _sheets(self, register: Register, whole: Whole) -> Iterator[Made]:
        yield Made(
            f"{verifier.PAYLOAD}{register.title}.xlsx",
            sheet_key("xlsx", register),
            partial(spreadsheet, register),
        )
        yield from _printed(register, register.title, whole.print_register)


def _printed(register: Register, name: str, print_register: Print) -> Iterator[Made]:
    for path, paper in catalogue_sheets.printed(register, name):
        yield Made(f"{verifier.PAYLOAD}{path}", sheet_key("pdf", paper), partial(print_register, paper))


def _written(path: str, content: bytes) -> Made:
    return Made(f"{verifier.PAYLOAD}{path}", hashlib.sha256(content).hexdigest(), lambda: content)


def sheet_key(kind: str, register: Register) -> str:
    """What a sheet is made from: its lines, and the library that draws it."""
    maker = version("weasyprint") if kind == "pdf" else ""
    return hashlib.sha256(f"{kind} {maker} {register!r}".encode()).hexdigest()
