"""The numbers of a year held against its frozen annual report 数量核对: equal, or explained line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from documents.complaint import Complaint
from documents.holdings import year_bounds
from documents.report import Figure, Report
from documents.report_figures import cases_behind
from documents.report_paper import title
from documents.rules.package import Difference, ReportTotals
from documents.rules.policy import PolicyView

Row = Mapping[str, Any]
NEARLY_A_YEAR = timedelta(days=300)
READ = ("number", "registered_at", "received_at", "case_type", "scope")
CARRIED = "以前年度编号，本年度归档"


def totals(
    view: PolicyView, asked: tuple[str, int], own: Mapping[str, Row], carried: int
) -> list[ReportTotals]:
    """Each frozen annual report of a unit and year against the numbers given out; `own` are these."""
    found = Report.objects(policy=view.key, unit=asked[0], year=asked[1], state="frozen").order_by("id")
    annual = [one for one in found if one.after_at - one.first_at >= NEARLY_A_YEAR]
    return [one for report in annual for one in _totals(view, report, own, carried)]


def _totals(view: PolicyView, report: Report, own: Mapping[str, Row], carried: int) -> Iterator[ReportTotals]:
    """One report; its first figure that counts cases is the one that counts them all."""
    figure = next((one for one in report.figures if one.count), None)
    if figure is not None:
        differences = list(_differences(view, report, figure, own))
        if carried:
            differences.append(Difference(CARRIED, -carried))
        yield ReportTotals(
            title=title(report),
            figure=figure.label["zh"],
            reported=int(figure.value),
            issued=len(own) + carried,
            differences=tuple(differences),
        )


def _differences(
    view: PolicyView, report: Report, figure: Figure, own: Mapping[str, Row]
) -> Iterator[Difference]:
    counted = {
        row["number"]: row
        for row in Complaint.collection().find(cases_behind(report, figure.count), list(READ))
    }
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for number, row in own.items():
        if number not in counted:
            found[-1, _why_not_counted(view, report, figure, row)].append(number)
    first, after = year_bounds(view, report.year)
    for number, row in counted.items():
        if number not in own and (reason := _why_not_issued(row, first, after, report)):
            found[1, reason].append(number)
    for (sign, reason), numbers in found.items():
        yield Difference(reason, sign * len(numbers), tuple(sorted(numbers)))


def _why_not_counted(view: PolicyView, report: Report, figure: Figure, row: Row) -> str:
    """Why a number of the year is no case of the report."""
    kinds = figure.count.get("case_type")
    if kinds and row["case_type"] not in kinds:
        return f"{view.case_type(row['case_type'])['label']['zh']}不计入该指标"
    return next(_outside(report, row), "不符合该指标的统计条件")


def _outside(report: Report, row: Row) -> Iterator[str]:
    if row["registered_at"] >= report.known_at:
        yield "报告统计之后登记"
    if row["received_at"] >= report.after_at:
        yield f"统计截止日（{report.cut_off}）之后收到"
    if row["received_at"] < report.first_at:
        yield "统计期开始之前收到"
    if f"t:{report.unit}" not in row["scope"]:
        yield "不在报告单位范围内"


def _why_not_issued(row: Row, first: Any, after: Any, report: Report) -> str:
    """Why a case of the report has no number of this unit and year; empty when nothing explains it."""
    if not first <= row["registered_at"] < after:
        return "登记于其他年度"
    return "档案归属其他立档单位" if f"t:{report.unit}" in row["scope"] else ""
