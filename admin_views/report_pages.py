"""What the pages of a report show: what is due, the cases behind a number, charts in the page's colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from admin_views.archive_scope import Scope
from admin_views.phrases import named
from admin_views.standing import in_sight, note_listed, said, today
from documents.actions.reporting import Asked, duties_behind, id_of
from documents.complaint import Complaint
from documents.duty import Duty
from documents.policy import view_of
from documents.report import Report, Table
from documents.report_figures import cases_behind
from documents.rules.report_parts import part_name, parts, span
from documents.unit import names_of

PAGE, REPORTS_SHOWN = 50, 60
LISTED = (
    *(
        "id",
        "policy",
        "policy_version",
        "key",
        "unit",
        "year",
        "part",
        "state",
        "first",
        "cut_off",
        "frozen_at",
    ),
    *("frozen_by", "drafted_at", "drafted_by", "file_id", "sha256"),
)
COLUMNS = (
    *("number", "title", "case_type", "stage", "policy", "policy_version"),
    *("received_at", "closed_at", "units"),
)
ROW, BAR, LEFT, RIGHT, WIDTH = 30, 16, 168, 56, 640


@dataclass(frozen=True)
class WantedReport:
    """A report of the policy for this unit and year: due, drafted or frozen."""

    key: str
    definition: Mapping[str, Any]
    part: int
    part_name: Mapping[str, str]
    first: str
    cut_off: str
    report: Report | None
    duty: Duty | None


def drafts_of(here: Scope) -> list[WantedReport]:
    """The reports that the policy asks for; of a report for each month or quarter, those that have begun."""
    return [
        _wanted(here, one, part)
        for one in here.view.definition.get("reports", ())
        for part in _parts(here, one["period"])
    ]


def _parts(here: Scope, period: Mapping[str, Any]) -> list[int]:
    """The parts of the year to show, the newest first."""
    if parts(period) == 1:
        return [1]
    begun = [part for part in range(1, parts(period) + 1) if span(period, here.year, part)[0] <= today()]
    return begun[::-1]


def _wanted(here: Scope, definition: Mapping[str, Any], part: int) -> WantedReport:
    key = definition["key"]
    first, cut_off = span(definition["period"], here.year, part)
    asked = Asked(key, here.unit.id, here.year, part=part)
    known: Report | None = Report.objects(id=id_of(here.view, asked)).first()
    blank = Report(
        policy=here.view.key,
        policy_version=here.policy.version,
        key=key,
        unit=here.unit.id,
        year=here.year,
        part=part,
    )
    duties = duties_behind(known or blank)
    return WantedReport(
        key=key,
        definition=definition,
        part=part,
        part_name=part_name(definition["period"], part),
        first=known.first if known else first.isoformat(),
        cut_off=known.cut_off if known else cut_off.isoformat(),
        report=known,
        duty=duties[0] if duties else None,
    )


def reports_in_reach(unit: str) -> list[Report]:
    """Every report of the unit, the newest first."""
    return list(
        Report.objects(unit=unit).only(*LISTED).order_by("-year", "key", "-part").limit(REPORTS_SHOWN)
    )


@dataclass(frozen=True)
class Behind:
    """Some of the cases behind a number: those in the person's sight, and not how many others there are."""

    heading: str
    stated: str
    rows: Sequence[Mapping[str, Any]]
    units: Mapping[str, Any]
    next: str | None


def behind(report: Report, key: str, group: str | None, *, after: str) -> Behind:
    """The cases behind a figure, or behind one row of a table."""
    label, stated, counted, grouped = _asked(report, key, group)
    seen: dict[str, Any] = {"$and": [cases_behind(report, counted, grouped), in_sight()]}
    if ObjectId.is_valid(after):
        seen["$and"].append({"_id": {"$gt": ObjectId(after)}})
    rows = list(Complaint.collection().find(seen, COLUMNS).sort("_id", 1).limit(PAGE + 1))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    note_listed("report", (row["number"] for row in rows), report=report.id)
    return Behind(
        heading=label,
        stated=stated,
        rows=[_row(row) for row in rows],
        units=names_of(sorted({_unit(row) for row in rows})),
        next=str(rows[-1]["_id"]) if more else None,
    )


def _asked(report: Report, key: str, group: str | None) -> tuple[str, str, Any, tuple[str, str] | None]:
    if group is None:
        figure = report.figure(key)
        return said(figure.label), figure.value, figure.count, None
    table = report.table(key)
    row = next((row for row in table.rows if (row.group or "") == group), None)
    stated = row.cells[0] if row else "0"
    label = named(said(table.label), said(row.label) if row else group)
    return label, stated, table.count, (table.group, group)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    stage = view_of(row["policy"], row["policy_version"]).stage(row["case_type"], row["stage"])
    return {**row, "stage": stage, "unit": _unit(row)}


def _unit(row: Mapping[str, Any]) -> str:
    return str(row["units"].get("handling") or row["units"]["received"])


@dataclass(frozen=True)
class ChartBar:
    """One bar of a chart, in the page's own units."""

    name: str
    count: int
    group: str
    top: int
    length: float


@dataclass(frozen=True)
class Chart:
    """A bar chart 柱形图 as the page draws it: inline SVG, no script."""

    bars: Sequence[ChartBar]
    width: int = WIDTH
    left: int = LEFT
    bar: int = BAR

    @property
    def height(self) -> int:
        """How tall the drawing is."""
        return ROW * len(self.bars) + 8


def shown_chart(table: Table) -> Chart | None:
    """The chart of a table, where the policy asks for one."""
    if table.chart != "bar" or not table.rows:
        return None
    counts = [int(row.cells[0]) for row in table.rows]
    most = max([*counts, 1])
    return Chart(
        [
            ChartBar(
                name=said(row.label).rpartition(" / ")[2],
                count=count,
                group=row.group or "",
                top=6 + ROW * position,
                length=round((WIDTH - LEFT - RIGHT) * count / most, 1),
            )
            for position, (row, count) in enumerate(zip(table.rows, counts, strict=True))
        ]
    )
