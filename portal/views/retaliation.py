"""Reports of retaliation 打击报复举报: open to everybody who is signed in, past the unit concerned."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import retaliation
from documents.actions.retaliation import LONGEST, Report
from documents.complaint import Complaint
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.unit import Unit
from documents.upload import Upload
from portal.clock import now
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import may_do, retaliation_channel
from portal.uploading import with_files

retaliation_pages = Blueprint("retaliation", __name__)
TYPED: Mapping[str, int] = {"facts": LONGEST, "about": 60, "about_unit": 40, "original": 60}
FILES, MOST_FILES = "q_files", 20


@dataclass
class RetaliationPage:
    """The form, and what was typed into it when it comes back; without a channel, what to do instead."""

    typed: dict[str, Any] = field(default_factory=dict)
    uploads: tuple[str, ...] = ()
    problem: str = ""
    is_open: bool = True

    @property
    def administers(self) -> bool:
        """Whether who looks may open such a channel."""
        return may_do("administer")

    @property
    def units(self) -> list[Unit]:
        """The units that may be reported."""
        return list(Unit.objects(retired_on=None).order_by("id").only("id", "name"))

    @property
    def files(self) -> list[Upload]:
        """The files that wait for the report."""
        return list(Upload.objects(id__in=list(self.uploads), by=me().id, case=None)) if self.uploads else []

    def shown(self) -> str:
        """The page."""
        return render_template("retaliation.html", page=self)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal."""
        self.problem = str(what_happened(error))
        return self.shown()


@retaliation_pages.get("/retaliation")
def show() -> ResponseReturnValue:
    """The form; from a case it brings the number along."""
    typed = {"original": request.args.get("original", "")[:60]}
    return RetaliationPage(typed, is_open=retaliation_channel() is not None).shown()


@retaliation_pages.post("/retaliation")
def send() -> ResponseReturnValue:
    """Open the case; who does not sign it is told its number, and does not see it again."""
    key = retaliation_channel() or abort(404)
    sent = with_files(request)
    typed = {name: sent.fields.get(name, "")[:longest] for name, longest in TYPED.items()}
    anonymous = sent.fields.get("anonymous") == "yes"
    files = tuple(sent.fields.getlist(FILES)[:MOST_FILES])
    g.unfinished = RetaliationPage({**typed, "anonymous": anonymous}, files)
    for _name, refusal in sent.refused:
        raise refusal
    told = Report(**typed, anonymous=anonymous, uploads=files)
    submission = sent.fields.get("submission", "")[:80] or secrets.token_urlsafe(12)
    made = retaliation.report(Policy.current(key), told, actor=me(), now=now(), submission=submission)
    flash(_said(made, anonymous=anonymous), "good")
    for words in unheeded(told, made):
        flash(words, "warning")
    return redirect(url_for("desk.desk") if anonymous else url_for("cases.case", number=made.number))


def _said(made: Complaint, *, anonymous: bool) -> str:
    if anonymous:
        return _(
            "举报已匿名登记，编号 %(number)s。请记下编号：您在系统中看不到这件举报。", number=made.number
        )
    return _("举报已登记，编号 %(number)s。只有受理单位和您知道这件举报。", number=made.number)


def unheeded(told: Report, made: Complaint) -> Iterator[str]:
    """What of the report led nowhere, so that nobody is recused whom the reporter believes recused."""
    original = told.original.strip()
    for name in retaliation.unknown_in(told):
        yield _("没有姓名为“%(name)s”的人员，没有人因此回避。姓名已写进举报，请告诉受理单位。", name=name)
    if original and not made.links:
        yield _(
            "没有关联到原投诉“%(number)s”：编号有误，或不在您的查看范围内，其办理人员没有因此回避。"
            "编号已写进举报。",
            number=original,
        )
