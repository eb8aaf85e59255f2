"""Extensions 延期: asked for with a reason, decided by another person, never beyond the cap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from documents.actions import clocks
from documents.actions.change import Change
from documents.case_parts import Clock, Extension
from documents.rules.broken import RuleBroken
from documents.rules.deadlines import Deadline, extended


def request(change: Change, limit: str, _argument: Mapping[str, Any]) -> None:
    """Ask for a later deadline; checked against the cap at once, so that nobody waits for a refusal."""
    if change.case.waiting_extension():
        raise RuleBroken("extension_waits")
    clock = _running(change, limit)
    _check_number(change, clock)
    until = change.values["extension_until"]
    _later(change, clock, until)
    change.case.extensions.append(
        Extension(
            limit=limit,
            reason=change.values.get("extension_reason"),
            until=until.isoformat(),
            requested_by=change.actor.id,
            requested_for=change.instead_of,
            requested_at=change.now,
            old_due=clock.due_at,
        )
    )


def _check_number(change: Change, clock: Clock) -> None:
    """As often as the policy lets a limit be extended; raises RuleBroken("extensions_used_up")."""
    most = change.view.limit(clock.limit).get("max_extensions")
    granted = [
        one
        for one in change.case.extensions
        if (one.limit, one.decision) == (clock.limit, "approved") and one.requested_at >= clock.started_at
    ]
    if most is not None and len(granted) >= most:
        raise RuleBroken("extensions_used_up", limit=clock.limit, most=most)


def decide(change: Change, decision: str, _argument: Mapping[str, Any]) -> None:
    """Approve or refuse the waiting extension; old and new date are kept."""
    waiting = change.case.waiting_extension()
    if waiting is None:
        raise RuleBroken("no_extension_waits")
    if {waiting.requested_by, waiting.requested_for} & {change.actor.id, change.instead_of} - {None}:
        raise RuleBroken("four_eyes")
    waiting.decision, waiting.decided_by, waiting.decided_at = decision, change.actor.id, change.now
    waiting.note = change.values.get("decision_note")
    if decision == "approved":
        _move(change, waiting)


def _move(change: Change, waiting: Extension) -> None:
    clock = _running(change, waiting.limit)
    found = _later(change, clock, date.fromisoformat(waiting.until))
    clocks.cancel_timers(change, clock)
    clock.due_at = waiting.new_due = found.due_at
    clock.certain = clock.certain and found.certain
    clock.round += 1
    clock.explanation.extend({"zh": line.zh, "en": line.en} for line in found.explanation)
    clocks.plan_timers(change, clock)


def _later(change: Change, clock: Clock, until: date) -> Deadline:
    current = Deadline(due_at=clock.due_at, explanation=(), certain=clock.certain)
    cap, calendar = clocks.cap_of(change, clock), change.calendar_of(clock)
    return extended(current, until, cap=cap, calendar=calendar)


def _running(change: Change, limit: str) -> Clock:
    clock = change.case.unended(limit)
    if clock is None:
        raise RuleBroken("limit_not_running", limit=limit)
    if clock.state == "paused":
        raise RuleBroken("limit_paused", limit=limit)
    return clock
