"""A small year: three sealed volumes, their originals, two numbers that are not inside."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from documents.rules.package import PackageContent, PackedOriginal, PackedPaper, PackedVolume, UnfiledNumber
from documents.rules.volume import RenderedVolume
from pdf.packages import Written, write
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
        "papers": (PackedPaper("2026年度报告.pdf", b"%PDF-1.7 report"),),
        "software": "Juanzong 0.1.0",
    }
    return PackageContent(**(facts | changes))


def pack(folder: Path, package: PackageContent, store: Store) -> Written:
    """Write a package from a store, with everything that the real thing prints."""
    return write(folder, package, open_volume=store.open_volume, open_original=store.open_original)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _original(key: str, title: str, data: bytes) -> PackedOriginal:
    return PackedOriginal(title, "application/octet-stream", len(data), sha256(data).hexdigest(), key)
