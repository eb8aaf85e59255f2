"""What follows when a limit is missed 逾期后果: its effects and a step of the system, done once.

The timer stands one second after the deadline. It fires in the same transaction that applies the effects,
so a worker that dies has done neither or both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from documents.actions import effects, steps
from documents.actions.change import Change, Submission, write
from documents.actions.surroundings import Surroundings
from documents.complaint import Complaint
from documents.events import SYSTEM, SYSTEM_NAME
from documents.person import Person
from documents.rules import workflow
from documents.rules.expressions import holds
from documents.rules.planning import MISSED
from documents.rules.policy import PolicyView

Row = Mapping[str, Any]
VERB = "missed"


def is_missed(timer: Row) -> bool:
    """Whether the timer stands for what follows, not for a rung."""
    return bool(timer["rung"] == MISSED)


def carry_out(case: Complaint, timer: Row, surroundings: Surroundings, *, now: datetime) -> str | None:
    """逾期处理: what the policy lets follow; or the code of the reason why nothing does."""
    clock = next(
        (one for one in case.clocks if (one.limit, one.round) == (timer["limit"], timer["round"])), None
    )
    if case.status == "archived":
        return "archived"
    if clock is None or clock.state != "running":
        return "clock_stopped"
    view = surroundings.view(case.policy, case.policy_version)
    limit, before = view.limit(clock.limit), case.stage
    pressed = Submission(Person(id=SYSTEM, name=SYSTEM_NAME), now, str(timer["_id"]))
    change = Change(case, view, pressed.actor, now, _consequence(limit), surroundings)
    effects.apply(change, list(limit.get("missed", ())))
    step = _step(change, clock.limit, view)
    if step is not None:
        change = _perform(change, step, view)
    else:
        case.turn -= 1  # nobody who is filling in a form for this stage is disturbed
    effects.weigh_at_last(change)
    write(change, label=change.transition["label"], from_stage=before, submission=pressed, note=_note(limit))
    steps.open_follow_ups(change, pressed)
    return None


def _consequence(limit: Row) -> dict[str, Any]:
    zh, en = limit["label"]["zh"], limit["label"]["en"]
    return {"key": VERB, "label": {"zh": f"“{zh}”逾期", "en": f"“{en}” missed"}}


def _note(limit: Row) -> str:
    return f"“{limit['label']['zh']}”逾期，由系统办理"


def _step(change: Change, limit: str, view: PolicyView) -> Row | None:
    """The first step that the policy lets the system take from here."""
    state = change.state()
    for one in view.transitions(change.case.case_type):
        meant = limit in one.get("on_missed", ()) and workflow.starts_here(one, state)
        if meant and holds(one.get("when"), change.known()):
            return one
    return None


def _perform(change: Change, step: Row, view: PolicyView) -> Change:
    taken = replace(change, transition=step)
    target = workflow.target(step, taken.state())
    effects.apply(taken, list(step.get("effects", ())))
    steps.move(taken, view, target)
    return taken
