"""Intake 登记: choose what it is, fill the form, get a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import registration
from documents.complaint import Complaint
from documents.policy import Policy, identity_between, view_of
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.unit import Unit
from documents.upload import Draft
from portal.clock import now
from portal.columns import identifying_fields, matter_fields
from portal.forms.compile import PREFIX
from portal.forms.early import early_words
from portal.forms.outdated import Outdated, Target, carried_fields, outdated, shown_version
from portal.forms.page import Around, FormPage, blank_page, sent_page
from portal.held import draft_for, forget_draft, typed_in
from portal.language import said
from portal.messages import what_happened
from portal.signing_in import me
from portal.standing import newest_policies
from portal.uploading import with_files

intake = Blueprint("intake", __name__)


@dataclass(frozen=True)
class Kind:
    """Something that the person may register 可登记的事项."""

    policy: str
    version: int
    definition: Mapping[str, Any]

    @property
    def view(self) -> PolicyView:
        """The policy version in force."""
        return view_of(self.policy, self.version)

    @property
    def unit_codes(self) -> list[str]:
        """The codes of the units for which the person may register it, also for somebody absent 代办."""
        roles = {who["role"] for who in self.definition["register"]["who"]}
        if me().is_absent(now()):
            return []
        held = [post for one in (me(), *me().represented(now())) for post in one.posts]
        return list(dict.fromkeys(post.unit for post in held if post.role in roles))

    @property
    def similar_by(self) -> list[str]:
        """The fields of the form by which earlier cases are compared."""
        key = self.definition["key"]
        return [
            PREFIX + name for name in (*identifying_fields(self.view, key), *matter_fields(self.view, key))
        ]

    @property
    def units(self) -> list[Unit]:
        """The units for which the person may register it."""
        return list(Unit.many(self.unit_codes).values())


@dataclass
class IntakePage:
    """The registration page."""

    kind: Kind
    unit: str
    form: FormPage
    draft: Any = None
    problem: str = ""
    outdated: Outdated | None = None

    def show(self, status: int = 200) -> ResponseReturnValue:
        """The page."""
        return render_template("intake/form.html", intake=self, form=self.form), status

    def shown_again(self, error: RuleBroken) -> str:
        """The page after a refusal, with everything typed still in its place."""
        self.problem = str(what_happened(error))
        return render_template("intake/form.html", intake=self, form=self.form)


def kinds() -> list[Kind]:
    """What the person may register."""
    found = []
    for policy, version in newest_policies():
        for case_type in view_of(policy, version).definition["case_types"]:
            kind = Kind(policy, version, case_type)
            if not case_type.get("linked_only") and kind.unit_codes:
                found.append(kind)
    return found


def may_register() -> bool:
    """Whether the person may register anything."""
    return bool(kinds())


@intake.get("/register")
def choose() -> ResponseReturnValue:
    """Choose what to register."""
    found = kinds()
    if me().is_absent(now()):
        raise RuleBroken("absent")
    if not found:
        raise RuleBroken("may_not_register")
    return render_template("intake/choose.html", kinds=found)


@intake.get("/register/<policy>/<case_type>")
def fill(policy: str, case_type: str) -> ResponseReturnValue:
    """The empty form, or the draft."""
    kind = _kind(policy, case_type)
    around, draft = _around(kind), unsent(draft_for(me().id, request.path))
    asked, old = kind.definition["register"]["form"], None
    if draft:
        old = outdated(draft, Target(kind.view, kind.version, asked, _form_of(kind, draft.version)))
        form = sent_page(around, asked, typed_in(draft, old.values if old else draft.values))
    else:
        form = blank_page(around, asked, values={})
    page = IntakePage(kind, str(around.facts["unit_received"]), form, draft)
    page.outdated = old
    return page.show()


def unsent(draft: Draft | None) -> Draft | None:
    """The draft, unless its form was registered after all: whoever sent it got no answer."""
    mine = {"submission": draft.submission, "events.0.by": me().id} if draft and draft.submission else None
    known = Complaint.objects(__raw__=mine).first() if mine else None
    if draft is None or known is None:
        return draft
    forget_draft(me().id, request.path)
    flash(_("您上次填写的表单已登记：%(number)s %(title)s", number=known.number, title=known.title), "good")
    return None


def _form_of(kind: Kind, version: int | None) -> str:
    """The form in which a draft of that version was begun."""
    if not version or version == kind.version:
        return str(kind.definition["register"]["form"])
    old = view_of(kind.policy, version)
    key = identity_between(kind.policy, kind.version, version).key("case_type", kind.definition["key"])
    return str(old.case_type(key)["register"]["form"])


@intake.post("/register/<policy>/<case_type>")
def register(policy: str, case_type: str) -> ResponseReturnValue:
    """Register the case."""
    kind = _kind(policy, case_type)
    around = _around(kind)
    sent, asked, shown = with_files(request), kind.definition["register"]["form"], shown_version(policy)
    target = Target(kind.view, kind.version, asked, _form_of(kind, shown))
    fields, old = carried_fields(sent.fields, target, shown)
    form = sent_page(around, asked, fields)
    g.unfinished = page = IntakePage(kind, str(around.facts["unit_received"]), form, outdated=old)
    if not form.is_complete(sent.refused) or (old and old.lost):
        return page.show(422)
    moment = now()
    case = registration.register(
        Policy.of(kind.policy, kind.version),
        str(kind.definition["key"]),
        form.form.submitted(),
        actor=me(),
        now=moment,
        submission=form.submission,
        unit=page.unit,
    )
    forget_draft(me().id, request.path)
    told = {"number": case.number, "title": case.title}
    if case.registered_at < moment:
        flash(_("这份表单此前已登记：%(number)s %(title)s。没有再登记一次。", **told), "good")
    else:
        flash(_("已登记：%(number)s %(title)s", **told), "good")
    return redirect(url_for("cases.case", number=case.number))


@intake.post("/register/<policy>/<case_type>/check")
def check(policy: str, case_type: str) -> ResponseReturnValue:
    """What is wrong with what is filled so far; nothing is registered."""
    kind = _kind(policy, case_type)
    asked, shown = kind.definition["register"]["form"], shown_version(policy)
    target = Target(kind.view, kind.version, asked, _form_of(kind, shown))
    fields, _old = carried_fields(request.form, target, shown)
    return early_words(sent_page(_around(kind), asked, fields))


def _kind(policy: str, case_type: str) -> Kind:
    mine = [one for one in kinds() if one.policy == policy]
    # An address may still call the case type by a name that it had before.
    found = next(
        (one for one in mine if one.definition["key"] == one.view.reading.now("case_type", case_type)), None
    )
    if found is None:
        raise RuleBroken("may_not_register", what=said({"zh": case_type}))
    return found


def _around(kind: Kind) -> Around:
    codes: list[str] = [unit.id for unit in kind.units]
    wanted = request.values.get("unit")
    unit = next((code for code in codes if code == wanted), codes[0])
    return Around(kind.view, kind.version, opening=registration.opening_facts(unit))
