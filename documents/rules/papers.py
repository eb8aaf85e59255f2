"""What goes on paper (文书) – forms, letters, registers, reports – as plain values.

The people who know the case build these values; the folder ``pdf`` turns them into sealed files.
Every text arrives as it shall be printed: options already named, policy labels already in Chinese.
Moments (``datetime``) are aware; paper prints them in Beijing time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
