"""Look-ups 查询 while typing: similar earlier cases, and case numbers."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from documents.actions.filling import kinds_of
from documents.actions.surroundings import STORED
from documents.complaint import Complaint
from documents.lookups import Lookups
from documents.places import used_places
from documents.policy import view_of
from documents.queries import Filters, case_page
from documents.rules.access import SCOPE_COLUMNS, Decision
from documents.rules.expressions import as_json
from documents.rules.fields import Definition, fields_of
from documents.rules.revealing import veiled
from documents.sight import Condition
from documents.similar import similar_cases
from portal import reading
from portal.case_rows import my_sight, note_rows, shown_rows
from portal.clock import now
from portal.columns import identifying_fields, matter_fields
from portal.forms.compile import PREFIX
from portal.forms.options import units_around
from portal.language import said
from portal.reading import note_looked_up
from portal.signing_in import me
from portal.standing import case_for_me, keys_in_sight, may_on, my_reach, newest_view, policies
from portal.unit_choices import label, matching, units_in_sight

lookups = Blueprint("lookups", __name__)
LONGEST, SUMMARY = 400, 80
# Written where somebody does not give a name; it is nobody's.
NOBODY = frozenset({"匿名", "anonymous"})


@lookups.get("/lookups/similar/<policy>/<case_type>")
def similar(policy: str, case_type: str) -> ResponseReturnValue:
    """Earlier cases of the same complainant or about the same matter, as a fragment."""
    view = newest_view(policy)
    given = {name.removeprefix(PREFIX): value.strip()[:LONGEST] for name, value in request.args.items()}
    people = [(name, given.get(name, "")) for name in identifying_fields(view, case_type)]
    known = [
        (key, value)
        for name, value in people
        if value and value.lower() not in NOBODY
        for key in _ever_called(name)
    ]
    matter = " ".join(given.get(name, "")[:SUMMARY] for name in matter_fields(view, case_type))
    found = similar_cases(my_sight(), title=matter.strip(), people=known)
    rows = shown_rows([one.row for one in found])
    note_rows(reading.SEARCH, (one.row for one in found), way="similar")
    return render_template("intake/similar.html", found=list(zip(rows, found, strict=True)))


def _ever_called(field: str) -> list[str]:
    """Every key under which older cases, of this policy or another, hold a field."""
    return list(dict.fromkeys(key for view in policies() for key in view.reading.kin("field", [field])))


@lookups.get("/lookups/units")
def units() -> ResponseReturnValue:
    """Units by name: around a case for a form, in sight for the list."""
    text, kinds = request.args.get("text", "").strip()[:40], request.args.getlist("kind")
    number = request.args.get("case")
    if number or kinds:
        condition = units_around(case_for_me(number) if number else None, kinds)
    else:
        condition = dict(units_in_sight(keys_in_sight()))
    return [{"key": row["_id"], "label": label(row), "note": row["_id"]} for row in matching(condition, text)]


@lookups.get("/lookups/value/<policy>/<int:version>/<form>/<field>")
def value(policy: str, version: int, form: str, field: str) -> ResponseReturnValue:
    """What a lookup field says for the source that was just chosen; nothing for a case out of sight."""
    view = view_of(policy, version)
    definition = next((one for one in fields_of(view.form(form)) if one["key"] == field), {})
    if definition.get("type") != "lookup":
        return {"words": "", "value": None}
    kind = kinds_of(view, view.form(form)).get(definition["lookup"]["of"], "")
    reader = Lookups(STORED, me(), now())
    key = request.args.get("key", "").strip()[:80]
    found = reader.snapshot(definition["lookup"], kind, key)
    if found is None:
        return {"words": "", "value": None}
    if under := veiled(definition, found):
        return {"words": under, "value": under}
    note_looked_up(definition, found)
    if kind == "case":
        _note_instead({"number": key})
    return {"words": said(found["words"]), "value": as_json(found["snapshot"])}


@lookups.get("/lookups/places/<policy>/<field>")
def places(policy: str, field: str) -> ResponseReturnValue:
    """What the person's own cases say in the parts of an address, to be offered while typing."""
    read: set[str] = set()

    def may_read(case: Complaint, asked: Definition) -> Decision:
        decision = may_on(case, field=asked)
        read.update([case.number] if decision else [])
        return decision

    seen = Complaint.objects(__raw__={"policy": policy, **my_sight().condition()})
    found = used_places(seen.order_by("-received_at", "-id"), field, may_read)
    _note_instead({"number": {"$in": sorted(read)}})
    return found


def _note_instead(condition: Condition) -> None:
    """Single values are noted where a deputy 代办人 gets them because of whom he represents."""
    if my_reach().instead:
        rows = list(Complaint.collection().find(condition, ["number", *SCOPE_COLUMNS]))
        theirs = [row for row in rows if my_sight().seen_for([row])]
        if theirs:
            note_rows(reading.SEARCH, theirs, way="value")


@lookups.get("/lookups/cases")
def cases() -> ResponseReturnValue:
    """Numbers and subjects of cases that begin like this."""
    begins = request.args.get("begins", "").strip()[:40]
    if len(begins) < 2:
        return []
    page = case_page(my_sight(), Filters(words=begins), now=now(), size=12)
    note_rows(reading.SEARCH, page.rows, way="lookup", **reading.asked_words(begins))
    return [{"number": row["number"], "title": row["title"]} for row in page.rows]
