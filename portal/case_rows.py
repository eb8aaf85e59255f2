"""Rows of case lists 投诉行: names and words for a whole page at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

from documents.person import Person
from documents.policy import view_of
from documents.rules.access import READ
from documents.rules.calendars import WorkCalendar
from documents.rules.policy import PolicyView
from documents.sight import Sight
from documents.unit import Unit
from documents.work_calendar import calendar_of
from portal import reading
from portal.case_level import Level, level_of
from portal.columns import column_list
from portal.language import said
from portal.signing_in import me
from portal.standing import my_keys, my_reach, versions_with_cases
from portal.words import Left, left

Definition = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class ShownRow:
    """A case as a list shows it."""

    row: Row
    stage: Definition
    case_type: str
    category: str
    unit: str
    handler: str
    left: Left | None
    step: str = ""
    level: Level | None = None

    @property
    def number(self) -> str:
        """The case's number."""
        return str(self.row["number"])

    @property
    def title(self) -> str:
        """The case's subject."""
        return str(self.row["title"])

    @property
    def received_at(self) -> datetime:
        """When it came in."""
        moment: datetime = self.row["received_at"]
        return moment

    @property
    def confidential(self) -> bool:
        """Whether only some people know of it 保密."""
        return bool(self.row.get("known_to"))

    @property
    def tone(self) -> str:
        """late, soon or nothing, for the mark at the edge of the row."""
        return self.left.tone if self.left and self.left.tone != "calm" else ""


def my_sight(operation: str = READ) -> Sight:
    """The lists through the eyes of the person behind the request."""
    return Sight(my_keys(), me().id, my_reach(), versions_with_cases, operation)


def note_rows(verb: str, rows: Iterable[Row], **facts: Any) -> None:
    """The answer shows these cases 列表查阅, and for whom 代办 where it is not one's own to see them."""
    found = list(rows)
    reading.seen_instead(my_sight().seen_for(found))
    reading.listed(verb, (row["number"] for row in found), **facts)


def shown_rows(rows: Sequence[Row], steps: Mapping[str, Definition] | None = None) -> list[ShownRow]:
    """The rows with their names; `steps` gives the step that waits for the person, by case number."""
    units = {unit.id: unit.name for unit in Unit.objects(id__in=sorted(_units(rows))).only("id", "name")}
    people = {one.id: one.name for one in Person.objects(id__in=_handlers(rows)).only("id", "name")}
    g.setdefault("person_names", {}).update(people)
    return [_shown(row, units, people, (steps or {}).get(row["number"])) for row in rows]


def unit_in_charge(row: Row) -> str:
    """The unit that has the case now: the one that handles it, or the one that received it."""
    return str(row["units"].get("handling") or row["units"].get("received", ""))


def _calendar(view: PolicyView, row: Row) -> WorkCalendar:
    """The calendar in which the row's clock is counted, read once a page."""
    known: dict[tuple[str, str | None], WorkCalendar] = g.setdefault("calendars", {})
    key = view.key, row.get("next_calendar")
    if key not in known:
        known[key] = calendar_of(view, row.get("next_calendar"))
    return known[key]


def _units(rows: Sequence[Row]) -> set[str]:
    return {unit_in_charge(row) for row in rows}


def _handlers(rows: Sequence[Row]) -> list[str]:
    return sorted({row["handler"] for row in rows if row.get("handler")})


def _shown(
    row: Row, units: Mapping[str, Any], people: Mapping[str, str], step: Definition | None
) -> ShownRow:
    view = view_of(row["policy"], row["policy_version"])
    due = row.get("next_due") if row["status"] == "open" else None
    unit = unit_in_charge(row)
    return ShownRow(
        row=row,
        stage=view.stage(row["case_type"], row["stage"]),
        case_type=said(view.case_type(row["case_type"])["label"]),
        category=_category(view, row),
        unit=said(units.get(unit, unit)),
        handler=people.get(row.get("handler") or "", ""),
        left=left(due, _calendar(view, row), unsure=bool(row.get("next_uncertain"))) if due else None,
        step=said(step["label"]) if step else "",
        level=level_of(view, row),
    )


def _category(view: PolicyView, row: Row) -> str:
    listed = column_list(view, row["case_type"], "category") if row.get("category") else None
    return said(view.option_label(listed, row["category"])) if listed else ""
