"""Cases 投诉: the list and the page of one."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from documents.queries import all_rows, case_page
from portal import reading
from portal.case_filters import DUES, SORTS, STATUSES, Asked, choices, pills
from portal.case_page import CasePage
from portal.case_rows import my_sight, note_rows, shown_rows
from portal.clock import now, today
from portal.spreadsheet import workbook
from portal.standing import case_for_me, keys_in_sight, may_do
from portal.unit_choices import offered as offered_units
from portal.unit_choices import units_in_sight
from portal.views.files import disposition
from portal.views.intake import may_register

case_pages = Blueprint("cases", __name__)
PAGE = 50
MOST_EXPORTED = 20_000


@case_pages.get("/cases")
def list_cases() -> ResponseReturnValue:
    """The cases that I may see, narrowed as the address says."""
    asked = Asked.from_address(request.args)
    page = case_page(my_sight(), asked.filters(), now=now(), cursor=request.args.get("at"), size=PAGE)
    verb = reading.SEARCH if "words" in asked.values else reading.LIST
    note_rows(verb, page.rows, **asked.for_the_record())
    offered = choices(offered_units(units_in_sight(keys_in_sight()), [asked.values.get("unit", "")]))
    return render_template(
        "cases/list.html",
        asked=asked,
        page=page,
        rows=shown_rows(page.rows),
        offered=offered,
        pills=pills(asked, offered),
        statuses=STATUSES,
        dues=DUES,
        sorts=SORTS,
        may_export=may_do("export"),
        may_register=may_register(),
    )


@case_pages.get("/cases/<number>")
def case(number: str) -> ResponseReturnValue:
    """One case; opening it is noted."""
    found = case_for_me(number)
    reading.shown(reading.READ, found.number, way="page")
    return render_template("cases/case.html", page=CasePage(found))


@case_pages.get("/cases.xlsx")
def export() -> ResponseReturnValue:
    """The list as a spreadsheet; noted with its filters."""
    if not may_do("export"):
        abort(403)
    asked = Asked.from_address(request.args)
    rows = all_rows(my_sight("export"), asked.filters(), now=now(), most=MOST_EXPORTED)
    numbers = (row["number"] for row in rows)
    reading.listed(reading.EXPORT, numbers, rows=len(rows), **asked.for_the_record())
    answer = workbook(shown_rows(rows))
    answer.headers["Content-Disposition"] = disposition("attachment", f"投诉清单 {today()}.xlsx")
    return answer
