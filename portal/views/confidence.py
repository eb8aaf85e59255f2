"""Confidentiality 保密: who may know of a case, why, and every change of it with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.case_parts import Event
from documents.complaint import Complaint
from documents.person import Person
from documents.retold import ABOUT_LIST
from documents.rules.broken import RuleBroken
from portal import reading
from portal.case_retold import note_of
from portal.clock import now
from portal.forms.answers import unit_name
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import case_for_me

confidence_pages = Blueprint("confidence", __name__)
LONGEST = 1_000
MOST = 100  # people in one change


@dataclass
class ConfidencePage:
    """The need-to-know list 知悉名单 of a case, with the form that changes it."""

    case: Complaint
    typed: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def may_decide(self) -> bool:
        """Whether the viewer may change it."""
        return confiding.may_confide(me(), self.case)

    @property
    def listed(self) -> list[Person]:
        """Who stands on the list; before there is one, who would from the start."""
        people = self.case.known_to or confiding.first_list(self.case, me())
        found = Person.many(people)
        return [found[one] for one in people if one in found]

    @property
    def offered(self) -> list[Person]:
        """Who may be put on it."""
        fixed = {one.id for one in self.listed}
        return [one for one in confiding.offered(self.case) if one.id not in fixed]

    @property
    def history(self) -> list[Event]:
        """Every change so far, the newest first."""
        return [one for one in reversed(self.case.events) if one.verb in ABOUT_LIST]

    def note(self, event: Event) -> str:
        """The reason of a change, for who stood on the list then."""
        return note_of(self.case, event)

    @property
    def may_undo(self) -> bool:
        """Whether the last change can be taken back."""
        return self.may_decide and confiding.last_change(self.case) is not None

    def places(self, person: Person) -> str:
        """The units of a person's posts."""
        return str(_("、")).join(dict.fromkeys(unit_name(post.unit) for post in person.posts))

    def shown(self) -> str:
        """The page."""
        reading.shown(reading.READ, self.case.number, way="confidence")
        return render_template("cases/confidence.html", page=self, case=self.case)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal, with everything that was typed."""
        self.problem = str(what_happened(error))
        return self.shown()


@confidence_pages.get("/cases/<number>/confidence")
def show(number: str) -> ResponseReturnValue:
    """Who may know of the case."""
    page = ConfidencePage(case_for_me(number))
    return page.shown() if page.case.known_to or page.may_decide else abort(403)


@confidence_pages.post("/cases/<number>/confidence")
def change(number: str) -> ResponseReturnValue:
    """Make it confidential, change the list, end it, or take the last change back."""
    sent = request.form
    typed: dict[str, Any] = {name: sent.getlist(name)[:MOST] for name in ("add", "remove")}
    typed["reason"] = sent.get("reason", "")[:LONGEST]
    g.unfinished = ConfidencePage(case_for_me(number), typed)
    doing = DOING.get(sent.get("do", "")) or abort(400)
    case = doing(number, Asked(me(), now(), typed["reason"]), typed)
    flash(_("已保存，并记入经过。"), "good")
    if case.known_to and me().id not in case.known_to:
        return redirect(url_for("desk.desk"))
    return redirect(url_for("confidence.show", number=number))


DOING: dict[str, Callable[[str, Asked, dict[str, Any]], Complaint]] = {
    "confide": lambda number, asked, typed: confiding.confide(number, asked, typed["add"]),
    "change": lambda number, asked, typed: confiding.change_list(
        number, asked, add=typed["add"], remove=typed["remove"]
    ),
    "end": lambda number, asked, _typed: confiding.end(number, asked),
    "undo": lambda number, asked, _typed: confiding.undo(number, asked),
}
