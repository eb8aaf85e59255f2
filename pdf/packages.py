"""The year-end package 年终移交包: sealed volumes, originals and catalogues in a bag anybody can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from documents.rules.broken import RuleBroken
from documents.rules.package import PackageContent, PackedVolume, claimed_twice, never_issued, unaccounted
from documents.rules.papers import Register
from pdf import catalogues, verifier
from pdf.bags import Progress, Wanted, fill, finish, from_bytes, pack
from pdf.catalogues import Place
from pdf.naming import numbered, safe
from pdf.sandbox import shared
from pdf.wording import beijing

CHECKER = "verifier.py"
Print = Callable[[Register], bytes]


@dataclass(frozen=True)
class Written:
    """A package as it lies on disk 已生成的移交包."""

    folder: Path
    archive: Path
    archive_sha256: str
    volumes: int
    originals: int
    files: int
    size: int
    written: int  # files that had to be written; 0 when nothing had changed


def write(
    out_dir: Path,
    content: PackageContent,
    *,
    open_volume: Callable[[str], BinaryIO],
    open_original: Callable[[str], BinaryIO],
    on_progress: Progress = lambda *_: None,
    print_register: Print | None = None,
) -> Written:
    """Write the package folder and its ZIP; run again after an interruption, it continues.

    ``open_volume`` is given a 档号, ``open_original`` the key of the original. The same content gives the
    same bytes, and what is right on disk is left alone.
    """
    _refuse_gaps(content)
    places = {volume.volume_number: _place(volume) for volume in content.volumes}
    wanted = (
        *_stored(content, places, open_volume, open_original),
        *_made(content, places, print_register or shared().paper),
    )
    _refuse_collisions(wanted)
    folder = out_dir / package_name(content)
    count = fill(folder, wanted, on_progress)
    finish(folder, wanted, about=_about(content), tags={CHECKER: Path(verifier.__file__).read_bytes()})
    archive, digest = pack(folder, content.made_at)
    return Written(
        folder=folder,
        archive=archive,
        archive_sha256=digest,
        volumes=len(content.volumes),
        originals=sum(len(volume.originals) for volume in content.volumes),
        files=len(wanted),
        size=sum(one.size for one in wanted),
        written=count,
    )


def package_name(content: PackageContent) -> str:
    """The name of the folder: 全宗号-年度-机构."""
    return "-".join((safe(content.fonds_number), str(content.year), safe(content.unit)))


# --- what must be true before anything is written ------------------------------------------------------


def _refuse_gaps(content: PackageContent) -> None:
    """Every number issued is inside or listed with its reason, once."""
    for code, numbers in (
        ("numbers_unaccounted", unaccounted(content)),
        ("numbers_repeated", claimed_twice(content)),
        ("numbers_never_issued", never_issued(content)),
        ("issued_twice", _repeated(content.issued)),
        ("volume_numbers_repeated", _repeated(tuple(one.volume_number for one in content.volumes))),
    ):
        if numbers:
            raise RuleBroken(code, numbers="、".join(numbers))


def _refuse_collisions(wanted: tuple[Wanted, ...]) -> None:
    """Two files whose names differ only in case cannot lie side by side on every system."""
    twice = _repeated(tuple(one.path.casefold() for one in wanted))
    if twice:
        raise RuleBroken("file_names_collide", names="、".join(twice))


def _repeated(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value, times in Counter(values).items() if times > 1)


# --- the files -----------------------------------------------------------------------------------------


def _place(volume: PackedVolume) -> Place:
    """电子档案/年度/保管期限/档号/: the volume, and its originals in a folder below."""
    name = safe(volume.volume_number)
    folder = f"{verifier.RECORDS}{volume.year}/{safe(volume.retention)}/{name}"
    originals = numbered(original.name for original in volume.originals)
    return Place(f"{folder}/{name}.pdf", tuple(f"{folder}/原件/{original}" for original in originals))


def _stored(
    content: PackageContent,
    places: catalogues.Places,
    open_volume: Callable[[str], BinaryIO],
    open_original: Callable[[str], BinaryIO],
) -> Iterator[Wanted]:
    for volume in content.volumes:
        place = places[volume.volume_number]
        opener = partial(open_volume, volume.volume_number)
        yield Wanted(verifier.PAYLOAD + place.volume, volume.size, volume.sha256, opener)
        for original, path in zip(volume.originals, place.originals, strict=True):
            opener = partial(open_original, original.key)
            yield Wanted(verifier.PAYLOAD + path, original.size, original.sha256, opener)


def _made(content: PackageContent, places: catalogues.Places, print_register: Print) -> Iterator[Wanted]:
    register = catalogues.volumes_register(content)
    yield from_bytes("data/说明文件.TXT", catalogues.readme(content))
    yield from_bytes(verifier.VOLUMES, catalogues.volumes_xml(content, places))
    yield from_bytes("data/案卷目录.xlsx", catalogues.spreadsheet(register))
    yield from_bytes("data/案卷目录.pdf", print_register(register))
    yield from_bytes(verifier.FILES, catalogues.files_xml(content, places))
    yield from_bytes(verifier.NUMBERS, catalogues.numbers_xml(content))
    yield from_bytes("data/其他/未归档编号说明.pdf", print_register(catalogues.absent_register(content)))
    for paper in content.papers:
        yield from_bytes(f"data/其他/{safe(paper.name)}", paper.content)


def _about(content: PackageContent) -> dict[str, str]:
    """The bag-info: one line each, so line breaks in names become spaces."""
    facts = {
        "Source-Organization": content.organisation,
        "External-Description": content.title,
        "External-Identifier": package_name(content),
        "Bagging-Date": f"{beijing(content.made_at):%Y-%m-%d}",
        "Bag-Software-Agent": content.software,
        "Contact-Name": content.made_by,
    }
    return {name: " ".join(value.split()) for name, value in facts.items() if value.strip()}
