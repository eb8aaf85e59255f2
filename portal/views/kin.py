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
from documents.rules.masks import MASKS
from portal import reading
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
    whole: bool = False  # whether the numbers of somebody else's relatives are shown in full

    @property
    def relatives(self) -> list[Kinship]:
        """Who is declared; the numbers of somebody else's relatives lie under a mask 遮盖."""
        found = Kinship.of(self.person.id)
        if self.whose and not self.whole:
            for one in found:
                one.phone = MASKS["phone"](one.phone) if one.phone else ""
                one.id_number = MASKS["id_number"](one.id_number) if one.id_number else ""
        return found

    @property
    def numbers(self) -> bool:
        """Whether there are numbers under a mask."""
        masked = bool(self.whose) and not self.whole
        return masked and any(one.phone or one.id_number for one in Kinship.of(self.person.id))

    @property
    def whose(self) -> dict[str, str]:
        """What an address must say to stay with this person."""
        return {} if self.person.id == me().id else {"person": self.person.id}

    def shown(self) -> str:
        """The page; looking at the relatives of somebody else is noted."""
        if self.whose:
            reading.shown(reading.READ, f"person:{self.person.id}", way="kin")
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
    """Add a relative, take one off, or show the numbers of somebody else's for a reason."""
    typed = {name: request.form.get(name, "")[: kin.LONGEST] for name in FIELDS}
    page = g.unfinished = KinPage(_whose(), typed)
    if "reveal" in request.form:
        kin.reveal(page.person.id, request.form["reveal"], actor=me(), now=now())
        page.whole = True
        return page.shown()
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
