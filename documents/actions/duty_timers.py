"""The reminders of one duty 任务提醒: planned, called off, and planned again after its date moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from documents.actions.planned import STORED_TIMERS, rows_of
from documents.duty import Duty
from documents.duty_rights import definition_of
from documents.policy import view_of
from documents.rules import planning, reminders
from documents.rules.policy import PolicyView
from documents.rules.reminders import Rung
from documents.timer import Timer
from documents.work_calendar import calendar_of

LIMIT = "duty"
LABELS = {
    False: {"zh": "任务提醒", "en": "Duty due soon"},
    True: {"zh": "任务到期", "en": "Duty due"},
}


def rungs_of(view: PolicyView, key: str) -> list[dict[str, Any]]:
    """The reminders of a duty as rungs: whole ones, or just their moments (`due-3wd`).

    A moment tells the owner; from the due moment on, also the head of the unit.
    """
    definition = definition_of(view, key)
    return [_rung(moment, definition) for moment in definition["remind"]]


def _rung(moment: str | Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(moment, str):
        return dict(moment)
    is_due = not moment.startswith("due-")
    owner = {"role": definition["owner"]["role"], "at": "received"}
    return {
        "key": moment,
        "at": moment,
        "level": int(is_due),
        "label": LABELS[is_due],
        "tell": [owner, {"is": "head", "at": "received"}] if is_due else [owner],
    }


def plan(duty: Duty, *, now: datetime, again: bool = False) -> None:
    """Plan its reminders, or plan them `again` after they were called off; joins the transaction.

    What was told for the same moment is not told again.
    """
    view = view_of(duty.policy, duty.policy_version)
    calendar = calendar_of(view, duty.calendar)
    rungs = [Rung.from_definition(rung) for rung in rungs_of(view, duty.key)]
    due = reminders.plan(rungs, duty.planned_at or now, duty.due_at, calendar)
    known = STORED_TIMERS.timers_of(duty.id, LIMIT) if again else ()
    told = {(row["rung"], row["n"], row["due"]) for row in known if row["state"] == "done"}
    needless = planning.needless(due, duty.due_at, now=now, told=told)
    rounds = rounds_of(duty) if again else 0
    common = {"subject": "duty", "case": duty.id, "limit": LIMIT, "round": rounds + 1}
    rows = rows_of(common, due, needless, now=now)
    if rows:
        STORED_TIMERS.add_timers(rows)


def rounds_of(duty: Duty) -> int:
    """How many times its reminders were planned."""
    newest = Timer.collection().find_one({"case": duty.id}, {"round": 1}, sort=[("round", -1)])
    return int(newest["round"]) if newest else 0


def call_off(duty: Duty, why: str) -> None:
    """Cancel the reminders that wait, also those that wait for the morning; joins the transaction."""
    STORED_TIMERS.cancel_timers(duty.id, LIMIT, rounds_of(duty), why=why)
