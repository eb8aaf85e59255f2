"""Registration 登记: a complaint, suggestion or opinion becomes a case with a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from documents.actions import attachments, effects, recusing
from documents.actions.answering import checked_values, keep_answers
from documents.actions.change import Change, Submission, write
from documents.actions.links import LinkedCase
from documents.actions.surroundings import STORED, Surroundings
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import Policy
from documents.rules import workflow
from documents.rules.broken import RuleBroken
from documents.rules.passing import Hands
from documents.rules.policy import PolicyView
from documents.unit import Unit

REGISTERED = {"zh": "登记", "en": "Registered"}  # what the first event of a case is called


def register(  # noqa: PLR0913 - one keyword for each fact of a registration reads better than a bundle
    policy: Policy,
    case_type: str,
    values: Mapping[str, Any],
    *,
    actor: Person,
    now: datetime,
    submission: str,
    unit: str | None = None,
    uploads: Sequence[str] = (),
) -> Complaint:
    """登记: register a case for the unit that received it (the actor's own when none is named).

    The same `submission` twice gives the same case. Raises RuleBroken("form_incomplete"),
    ("may_not_register"), ("submission_taken").
    """

    def run() -> Complaint:
        known = sent_before(submission, actor)
        if known is not None:
            return known
        pressed = Submission(actor, now, submission, tuple(uploads))
        change = blank(Pinned(policy.key, policy.version, policy.view()), case_type, pressed)
        return open_case(change, values, pressed, receiving_unit(change, unit))

    return transaction(run)


def sent_before(submission: str, actor: Person) -> Complaint | None:
    """What the person registered with this key already; raises RuleBroken("submission_taken") of another."""
    known: Complaint | None = Complaint.objects(submission=submission).first()
    if known is not None and known.events[0].by != actor.id:
        raise RuleBroken("submission_taken")
    return known


def open_linked(origin: Change, linked: LinkedCase, submission: Submission) -> Complaint:
    """Open the linked case that an effect asked for, inside the running transaction."""
    pinned = Pinned(origin.case.policy, origin.case.policy_version, origin.view)
    pressed = Submission(origin.actor, origin.now, f"{submission.key}:{linked.link}")
    change = blank(pinned, linked.case_type, pressed, origin.surroundings)
    change.case.recused = list(linked.recused)
    change.case.known_to = list(origin.case.known_to)  # what is carried over is as confidential there
    change.case.links = [{"kind": linked.link, "number": origin.case.number}]
    return open_case(change, linked.values, pressed, linked.unit)


def opening_facts(unit: str) -> dict[str, Any]:
    """What the conditions of a registration form may read before there is a case."""
    return {"received_kind": Unit.get(unit).kind, "unit_received": unit}


@dataclass(frozen=True)
class Pinned:
    """The version of a policy that a new case pins 适用版本."""

    policy: str
    version: int
    view: PolicyView


def blank(
    pinned: Pinned, case_type: str, submission: Submission, surroundings: Surroundings = STORED
) -> Change:
    """A case that is about to be registered, amid the given surroundings."""
    transition = pinned.view.case_type(case_type)["register"]
    case = Complaint(policy=pinned.policy, policy_version=pinned.version, case_type=case_type)
    case.registrar = submission.actor.id
    change = {"key": "register", **transition}
    return Change(case, pinned.view, submission.actor, submission.now, change, surroundings)


def receiving_unit(change: Change, named: str | None = None) -> str:
    """The unit for which the actor may register, perhaps for somebody absent 代办.

    Raises RuleBroken("may_not_register"), ("absent").
    """
    allowed = {who["role"] for who in change.transition["who"]}
    viewer = change.surroundings.viewer(change.actor, change.now)
    if viewer.away:
        raise RuleBroken("absent")
    own = [(post.role, post.unit) for post in change.actor.posts]
    for person, posts in [("", own), *((one.person, sorted(one.posts)) for one in viewer.instead)]:
        for role, unit in posts:
            if role in allowed and named in (None, unit):
                change.instead_of = person or None
                change.case.registrar = person or change.actor.id
                return str(unit)
    raise RuleBroken("may_not_register")


def open_case(change: Change, submitted: Mapping[str, Any], submission: Submission, unit: str) -> Complaint:
    """Open the case for the unit that received it."""
    case, transition = change.case, change.transition
    case.id, case.submission = ObjectId(), submission.key
    case.units = change.surroundings.slots(change.view, {"received": unit})
    case.received_kind = change.surroundings.unit(unit).kind
    if any(post.unit == unit for post in change.seat.posts):
        change.before = Hands(units={"received": unit})  # who registers has the case, and knows of it
    change.values = checked_values(change, transition["form"], submitted)
    _describe(change)
    _number(change)
    attachments.attach(change, transition["form"], submission.uploads)
    keep_answers(change, transition["form"])
    effects.weigh(change)
    case.stage = workflow.target(transition, change.state())
    effects.apply(change, transition.get("effects", []))
    effects.weigh_at_last(change)
    recusing.find_kin(change)
    recusing.reroute(change)
    return write(change, label=transition.get("label", REGISTERED), from_stage=None, submission=submission)


def _describe(change: Change) -> None:
    case, values = change.case, change.values
    columns = change.transition["columns"]
    for name, source in columns.items():
        if values.get(source) is not None:
            setattr(case, name, values[source])
    case.received_at = case.received_at or change.now
    case.registered_at = change.now
    if case.received_at > change.now:
        raise RuleBroken("received_in_future")


def _number(change: Change) -> None:
    case = change.case
    case.series, case.number = change.take_number(change.view.case_type(case.case_type)["number"])
