"""Look-ups 查询 while typing: similar earlier cases, and case numbers."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from documents.queries import Filters, case_page
from documents.similar import similar_cases
from portal.case_rows import my_sight, shown_rows
from portal.clock import now
from portal.forms.options import units_around
from portal.standing import case_for_me, my_keys
from portal.unit_choices import label, matching, units_in_sight

lookups = Blueprint("lookups", __name__)
LONGEST = 400


@lookups.get("/lookups/similar")
def similar() -> ResponseReturnValue:
    """Earlier cases of the same complainant or about the same matter, as a fragment."""
    given = {name.removeprefix("q_"): value.strip()[:LONGEST] for name, value in request.args.items()}
    people = [(name, given.get(name, "")) for name in ("complainant_phone", "complainant_id_number")]
    if given.get("complainant_name", "") not in ("", "匿名"):
        people.append(("complainant_name", given["complainant_name"]))
    title = " ".join(part for part in (given.get("title", ""), given.get("facts", "")[:80]) if part)
    found = similar_cases(my_sight(), title=title, people=people)
    rows = shown_rows([one.row for one in found])
    return render_template("intake/similar.html", found=list(zip(rows, found, strict=True)))


@lookups.get("/lookups/units")
def units() -> ResponseReturnValue:
    """Units by name: around a case for a form, in sight for the list."""
    text, kinds = request.args.get("text", "").strip()[:40], request.args.getlist("kind")
    number = request.args.get("case")
    if number or kinds:
        condition = units_around(case_for_me(number) if number else None, kinds)
    else:
        condition = dict(units_in_sight(my_keys()))
    return [{"key": row["_id"], "label": label(row), "note": row["_id"]} for row in matching(condition, text)]


@lookups.get("/lookups/cases")
def cases() -> ResponseReturnValue:
    """Numbers and subjects of cases that begin like this."""
    begins = request.args.get("begins", "").strip()[:40]
    if len(begins) < 2:
        return []
    page = case_page(my_sight(), Filters(words=begins), now=now(), size=12)
    return [{"number": row["number"], "title": row["title"]} for row in page.rows]
