"""Recurring duties 周期事项: due, done, and the evidence."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from werkzeug.http import dump_options_header

from admin_views.base import Page, keep_form
from admin_views.forms import EvidenceForm
from admin_views.history import names
from admin_views.standing import may_do, me, my_keys, now, said
from documents import audit, files
from documents.actions import duties, uploads
from documents.duty import Duty
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.unit import Unit, names_of

MOST_BYTES = 20 * 1024**2
DONE_SHOWN = 60
OPEN_SHOWN = 200


class DutiesView(Page):
    """What must be done again and again, for the units that the person reaches."""

    operations = ("duties", "administer")
    group = "watch"
    icon = "flag"
    menu_entry = "duties"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Open duties by due date, and those that were done."""
        mine = Duty.objects(**reach())
        waiting = list(mine.filter(state="open").order_by("due_at").limit(OPEN_SHOWN))
        done = list(mine.filter(state="done").order_by("-completed_at").limit(DONE_SHOWN))
        every = [*waiting, *done]
        units = {code: said(name) for code, name in names_of([one.unit for one in every]).items()}
        people = names(one.completed_by for one in done)
        shown = {
            "waiting": waiting,
            "done": done,
            "units": units,
            "people": people,
            "may_complete": may_complete,
        }
        return self.render("admin/duties/index.html", **shown)

    @expose("/<path:duty_id>/complete", methods=("GET", "POST"))
    def complete(self, duty_id: str) -> ResponseReturnValue:
        """Note that a duty was done, with words, a file, or both."""
        duty = duty_for_me(duty_id)
        form = EvidenceForm(request.form)
        definition = duties.definition_of(view_of(duty.policy, duty.policy_version), duty.key)
        unit = said(names_of([duty.unit]).get(duty.unit, duty.unit))
        page = keep_form(
            self, "admin/duties/complete.html", form=form, duty=duty, definition=definition, unit=unit
        )
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        duties.complete(duty.id, self._evidence(form, duty), actor=me(), now=now())
        flash(_("已登记完成：%(label)s", label=said(duty.label)), "good")
        return redirect(self.address())

    def _evidence(self, form: EvidenceForm, duty: Duty) -> dict[str, Any]:
        """What was typed and uploaded; nothing is stored for somebody who may not complete the duty."""
        words = (form.words.data or "").strip()
        sent = request.files.get("paper")
        if sent is None or not sent.filename:
            return {"words": words}
        if not may_complete(duty):
            raise RuleBroken("not_your_duty", duty=duty.id)
        upload = uploads.accept(sent.stream, sent.filename, actor=me(), now=now(), most_bytes=MOST_BYTES)
        upload.delete()  # the file belongs to the duty now; it no longer waits for a form
        return {
            "words": words,
            "file_id": upload.file_id,
            "name": upload.name,
            "sha256": upload.sha256,
            "size": upload.size,
        }

    @expose("/<path:duty_id>/evidence")
    def evidence(self, duty_id: str) -> ResponseReturnValue:
        """Download the evidence; never opened inside the portal."""
        duty = duty_for_me(duty_id)
        if not duty.evidence.get("file_id"):
            abort(404)
        audit.note("read_file", f"duty:{duty.id}", by=me().id, at=now(), file=duty.evidence["name"])
        response = Response(files.blocks(duty.evidence["file_id"]), mimetype="application/octet-stream")
        named = {"filename*": f"UTF-8''{quote(duty.evidence['name'], safe='')}"}
        response.headers["Content-Disposition"] = dump_options_header("attachment", named)
        return response


def reach() -> dict[str, Any]:
    """Whose duties the person sees: an administrator all, others those of the units in their reach."""
    if may_do("administer"):
        return {}
    keys = my_keys()
    trees = [key[2:] for key in keys if key.startswith("t:")]
    below = [unit.id for unit in Unit.objects(ancestors__in=trees).only("id")] if trees else []
    return {"unit__in": sorted({*below, *(key[2:] for key in keys if key.startswith("u:"))})}


def duty_for_me(duty_id: str) -> Duty:
    """The duty; one out of reach looks like none."""
    found: Duty | None = Duty.objects(id=duty_id, **reach()).first()
    return found if found is not None else abort(404)


def may_complete(duty: Duty) -> bool:
    """Whether the person holds the post that owes the duty, or heads its unit."""
    owner = duties.definition_of(view_of(duty.policy, duty.policy_version), duty.key)["owner"]["role"]
    if any((post.role, post.unit) == (owner, duty.unit) for post in me().posts):
        return True
    unit = Unit.objects(id=duty.unit).only("head", "deputy").first()
    return unit is not None and me().id in (unit.head, unit.deputy)
