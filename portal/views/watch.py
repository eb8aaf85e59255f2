"""Supervision overview 督办: what is overdue, due soon or escalated in everything that I may see, by unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from documents.queries import Filters, case_page, raised_rows
from portal import reading
from portal.case_rows import ShownRow, my_sight, note_rows, shown_rows, unit_in_charge
from portal.clock import now

watch_pages = Blueprint("watch", __name__)
MOST = 200
RAISED = 20


@dataclass
class UnitLine:
    """One unit with its late and urgent cases."""

    unit: str
    name: str
    rows: list[ShownRow] = field(default_factory=list)

    def count(self, tone: str) -> int:
        """How many are late, or due soon."""
        return sum(row.tone == tone for row in self.rows)


@watch_pages.get("/watch")
def watch() -> ResponseReturnValue:
    """What needs somebody's eye, the worst unit first."""
    late = case_page(my_sight(), Filters(due="overdue", sort="due"), now=now(), size=MOST)
    soon = case_page(my_sight(), Filters(due="week", sort="due"), now=now(), size=MOST)
    rows = shown_rows([*late.rows, *soon.rows])
    raised = [row for row in shown_rows(raised_rows(my_sight(), most=RAISED)) if row.level]
    note_rows(reading.LIST, (one.row for one in [*rows, *raised]), way="watch")
    levels = sorted(Counter(row.row.get("escalation") or 0 for row in rows).items())
    return render_template(
        "watch.html", lines=by_unit(rows), late=late, soon=soon, levels=levels, raised=raised
    )


def by_unit(rows: list[ShownRow]) -> list[UnitLine]:
    """The rows under their units, the unit with the most overdue first."""
    lines: dict[str, UnitLine] = {}
    for row in rows:
        unit = unit_in_charge(row.row)
        lines.setdefault(unit, UnitLine(unit, row.unit)).rows.append(row)
    return sorted(lines.values(), key=lambda line: (-line.count("late"), -len(line.rows), line.unit))
