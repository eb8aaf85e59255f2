"""What goes into the archive (案卷), as plain values.

The people who know the case build these values; the folder ``pdf`` turns them into sealed files.
Every text arrives as it shall be printed: options already named, policy labels already in Chinese.
Moments (``datetime``) are aware; paper prints them in Beijing time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from documents.rules.papers import FilledForm, LetterPaper
from documents.rules.rendition import Rendition
from documents.rules.signatures import SignatureFacts


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
    rendition: Rendition | None = field(default=None, repr=False)  # pages that were made beforehand


@dataclass(frozen=True)
class ClosingNote:
    """卷内备考表: the state of the volume, who filed it, who checked it."""

    situation: str = ""  # 本卷情况说明; replaced characters and page counts are added when rendered
    filed_by: str = ""  # 立卷人
    filed_on: date | None = None
    checked_by: str = ""  # 检查人
    checked_on: date | None = None


# The six cells of the stamp 归档章, read line by line; an archive room may use words of its own.
STAMP_CELLS = {
    "fonds": "全宗号",
    "year": "年度",
    "item": "件号",
    "unit": "机构（问题）",
    "retention": "保管期限",
    "pages": "页数",
}
STAMP = tuple(STAMP_CELLS.values())


@dataclass(frozen=True)
class VolumeContent:
    """Everything that goes into one volume 案卷, or of one case in a volume of several.

    A volume of several cases has `parts`, one a case, and no papers of its own.
    """

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
    parts: tuple[VolumeContent, ...] = ()
    item_number: str = ""  # 件号 in the stamp; a part without one is counted: 0001, 0002 …
    stamp: tuple[str, ...] = STAMP
    events_head: str = ""  # 事件链末条: the hash of the last event
    flavour: str = "2u"  # the PDF/A level; 3u carries the originals inside


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
    case: str = ""  # number of the case the document belongs to, in a volume of several cases


@dataclass(frozen=True)
class Spine:
    """The label on the back of a volume 脊背; `width` of the box in millimetres, 0 for what pages need."""

    volume_number: str
    fonds_number: str
    year: int
    retention: str
    unit: str
    title: str
    pages: int = 0
    cases: int = 1
    width: int = 0


@dataclass(frozen=True)
class SpineSheet:
    """Spines of many volumes on paper to be cut 脊背标签页."""

    title: str
    organisation: str
    made_at: datetime
    spines: tuple[Spine, ...]


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
    signature: SignatureFacts | None = None  # set by the job; the child that renders never signs

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.content)
