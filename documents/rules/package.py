"""What a year-end package (移交包) holds, as plain values, and whether every number is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from documents.rules.volume import ContentsEntry

KEPT_APART = "保密，另行移交"


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
    supplement_to: str = ""  # 参见号: 档号 of the main volume, when this is a 补充卷
    metadata: PackedOriginal | None = None  # 元数据: the XML that lies beside the volume


@dataclass(frozen=True)
class UnfiledNumber:
    """A number that was issued and is not in the package 未归档编号, with the reason."""

    number: str
    reason: str  # such as 办理中, 作废, 封存, 冻结, 已先行移交
    note: str = ""


@dataclass(frozen=True)
class ArchiveNumber:
    """An archive number 档号 that was given out; a reason says why its volume is not in this round."""

    number: str
    series: str  # 流水: all numbers in it differ by their sequence only
    sequence: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """Why the annual report counts more (or, below zero, fewer) cases than there are numbers 差异."""

    reason: str
    count: int
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportTotals:
    """A frozen report 年度报告 held against the numbers of the year 数量核对."""

    title: str
    figure: str  # 指标
    reported: int
    issued: int
    differences: tuple[Difference, ...] = ()

    @property
    def unexplained(self) -> int:
        """What no line of the differences explains; zero when the totals agree."""
        return self.reported - self.issued - sum(one.count for one in self.differences)


@dataclass(frozen=True)
class EarlierRound:
    """A round of the same package that was handed over before 前次移交."""

    number: int
    name: str
    handed_on: str
    sha256: str = ""


@dataclass(frozen=True)
class PackageOptions:
    """How a package is written 制作选项; zero means no limit."""

    most_volumes: int = 0
    most_bytes: int = 0
    sm3: bool = False
    zipped: bool = True
    recheck: bool = False  # read every file again instead of trusting size and time

    @property
    def split(self) -> bool:
        """Whether the package comes in parts 分包."""
        return bool(self.most_volumes or self.most_bytes)


@dataclass(frozen=True)
class PackedPaper:
    """A paper that goes into 其他/ such as the annual report; it is made when the package lacks it."""

    name: str  # file name with ending
    make: Callable[[], bytes] = field(repr=False)
    key: str  # what it is made from: the same key, the same bytes
    substance: str = ""  # the same without the moment of making


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
    archive_numbers: tuple[ArchiveNumber, ...] = ()  # every 档号 given out in the year
    totals: tuple[ReportTotals, ...] = ()
    round: int = 1  # 移交轮次
    earlier: tuple[EarlierRound, ...] = ()
    confidential: bool = False  # 保密移交包: the confidential volumes alone; else all but these

    @property
    def kept_apart(self) -> int:
        """How many volumes go in another package because they are confidential."""
        return sum(one.reason == KEPT_APART for one in self.archive_numbers)


def unaccounted(content: PackageContent) -> tuple[str, ...]:
    """Numbers issued that are neither inside nor listed with a reason 去向不明的编号."""
    known = {number for volume in content.volumes for number in volume.case_numbers}
    known.update(row.number for row in content.unfiled if row.reason.strip())
    return tuple(number for number in content.issued if number not in known)


def mains(content: PackageContent) -> tuple[PackedVolume, ...]:
    """The volumes that are no supplement 补充卷; a supplement names cases that have a volume of their own."""
    return tuple(volume for volume in content.volumes if not volume.supplement_to)


def volume_of_case(content: PackageContent) -> dict[str, str]:
    """The volume that each case number inside leads to; a supplement only when there is no other."""
    supplements = (volume for volume in content.volumes if volume.supplement_to)
    found: dict[str, str] = {}
    for volume in (*mains(content), *supplements):
        for case in volume.case_numbers:
            found.setdefault(case, volume.volume_number)
    return found


def claimed_twice(content: PackageContent) -> tuple[str, ...]:
    """Numbers that appear more than once, or inside and as absent 重复出现的编号."""
    return _repeated(
        [
            *(number for volume in mains(content) for number in sorted(set(volume.case_numbers))),
            *(row.number for row in content.unfiled),
        ]
    )


def never_issued(content: PackageContent) -> tuple[str, ...]:
    """Numbers inside or listed that nobody issued 未曾发出的编号."""
    issued = set(content.issued)
    inside = [number for volume in content.volumes for number in volume.case_numbers]
    listed = [row.number for row in content.unfiled]
    return tuple(sorted({number for number in (*inside, *listed) if number not in issued}))


def volumes_unaccounted(content: PackageContent) -> tuple[str, ...]:
    """Archive numbers given out whose volume is neither inside nor absent for a reason 去向不明的档号."""
    inside = {volume.volume_number for volume in content.volumes}
    rows = content.archive_numbers
    return tuple(one.number for one in rows if (one.number in inside) == bool(one.reason.strip()))


def volumes_unnumbered(content: PackageContent) -> tuple[str, ...]:
    """Volumes inside whose archive number no series gave out 不在流水之内的档号."""
    given = {one.number for one in content.archive_numbers}
    inside = tuple(volume.volume_number for volume in content.volumes)
    return tuple(number for number in inside if number not in given) if given else ()


def series_gaps(content: PackageContent) -> tuple[str, ...]:
    """Series of archive numbers that do not run from one without a gap 断号的档号流水."""
    found: dict[str, list[int]] = {}
    for one in content.archive_numbers:
        found.setdefault(one.series, []).append(one.sequence)
    return tuple(name for name, given in found.items() if sorted(given) != list(range(1, len(given) + 1)))


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
