"""Notices 通知: the bell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from documents.actions import notices as telling
from documents.complaint import Complaint, not_hidden_from
from documents.kept_back import hidden_volumes
from documents.loan import Loan
from documents.notice import Notice
from documents.rules.access import CaseScope
from documents.rules.durations import written_moment
from portal.clock import now
from portal.signing_in import me

notice_pages = Blueprint("notices", __name__)
PAGE = 40
OF_LOAN = re.compile(r"loan:([0-9a-f]{24}):(?!recalled)")  # that a loan was ended names nothing


@notice_pages.get("/notices")
def inbox() -> ResponseReturnValue:
    """What I was told, newest first."""
    found = telling.inbox(me().id, before=_place(request.args.get("before", "")), size=PAGE + 1)
    older = f"{found[PAGE - 1].at.isoformat()}|{found[PAGE - 1].id}" if len(found) > PAGE else ""
    shown = found[:PAGE]
    return render_template("notices.html", notices=shown, older=older, hidden=_hidden(shown))


def _hidden(found: Sequence[Notice]) -> dict[str, str]:
    """The notices of what is kept from the person by now, and why: what was told is covered."""
    numbers = {"$in": [one.number for one in found if one.number]}
    wanted = {"number": numbers, "$nor": [not_hidden_from(me().id)]}
    rows = Complaint.collection().find(wanted, {"number": 1, "recused": 1, "known_to": 1})
    why = {row["number"]: CaseScope.of(row).refusal(me().id) or "" for row in rows}
    return {one.id: why[one.number] for one in found if one.number in why} | _of_loans(found)


def _of_loans(found: Sequence[Notice]) -> dict[str, str]:
    """The notices 借阅通知 that name a volume which the person may no longer see."""
    named = {one.id: match[1] for one in found if (match := OF_LOAN.match(one.id))}
    rows = Loan.collection().find(
        {"_id": {"$in": [ObjectId(one) for one in set(named.values())]}}, {"volume": 1}
    )
    volumes = {str(row["_id"]): row["volume"] for row in rows} if named else {}
    hidden = hidden_volumes(volumes.values(), me().id) if volumes else ()
    return {notice: "" for notice, loan in named.items() if volumes.get(loan) in hidden}


def _place(text: str) -> tuple[datetime, str] | None:
    moment, _, last = text.partition("|")
    at = written_moment(moment)
    return (at, last) if at and last else None


@notice_pages.post("/notices/read")
def read_all() -> ResponseReturnValue:
    """Note that I have read everything."""
    telling.mark_read(me().id, now=now())
    return redirect(url_for("notices.inbox"))


@notice_pages.get("/notices/<path:notice>/open")
def open_notice(notice: str) -> ResponseReturnValue:
    """Go to the case of a notice, or to what one is asked; it counts as read."""
    mine: Notice | None = Notice.objects(id=notice, person=me().id).first()
    if mine is None or not (mine.number or mine.statement):
        return redirect(url_for("notices.inbox"))
    telling.mark_read(me().id, [mine.id], now=now())
    if mine.statement:
        return redirect(url_for("statements.show", statement=mine.statement))
    return redirect(url_for("cases.case", number=mine.number))
