"""What goes on paper and into the archive (案卷), as plain values.

The people who know the case build these values; the folder ``pdf`` turns them into sealed files.
Every text arrives as it shall be printed: options already named, policy labels already in Chinese.
Moments (``datetime``) are aware; paper prints them in Beijing time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

# --- forms 表单 -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormField:
    """One labelled answer 栏目; a wide one takes the whole line."""

    label: str
    value: str
    wide: bool = False
    picture: bytes = b""  # a drawn signature, as PNG


@dataclass(frozen=True)
class PaperTable:
    """Rows under headings 表格; widths are relative, numbers stand right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    widths: tuple[int, ...] = ()
    numeric: tuple[int, ...] = ()  # positions of the columns that hold numbers


@dataclass(frozen=True)
class FormSection:
    """A titled part of a form 表单分栏."""

    title: str
    fields: tuple[FormField, ...] = ()
    tables: tuple[PaperTable, ...] = ()


@dataclass(frozen=True)
class FilledForm:
    """A form as it was filled 已填表单, under the policy version it was filled under."""

    title: str
    form_key: str
    number: str
    sections: tuple[FormSection, ...]
    filled_by: str
    filled_at: datetime
    policy_version: str = ""
    unit: str = ""
    organisation: str = ""
    note: str = ""  # printed small below the title, such as "版式为本系统自定"


# --- letters 函件 ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class LetterPaper:
    """An official letter 函件: 投诉处理意见书, 不予受理告知书, 延期告知书 and the like."""

    title: str
    organisation: str
    document_number: str  # 文号
    addressee: str
    paragraphs: tuple[str, ...]
    signed_by: str
    signed_on: date
    appeal_path: str = ""  # 救济途径, a paragraph of its own
    attachments: tuple[str, ...] = ()  # 附件 names
    copied_to: tuple[str, ...] = ()  # 抄送
    contact: str = ""  # 联系人及电话
    letter_key: str = ""


# --- the case file 案卷 ----------------------------------------------------------------------------


@dataclass(frozen=True)
class EventLine:
    """One line of the history 办理经过."""

    at: datetime
    who: str
    unit: str
    what: str
    note: str = ""


@dataclass(frozen=True)
class DeadlineLine:
    """A deadline with the reason for its date 期限及计算依据."""

    name: str
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    state: str  # as printed: 按期完成, 逾期 2 个工作日, 已取消 …
    explanation: tuple[str, ...] = ()
    basis: str = ""  # the clause it comes from


@dataclass(frozen=True)
class Enclosure:
    """An uploaded file 附件; the original is kept byte-exact, pages are made from it for reading."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: bytes | Path = field(repr=False)
    description: str = ""
    added_by: str = ""
    added_at: datetime | None = None


@dataclass(frozen=True)
class ClosingNote:
    """卷内备考表: the state of the volume, who filed it, who checked it."""

    situation: str = ""  # 本卷情况说明; replaced characters and page counts are added when rendered
    filed_by: str = ""  # 立卷人
    filed_on: date | None = None
    checked_by: str = ""  # 检查人
    checked_on: date | None = None


@dataclass(frozen=True)
class VolumeContent:
    """Everything that goes into one volume 案卷."""

    volume_number: str  # 档号
    fonds_number: str  # 全宗号
    fonds_name: str  # 全宗名称
    year: int
    retention: str  # 保管期限 as printed: 永久, 30年, 10年
    unit: str  # 机构(问题)
    title: str  # 案卷题名
    case_number: str
    opened_on: date
    closed_on: date
    policy_title: str
    policy_version: str
    sealed_at: datetime  # the moment of archiving; the only date the file itself carries
    secrecy: str = ""  # 密级
    category: str = ""  # 类目名称
    filing_number: str = ""  # 归档号
    supplement_to: str = ""  # 档号 of the volume that this 补充卷 belongs to
    forms: tuple[FilledForm, ...] = ()
    letters: tuple[LetterPaper, ...] = ()
    events: tuple[EventLine, ...] = ()
    deadlines: tuple[DeadlineLine, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    closing_note: ClosingNote = ClosingNote()


@dataclass(frozen=True)
class ContentsEntry:
    """One line of the 卷内文件目录."""

    position: int  # 顺序号
    title: str  # 题名
    page: int  # 页号 of its first page
    pages: int  # 页数
    document_number: str = ""  # 文号
    responsible: str = ""  # 责任者
    dated: date | None = None
    note: str = ""  # 备注


@dataclass(frozen=True)
class ReplacedCharacter:
    """A character no archive font has 无字形字符, printed as [U+1F600] and named in the 备考表."""

    code_point: int
    count: int
    place: str  # the document where it was seen first

    @property
    def shown_as(self) -> str:
        """The visible stand-in."""
        return f"[U+{self.code_point:04X}]"


@dataclass(frozen=True)
class RenderedVolume:
    """A sealed volume 已封存案卷: the bytes and what they hold."""

    content: bytes = field(repr=False)
    sha256: str
    pages: int  # 页数: numbered pages, without cover, contents and 备考表
    sheets: int  # all pages of the file
    contents: tuple[ContentsEntry, ...] = ()
    replacements: tuple[ReplacedCharacter, ...] = ()
    warnings: tuple[str, ...] = ()  # enclosures kept as original only, cut renditions

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.content)


# --- register and report 登记册、报告 ----------------------------------------------------------------


@dataclass(frozen=True)
class RegisterColumn:
    """A column of a register 登记册栏目; the width is relative."""

    label: str
    width: int = 10
    numeric: bool = False


@dataclass(frozen=True)
class Register:
    """A register 登记册: rows as data, printed on lying A4."""

    title: str
    organisation: str
    period: str
    columns: tuple[RegisterColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    made_by: str
    made_at: datetime
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure of a report 统计数字."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class BarChart:
    """A bar chart 柱形图, drawn as lines and boxes."""

    title: str
    bars: tuple[tuple[str, float], ...]
    unit: str = ""


@dataclass(frozen=True)
class ReportSection:
    """A titled part of a report 报告章节."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[PaperTable, ...] = ()
    charts: tuple[BarChart, ...] = ()


@dataclass(frozen=True)
class ReportPaper:
    """A half-year or annual report 报告, frozen with the numbers as known on the cut-off date."""

    title: str
    organisation: str
    period: str
    cut_off: date  # 数据截止日
    figures: tuple[Figure, ...]
    sections: tuple[ReportSection, ...]
    signed_by: str
    signed_on: date
    document_number: str = ""
    addressees: tuple[str, ...] = ()  # 报送
    copied_to: tuple[str, ...] = ()  # 抄报
    note: str = ""


# --- the year-end package 移交包 --------------------------------------------------------------------


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


def _repeated(numbers: Iterable[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    twice: set[str] = set()
    for number in numbers:
        (twice if number in seen else seen).add(number)
    return tuple(sorted(twice))
