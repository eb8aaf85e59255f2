"""Reweighing 重新定级: a timer weighs a case when time alone raises it, or when others of its type came.

A case is counted with others only after it was written, so that two that are registered at once see each
other; whoever then makes up the number has those that waited for it weighed, each by a timer of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents.actions import effects
from documents.actions.change import Change, tell_levels
from documents.actions.surroundings import Surroundings
from documents.actions.weighing import COUNTING, NEIGHBOUR, REGISTERED, TIME, timer
from documents.complaint import Complaint
from documents.events import SYSTEM, SYSTEM_NAME
from documents.person import Person
from documents.rules.retelling import LEVEL
from documents.rules.severity_counting import Alike, counted
from documents.rules.severity_scale import Scale


def called_off(case: Complaint | None, surroundings: Surroundings) -> str | None:
    """Why there is nothing to weigh any more."""
    if case is None:
        return "subject_gone"
    if case.status == "archived":
        return "archived"
    view = surroundings.view(case.policy, case.policy_version)
    return None if case.severity and view.scale(case.case_type) else "no_level"


def reweigh(case: Complaint, row: Mapping[str, Any], surroundings: Surroundings, now: datetime) -> None:
    """Weigh a case for a timer of severity; joins the running transaction."""
    view = surroundings.view(case.policy, case.policy_version)
    scale = view.scale(case.case_type)
    if scale is None:
        return
    nobody = Person(id=SYSTEM, name=SYSTEM_NAME)
    change = Change(case, view, nobody, now, {"key": LEVEL}, surroundings)
    if row["rung"] != TIME:
        _count(case, scale, surroundings)
    elif row["round"] == case.severity.round:
        case.severity.next_at = None  # this very timer: there is nothing left to cancel
    effects.weigh_at_last(change)
    _keep(change)
    if row["rung"] == REGISTERED and _makes_up_the_number(case, scale):
        _wake(case, scale, surroundings, now)


def _count(case: Complaint, scale: Scale, surroundings: Surroundings) -> None:
    if case.severity.type and case.severity.who:
        own = Alike(case.received_at, case.severity.who, case.closed_at)
        case.severity.similar = counted(scale, own, surroundings.same_type(case, scale))


def _keep(change: Change) -> None:
    """Keep the case; whoever is typing on it is not disturbed, so its turn stays."""
    case, raised = change.case, bool(change.levels)
    tell_levels(change)
    case.turn -= 1
    change.surroundings.keep(case, change.view, is_new=False)
    if raised:
        facts = {"level": case.severity.level, "rules": list(case.severity.raised_by)}
        change.surroundings.note(LEVEL, case.number, by=SYSTEM, at=change.now, **facts)


def _makes_up_the_number(case: Complaint, scale: Scale) -> bool:
    return any(rule.similar and rule.key in case.severity.rules for rule in scale.rules)


def _wake(case: Complaint, scale: Scale, surroundings: Surroundings, now: datetime) -> None:
    """Have every other case that waited for one more weighed, once for this one."""
    rows = [
        {
            **timer(other, COUNTING, 0, due=now, now=now),
            "_id": f"{other}:{COUNTING}:{case.id}",
            "rung": NEIGHBOUR,
        }
        for other in surroundings.waiting(case, scale)
    ]
    if rows:
        surroundings.add_timers(rows)
