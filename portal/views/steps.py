"""Steps 办理: the form of a transition, its sending, and the merge when somebody else was faster."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from documents.actions import steps
from documents.case_parts import Event
from documents.complaint import Complaint
from documents.moved_cases import filled, newest_answers, step_names, step_now
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.whole_numbers import whole
from documents.upload import Draft
from portal import reading
from portal.case_page import CasePage, reason_of
from portal.clock import now
from portal.forms.answers import Shown, shown_value
from portal.forms.early import early_words
from portal.forms.outdated import Outdated, Target, carried_fields, outdated, shown_version
from portal.forms.page import Around, FormPage, blank_page, sent_page
from portal.held import draft_for, draft_id, forget_draft, keep_draft, typed_in
from portal.language import said
from portal.paperwork import ask_for_papers
from portal.signing_in import me
from portal.standing import case_for_me, may_on
from portal.uploading import with_files

step_pages = Blueprint("steps", __name__)


@dataclass
class StepPage:
    """A transition's page: its form beside what matters of the case."""

    page: CasePage
    transition: Mapping[str, Any]
    form: FormPage | None
    turn: int
    seen: int
    draft: Any = None
    problem: str = ""
    outdated: Outdated | None = None

    @property
    def case(self) -> Complaint:
        """The case."""
        return self.page.case

    @property
    def changes(self) -> list[Event]:
        """What happened since the form was opened."""
        return list(self.case.events[self.seen :])

    @property
    def still_open(self) -> bool:
        """Whether the person may still perform the step."""
        return any(one.key == self.transition["key"] for one in self.page.choices)

    @property
    def acting_for(self) -> list[Person]:
        """The absent person for whom the step would be taken 代办."""
        known = {one.instead_of for one in self.page.choices if one.key == self.transition["key"]}
        return [one for one in me().represented(now()) if one.id in known]

    def rivals(self) -> list[tuple[str, Shown, Shown]]:
        """Where the other person's newer answers to the same form differ from what was typed here."""
        theirs = self._newer_answers()
        if theirs is None or self.form is None:
            return []
        mine = self.form.checked().values
        pairs = []
        for field in (one.definition for one in self.form.form):
            there, here = theirs.get(field["key"]), mine.get(field["key"])
            # Own words over a masked answer are told beside it, right or wrong: that would confirm a guess.
            differs = there != here or field["key"] in self.form.cover.own
            if differs and field["type"] != "files":
                shown = [shown_value(field, value, self.page.view, self.case) for value in (there, here)]
                pairs.append((said(field["label"]), shown[0], shown[1]))
        return pairs

    def _newer_answers(self) -> Mapping[str, Any] | None:
        form = self.transition.get("form", "")
        opened = self.case.events[self.seen - 1].at if self.seen else None
        newest = newest_answers(self.case, form)
        return filled(self.case, form) if newest and opened and newest.at > opened else None

    def show(self, status: int = 200) -> ResponseReturnValue:
        """The page."""
        return self._drawn(), status

    def _drawn(self) -> str:
        reading.shown(reading.READ, self.case.number, way="step", step=self.transition["key"])
        return render_template("cases/step.html", step=self, page=self.page, form=self.form)

    def shown_again(self, error: RuleBroken) -> str:
        """The page after a refusal: what changed meanwhile, and everything typed still in its place."""
        fresh = CasePage(Complaint.get(self.case.number))
        form = self.form.beside(fresh.case) if self.form else None
        again = StepPage(fresh, self.transition, form, fresh.case.turn, self.seen)
        again.outdated = self.outdated
        again.problem = "" if error.code == "changed_meanwhile" else reason_of(error, fresh)
        return again._drawn()


@step_pages.get("/cases/<number>/steps/<key>")
def show(number: str, key: str) -> ResponseReturnValue:
    """The form of a step, with the draft when there is one."""
    case = case_for_me(number)
    if _sent_after_all(case):
        return redirect(url_for("cases.case", number=number))
    present = step_now(case, key)
    if present != key and (present or draft_for(me().id, request.path)):
        # The case moved to a version where the step has another name, or where it is gone.
        kept = url_for("drafts.list_drafts")
        return redirect(url_for("steps.show", number=number, key=present) if present else kept)
    step = _step(case, key)
    refuse_closed(step)
    draft = _draft(case, key)
    if step.form and draft:
        step.outdated = outdated(draft, _target(case, step.transition))
        step.form = _sent(
            case, step.transition, typed_in(draft, step.outdated.values if step.outdated else draft.values)
        )
        step.draft = draft
    return step.show()


def _sent_after_all(case: Complaint) -> bool:
    """Whether the draft of this page was sent and carried out: whoever sent it got no answer."""
    draft = draft_for(me().id, request.path)
    if not (draft and draft.submission) or all(one.submission != draft.submission for one in case.events):
        return False
    forget_draft(me().id, request.path)
    flash(_("您上次填写的这一步已经完成。"), "good")
    return True


def _draft(case: Complaint, key: str) -> Draft | None:
    """What the person has begun to type into the step, whatever it was called then."""
    for name in step_names(case, key):
        draft = draft_for(me().id, url_for("steps.show", number=case.number, key=name))
        if draft and name != key:
            draft.move(draft_id(me().id, request.path), request.path)
        if draft:
            return draft
    return None


def _target(case: Complaint, transition: Mapping[str, Any]) -> Target:
    return Target(view_of(case.policy, case.policy_version), int(case.policy_version), transition["form"])


@step_pages.post("/cases/<number>/steps/<key>")
def perform(number: str, key: str) -> ResponseReturnValue:
    """Perform the step."""
    case = case_for_me(number)
    sent, key = with_files(request), step_now(case, key) or key
    step = _sent_step(case, key, sent.fields)
    g.unfinished = step
    lost = step.outdated and step.outdated.lost
    if step.form and (not step.form.is_complete(sent.refused) or lost):
        if step.form.cover.aside:
            keep_draft(me().id, request.path, request.form.to_dict(flat=False))
        return step.show(422)
    values = step.form.form.submitted() if step.form else {}
    submission = request.form.get("submission") or secrets.token_urlsafe(12)
    about: dict[str, Any] = {"turn": step.turn, "submission": submission}
    about |= {"covered": step.form.covered_keys} if step.form else {}
    done = steps.perform(number, key, values, actor=me(), now=now(), **about)
    ask_for_papers(done)
    forget_draft(me().id, request.path)
    flash(_("“%(label)s”已完成。", label=said(step.transition["label"])), "good")
    return redirect(url_for("cases.case", number=number) if case_is_visible(number) else url_for("desk.desk"))


@step_pages.post("/cases/<number>/steps/<key>/check")
def check(number: str, key: str) -> ResponseReturnValue:
    """What is wrong with what is filled so far; nothing is done."""
    step = _sent_step(case_for_me(number), key, request.form)
    refuse_closed(step)
    return early_words(step.form) if step.form else {}


def case_is_visible(number: str) -> bool:
    """Whether the person may still see the case: a recusal takes it out of sight."""
    return bool(may_on(Complaint.get(number)))


def refuse_closed(step: StepPage) -> None:
    """A step that is closed to the person says why."""
    for refusal in steps.explain(step.case, me(), now=now()):
        if refusal.key == step.transition["key"]:
            raise RuleBroken("step_closed", reason=reason_of(refusal, step.page))
    if not step.still_open:
        raise RuleBroken("wrong_stage", stage=step.case.stage)


def _step(case: Complaint, key: str) -> StepPage:
    page = CasePage(case)
    transition = page.view.transition(case.case_type, key)
    form = _blank(case, transition)
    return StepPage(page, transition, form, case.turn, len(case.events))


def _sent_step(case: Complaint, key: str, fields: MultiDict[str, str]) -> StepPage:
    page = CasePage(case)
    transition = page.view.transition(case.case_type, key)
    form = old = None
    if transition.get("form"):
        fields, old = carried_fields(fields, _target(case, transition), shown_version(case.policy))
        form = _sent(case, transition, fields)
    turn, seen = (request.form.get(name, type=whole) for name in ("turn", "seen"))
    step = StepPage(page, transition, form, turn or 0, min(seen or 0, len(case.events)))
    step.outdated = old
    return step


def _blank(case: Complaint, transition: Mapping[str, Any]) -> FormPage | None:
    if not transition.get("form"):
        return None
    return blank_page(_around(case), transition["form"], values=filled(case, transition["form"]) or {})


def _sent(case: Complaint, transition: Mapping[str, Any], sent: Any) -> FormPage:
    return sent_page(_around(case), transition["form"], sent)


def _around(case: Complaint) -> Around:
    return Around(view_of(case.policy, case.policy_version), case.policy_version, case)
