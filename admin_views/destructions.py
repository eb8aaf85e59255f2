"""Destruction lists 销毁清册: appraised, submitted, released by two, carried out, with their certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.archive_scope import keeps, scope
from admin_views.base import Unfinished, confirmation, keep_form
from admin_views.disposal_pages import DisposalPage, typed
from admin_views.disposal_words import DECISIONS, LINES, STATES, TURNS, blocker_words
from admin_views.downloads import paper
from admin_views.signatures import card
from admin_views.standing import me, note_listed, now
from admin_views.titles import shown_titles
from admin_views.transfers import queue_safely
from documents import audit
from documents.actions import certifying, disposing
from documents.actions.disposing import RELEASES, Appraisal
from documents.destruction import COOLING, Destruction
from documents.rules.whole_numbers import number_or_none
from documents.volume import volumes_kept_from
from jobs import queues

SHOWN = 100


class DestructionsView(DisposalPage):
    """销毁清册."""

    part = "lists"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The lists, the newest first."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        found = Destruction.objects(owner=here.unit.id).order_by("-made_at").limit(SHOWN)
        return self.render("admin/archive/lists.html", here=here, lists=in_sight(found), states=STATES)

    @expose("/<list_id>")
    def show(self, list_id: str) -> ResponseReturnValue:
        """One list."""
        found = list_for_me(list_id)
        note_listed("destruction", (line.volume for line in found.lines), list=found.number)
        return self._page(found).shown()

    def _page(self, one: Destruction, **given: Any) -> Unfinished:
        shown = {
            "one": one,
            "states": STATES,
            "decisions": DECISIONS,
            "line_states": LINES,
            "turns": TURNS,
            "words": blocker_words,
            "releases": RELEASES,
            "cooling_days": disposing.cooling_days(one.policy),
            "released_by_me": me().id in {each.by for each in one.releases},
            "may_start": one.state == COOLING and now() >= one.not_before,
            "titles": titles_of(one),
            "sign": card(one.certificate) if one.certificate and one.certificate.signature else None,
            "given": given,
        }
        return keep_form(self, "admin/archive/list.html", **shown)

    @expose("/<list_id>/progress")
    def progress(self, list_id: str) -> ResponseReturnValue:
        """How far it has come, for the page that watches."""
        return self.render("admin/archive/list_progress.html", one=list_for_me(list_id))

    @expose("/<list_id>/appraise", methods=("POST",))
    def appraise(self, list_id: str) -> ResponseReturnValue:
        """Decide what becomes of the chosen volumes."""
        one = list_for_me(list_id)
        given = typed(("decision", "reason", "more"))
        self._page(one, **given)
        wanted = Appraisal(given["decision"], given["reason"], number_or_none(given["more"]))
        disposing.appraise(str(one.id), request.form.getlist("volume"), wanted, actor=me(), now=now())
        flash(_("已记下鉴定意见。"), "good")
        return self._back(one)

    @expose("/<list_id>/remove", methods=("POST",))
    def remove(self, list_id: str) -> ResponseReturnValue:
        """Take a volume off the list."""
        one = list_for_me(list_id)
        self._page(one)
        disposing.remove(str(one.id), request.form.get("volume", ""), actor=me(), now=now())
        return self._back(one)

    @expose("/<list_id>/submit", methods=("POST",))
    def submit(self, list_id: str) -> ResponseReturnValue:
        """Submit the list for its two releases."""
        one = list_for_me(list_id)
        self._page(one)
        disposing.submit(str(one.id), actor=me(), now=now())
        flash(_("已提交，请两人批准。"), "good")
        return self._back(one)

    @expose("/<list_id>/release", methods=("POST",))
    def release(self, list_id: str) -> ResponseReturnValue:
        """Release the list, one of the two."""
        one = list_for_me(list_id)
        count = one.count("destroy")
        words = _("批准清册 %(number)s：%(count)s 卷将被销毁，不能恢复。", number=one.number, count=count)
        asked = confirmation(self, words, _("批准"))
        if asked:
            return asked
        self._page(one)
        done = disposing.release(str(one.id), actor=me(), now=now())
        if done.state == COOLING:
            flash(_("两人已批准。等待期满后方可执行，期间可以中止。"), "good")
        else:
            flash(_("已批准，还须另一人批准。"), "good")
        return self._back(one)

    @expose("/<list_id>/send-back", methods=("POST",))
    def send_back(self, list_id: str) -> ResponseReturnValue:
        """Send the list back with a reason."""
        one = list_for_me(list_id)
        self._page(one)
        disposing.send_back(str(one.id), typed(("reason",))["reason"], actor=me(), now=now())
        flash(_("已退回，可以修改后重新提交。"), "good")
        return self._back(one)

    @expose("/<list_id>/stop", methods=("POST",))
    def stop(self, list_id: str) -> ResponseReturnValue:
        """Stop the list."""
        one = list_for_me(list_id)
        self._page(one)
        disposing.stop(str(one.id), typed(("reason",))["reason"], actor=me(), now=now())
        flash(_("已中止，尚未执行的案卷继续保管。"), "good")
        return self._back(one)

    @expose("/<list_id>/start", methods=("POST",))
    def start(self, list_id: str) -> ResponseReturnValue:
        """Begin the destruction, before two witnesses."""
        one = list_for_me(list_id)
        words = _("开始销毁 %(count)s 卷。销毁后任何人都不能恢复。", count=one.count("destroy"))
        asked = confirmation(self, words, _("执行销毁"))
        if asked:
            return asked
        given = typed(("witness_1", "witness_2"))
        self._page(one, **given)
        done = disposing.start(str(one.id), list(given.values()), actor=me(), now=now())
        queue_safely(queues.DESTROY, str(done.id), queue=queues.DEFAULT)
        return self._back(one)

    @expose("/<list_id>/retry", methods=("POST",))
    def retry(self, list_id: str) -> ResponseReturnValue:
        """Let a certificate that could not be made try again."""
        one = list_for_me(list_id)
        self._page(one)
        certifying.retry(one, actor=me(), now=now())
        queue_safely(queues.DESTROY, str(one.id), queue=queues.DEFAULT)
        return self._back(one)

    @expose("/<list_id>/certificate.pdf")
    def certificate(self, list_id: str) -> ResponseReturnValue:
        """The certificate 销毁证明 with its list."""
        one = list_for_me(list_id)
        kept = one.certificate
        if kept is None:
            abort(404)
        audit.note("read_file", one.number, by=me().id, at=now(), sha256=kept.sha256)
        return paper(kept.file_id, kept.name, size=kept.size)

    @expose("/<list_id>/check-signature", methods=("POST",))
    def check_signature(self, list_id: str) -> ResponseReturnValue:
        """Ask for a new check of the signature of the certificate."""
        one = list_for_me(list_id)
        if one.certificate is None:
            abort(404)
        audit.note("check_signature", one.number, by=me().id, at=now())
        queue_safely(queues.CHECK_CERTIFICATE, str(one.id))
        flash(_("正在重新验签，稍后刷新本页查看结果。"), "good")
        return self._back(one)

    def _back(self, one: Destruction) -> ResponseReturnValue:
        return redirect(self.get_url(".show", list_id=one.id))


def list_for_me(list_id: str) -> Destruction:
    """The list; one of another archive, or of volumes that are all out of sight, looks like none."""
    one = Destruction.get(list_id)
    return one if keeps(one.owner) and in_sight([one]) else abort(404)


def in_sight(lists: Iterable[Destruction]) -> list[Destruction]:
    """The lists of which a volume is there for the person, and those that are empty."""
    found = list(lists)
    hidden = volumes_kept_from(me().id, (line.volume for one in found for line in one.lines))
    return [one for one in found if not one.lines or {line.volume for line in one.lines} - hidden]


def titles_of(one: Destruction) -> dict[str, str]:
    """What stands on the shelf about the volumes of a list; the list itself names nobody."""
    return shown_titles(line.volume for line in one.lines)
