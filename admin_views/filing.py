"""Filing 归档: choose closed cases, appraise them, let a second person check, watch the files being made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views import filing_desk
from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import Scope, scope
from admin_views.base import keep_form
from admin_views.filing_desk import Desk
from admin_views.filing_sheet import BatchPage, batch_page
from admin_views.standing import me, note_listed, now, spoken
from admin_views.words import refusal
from documents.actions import batch_rights, binding, filing, lettering, releasing, revealing, shared_forms
from documents.actions.filing import Left
from documents.actions.revealing import Asked
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.filing_batch import FilingBatch
from documents.filing_forms import FormPlace
from documents.rules.revealing import why
from documents.rules.whole_numbers import number_or_none
from jobs import press

LONGEST_NOTE = 1000
BATCH = "admin/archive/batch.html"
FORM = "admin/archive/batch_form.html"


class FilingView(ArchivePage):
    """归档."""

    icon = "clip"
    tab = "filing"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is to be filed, the batches, and what is being made or was set aside."""
        here = scope()
        return self.render("admin/archive/none.html") if here is None else self._desk(here, [])

    def _desk(self, here: Scope | None, left: Sequence[Left], note: str = "") -> str:
        desk = filing_desk.desk()
        note_listed("filing", (one.number for one in (*desk.ready, *desk.making, *desk.failed)))
        return self.render(
            "admin/archive/filing.html",
            here=here,
            desk=desk,
            work=filing_desk.in_work(),
            over=filing_desk.finished(),
            awaits_me=filing_desk.awaits_me,
            left=[(one.number, refusal(one.refused).message) for one in left],
            note=note,
            most=filing_desk.MOST_SHOWN,
        )

    @expose("/progress")
    def progress(self) -> ResponseReturnValue:
        """How far batches and volumes have come, for the page that watches."""
        return self.render(
            "admin/archive/filing_progress.html",
            desk=Desk(making=filing_desk.making()),
            work=filing_desk.in_work(),
            awaits_me=filing_desk.awaits_me,
        )

    @expose("/prepare", methods=("POST",))
    def prepare(self) -> ResponseReturnValue:
        """Take the chosen cases into a new batch."""
        numbers = request.form.getlist("number")
        note = request.form.get("note", "").strip()[:LONGEST_NOTE]
        if not numbers:
            flash(_("请先勾选要归档的投诉。"), "warning")
            return redirect(self.get_url(".index"))
        batch, left = filing.prepare(numbers, note, actor=me(), now=now())
        if batch is None:
            return self._desk(scope(), left, note), 409
        filing_desk.work_soon(batch, now=now())
        for one in left:
            flash(_("%(number)s 未列入：%(reason)s", number=one.number, reason=_reason(one)), "warning")
        return redirect(self.get_url(".batch", batch_id=batch.id))

    @expose("/<batch_id>")
    def batch(self, batch_id: str) -> ResponseReturnValue:
        """One batch: its volumes to come, what the pre-check found, and what this person may do."""
        return self.render(BATCH, page=batch_page(batch_id), here=scope())

    @expose("/<batch_id>/progress")
    def batch_progress(self, batch_id: str) -> ResponseReturnValue:
        """The body of the page of a batch, for the page that watches."""
        return self.render("admin/archive/batch_body.html", page=batch_page(batch_id))

    @expose("/<batch_id>/appraise", methods=("POST",))
    def appraise(self, batch_id: str) -> ResponseReturnValue:
        """Keep the chosen cases for another period; or leave them out of the batch."""
        batch, numbers = self._mine(batch_id), request.form.getlist("number")
        reason, code = _typed("reason"), _typed("code")
        if not numbers:
            flash(_("请先勾选案件。"), "warning")
        elif request.form.get("do") == "out":
            done = filing.take_out(batch, numbers, reason, actor=me(), now=now())
            flash(_("已移出 %(count)s 件，可以放回。", count=done), "good")
        else:
            done = filing.appraise(batch, numbers, code, reason, actor=me(), now=now())
            flash(_("已鉴定 %(count)s 件。", count=done), "good")
        return self._back(batch)

    @expose("/<batch_id>/forms/<policy>/<int:version>/<form>", methods=("GET", "POST"))
    def form(self, batch_id: str, policy: str, version: int, form: str) -> ResponseReturnValue:
        """The archiving form, filled once for every case of the batch whose step asks for it."""
        page, pages = batch_page(batch_id), current_app.extensions["shared_form"]
        batch_rights.check_mine(page.batch, me())
        answers = page.answers_at(FormPlace(policy, version, form))
        shared = answers.shared
        shown = pages.page(answers, self.get_url(".batch", batch_id=page.batch.id, _anchor="answers"))
        keep_form(self, FORM, page=page, shared=shared, form=shown, here=scope())
        if request.method == "GET" or not shown.is_complete():
            sheet = self.render(FORM, page=page, shared=shared, form=shown, here=scope())
            return sheet, 200 if request.method == "GET" else 422
        typed, covered = shown.form.submitted(), shown.cover.covered
        shared_forms.fill(page.batch, shared.place, typed, actor=me(), now=now(), covered=covered)
        pages.forget()
        filing_desk.work_soon(page.batch, now=now())
        flash(_("已填写，用于 %(count)s 件；正在重新预检。", count=len(shared.cases)), "good")
        return self._back(page.batch)

    @expose("/<batch_id>/reveal", methods=("POST",))
    def reveal(self, batch_id: str) -> ResponseReturnValue:
        """Show in full for a while what was filled in once, for a reason."""
        page, pages = self._page(batch_id), current_app.extensions["shared_form"]
        version = number_or_none(_typed("version")) or 0
        answers = page.answers_at(FormPlace(_typed("policy"), version, _typed("form")))
        reason = why("", _typed("reason"))
        made = revealing.reveal_shared(answers, Asked(me(), pages.sitting(), now(), reason))
        flash(_("完整内容可见至 %(moment)s，查看已留痕。", moment=spoken(made.until)), "good")
        return redirect(self.get_url(".batch", batch_id=batch_id, _anchor="answers"))

    @expose("/<batch_id>/put_back", methods=("POST",))
    def put_back(self, batch_id: str) -> ResponseReturnValue:
        """Take cases in again that were left out."""
        batch = self._mine(batch_id)
        filing.put_back(batch, request.form.getlist("number"), actor=me(), now=now())
        filing_desk.work_soon(batch, now=now())
        return self._back(batch)

    @expose("/<batch_id>/check", methods=("POST",))
    def check(self, batch_id: str) -> ResponseReturnValue:
        """Check every case once more."""
        batch = self._mine(batch_id)
        filing.check_again(batch, actor=me(), now=now())
        filing_desk.work_soon(batch, now=now())
        return self._back(batch)

    @expose("/<batch_id>/submit", methods=("POST",))
    def submit(self, batch_id: str) -> ResponseReturnValue:
        """Submit to the second person, without what must be put right when that was asked for."""
        page = self._page(batch_id)
        batch = page.batch
        if page.blocked and request.form.get("without"):
            filing.take_out(batch, page.blocked, _("预检有须先处理的问题"), actor=me(), now=now())
        filing.submit(batch, actor=me(), now=now())
        flash(_("已提交检查。核准之前可以撤回。"), "good")
        return self._back(batch)

    @expose("/<batch_id>/take_back", methods=("POST",))
    def take_back(self, batch_id: str) -> ResponseReturnValue:
        """Take a submitted batch back."""
        batch = self._mine(batch_id)
        filing.take_back(batch, actor=me(), now=now())
        flash(_("已撤回，可以继续修改。"), "good")
        return self._back(batch)

    @expose("/<batch_id>/discard", methods=("POST",))
    def discard(self, batch_id: str) -> ResponseReturnValue:
        """Give the batch up."""
        filing.discard(self._mine(batch_id), actor=me(), now=now())
        flash(_("批次已取消，案件回到待归档。"), "good")
        return redirect(self.get_url(".index"))

    @expose("/<batch_id>/send_back", methods=("POST",))
    def send_back(self, batch_id: str) -> ResponseReturnValue:
        """The second person sends the batch back, or takes single cases out."""
        batch, numbers = self._mine(batch_id), request.form.getlist("number")
        reason = _typed("reason")
        if request.form.get("do") == "out":
            done = filing.take_out(batch, numbers, reason, actor=me(), now=now())
            flash(_("已移出 %(count)s 件。", count=done), "good" if done else "warning")
        else:
            filing.send_back(batch, reason, actor=me(), now=now())
            flash(_("已退回立卷人。"), "good")
        return self._back(batch)

    @expose("/<batch_id>/approve", methods=("POST",))
    def approve(self, batch_id: str) -> ResponseReturnValue:
        """The second person approves: numbers are reserved, cases locked, files made."""
        batch = self._mine(batch_id)
        filing.approve(batch, actor=me(), now=now())
        filing_desk.work_soon(batch, now=now())
        flash(_("已核准，正在编号制卷。可以离开本页，完成情况会通知您。"), "good")
        return self._back(batch)

    @expose("/retry", methods=("POST",))
    def retry(self) -> ResponseReturnValue:
        """Let volumes and letters that could not be made try again; or take a case back to be filed anew."""
        cases = [
            case for number in request.form.getlist("number") if (case := filing_desk.case_in_sight(number))
        ]
        if request.form.get("do") == "release":
            for case in cases:
                releasing.release(case.number, _typed("reason"), actor=me(), now=now())
            flash(_("已退回待归档 %(count)s 件，原档号作废并记明原因。", count=len(cases)), "good")
            return redirect(self.get_url(".index"))
        count = _try_again(cases) + _write_again(cases, request.form.get("letter", ""))
        flash(_("已重新开始制作 %(count)s 项。", count=count), "good" if count else "warning")
        return redirect(self.get_url(".index"))

    def _mine(self, batch_id: str) -> FilingBatch:
        """The batch of the request; a refusal is shown on its page."""
        return self._page(batch_id).batch

    def _page(self, batch_id: str) -> BatchPage:
        page = batch_page(batch_id)
        keep_form(self, BATCH, page=page, here=scope())
        return page

    def _back(self, batch: FilingBatch) -> ResponseReturnValue:
        return redirect(self.get_url(".batch", batch_id=batch.id))


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:LONGEST_NOTE]


def _reason(left: Left) -> str:
    return str(refusal(left.refused).message)


def _try_again(cases: Sequence[Complaint]) -> int:
    """Make the volumes again that were set aside as a whole; how many."""
    numbers = sorted({case.in_the_making.number for case in cases if case.in_the_making})
    count = binding.retry(numbers, actor=me(), now=now())
    waiting: Any = ArchiveNumber.objects(id__in=numbers, state="reserved", problem=None)
    for number in waiting:
        filing_desk.make_soon(number.id, now=now())
    return count


def _write_again(cases: Sequence[Complaint], letter: str) -> int:
    seq = number_or_none(letter)
    if seq is None or not cases:
        return 0
    lettering.retry(cases[0].number, seq, actor=me(), now=now())
    press.queue_papers(Complaint.get(cases[0].number), now=now())
    return 1
