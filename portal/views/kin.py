"""Relatives 亲属名单: one's own, and for administrators those of anybody; cases of kin go to others."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import kin
from documents.actions.kin import ADMINISTER, Declared
from documents.kinship import Kinship
from documents.person import Person
from documents.rules.broken import RuleBroken
from portal.clock import now
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import may_do

kin_pages = Blueprint("kin", __name__)
FIELDS = ("name", "relation", "phone", "id_number")


@dataclass
class KinPage:
    """The relatives of a person, and the form for another."""

    person: Person
    typed: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def relatives(self) -> list[Kinship]:
        """Who is declared."""
        return Kinship.of(self.person.id)

    @property
    def whose(self) -> dict[str, str]:
        """What an address must say to stay with this person."""
        return {} if self.person.id == me().id else {"person": self.person.id}

    def shown(self) -> str:
        """The page."""
        return render_template("kin.html", page=self)

    def shown_again(self, error: RuleBroken) -> str:
        """The same after a refusal."""
        self.problem = str(what_happened(error))
        return self.shown()


@kin_pages.get("/profile/kin")
def show() -> ResponseReturnValue:
    """The list."""
    return KinPage(_whose()).shown()


@kin_pages.post("/profile/kin")
def change() -> ResponseReturnValue:
    """Add a relative, or take one off."""
    typed = {name: request.form.get(name, "")[: kin.LONGEST] for name in FIELDS}
    page = g.unfinished = KinPage(_whose(), typed)
    if request.form.get("remove"):
        kin.withdraw(page.person.id, request.form["remove"], actor=me(), now=now())
        flash(_("已移出亲属名单。"), "good")
    else:
        kin.declare(page.person.id, Declared(**typed), actor=me(), now=now())
        flash(_("已列入亲属名单，今后登记和办理时自动回避。"), "good")
    return redirect(url_for("kin.show", person=page.whose.get("person")))


def _whose() -> Person:
    asked = request.args.get("person", "")[:80]
    if not asked or asked == me().id:
        return me()
    if not may_do(ADMINISTER):
        abort(403)
    found: Person | None = Person.objects(id=asked).first()
    return found or abort(404)
