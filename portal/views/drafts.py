"""Drafts 草稿: what is typed is kept while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from documents.complaint import Complaint
from documents.moved_cases import step_now
from documents.policy import view_of
from documents.rules.policy_fields import all_fields
from documents.upload import Draft
from portal.columns import column_field
from portal.forms.answers import COVERED
from portal.forms.compile import PREFIX
from portal.forms.outdated import BESIDE
from portal.forms.told import Marks
from portal.held import forget_draft, keep_draft, owner_of
from portal.language import said
from portal.signing_in import inside, me
from portal.standing import may_on, newest_policies, newest_view

draft_pages = Blueprint("drafts", __name__)
MOST = 100


@draft_pages.get("/drafts")
def list_drafts() -> ResponseReturnValue:
    """The forms I have begun and not sent."""
    found = Draft.objects(by=me().id).order_by("-saved_at").limit(MOST)
    return render_template("drafts.html", drafts=[about(draft) for draft in found])


@dataclass(frozen=True)
class Begun:
    """A draft in the list: the kind of form, and the subject or the case it belongs to.

    Where the form is gone, `kept` is what was typed into it.
    """

    draft: Draft
    kind: str
    subject: str = ""
    kept: Sequence[tuple[str, str]] = ()
    gone: bool = False


def about(draft: Draft) -> Begun:
    """What a draft is."""
    parts = draft.form.strip("/").split("/")
    if parts[0] == "statements":
        return Begun(draft, _("情况说明"))
    return _of_registration(draft, parts) if parts[0] == "register" else _of_step(draft, parts)


def _of_registration(draft: Draft, parts: Sequence[str]) -> Begun:
    if parts[1] not in dict(newest_policies()):
        return Begun(draft, draft.form)
    view = newest_view(parts[1])
    key = view.reading.now("case_type", parts[2])
    title = column_field(view, key, "title")
    typed = draft.values.get(PREFIX + title["key"], [""]) if title else [""]
    return Begun(draft, said(view.case_type(key)["label"]), str(typed[0]))


def _of_step(draft: Draft, parts: Sequence[str]) -> Begun:
    case: Complaint | None = Complaint.objects(number=parts[1]).first()
    if case is None or not may_on(case):
        return Begun(draft, draft.form)
    subject, key = f"{parts[1]} {case.title}", step_now(case, parts[3])
    if key is None:
        return Begun(draft, _("原环节"), subject, kept=_kept(draft, case), gone=True)
    view = view_of(case.policy, case.policy_version)
    return Begun(draft, said(view.transition(case.case_type, key)["label"]), subject)


def _kept(draft: Draft, case: Complaint) -> list[tuple[str, str]]:
    """What was typed into a step that the case's version no longer has 原环节的草稿, field by field."""
    view = view_of(case.policy, draft.version or case.policy_version)
    labels = {key: said(one["label"]) for key, one in all_fields(view.definition).items()}
    found = []
    for name, typed in draft.values.items():
        field, _dash, rest = name.partition("-")
        if rest in BESIDE:
            continue
        key, shown = field.removeprefix(PREFIX), Marks.read("".join(draft.values.get(f"{field}-shown", ())))
        written = "、".join(COVERED if shown.says(one) else one for one in typed if one)
        found += [(labels.get(key, key), written)] if written else []
    return found


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
