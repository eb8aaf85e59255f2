"""Reports of retaliation 打击报复举报: open to everybody who is signed in, past the unit concerned."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import retaliation
from documents.actions.retaliation import LONGEST, Report
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.unit import Unit
from portal.clock import now
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import retaliation_channel

retaliation_pages = Blueprint("retaliation", __name__)
TYPED = {"facts": LONGEST, "about": 40, "about_unit": 40, "original": 60}


@dataclass
class RetaliationPage:
    """The form, and what was typed into it when it comes back."""

    typed: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def units(self) -> list[Unit]:
        """The units that may be reported."""
        return list(Unit.objects(retired_on=None).order_by("id").only("id", "name"))

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
    if retaliation_channel() is None:
        abort(404)
    return RetaliationPage({"original": request.args.get("original", "")[:60]}).shown()


@retaliation_pages.post("/retaliation")
def send() -> ResponseReturnValue:
    """Open the case."""
    key = retaliation_channel() or abort(404)
    typed = {name: request.form.get(name, "")[:longest] for name, longest in TYPED.items()}
    anonymous = request.form.get("anonymous") == "yes"
    g.unfinished = RetaliationPage({**typed, "anonymous": anonymous})
    told = Report(**typed, anonymous=anonymous)
    submission = request.form.get("submission", "")[:80] or secrets.token_urlsafe(12)
    made = retaliation.report(Policy.current(key), told, actor=me(), now=now(), submission=submission)
    flash(_("举报已登记，编号 %(number)s。只有受理单位和您知道这件举报。", number=made.number), "good")
    for words in unheeded(told, made):
        flash(words, "warning")
    return redirect(url_for("cases.case", number=made.number))


def unheeded(told: Report, made: Complaint) -> Iterator[str]:
    """What of the report led nowhere, so that nobody is recused whom the reporter believes recused."""
    about, original = told.about.strip(), told.original.strip()
    if about and Person.objects(name=about).only("id").first() is None:
        yield _("没有姓名为“%(name)s”的人员，没有人因此回避。姓名已写进举报，请告诉受理单位。", name=about)
    if original and not made.links:
        yield _(
            "没有关联到原投诉“%(number)s”：编号有误，或不在您的查看范围内，其办理人员没有因此回避。"
            "编号已写进举报。",
            number=original,
        )
