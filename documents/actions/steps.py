"""Steps 办理: perform a transition of a case; say which ones a person may perform, and why not the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions import attachments, clocks, effects, hearing, recusing, registration
from documents.actions.answering import checked_values, keep_answers
from documents.actions.change import Change, Submission, write
from documents.actions.surroundings import STORED, Surroundings
from documents.closing import filers_of
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import view_of
from documents.rules import workflow
from documents.rules.broken import RuleBroken
from documents.rules.moments import moment_facts
from documents.rules.policy import PolicyView
from documents.rules.workflow import CaseState, Viewer
from documents.volume_papers import mark_later


@dataclass(frozen=True)
class Choice:
    """A transition that a person may perform now."""

    key: str
    label: Mapping[str, str]
    primary: bool
    form: str | None
    transition: Mapping[str, Any]
    instead_of: str = ""  # 代办: the absent person for whom it would be taken


@dataclass(frozen=True)
class Refusal:
    """A transition that leads on from here, and why this person may not perform it."""

    key: str
    label: Mapping[str, str]
    code: str
    facts: Mapping[str, Any]


def available(case: Complaint, actor: Person, *, now: datetime) -> list[Choice]:
    """What the person may do on this case now."""
    view, viewer = view_of(case.policy, case.policy_version), actor.viewer(now)
    state = state_at(case, view, now)
    found = workflow.allowed(view.transitions(case.case_type), state, viewer)
    return [
        Choice(
            one["key"], one["label"], bool(one.get("primary")), one.get("form"), one, _for(one, state, viewer)
        )
        for one in found
    ]


def _for(transition: Mapping[str, Any], state: CaseState, viewer: Viewer) -> str:
    """The absent person for whom the step would be taken."""
    seat = workflow.acting_as(transition, state, viewer)
    return seat.person if isinstance(seat, Viewer) and seat.person != viewer.person else ""


def explain(case: Complaint, actor: Person, *, now: datetime) -> list[Refusal]:
    """Why the person may not do the other things that lead on from here."""
    view, viewer = view_of(case.policy, case.policy_version), actor.viewer(now)
    state = state_at(case, view, now)
    refused = []
    for one in view.transitions(case.case_type):
        reason = workflow.refusal(one, state, viewer) if workflow.starts_here(one, state) else None
        if reason is not None:
            refused.append(Refusal(one["key"], one["label"], reason.code, reason.facts))
    return refused


def state_at(case: Complaint, view: PolicyView, now: datetime) -> CaseState:
    """What the workflow rules read of the case at a moment, on the policy's clocks."""
    facts = {**case.facts(ZoneInfo(view.zone)), **moment_facts(now, view.zone)}
    return case.state(facts, filers=filers_of(case, view))


def perform(  # noqa: PLR0913 - one keyword for each fact of a step reads better than a bundle
    number: str,
    transition: str,
    values: Mapping[str, Any],
    *,
    actor: Person,
    now: datetime,
    turn: int,
    submission: str,
    uploads: Sequence[str] = (),
    covered: Iterable[str] = (),
) -> Complaint:
    """Perform a transition. `turn` is the turn of the case that the person saw, `covered` the fields of the
    form that he saw as a mask.

    The same `submission` twice changes the case once. Raises RuleBroken("changed_meanwhile"),
    ("form_incomplete") and everything that `workflow.refusal` and the effects may raise.
    """

    pressed = Submission(actor, now, submission, tuple(uploads), covered=frozenset(covered))

    def run() -> Complaint:
        case = Complaint.get(number)
        if any(event.submission == submission for event in case.events):
            return case
        if case.turn != turn:
            raise RuleBroken("changed_meanwhile", number=number, since=turn)
        return carry_out(case, transition, values, pressed)

    return transaction(run)


def carry_out(
    case: Complaint,
    key: str,
    submitted: Mapping[str, Any],
    submission: Submission,
    surroundings: Surroundings = STORED,
) -> Complaint:
    """Carry out a transition amid the given surroundings 办理: the real ones, or those of a trial."""
    view = surroundings.view(case.policy, case.policy_version)
    transition = view.transition(case.case_type, key)
    change = Change(case, view, submission.actor, submission.now, transition, surroundings)
    change.filing, change.covered = submission.filing, submission.covered
    _take_seat(change)
    _take_form(change, submitted, submission.uploads)
    effects.weigh(change)
    before = case.stage
    target = workflow.target(transition, change.state())
    effects.apply(change, transition.get("effects", []))
    move(change, view, target)
    effects.weigh_at_last(change)
    recusing.find_kin(change)
    recusing.reroute(change)
    mark_later(case)
    write(change, label=transition["label"], from_stage=before, submission=submission, note=_note(change))
    open_follow_ups(change, submission)
    return case


def _take_seat(change: Change) -> None:
    """Whether the actor may take the step, and for whom 代办, 代行; raises the refusal."""
    state, viewer = change.state(), change.surroundings.viewer(change.actor, change.now)
    refused = workflow.refusal(change.transition, state, viewer)
    if refused is not None:
        raise refused
    seat = workflow.acting_as(change.transition, state, viewer)
    if isinstance(seat, Viewer):
        change.instead_of = seat.person if seat.person != viewer.person else None
        change.post_instead = workflow.post_instead(change.transition, state, seat)


def open_follow_ups(change: Change, submission: Submission) -> None:
    """Open the linked cases that the effects asked for 另立案件."""
    for linked in change.follow_ups:
        opened = registration.open_linked(change, linked, submission)
        link = {"kind": linked.link, "number": opened.number}
        change.case.links.append(link)
        change.surroundings.link(change.case, link)


def _take_form(change: Change, submitted: Mapping[str, Any], uploads: Sequence[str]) -> None:
    form = change.transition.get("form")
    if form:
        change.values = checked_values(change, form, submitted)
    attachments.attach(change, form, uploads)
    if form:
        keep_answers(change, form)


def move(change: Change, view: PolicyView, target: str) -> None:
    """Bring the case to a stage; when that ends it, its clocks stop."""
    case = change.case
    was_open = case.status == "open"
    case.stage = target
    case.status = view.stage(case.case_type, target)["status"]
    if was_open and case.status != "open":
        case.closed_at = change.now
        keep = set(change.transition.get("keeps_running", ()))
        clocks.stop_all(change, keep)
        hearing.end_all(change)
    elif case.status == "open":
        case.closed_at = None


def _note(change: Change) -> str | None:
    source = change.transition.get("note_from")
    value = change.values.get(source) if source else None
    return str(value) if value else None
