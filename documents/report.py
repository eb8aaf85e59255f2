"""Reports 报告: drafted from the cases, edited, frozen – and then the same for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from mongoengine import (
    DateTimeField,
    DictField,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    StringField,
)

from documents.database import Stored
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.figures import Span
from documents.rules.reading import Reading


class Figure(EmbeddedDocument):
    """A figure 统计数字 with what it counts, so that a number leads to its cases."""

    key = StringField(required=True)
    label = DictField(required=True)
    value = StringField(required=True)
    share = StringField()
    count = DictField()
    basis = StringField()
    source = StringField()
    lacking = ListField(IntField())  # versions without what it counts by


class TableRow(EmbeddedDocument):
    """A row of a table; `group` is the value whose cases it counts."""

    label = DictField(required=True)
    group = StringField()
    cells = ListField(StringField())
    number = StringField()  # of a listed case


class Table(EmbeddedDocument):
    """A table 统计表 of a report."""

    key = StringField(required=True)
    label = DictField(required=True)
    columns = ListField(DictField())
    rows = EmbeddedDocumentListField(TableRow)
    count = DictField()
    group = StringField()
    chart = StringField()
    cut = IntField(default=0)  # how many rows did not fit
    lacking = ListField(IntField())  # versions without the field it is grouped or counted by


class Section(EmbeddedDocument):
    """A section 章节 of text; the draft is kept beside what people made of it."""

    key = StringField(required=True)
    label = DictField(required=True)
    draft = StringField()
    text = StringField()
    tables = ListField(StringField())
    cases = ListField(StringField())  # that its draft quotes
    edited_by = StringField()
    edited_at = DateTimeField()


class MergedUnit(EmbeddedDocument):
    """A unit whose cases the report counts with its successor 并计单位, as it was when this was counted."""

    unit = StringField(required=True)
    successor = StringField(required=True)
    name = DictField(required=True)
    successor_name = DictField(required=True)
    on = StringField(required=True)


class Report(Stored):
    """One half-year or annual report 报告 of one unit. Frozen 定稿 it never changes again."""

    id = StringField(primary_key=True)
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    key = StringField(required=True)
    year = IntField(required=True)
    part = IntField(default=1)  # of the year: the month, quarter or half-year
    unit = StringField(required=True)
    state = StringField(default="draft", choices=("draft", "frozen"))
    revision = IntField(default=1)
    first = StringField(required=True)
    cut_off = StringField(required=True)
    first_at = DateTimeField(required=True)
    after_at = DateTimeField(required=True)
    known_at = DateTimeField(required=True)
    merged = EmbeddedDocumentListField(MergedUnit)
    figures = EmbeddedDocumentListField(Figure)
    tables = EmbeddedDocumentListField(Table)
    sections = EmbeddedDocumentListField(Section)
    listed = ListField(StringField(), default=None)  # the cases in its tables; not known of earlier ones
    drafted_by = StringField(required=True)
    drafted_at = DateTimeField(required=True)
    frozen_by = StringField()
    frozen_at = DateTimeField()
    file_id = StringField()
    sha256 = StringField()
    size = IntField()
    attempts = IntField(default=0)
    problem = StringField()

    meta = {
        "collection": "reports",
        "encrypted": {"tables.rows.cells": (), "sections.draft": (), "sections.text": (), "problem": ()},
        "indexes": [("unit", "-year"), ("state", "file_id")],
    }

    @classmethod
    def get(cls, report: str) -> Report:
        """The report; raises RuleBroken("unknown_report")."""
        found: Report | None = cls.objects(id=report).first()
        if found is None:
            raise RuleBroken("unknown_report", report=report)
        return found

    @property
    def span(self) -> Span:
        """What the report looks at."""
        reading = Reading.of(view_of(self.policy, self.policy_version).definition)
        folded = {one.unit: one.successor for one in self.merged}
        days = self.first_at, self.after_at, self.known_at
        return Span(self.unit, *days, reading, self.policy, folded, self.drafted_by or "")

    @property
    def rows(self) -> Iterator[TableRow]:
        """The lines of its tables that are cases."""
        return (row for table in self.tables for row in table.rows if row.number)

    def figure(self, key: str) -> Figure:
        """One figure; raises RuleBroken("unknown_figure")."""
        found: Figure = _find(self.figures, key)
        return found

    def table(self, key: str) -> Table:
        """One table; raises RuleBroken("unknown_figure")."""
        found: Table = _find(self.tables, key)
        return found

    def is_early(self, zone: ZoneInfo) -> bool:
        """Whether the numbers were taken before the cut-off day was over."""
        return bool(self.known_at.astimezone(zone).date().isoformat() <= self.cut_off)


def _find(elements: Any, key: str) -> Any:
    for element in elements:
        if element.key == key:
            return element
    raise RuleBroken("unknown_figure", figure=key)


def lacking_words(versions: Sequence[int]) -> dict[str, str]:
    """Which versions lack a column 缺栏说明; empty when all have it."""
    if not versions:
        return {}
    numbers = [str(version) for version in versions]
    return {
        "zh": f"第{'、'.join(numbers)}版没有此项，其案件未计入",
        "en": f"not asked in version {', '.join(numbers)}: its cases are not in it",
    }


def merged_words(merged: Sequence[MergedUnit]) -> dict[str, str]:
    """Which units' cases count with their successor 并计说明; empty when none do."""
    if not merged:
        return {}
    zh = "；".join(f"{one.name['zh']}（{one.on}并入{one.successor_name['zh']}）" for one in merged)
    en = "; ".join(f"{one.name['en']} (into {one.successor_name['en']} on {one.on})" for one in merged)
    return {
        "zh": f"单位合并：{zh}。其合并之前的投诉计入承接单位。",
        "en": f"Merged units: {en}. Their earlier cases count with the successor.",
    }


COUNTED_WORDS = {
    "zh": "保密案件只计入指标，不分项统计、不逐件列出；清单和引文也不含起草人须回避的案件。",
    "en": "Confidential cases count in the figures, and are in no table, list or quote; lists and quotes "
    "leave out cases from which the drafter is recused, too.",
}
EARLY_WORDS = {
    "zh": "统计期间结束之前，保密案件和起草人须回避的案件不计入。",
    "en": "Before the period is over, confidential cases and those from which the drafter is recused "
    "are not counted.",
}


def counted_words(report: Report) -> list[dict[str, str]]:
    """What the numbers leave out 口径; nothing where nobody wrote down what an earlier report lists."""
    if report.listed is None:
        return []
    return [COUNTED_WORDS, EARLY_WORDS] if report.span.is_early else [COUNTED_WORDS]


def report_id(policy: str, key: str, period: str, unit: str) -> str:
    """One report a period and unit; the period is a year, or a part of it such as 2026-03."""
    return f"{policy}:{key}:{period}:{unit}"


def waiting_reports(most: int) -> list[str]:
    """Frozen reports whose PDF is not made yet."""
    found = Report.objects(state="frozen", file_id=None, problem=None).only("id").limit(most)
    return [report.id for report in found]
