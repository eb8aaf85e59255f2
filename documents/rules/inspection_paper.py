"""The report of an inspection 四性检测报告 as it goes on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InspectedItem:
    """One line 检测项: what, how, with what result and evidence; the result's key draws its mark."""

    name: str
    method: str
    result: str
    words: str
    evidence: str


@dataclass(frozen=True)
class InspectedNature:
    """The items of one nature 性."""

    name: str
    items: tuple[InspectedItem, ...]


@dataclass(frozen=True)
class InspectionPaper:
    """A report of an inspection, whole."""

    title: str
    organisation: str
    kind: str  # 案卷 or 移交包
    number: str
    subject: str
    stage: str
    at: datetime
    by: str
    digest: str
    conclusion: str
    ok: bool
    counts: tuple[tuple[str, int], ...]
    natures: tuple[InspectedNature, ...]
    note: str
