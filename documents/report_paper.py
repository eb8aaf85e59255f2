"""A report 报告 as paper: the stored numbers and words, never counted again."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from documents.dossier_words import Names
from documents.policy import view_of
from documents.report import Figure as StoredFigure
from documents.report import Report, Section, Table, counted_words, lacking_words, merged_words
from documents.rules.papers import BarChart, Figure, PaperTable, ReportPaper, ReportSection
from documents.rules.report_parts import part_name

OURS = "本系统默认指标"
LISTED = (39, 31, 20, 20, 26)


def report_paper(report: Report) -> ReportPaper:
    """The report from what is stored; the same report gives the same bytes."""
    view, names = view_of(report.policy, report.policy_version), Names()
    definition = view.report(report.key)
    signed_at = (report.frozen_at or report.drafted_at).astimezone(ZoneInfo(view.zone))
    organisation = names.unit(report.unit)
    return ReportPaper(
        title=title(report),
        organisation=organisation,
        period=f"{_long(report.first)}至{_long(report.cut_off)}",
        cut_off=date.fromisoformat(report.cut_off),
        figures=tuple(_figure(figure) for figure in report.figures),
        sections=tuple(_section(section, report) for section in report.sections),
        signed_by=organisation,
        signed_on=signed_at.date(),
        addressees=(definition["to"]["zh"],) if "to" in definition else (),
        copied_to=(definition["copies"]["zh"],) if "copies" in definition else (),
        note=_note(report, names),
    )


def title(report: Report) -> str:
    """2026年上半年投诉管理运行报告, or 2026年3月客户服务质量报告 where each part of the year has its own."""
    definition = view_of(report.policy, report.policy_version).report(report.key)
    part = part_name(definition["period"], report.part)["zh"]
    return f"{report.year}年{part}{definition['label']['zh']}"


def charts(table: Table) -> tuple[BarChart, ...]:
    """The chart of a table, where the policy asks for one."""
    if table.chart != "bar" or not table.rows:
        return ()
    bars = tuple((row.label["zh"].rpartition(" / ")[2], float(row.cells[0])) for row in table.rows)
    return (BarChart(f"{table.label['zh']}分布", bars, "件"),)


def _long(day: str) -> str:
    one = date.fromisoformat(day)
    return f"{one.year}年{one.month}月{one.day}日"


def _figure(figure: StoredFigure) -> Figure:
    share = figure.share or ""
    if share.endswith("%"):
        share = f"占 {share}"
    notes = [
        share,
        lacking_words(figure.lacking).get("zh", ""),
        figure.source or "",
        OURS if figure.basis == "ours" and not figure.source else "",
    ]
    return Figure(figure.label["zh"], figure.value, "；".join(note for note in notes if note))


def _section(section: Section, report: Report) -> ReportSection:
    tables = [report.table(key) for key in section.tables]
    return ReportSection(
        title=section.label["zh"],
        paragraphs=tuple((section.text or "").splitlines()),
        tables=tuple(_table(table) for table in tables if table.rows),
        charts=tuple(chart for table in tables for chart in charts(table)),
    )


def _table(table: Table) -> PaperTable:
    columns = tuple(column["zh"] for column in table.columns)
    listing = any(row.number for row in table.rows)
    lacking = lacking_words(table.lacking)
    narrow = 12 if len(columns) > 4 else 14
    return PaperTable(
        columns=columns,
        rows=tuple((row.label["zh"], *row.cells) for row in table.rows),
        title=f"{table.label['zh']}（{lacking['zh']}）" if lacking else table.label["zh"],
        widths=LISTED if listing else (24 if narrow < 14 else 40, *(narrow for _ in columns[1:])),
        numeric=() if listing else tuple(range(1, len(columns))),
    )


def _note(report: Report, names: Names) -> str:
    said = f"数据口径：截至{_long(report.cut_off)}已登记并已知的情况，此后的变化不计入本报告。"
    said += merged_words(report.merged).get("zh", "")
    said += "".join(words["zh"] for words in counted_words(report))
    if report.frozen_by:
        said += f"定稿：{names.person(report.frozen_by)}。"
    return said
