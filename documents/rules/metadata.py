"""The metadata 元数据 of a sealed volume, as plain values: what describes it, its forms, 过程元数据."""

from __future__ import annotations

from dataclasses import dataclass

from documents.rules.papers import FilledForm
from documents.rules.volume import EventLine

# Our default choice and order of items. Their names follow DA/T 46; a policy may choose others of them.
ITEMS = (
    *("聚合层次", "立档单位名称", "全宗号", "档号", "参见号", "年度", "保管期限", "机构或问题", "类别号"),
    *("题名", "责任者", "起始日期", "终止日期", "密级", "件数", "页数"),
    *("格式信息", "计算机文件名", "计算机文件大小", "数字摘要算法", "数字摘要值", "原件数", "信息系统描述"),
)


@dataclass(frozen=True)
class CaseMetadata:
    """A case inside: its number, its forms as filled, and who did what and when 过程元数据."""

    number: str
    policy: str
    forms: tuple[FilledForm, ...] = ()
    events: tuple[EventLine, ...] = ()


@dataclass(frozen=True)
class VolumeMetadata:
    """Everything that is written down about a volume, beside its pages."""

    items: tuple[tuple[str, str], ...]
    cases: tuple[CaseMetadata, ...]


def chosen(facts: dict[str, str], names: tuple[str, ...] = ITEMS) -> tuple[tuple[str, str], ...]:
    """The items that are wanted and known, in the order in which they are wanted."""
    return tuple((name, facts[name]) for name in names if facts.get(name))
