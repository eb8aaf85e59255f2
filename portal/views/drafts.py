"""Drafts 草稿: what is typed is kept while it is typed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from documents.upload import Draft
from portal.held import forget_draft, keep_draft, owner_of
from portal.signing_in import inside, me

draft_pages = Blueprint("drafts", __name__)


@draft_pages.get("/drafts")
def list_drafts() -> ResponseReturnValue:
    """The forms I have begun and not sent."""
    found = Draft.objects(by=me().id).order_by("-saved_at").limit(100)
    return render_template("drafts.html", drafts=found)


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
