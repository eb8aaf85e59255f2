"""Later papers 补充材料 of a sealed case: they are added on a page of their own and wait for a supplement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import scope
from admin_views.base import keep_form
from admin_views.filing_desk import case_in_sight
from admin_views.standing import me, now
from documents import audit
from documents.actions import supplementing, uploads
from documents.complaint import Complaint
from documents.events import SYSTEM
from documents.keepers import may_keep
from documents.volume import Volume
from documents.volume_papers import later_papers

PAGE = "admin/archive/later.html"
LONGEST = 1000


class LaterPapersView(ArchivePage):
    """补充材料."""

    tab = "filing"

    def is_accessible(self) -> bool:
        """Also whoever stands in on a case where all who keep the archive must step aside."""
        return super().is_accessible() or (current_user.is_authenticated and Complaint.stands_in(me().id))

    def is_visible(self) -> bool:
        """Reached from a case or a volume, not from the side menu."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Without a case there is nothing to add to."""
        return redirect(self.get_url("filing.index"))

    @expose("/<number>", methods=("GET", "POST"))
    def later(self, number: str) -> ResponseReturnValue:
        """The volumes of the case, what came in since, and the form for more."""
        case = case_for_me(number)
        typed = {"note": request.form.get("note", "").strip()[:LONGEST]}
        shown = keep_form(self, PAGE, here=scope(), case=case, typed=typed, **_facts(case))
        if request.method == "GET":
            audit.note("read", case.number, by=me().id, at=now(), way="later")
            return shown.shown()
        added = supplementing.add(
            number,
            _kept(),
            typed["note"],
            actor=me(),
            now=now(),
            submission=request.form.get("submission", "")[:80] or f"{me().id}:{now().isoformat()}",
        )
        count = later_papers(added)["attachments"]
        flash(_("已加入 %(count)s 份材料，可在“归档”中编入补充卷。", count=count), "good")
        return redirect(self.get_url(".later", number=number))


def case_for_me(number: str) -> Complaint:
    """A sealed case that the person keeps, or stands in for; one out of sight looks like none."""
    found = case_in_sight(number)
    keeps = found is not None and found.volume is not None and may_keep(me(), found)
    return found if keeps and found is not None else abort(404)


def _facts(case: Complaint) -> dict[str, Any]:
    numbers = [one.number for one in case.volumes]
    waiting = later_papers(case)["attachments"]
    return {
        "shelved": {one.id: one for one in Volume.objects(id__in=numbers)},
        "waiting": list(case.attachments)[len(case.attachments) - waiting :],
        "told": [one for one in case.events if one.verb == "later_papers" and one.by != SYSTEM],
    }


def _kept() -> Sequence[str]:
    """The chosen files, kept one by one; what cannot be taken is refused with its name."""
    chosen = [one for one in request.files.getlist("files") if one.filename]
    return [uploads.accept(one.stream, one.filename or "", actor=me(), now=now()).id for one in chosen]
