"""Lending 借阅: ask for a volume, and read the copy page by page; every opening and page is noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import lending
from documents.actions.lending import LONGEST_LOAN, Wanted
from documents.kept_back import hidden_volumes
from documents.loan import Loan
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day
from documents.rules.whole_numbers import whole
from jobs import page_pictures
from portal.clock import now, today
from portal.messages import what_happened
from portal.signing_in import me

loan_pages = Blueprint("loans", __name__)
SHOWN = 60
WIDTH = 1000
USUAL = timedelta(days=14)
FIELDS = ("number", "purpose", "pages", "until")
LONGEST = 1_000


@dataclass
class AskPage:
    """The page with the form 借阅申请, and what was typed into it when it comes back."""

    typed: dict[str, str] = field(default_factory=dict)

    def shown(self, problem: str = "") -> str:
        """My loans and the form."""
        mine = list(Loan.objects(asked_by=me().id).order_by("-asked_at").limit(SHOWN))
        hidden = hidden_volumes((one.volume for one in mine), me().id)
        more = {"typed": self.typed, "problem": problem, "longest": LONGEST_LOAN.days}
        return render_template("loans/index.html", loans=mine, hidden=hidden, **more)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal."""
        return self.shown(str(what_happened(error)))


@loan_pages.get("/loans")
def index() -> ResponseReturnValue:
    """What I asked for, and a form to ask for more."""
    number = request.args.get("number", "")[:80]
    return AskPage({"number": number, "until": (today() + USUAL).isoformat()}).shown()


@loan_pages.post("/loans")
def ask() -> ResponseReturnValue:
    """Ask for a volume."""
    typed = {
        name: request.form.get(name, "").strip()[:1000] for name in ("number", "purpose", "pages", "until")
    }
    g.unfinished = AskPage(typed)
    until = written_day(typed["until"])
    if until is None:
        raise RuleBroken("loan_until", days=LONGEST_LOAN.days)
    wanted = Wanted(typed["number"], typed["purpose"], typed["pages"], until)
    loan = lending.ask(wanted, actor=me(), now=now(), today=today())
    flash(_("已提交借阅申请 %(number)s，档案人员批准后通知您。", number=loan.number), "good")
    return redirect(url_for("loans.index"))


@loan_pages.post("/loans/<loan_id>/withdraw")
def withdraw(loan_id: str) -> ResponseReturnValue:
    """Take a request back."""
    lending.withdraw(loan_id, actor=me(), now=now())
    flash(_("已撤回。"), "good")
    return redirect(url_for("loans.index"))


@loan_pages.post("/loans/<loan_id>/return")
def give_back(loan_id: str) -> ResponseReturnValue:
    """Give the copy back."""
    lending.give_back(str(my_loan(loan_id).id), actor=me(), now=now())
    flash(_("已归还，阅览件已删除。"), "good")
    return redirect(url_for("loans.index"))


@loan_pages.get("/loans/<loan_id>")
def read(loan_id: str) -> ResponseReturnValue:
    """The copy, opened in the portal and nowhere else."""
    loan = my_loan(loan_id)
    file_id = lending.open_copy(loan, None, actor=me(), now=now(), today=today())
    labels = page_pictures.labels(file_id)
    sheet = min(max(request.args.get("sheet", 1, type=whole), 1), len(labels))
    return render_template("loans/read.html", loan=loan, labels=labels, sheet=sheet)


@loan_pages.get("/loans/<loan_id>/pages/<int:sheet>.png")
def picture(loan_id: str, sheet: int) -> ResponseReturnValue:
    """One page of the copy; each is noted."""
    loan = my_loan(loan_id)
    file_id = lending.open_copy(loan, sheet, actor=me(), now=now(), today=today())
    drawn = page_pictures.picture(file_id, sheet, WIDTH)
    answer = Response(drawn, mimetype="image/png") if drawn else abort(404)
    answer.headers["Cache-Control"] = "no-store"  # after the last day nothing of it is left in the browser
    return answer


def my_loan(loan_id: str) -> Loan:
    """A loan of one's own; another's looks like none."""
    loan = Loan.get(loan_id)
    return loan if loan.asked_by == me().id else abort(404)
