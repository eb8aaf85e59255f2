"""The year-end package 年终移交包: sealed volumes, originals and catalogues in bags anybody can check."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from documents.rules import package as rules
from documents.rules.broken import RuleBroken
from documents.rules.package import PackageContent, PackageOptions
from documents.rules.splitting import split
from pdf import verifier
from pdf.bags import Bag, Made, Progress, Wanted
from pdf.catalogues import Part, stored
from pdf.journal import Journal
from pdf.layouts import Layout, Print, Whole, YearEnd
from pdf.naming import safe
from pdf.sandbox import shared
from pdf.wording import beijing
from pdf.zips import pack

CHECKER = "verifier.py"


@dataclass(frozen=True)
class Sources:
    """Where the bytes come from: a volume by its 档号, an original or metadata by its key."""

    volume: Callable[[str], BinaryIO]
    original: Callable[[str], BinaryIO]


@dataclass(frozen=True)
class Writing:
    """How a package is written, and who is told."""

    options: PackageOptions = field(default_factory=PackageOptions)
    before: Mapping[str, int] = field(default_factory=dict)  # parts of the volumes when written elsewhere
    on_progress: Progress = lambda *_: None
    print_register: Print | None = None
    layout: Layout = field(default_factory=YearEnd)


@dataclass(frozen=True)
class WrittenPart:
    """A part 分包 as it lies on disk."""

    number: int
    folder: Path
    volumes: tuple[str, ...]
    originals: int
    files: int
    size: int
    archive: Path | None = None
    archive_sha256: str = ""


@dataclass(frozen=True)
class Written:
    """A package as it lies on disk 已生成的移交包."""

    name: str
    parts: tuple[WrittenPart, ...]
    written: int  # files that had to be written; 0 when nothing had changed

    @property
    def folder(self) -> Path:
        """The folder, or that of the first part."""
        return self.parts[0].folder

    @property
    def archive(self) -> Path:
        """The ZIP, or that of the first part."""
        archive = self.parts[0].archive
        if archive is None:
            raise ValueError("the package was written without a ZIP")
        return archive

    @property
    def archive_sha256(self) -> str:
        """The digest of the ZIP; of several, one digest over theirs; empty when there is none."""
        digests = [part.archive_sha256 for part in self.parts]
        if len(digests) == 1 or not all(digests):
            return digests[0]
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    @property
    def volumes(self) -> int:
        """How many volumes are inside."""
        return sum(len(part.volumes) for part in self.parts)

    @property
    def originals(self) -> int:
        """How many originals are inside."""
        return sum(part.originals for part in self.parts)

    @property
    def files(self) -> int:
        """How many files the payload has."""
        return sum(part.files for part in self.parts)

    @property
    def size(self) -> int:
        """How many bytes the payload has."""
        return sum(part.size for part in self.parts)


def write(out: Path, content: PackageContent, sources: Sources, writing: Writing | None = None) -> Written:
    """Write the package, in parts if that is asked for; run again after an interruption, it continues.

    The same content gives the same bytes, and what is right on disk is left alone.
    """
    writing = writing or Writing()
    _refuse_gaps(content)
    name = package_name(content)
    journal = Journal.beside(out, name, recheck=writing.options.recheck)
    whole = _whole(content, name, journal, writing)
    entries = [_entries(part, whole, sources, writing.layout) for part in whole.parts]
    _refuse_collisions(entries)
    out.mkdir(parents=True, exist_ok=True)
    _drop_former_parts(out, journal, {part.name for part in whole.parts})
    done, total = 0, sum(map(len, entries))
    parts, written = [], 0
    for part, wanted in zip(whole.parts, entries, strict=True):
        bag = Bag(out / part.name, journal, writing.options.sm3)
        resolved = bag.fill(wanted, writing.on_progress, done=done, total=total)
        tags = {CHECKER: Path(verifier.__file__).read_bytes()}
        bag.finish(resolved, about=_about(part, whole), tags=tags)
        parts.append(_packed(part, resolved, bag, zipped=writing.options.zipped))
        done, written = done + len(resolved), written + bag.written
        journal.write(whole=False)
    journal.made = (_substance(content), content.made_at.isoformat())
    journal.write()
    return Written(name, tuple(parts), written)


def made_before(out: Path, content: PackageContent) -> datetime | None:
    """The moment that stands in a package with this very content, when it was written here before.

    Who writes it with that moment again touches nothing, on whatever day.
    """
    substance, moment = Journal.beside(out, package_name(content)).made
    return datetime.fromisoformat(moment) if moment and substance == _substance(content) else None


def _substance(content: PackageContent) -> str:
    """A digest of everything that is said, but for the moment of saying it."""
    papers = [(one.name, one.substance or one.key) for one in content.papers]
    plain = replace(content, made_at=datetime(2000, 1, 1, tzinfo=UTC), papers=())
    return hashlib.sha256(f"{plain!r}{papers!r}".encode()).hexdigest()


def package_name(content: PackageContent) -> str:
    """The name of the folder: 全宗号-年度-机构, whether it is confidential, which round after the first."""
    apart = ["保密"] if content.confidential else []
    round_ = [f"第{content.round}次"] if content.round > 1 else []
    return "-".join((safe(content.fonds_number), str(content.year), safe(content.unit), *apart, *round_))


def _whole(content: PackageContent, name: str, journal: Journal, writing: Writing) -> Whole:
    """The package with its parts; volumes that were packed before stay where they were."""
    options = writing.options
    how = f"{options.most_volumes} {options.most_bytes}"
    before = journal.parts if journal.split == how else writing.before
    journal.split, journal.parts = how, split(content.volumes, options, before)
    inside: dict[int, list[rules.PackedVolume]] = {
        number: [] for number in range(1, max(journal.parts.values(), default=1) + 1)
    }
    for volume in content.volumes:
        inside[journal.parts[volume.volume_number]].append(volume)
    places = {one.volume_number: writing.layout.place(one) for one in content.volumes}
    parts = [
        Part(content, f"{name}-{number:02}", tuple(found), number, places)
        if options.split
        else Part(content, name, tuple(found), 0, places)
        for number, found in inside.items()
    ]
    return Whole(content, name, options, writing.print_register or shared().paper, tuple(parts))


def _entries(part: Part, whole: Whole, sources: Sources, layout: Layout) -> list[Wanted | Made]:
    return [*_stored(part, sources), *layout.entries(part, whole)]


def _stored(part: Part, sources: Sources) -> Iterator[Wanted]:
    for volume in part.volumes:
        for path, one in stored(volume, part.place(volume)):
            open_one = sources.volume if one.key == volume.volume_number else sources.original
            yield Wanted(verifier.PAYLOAD + path, one.size, one.sha256, partial(open_one, one.key))


def _packed(part: Part, wanted: tuple[Wanted, ...], bag: Bag, *, zipped: bool) -> WrittenPart:
    archive, digest = pack(bag.folder, part.content.made_at, bag.journal) if zipped else (None, "")
    return WrittenPart(
        number=part.number,
        folder=bag.folder,
        volumes=tuple(volume.volume_number for volume in part.volumes),
        originals=part.originals,
        files=len(wanted),
        size=sum(one.size for one in wanted),
        archive=archive,
        archive_sha256=digest,
    )


def _drop_former_parts(out: Path, journal: Journal, names: set[str]) -> None:
    """Remove parts of an earlier run that this one no longer has; only what our journal knows."""
    former = {path.partition("/")[0].removesuffix(".zip") for path in journal.before} - names
    for name in sorted(former):
        if (out / name / "bagit.txt").is_file():
            shutil.rmtree(out / name)
        for ending in (".zip", ".zip.sha256"):
            (out / f"{name}{ending}").unlink(missing_ok=True)


def _about(part: Part, whole: Whole) -> dict[str, str]:
    """The bag-info: one line each, so line breaks in names become spaces."""
    content = whole.content
    facts = {
        "Source-Organization": content.organisation,
        "External-Description": content.title,
        "External-Identifier": part.name,
        "Bagging-Date": f"{beijing(content.made_at):%Y-%m-%d}",
        "Bag-Group-Identifier": whole.name if part.number else "",
        "Bag-Count": f"{part.number} of {len(whole.parts)}" if part.number else "",
        "Bag-Software-Agent": content.software,
        "Contact-Name": content.made_by,
    }
    return {name: " ".join(value.split()) for name, value in facts.items() if value.strip()}


# --- what must be true before anything is written ------------------------------------------------------


def _refuse_gaps(content: PackageContent) -> None:
    """Every number issued is inside or listed with its reason, once."""
    for code, numbers in (
        ("numbers_unaccounted", rules.unaccounted(content)),
        ("numbers_repeated", rules.claimed_twice(content)),
        ("numbers_never_issued", rules.never_issued(content)),
        ("issued_twice", _repeated(content.issued)),
        ("volume_numbers_repeated", _repeated(one.volume_number for one in content.volumes)),
        ("volume_numbers_unaccounted", rules.volumes_unaccounted(content)),
        ("volume_numbers_never_issued", rules.volumes_unnumbered(content)),
        ("volume_series_broken", rules.series_gaps(content)),
    ):
        if numbers:
            raise RuleBroken(code, numbers="、".join(numbers))


def _refuse_collisions(parts: list[list[Wanted | Made]]) -> None:
    """Two files whose names differ only in case cannot lie side by side on every system."""
    for entries in parts:
        twice = _repeated(one.path.casefold() for one in entries)
        if twice:
            raise RuleBroken("file_names_collide", names="、".join(twice))


def _repeated(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value, times in Counter(values).items() if times > 1)
