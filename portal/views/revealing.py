"""Showing in full 查看完整内容: why, for which fields; and the release by a second person."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from documents.actions import revealing
from documents.actions.revealing import Asked
from documents.complaint import Complaint
from documents.policy import view_of
from documents.reveal import ASKED, Reveal
from documents.rules.broken import RuleBroken
from documents.rules.revealing import RevealRules, beneath, waits, why
from portal import reading
from portal.clock import now
from portal.language import said
from portal.messages import what_happened
from portal.revealing import Party, parties, sitting
from portal.signing_in import inside, me
from portal.standing import case_for_me, may_on

Definition = Mapping[str, Any]
reveal_pages = Blueprint("revealing", __name__)
LONGEST = 500
# Offered where the policy names no reasons of its own.
USUAL = (_l("联系投诉人"), _l("核对投诉人身份"), _l("核对账户或交易"), _l("制作函件或材料"))


@dataclass
class RevealPage:
    """The page on which somebody says why, and a second person decides."""

    case: Complaint
    field: str = ""
    back: str = ""
    typed: dict[str, Any] = dataclasses.field(default_factory=dict)
    problem: str = ""

    @property
    def parties(self) -> list[Party]:
        """The masked fields, part by part; those of the part that was asked for come first."""
        found = parties(self.case)
        return sorted(found, key=lambda one: all(each["key"] != self.field for each in one.fields))

    @property
    def rules(self) -> RevealRules:
        """What the policy says about it."""
        return RevealRules.of(view_of(self.case.policy, self.case.policy_version).definition)

    def waits(self, field: Definition) -> bool:
        """Whether a second person must release what the person may read of it."""
        readable = [name for name, one in beneath(field).items() if may_on(self.case, field=one)]
        return waits(self.rules, [field], readable)

    @property
    def asks_first(self) -> bool:
        """Whether all that is chosen from the start must be released: then a reason only asks."""
        return bool(self.parties) and all(self.waits(one) for one in self.parties[0].fields)

    @property
    def reasons(self) -> list[str]:
        """The reasons that are one press away."""
        view = view_of(self.case.policy, self.case.policy_version)
        listed = view.lists.get(self.rules.reasons, ()) if self.rules.reasons else ()
        return [said(one["label"]) for one in listed if not one.get("retired")] or [str(one) for one in USUAL]

    @property
    def waiting(self) -> list[Reveal]:
        """The requests that this person may decide, and the own ones that wait."""
        decides = revealing.may_release(me(), self.case)
        return [one for one in Reveal.waiting(self.case.number) if decides or one.person == me().id]

    def chosen(self, names: list[str]) -> list[Any]:
        """The definitions of the chosen fields; a table stands for its masked columns."""
        return [one for party in self.parties for one in party.fields if one["key"] in names]

    def shown(self) -> str:
        """The page."""
        reading.shown(reading.READ, self.case.number, way="reveal")
        return render_template("cases/reveal.html", page=self, case=self.case)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal."""
        self.problem = str(what_happened(error))
        return self.shown()


@reveal_pages.get("/cases/<number>/reveal")
def ask(number: str) -> ResponseReturnValue:
    """Say why."""
    page = RevealPage(case_for_me(number), request.args.get("field", "")[:80], _back())
    return page.shown() if page.parties or page.waiting else abort(404)


@reveal_pages.post("/cases/<number>/reveal")
def show(number: str) -> ResponseReturnValue:
    """Show the chosen fields, or ask for their release."""
    page = RevealPage(case_for_me(number), request.form.get("field", "")[:80], _back())
    page.typed = {"reason": request.form.get("reason", "")[:LONGEST]}
    g.unfinished = page
    reason = why(request.form.get("usual", ""), page.typed["reason"])
    chosen = page.chosen(request.form.getlist("fields"))
    made = revealing.reveal(number, chosen, Asked(me(), sitting(), now(), reason))
    if made.state == ASKED:
        flash(_("已提交，批准后您会收到通知。"), "good")
    else:
        flash(_("完整内容可见 %(minutes)s 分钟，查看已留痕。", minutes=page.rules.minutes), "good")
    return redirect(page.back or url_for("cases.case", number=number))


@reveal_pages.post("/cases/<number>/reveal/<request_id>")
def decide(number: str, request_id: str) -> ResponseReturnValue:
    """Release what somebody asked for, or refuse it."""
    g.unfinished = RevealPage(case_for_me(number))
    allow = request.form.get("do") == "release"
    revealing.decide(request_id, allow=allow, actor=me(), now=now())
    flash(_("已批准，申请人即可查看。") if allow else _("已退回申请。"), "good")
    return redirect(url_for("cases.case", number=number))


def _back() -> str:
    asked = request.values.get("back", "")[:200]
    return inside(asked) if asked else ""
