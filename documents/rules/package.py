"""What a year-end package (移交包) holds, as plain values, and whether every number is accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from documents.rules.volume import ContentsEntry


@dataclass(frozen=True)
class PackedOriginal:
    """An original upload in the package 原件."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str  # handed back to ``open_original``


@dataclass(frozen=True)
class PackedVolume:
    """A sealed volume on its way into the package 移交案卷."""

    volume_number: str
    case_numbers: tuple[str, ...]
    title: str
    year: int
    retention: str
    unit: str
    responsible: str
    opened_on: date
    closed_on: date
    pages: int
    size: int
    sha256: str
    secrecy: str = ""
    note: str = ""
    signed_by: str = ""  # SHA-256 of the certificate of the system signature 系统签名
    contents: tuple[ContentsEntry, ...] = ()
    originals: tuple[PackedOriginal, ...] = ()


@dataclass(frozen=True)
class UnfiledNumber:
    """A number that was issued and is not in the package 未归档编号, with the reason."""

    number: str
    reason: str  # such as 办理中, 作废, 封存, 冻结, 已先行移交
    note: str = ""


@dataclass(frozen=True)
class PackedPaper:
    """A finished paper that goes into 其他/ such as the annual report."""

    name: str  # file name with ending
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class PackageContent:
    """The year-end package 年终移交包 of one unit."""

    title: str
    organisation: str
    fonds_number: str
    fonds_name: str
    year: int
    unit: str
    made_by: str
    made_at: datetime
    issued: tuple[str, ...]  # every case number given out in the year
    volumes: tuple[PackedVolume, ...]
    unfiled: tuple[UnfiledNumber, ...] = ()
    papers: tuple[PackedPaper, ...] = ()
    software: str = ""  # name and version of the portal


def unaccounted(content: PackageContent) -> tuple[str, ...]:
    """Numbers issued that are neither inside nor listed with a reason 去向不明的编号."""
    inside = {number for volume in content.volumes for number in volume.case_numbers}
    listed = {row.number for row in content.unfiled if row.reason.strip()}
    return tuple(number for number in content.issued if number not in inside | listed)


def claimed_twice(content: PackageContent) -> tuple[str, ...]:
    """Numbers that appear more than once, or inside and as absent 重复出现的编号."""
    return _repeated(
        [
            *(number for volume in content.volumes for number in sorted(set(volume.case_numbers))),
            *(row.number for row in content.unfiled),
        ]
    )


def never_issued(content: PackageContent) -> tuple[str, ...]:
    """Numbers inside or listed that nobody issued 未曾发出的编号."""
    issued = set(content.issued)
    inside = [number for volume in content.volumes for number in volume.case_numbers]
    listed = [row.number for row in content.unfiled]
    return tuple(sorted({number for number in (*inside, *listed) if number not in issued}))


def years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March, so that nothing ends too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _repeated(numbers: Iterable[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    twice: set[str] = set()
    for number in numbers:
        (twice if number in seen else seen).add(number)
    return tuple(sorted(twice))
