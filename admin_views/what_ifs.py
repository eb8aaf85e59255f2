"""What-ifs 变更预演: every deadline that a change would move, and the choice for which cases it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, keep_form
from admin_views.history import names
from admin_views.sheets import sheet
from admin_views.standing import me, note_listed, now, numbers_in_sight, said, today, zone
from documents.actions import calendars
from documents.actions.calendars import Scope
from documents.calendar_change import ALL, CalendarChange
from documents.complaint import hidden_numbers
from documents.rules.calendar_edits import changed_days
from documents.rules.durations import day_start, written_day
from documents.rules.explanations import moment_zh
from documents.rules.whole_numbers import whole
from documents.what_if import OVERDUE, RELIEVED, Asked, WhatIf, every_row, moved_among, page_of, tally
from documents.work_calendar import WorkCalendarRecord
from jobs import queues

MOVED_AT_ONCE = 200  # more cases are moved by a job
MOST_DAYS = 100


class WhatIfsView(Page):
    """A change before it is made, and how far it is afterwards."""

    group = "organisation"
    icon = "clock"

    def is_visible(self) -> bool:
        """Reached from what is changed, not from the side menu."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A what-if begins at a calendar."""
        return redirect(self.get_url("calendars.index"))

    @expose("/<what_if>")
    def show(self, what_if: str) -> ResponseReturnValue:
        """What would move, page by page."""
        found = self._found(what_if)
        if found.is_lost(now()):
            queues.count_what_if(what_if, now=now())
        if found.kind == "policy":
            return self.render("admin/calendars/draft_shifts.html", **listed(found))
        return self.render("admin/calendars/what_if.html", **shown(found))

    @expose("/<what_if>/progress")
    def progress(self, what_if: str) -> ResponseReturnValue:
        """How far the counting is."""
        return render_template("admin/calendars/what_if_progress.html", what_if=self._found(what_if))

    @expose("/<what_if>/list.xlsx")
    def workbook(self, what_if: str) -> ResponseReturnValue:
        """The whole list as a spreadsheet."""
        found = self._found(what_if)
        rows = list(every_row(found, asked_of(found)))
        numbers = {row["number"] for row in rows}
        note_listed("what_if", sorted(numbers), "export", what_if=what_if)
        told = lines(rows, numbers_in_sight(numbers))
        return sheet(_("期限变动"), head(), told, f"{found.subject}-what-if.xlsx")

    @expose("/<what_if>/do", methods=("POST",))
    def do(self, what_if: str) -> ResponseReturnValue:
        """Make the change: for new cases at once, for open ones now or by a job."""
        found = self._found(what_if)
        if found.kind != "calendar":
            abort(404)
        keep_form(self, "admin/calendars/what_if.html", **shown(found))
        scope = Scope(request.form.get("scope", ALL), written_day(request.form.get("since")))
        change = calendars.change_calendar(what_if, scope, actor=me(), now=now())
        if found.cases + found.reminders + found.duties > MOVED_AT_ONCE:
            queues.change_calendar(str(change.id), now=now())
            return redirect(self.get_url(".change", change=str(change.id)))
        while calendars.advance(str(change.id), now=now()):
            pass
        done = CalendarChange.get(str(change.id))
        flash(_("日历已保存，%(count)s 件在办投诉的期限随之重算。", count=done.cases), "good")
        return redirect(self.get_url("calendars.year", key=found.subject, year=found.year or today().year))

    @expose("/changes/<change>")
    def change(self, change: str) -> ResponseReturnValue:
        """How far a change is."""
        return self.render("admin/calendars/change.html", **changing(change))

    @expose("/changes/<change>/progress")
    def change_progress(self, change: str) -> ResponseReturnValue:
        """The part of the page that changes while deadlines move."""
        return render_template("admin/calendars/change_progress.html", **changing(change))

    def _found(self, what_if: str) -> WhatIf:
        return WhatIf.get(what_if)


def listed(what_if: WhatIf) -> dict[str, Any]:
    """The list of a forecast, page by page."""
    asked = asked_of(what_if)
    page = page_of(what_if, request.args.get("page", 1, type=whole), asked)
    numbers = {row.number for row in page.rows}
    note_listed("what_if", sorted(numbers), what_if=str(what_if.id))
    return {
        "what_if": what_if,
        "tally": tally(what_if, asked.kept),
        "page": page,
        "seen": numbers_in_sight(numbers),
        "since": request.args.get("since", "") if asked.since else "",
    }


def shown(what_if: WhatIf) -> dict[str, Any]:
    """Everything that the page of a calendar's forecast shows."""
    record = WorkCalendarRecord.get(what_if.subject)
    days = list(changed_days(record.definition, what_if.definition))
    return {
        "what_if": what_if,
        "record": record,
        "stale": record.version != what_if.base,
        "days": days[:MOST_DAYS],
        "day_count": len(days),
        "week_changed": record.definition.get("week") != what_if.definition.get("week"),
        "week": [_("、").join(day) for day in what_if.definition.get("week", ())],
        **listed(what_if),
        "year": what_if.year or today().year,
    }


def changing(change: str) -> dict[str, Any]:
    """A change that is being made, or was."""
    found = CalendarChange.get(change)
    record = WorkCalendarRecord.get(found.calendar)
    return {"change": found, "record": record, "who": names([found.by]).get(found.by, found.by)}


def asked_of(what_if: WhatIf) -> Asked:
    """The part of the list that is asked for: a case that is kept from the person is not in it.

    With its days it would tell when the case came in, and under which limit.
    """
    return Asked(asked_since(what_if), moved_among(what_if, hidden_numbers(me().id)))


def asked_since(what_if: WhatIf) -> datetime | None:
    """From which moment on the list is asked for."""
    day = written_day(request.args.get("since"))
    if day is None or what_if.kind == "policy":
        return day_start(day, zone()) if day else None
    return day_start(day, WorkCalendarRecord.get(what_if.subject).calendar().tz)


def head() -> tuple[str, ...]:
    """The columns of the spreadsheet."""
    return (_("编号"), _("事由"), _("收到"), _("时限"), _("原期限"), _("新期限"), _("变动后"))


def lines(rows: Iterable[Mapping[str, Any]], seen: Set[str]) -> Iterator[tuple[str, ...]]:
    """The rows of the spreadsheet; `seen` are the cases whose subject the person may read."""
    words = {OVERDUE: _("因此逾期"), RELIEVED: _("不再逾期"), "": ""}
    for row in rows:
        moments = (moment_zh(row[name].astimezone(zone())) for name in ("received_at", "old", "new"))
        received, old, new = moments
        title = row["title"] if row["number"] in seen else ""
        yield row["number"], title, received, said(row["limit"]), old, new, words[row["becomes"]]
