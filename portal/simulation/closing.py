"""The end of the year (年终): what is closed goes to the archive room and becomes sealed files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from documents.actions.steps import state_at
from documents.complaint import Complaint
from documents.rules import workflow
from documents.rules.behaviour import chance as luck_of
from portal.simulation import cast
from portal.simulation.acting import perform
from portal.simulation.filling import Pen
from portal.simulation.year import Script, Year


def archive(year: Year, on: datetime, *, look: Callable[[int], None]) -> int:
    """Hand every closed case to the archive, a minute apart, and wait for the files; how many."""
    year.house.wait_for_papers()
    submitted = 0
    for row in Complaint.objects(status="closed").order_by("number").only("number"):
        submitted += _submit(year.script, Complaint.get(row.number), on + timedelta(minutes=submitted))
    year.house.wait_for_papers(look)
    return submitted


def _submit(script: Script, case: Complaint, now: datetime) -> bool:
    transition = script.view.transition(case.case_type, script.behaviour["closing"]["do"])
    luck = luck_of(script.seed, case.number)
    state = state_at(case, script.view, now)
    actor = cast.actor(case, transition, state, luck) if workflow.starts_here(transition, state) else None
    if actor is None:
        return False
    pen = Pen(script.view, script.calendar, script.behaviour["words"], luck, actor, now, case)
    perform(case, transition, pen, {})
    return True
