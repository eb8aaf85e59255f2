"""Supervision by unit 督办: how much each unit has open, overdue and escalated, and the worst cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.base import Page
from admin_views.history import names
from admin_views.standing import may_do, me, my_keys, note_listed, now, said
from documents.complaint import Complaint
from documents.policy import view_of
from documents.rules import time_words
from documents.rules.deadlines import time_left
from documents.sight import Sight
from documents.unit import Unit
from documents.work_calendar import calendar_of

WORST_SHOWN = 40
# Whose case it is: the unit that handles it, else the one that takes it in, else the one that received it.
IN_CHARGE = {"$ifNull": ["$units.handling", {"$ifNull": ["$units.intake", "$units.received"]}]}
COUNTS = ("open", "overdue", "today", "week", "escalated", "top")


@dataclass
class UnitLoad:
    """What one unit has on its hands 单位在办情况."""

    unit: str
    name: str
    counts: Mapping[str, int] = field(default_factory=dict)


class SupervisionView(Page):
    """Every unit that the person reaches."""

    group = "watch"
    icon = "alert"
    menu_entry = "watch"

    def is_accessible(self) -> bool:
        """Whoever reports or answers for duties, and who heads a unit, whatever the role is called."""
        if not current_user.is_authenticated:
            return False
        return may_do("reports", "duties") or Unit.objects(head=me().id).only("id").first() is not None

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The table of units, and the most escalated cases."""
        loads = unit_loads()
        totals = {name: sum(load.counts.get(name, 0) for load in loads) for name in COUNTS}
        worst = worst_cases()
        note_listed("supervision", (one.number for one in worst))
        return self.render("admin/supervision.html", loads=loads, totals=totals, worst=worst)


def unit_loads() -> list[UnitLoad]:
    """The units with open cases in the person's sight, the most overdue first."""
    sight = Sight(my_keys(), me().id)
    rows = list(
        Complaint.collection().aggregate([{"$match": {**sight.condition(), "status": "open"}}, _grouped()])
    )
    units = Unit.many(row["_id"] for row in rows)
    loads = [UnitLoad(row["_id"], said(units[row["_id"]].name), row) for row in rows if row["_id"] in units]
    return sorted(
        loads, key=lambda load: tuple(-load.counts[name] for name in ("overdue", "top", "week", "open"))
    )


def _grouped() -> dict[str, Any]:
    moment = now()
    late = {"$lt": ["$next_due", moment]}
    ahead = {"$gte": ["$next_due", moment]}
    wanted: dict[str, Any] = {
        "open": True,
        "overdue": {"$and": [{"$ne": ["$next_due", None]}, late]},
        "today": {"$and": [ahead, {"$lt": ["$next_due", moment + timedelta(hours=24)]}]},
        "week": {"$and": [ahead, {"$lt": ["$next_due", moment + timedelta(days=7)]}]},
        "escalated": {"$gte": ["$escalation", 1]},
        "top": {"$gte": ["$escalation", 2]},
    }
    sums = {name: {"$sum": {"$cond": [condition, 1, 0]}} for name, condition in wanted.items()}
    return {"$group": {"_id": IN_CHARGE, **sums}}


@dataclass(frozen=True)
class WorstCase:
    """An escalated or overdue case in words 升级投诉."""

    number: str
    title: str
    unit: str
    handler: str
    level: int
    stage: Mapping[str, Any]
    left: str
    late: bool


def worst_cases() -> list[WorstCase]:
    """What has climbed highest, the longest overdue first."""
    sight = Sight(my_keys(), me().id)
    columns = (
        "number",
        "title",
        "units",
        "handler",
        "escalation",
        "stage",
        "next_due",
        "next_calendar",
        "policy",
        "policy_version",
        "case_type",
    )
    found = Complaint.collection().find(
        {**sight.condition(), "status": "open", "escalation": {"$gte": 1}}, columns
    )
    rows = list(found.sort([("escalation", -1), ("next_due", 1)]).limit(WORST_SHOWN))
    units = Unit.many(code for row in rows for code in row["units"].values())
    people = names(row.get("handler") for row in rows)
    return [_worst(row, units, people) for row in rows]


def _worst(row: Mapping[str, Any], units: Mapping[str, Unit], people: Mapping[str, str]) -> WorstCase:
    view = view_of(row["policy"], row["policy_version"])
    slots = row["units"]
    code = slots.get("handling") or slots.get("intake") or slots["received"]
    due = row.get("next_due")
    calendar = calendar_of(view, row.get("next_calendar"))
    left = time_left(now(), due, calendar) if due else None
    line = time_words.words(left, calendar, now()) if left else None
    return WorstCase(
        number=row["number"],
        title=row["title"],
        unit=said(units[code].name) if code in units else code,
        handler=people.get(row.get("handler") or "", ""),
        level=row["escalation"],
        stage=view.stage(row["case_type"], row["stage"]),
        left=said({"zh": line.zh, "en": line.en}) if line else "",
        late=left.overdue if left else False,
    )
