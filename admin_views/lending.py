"""Lending 借阅 for those who keep the archive: decide on requests, see what is out, and who has read what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import keeps, scope
from admin_views.base import Unfinished, keep_form
from admin_views.history import names, verb_words
from admin_views.sheets import sheet
from admin_views.shelf import volume_for_me
from admin_views.standing import me, note_opened, now, spoken
from admin_views.titles import reads_all, shown_title
from admin_views.transfers import queue_safely
from documents import audit
from documents.actions import lending
from documents.audit import AuditEntry
from documents.loan import ASKED, CURRENT, Loan
from documents.reading_copy import ATTACHMENTS, FORMS, HISTORY, LETTERS
from documents.volume import Volume, volumes_kept_from
from jobs import queues

SHOWN = 100
READINGS_SHOWN = 200
MOST_EXPORTED = 20_000
PARTS: dict[str, Any] = {
    FORMS: _l("表单"),
    LETTERS: _l("函件"),
    HISTORY: _l("办理经过和期限"),
    ATTACHMENTS: _l("附件"),
}
STATES: dict[str, tuple[Any, str]] = {
    "asked": (_l("申请待批"), "amber"),
    "approved": (_l("正在生成"), "blue"),
    "ready": (_l("在借"), "teal"),
    "returned": (_l("已归还"), "green"),
    "refused": (_l("未批准"), "outline"),
    "withdrawn": (_l("已撤回"), "outline"),
    "ended": (_l("案卷已销毁"), "outline"),
    "recalled": (_l("已收回"), "outline"),
}
READING = (
    *("read_volume", "read_file", "read_copy", "loan_asked", "loan_approved", "loan_refused"),
    *("loan_returned", "loan_recalled"),
)


class LendingView(ArchivePage):
    """借阅."""

    icon = "eye"
    tab = "loans"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Requests, what is out, and what has come back."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        kept = Loan.objects(owner=here.unit.id)
        return self.render(
            "admin/archive/loans.html",
            here=here,
            asked=_in_sight(kept.filter(state=ASKED).order_by("asked_at").limit(SHOWN)),
            current=_in_sight(kept.filter(state__in=CURRENT).order_by("until").limit(SHOWN)),
            past=_in_sight(kept.filter(state__nin=[ASKED, *CURRENT]).order_by("-asked_at").limit(SHOWN)),
            states=STATES,
        )

    @expose("/<loan_id>")
    def show(self, loan_id: str) -> ResponseReturnValue:
        """One loan: what is asked for, and the decision."""
        loan = loan_for_me(loan_id)
        note_opened(loan.volume, "loan")
        return self._page(loan).shown()

    def _page(self, loan: Loan, **given: Any) -> Unfinished:
        volume = Volume.objects(id=loan.volume).first()
        shown = {"loan": loan, "volume": volume, "parts": PARTS, "states": STATES, "given": given}
        shown["shown_title"] = shown_title
        return keep_form(self, "admin/archive/loan.html", own=loan.asked_by == me().id, **shown)

    @expose("/<loan_id>/approve", methods=("POST",))
    def approve(self, loan_id: str) -> ResponseReturnValue:
        """Allow it, for these parts."""
        loan = loan_for_me(loan_id)
        note = request.form.get("note", "")[:1000]
        self._page(loan, note=note)
        lending.approve(str(loan.id), request.form.getlist("part"), note, actor=me(), now=now())
        queue_safely(queues.COPY_VOLUME, str(loan.id))
        flash(_("已批准，正在生成阅览件。"), "good")
        return redirect(self.get_url(".show", loan_id=loan.id))

    @expose("/<loan_id>/refuse", methods=("POST",))
    def refuse(self, loan_id: str) -> ResponseReturnValue:
        """Do not allow it."""
        loan = loan_for_me(loan_id)
        self._page(loan)
        lending.refuse(str(loan.id), request.form.get("reason", ""), actor=me(), now=now())
        flash(_("已退回申请人。"), "good")
        return redirect(self.get_url(".index"))

    @expose("/<loan_id>/return", methods=("POST",))
    def give_back(self, loan_id: str) -> ResponseReturnValue:
        """Note that it came back."""
        loan = loan_for_me(loan_id)
        self._page(loan)
        lending.give_back(str(loan.id), actor=me(), now=now())
        flash(_("已登记归还，阅览件已删除。"), "good")
        return redirect(self.get_url(".show", loan_id=loan.id))

    @expose("/<loan_id>/retry", methods=("POST",))
    def retry(self, loan_id: str) -> ResponseReturnValue:
        """Let the making of the copy try again."""
        loan = loan_for_me(loan_id)
        lending.retry(loan, actor=me())
        queue_safely(queues.COPY_VOLUME, str(loan.id))
        return redirect(self.get_url(".show", loan_id=loan.id))

    @expose("/readings/<path:number>")
    def readings(self, number: str) -> ResponseReturnValue:
        """Who has read a volume 阅览记录."""
        volume = volume_for_me(number, also_destroyed=True)
        return self.render(
            "admin/archive/readings.html",
            volume=volume,
            lines=lines_of(volume, READINGS_SHOWN),
            most=READINGS_SHOWN,
        )

    @expose("/readings/<path:number>/export.xlsx")
    def export(self, number: str) -> ResponseReturnValue:
        """The same as a spreadsheet."""
        volume = volume_for_me(number, also_destroyed=True)
        found = lines_of(volume, MOST_EXPORTED)
        audit.note("export", volume.id, by=me().id, at=now(), kind="readings", rows=len(found))
        head = [_("时间"), _("人员"), _("操作"), _("借阅单"), _("页"), _("内容")]
        rows = [[spoken(at), who, words, loan, page, what] for at, who, words, loan, page, what in found]
        return sheet(_("阅览记录"), head, rows, f"{volume.id}-readings.xlsx")


def lines_of(volume: Volume, most: int) -> list[tuple[Any, ...]]:
    """Who opened the volume, its files, a copy of it, or a page, the newest first."""
    about = [volume.id, *volume.cases]
    found = list(AuditEntry.objects(subject__in=about, verb__in=READING).order_by("-at").limit(most))
    known, called = names(one.by for one in found), _names_of(volume)
    return [
        (
            one.at,
            known.get(one.by, one.by),
            verb_words(one.verb),
            one.facts.get("loan", ""),
            str(one.facts.get("sheet", "")),
            called.get(one.facts.get("file", ""), one.facts.get("file", "")),
        )
        for one in found
    ]


def _names_of(volume: Volume) -> dict[str, str]:
    """The originals by name, for who may read everything on the paper; for others by their ids."""
    return {one["file_id"]: one["name"] for one in volume.originals} if reads_all(volume) else {}


def _in_sight(loans: Iterable[Loan]) -> list[Loan]:
    """The loans but for those of volumes that are kept from the person: their purpose tells of these."""
    found = list(loans)
    hidden = volumes_kept_from(me().id, (one.volume for one in found))
    return [one for one in found if one.volume not in hidden]


def loan_for_me(loan_id: str) -> Loan:
    """The loan; one of another archive, or of a volume out of sight, looks like none."""
    loan = Loan.get(loan_id)
    return loan if keeps(loan.owner) and _in_sight([loan]) else abort(404)
