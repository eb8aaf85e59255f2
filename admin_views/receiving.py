"""What the archive room gives back 接收: results, opinions, receipts, and what is kept back."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import Scope
from admin_views.base import keep_form
from admin_views.downloads import download
from admin_views.standing import me, note_listed, now
from admin_views.titles import shown_titles
from admin_views.transfers import (
    check_open,
    package_or_404,
    package_scope_or_404,
    queue_safely,
    shown,
    withheld,
)
from documents import audit, handed
from documents.actions import receiving
from documents.rules.opinions import LARGEST, LONGEST
from documents.rules.whole_numbers import whole
from documents.transfer import TransferPackage
from documents.volume import HIDDEN, Volume, volumes_kept_from
from jobs import queues

ROWS = 100


class ReceivingView(ArchivePage):
    """接收意见与回执; its pages are those of the year-end assistant."""

    icon = "upload"
    tab = "transfer"

    def is_visible(self) -> bool:
        """The assistant leads here; the menu need not."""
        return False

    @expose("/", methods=("GET",))
    def index(self) -> ResponseReturnValue:
        """The volumes of the round with what was said of each."""
        here = package_scope_or_404()
        package = package_or_404(here)
        page = max(request.args.get("page", 1, type=whole), 1)
        round_ = request.args.get("round", package.round, type=whole)
        rows = list(handed.rows_of(package.id, round_).skip((page - 1) * ROWS).limit(ROWS + 1))
        note_listed("opinions", (row.volume for row in rows[:ROWS]))
        return self.render(
            "admin/archive/opinions.html",
            here=here,
            package=package,
            number=round_,
            count=handed.tally(package.id, round_),
            rows=rows[:ROWS],
            withheld=withheld(package, round_),
            titles=shown_titles(row.volume for row in rows),
            hidden_words=HIDDEN,
            page=page,
            more=len(rows) > ROWS,
        )

    @expose("/result", methods=("POST",))
    def result(self) -> ResponseReturnValue:
        """Take in what the receiver's checker wrote."""
        here = self._begun()
        content = _sent("result", LARGEST)
        package = receiving.take_result(package_or_404(here).id, content, actor=me(), now=now())
        if package.verified.ok:
            flash(
                _("接收方核验通过，移交完成。") if package.state == "confirmed" else _("接收方核验通过。"),
                "good",
            )
        else:
            flash(_("接收方核验发现 %(count)s 处不符。", count=len(package.verified.findings)), "warning")
        return self._back(here)

    @expose("/opinions", methods=("POST",))
    def opinions(self) -> ResponseReturnValue:
        """Take in the table that the receiver filled in."""
        here = self._begun()
        content = _sent("opinions", LARGEST)
        package = receiving.take_opinions(package_or_404(here).id, content, actor=me(), now=now())
        self._say(package)
        return self._back(here)

    @expose("/opine", methods=("POST",))
    def opine(self) -> ResponseReturnValue:
        """Enter one opinion from the receiver's paper."""
        here = self._begun()
        number, reason = (request.form.get(name, "").strip()[:LONGEST] for name in ("number", "reason"))
        decision = request.form.get("decision", "")
        if decision not in handed.DECISIONS:
            abort(400)
        package = receiving.opine(
            package_or_404(here).id, number, decision, reason=reason, actor=me(), now=now()
        )
        self._say(package)
        return self._back(here)

    @expose("/accept-rest", methods=("POST",))
    def accept_rest(self) -> ResponseReturnValue:
        """Everything that was not sent back is accepted."""
        here = self._begun()
        self._say(receiving.accept_rest(package_or_404(here).id, actor=me(), now=now()))
        return self._back(here)

    @expose("/receipt", methods=("POST",))
    def receipt(self) -> ResponseReturnValue:
        """Keep the signed scan."""
        here = self._begun()
        content = _sent("receipt", receiving.LARGEST_SCAN)
        sent = request.files.get("receipt")
        name = (sent.filename or "")[:120] if sent else ""
        receiving.keep_receipt(package_or_404(here).id, content, name or _("回执"), actor=me(), now=now())
        flash(_("回执已导入并记下摘要。"), "good")
        return self._back(here)

    @expose("/received/<file_id>")
    def received(self, file_id: str) -> ResponseReturnValue:
        """A paper that came back."""
        here = package_scope_or_404()
        keep_form(self, "admin/archive/transfer.html", **shown(here))
        package = package_or_404(here)
        found = next((one for one in package.received if one.file_id == file_id), None)
        if found is None:
            abort(404)
        check_open(here, package, found.round)
        audit.note("read_file", package.id, by=me().id, at=now(), file=found.file_id)
        return download(file_id, found.name, size=found.size)

    @expose("/keep-back", methods=("POST",))
    def keep_back(self) -> ResponseReturnValue:
        """Keep a volume out of the package, or let it in again; the check runs anew."""
        here = self._begun()
        package, number = package_or_404(here), request.form.get("volume", "").strip()
        there = Volume.objects(id=number, owner=here.unit.id, year=here.year)
        if not there or volumes_kept_from(me().id, [number]):
            abort(404)
        reason = request.form.get("reason", "")
        receiving.keep_back(package.id, number, reason, actor=me(), now=now())
        queue_safely(queues.CHECK_PACKAGE, package.id)
        return self._back(here)

    def _begun(self) -> Scope:
        """The scope; a refusal shows the assistant again with what was typed."""
        here = package_scope_or_404()
        keep_form(self, "admin/archive/transfer.html", **shown(here))
        return here

    def _say(self, package: TransferPackage) -> None:
        count = handed.tally(package.id, package.round)
        words = _("已接收 %(accepted)s 卷，退回 %(rejected)s 卷，未表示意见 %(undecided)s 卷。", **count)
        flash(words, "warning" if count["rejected"] else "good")

    def _back(self, here: Scope) -> ResponseReturnValue:
        return redirect(self.get_url("transfers.index", **here.values))


def _sent(name: str, most: int) -> bytes:
    sent = request.files.get(name)
    return sent.stream.read(most + 1) if sent else b""
