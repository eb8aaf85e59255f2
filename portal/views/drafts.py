"""Drafts 草稿: what is typed is kept while it is typed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from documents.complaint import Complaint
from documents.policy import view_of
from documents.upload import Draft
from portal.columns import column_field
from portal.forms.compile import PREFIX
from portal.held import forget_draft, keep_draft, owner_of
from portal.language import said
from portal.signing_in import inside, me
from portal.standing import newest_policies, newest_view

draft_pages = Blueprint("drafts", __name__)
MOST = 100


@draft_pages.get("/drafts")
def list_drafts() -> ResponseReturnValue:
    """The forms I have begun and not sent."""
    found = Draft.objects(by=me().id).order_by("-saved_at").limit(MOST)
    return render_template("drafts.html", drafts=[(draft, *about(draft)) for draft in found])


def about(draft: Draft) -> tuple[str, str]:
    """What a draft is: the kind of form, and the subject or the case it belongs to."""
    parts = draft.form.strip("/").split("/")
    if parts[0] == "register" and parts[1] not in dict(newest_policies()):
        return draft.form, ""
    if parts[0] == "register":
        view = newest_view(parts[1])
        title = column_field(view, parts[2], "title")
        typed = draft.values.get(PREFIX + title["key"], [""]) if title else [""]
        return said(view.case_type(parts[2])["label"]), str(typed[0])
    case = Complaint.objects(number=parts[1]).only("policy", "policy_version", "case_type", "title").first()
    if case is None:
        return draft.form, ""
    view = view_of(case.policy, case.policy_version)
    return said(view.transition(case.case_type, parts[3])["label"]), f"{parts[1]} {case.title}"


@draft_pages.post("/drafts")
def save() -> ResponseReturnValue:
    """Keep what stands in the form now."""
    keep_draft(me().id, _own_address(), request.form.to_dict(flat=False))
    return {"saved": True}


@draft_pages.post("/drafts/discard")
def discard() -> ResponseReturnValue:
    """Throw a draft away and begin afresh."""
    address = _own_address()
    forget_draft(me().id, address)
    flash(_l("草稿已放弃。"), "good")
    return redirect(inside(request.form.get("next") or address))


def _own_address() -> str:
    owner = owner_of(request.form.get("form_owner", ""))
    if owner is None or owner[0] != me().id:
        abort(403)
    return owner[1]
