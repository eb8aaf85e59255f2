"""A small year: three sealed volumes, their originals, two numbers that are not inside."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from documents.rules.metadata import CaseMetadata, VolumeMetadata
from documents.rules.package import (
    ArchiveNumber,
    PackageContent,
    PackageOptions,
    PackedOriginal,
    PackedPaper,
    PackedVolume,
    UnfiledNumber,
)
from documents.rules.papers import Register
from documents.rules.volume import RenderedVolume
from pdf.metadata import volume_xml
from pdf.packages import Sources, Writing, Written, write
from tests.pdf import samples


@dataclass
class Store:
    """Sealed files by name, as a portal would hold them; it counts what was fetched."""

    volumes: dict[str, bytes] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def open_volume(self, number: str) -> BinaryIO:
        self.fetched.append(number)
        return io.BytesIO(self.volumes[number])

    def open_original(self, key: str) -> BinaryIO:
        self.fetched.append(key)
        return io.BytesIO(self.originals[key])


def volume(rendered: RenderedVolume, store: Store, *, number: int, **changes: Any) -> PackedVolume:
    """A sealed volume with two originals, put into the store."""
    name = f"Z109-TS·2026-D10-HG-{number:04}"
    content = rendered.content + f"%{number}\n".encode()
    store.volumes[name] = content
    originals = []
    for key, title in ((f"{number}-a", "回单.pdf"), (f"{number}-b", "../邪恶\\名称?.png")):
        store.originals[key] = f"{key} {title}".encode() * 50
        originals.append(_original(key, title, store.originals[key]))
    facts: dict[str, Any] = {
        "volume_number": name,
        "case_numbers": (f"TS-2026-0213-{number:04}",),
        "title": f"关于第 {number} 号投诉的处理材料",
        "year": 2026,
        "retention": "10年" if number % 2 else "永久",
        "unit": "合规部",
        "responsible": samples.ORGANISATION,
        "opened_on": date(2026, 2, 13),
        "closed_on": date(2026, 3, 4),
        "pages": rendered.pages,
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "contents": rendered.contents,
        "originals": tuple(originals),
        "metadata": _metadata(name, f"TS-2026-0213-{number:04}", store),
    }
    return PackedVolume(**(facts | changes))


def content(rendered: RenderedVolume, store: Store, **changes: Any) -> PackageContent:
    """The package of the year 2026."""
    volumes = tuple(volume(rendered, store, number=number) for number in (1, 2, 4))
    facts: dict[str, Any] = {
        "title": "2026年度客户投诉案卷移交包",
        "organisation": samples.ORGANISATION,
        "fonds_number": "Z109",
        "fonds_name": samples.ORGANISATION,
        "year": 2026,
        "unit": "合规部",
        "made_by": "陈静",
        "made_at": datetime(2027, 1, 8, 1, 30, tzinfo=UTC),
        "issued": tuple(f"TS-2026-0213-{number:04}" for number in range(1, 6)),
        "volumes": volumes,
        "unfiled": (
            UnfiledNumber("TS-2026-0213-0003", "办理中", "期限 2027-01-15"),
            UnfiledNumber("TS-2026-0213-0005", "作废", "重复登记"),
        ),
        "papers": (paper("2026年度报告.pdf", b"%PDF-1.7 report"),),
        "software": "Juanzong 0.1.0",
        "archive_numbers": archive_numbers(4, {1, 2, 4}),
    }
    return PackageContent(**(facts | changes))


def grown(content: PackageContent, added: PackedVolume) -> PackageContent:
    """The package of the year 2026 when its third case is sealed too."""
    return replace(
        content,
        volumes=tuple(sorted((*content.volumes, added), key=lambda one: one.volume_number)),
        unfiled=content.unfiled[1:],
        archive_numbers=archive_numbers(4, {1, 2, 3, 4}),
    )


def paper(name: str, content: bytes) -> PackedPaper:
    """A paper for 其他/."""
    return PackedPaper(name, lambda: content, key=sha256(content).hexdigest())


def pack(
    folder: Path, package: PackageContent, store: Store, writing: Writing | None = None, **options: Any
) -> Written:
    """Write a package from a store; unless told otherwise its registers are plain text, which is quick."""
    writing = replace(writing or Writing(print_register=plain), options=PackageOptions(**options))
    return write(folder, package, Sources(store.open_volume, store.open_original), writing)


def plain(register: Register) -> bytes:
    """A register as text."""
    return "\n".join(" ".join(row) for row in register.rows).encode()


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    found = (path for path in folder.rglob("[!.]*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _metadata(name: str, case: str, store: Store) -> PackedOriginal:
    form, events = samples.form(), samples.events()
    cases = (CaseMetadata(case, "示例制度 第 1 版", (form,), events),)
    store.originals[f"{name}.xml"] = volume_xml(VolumeMetadata((("档号", name),), cases))
    return _original(f"{name}.xml", "元数据.xml", store.originals[f"{name}.xml"])


def archive_numbers(last: int, inside: set[int]) -> tuple[ArchiveNumber, ...]:
    """The series of archive numbers up to the last one; those that are not inside are void."""
    reasons = {number: "" if number in inside else "作废" for number in range(1, last + 1)}
    return tuple(
        ArchiveNumber(f"Z109-TS·2026-D10-HG-{number:04}", "volume:Z109/D10:2026", number, reason)
        for number, reason in reasons.items()
    )


def _original(key: str, title: str, data: bytes) -> PackedOriginal:
    return PackedOriginal(title, "application/octet-stream", len(data), sha256(data).hexdigest(), key)
