"""Pauses 暂停计时: a limit stands still for a reason, as a dated interval; then it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions import clocks
from documents.actions.change import Change
from documents.case_parts import Clock, ClockPause
from documents.rules.broken import RuleBroken
from documents.rules.standing import can_pause

ALL = "all"


def pause(change: Change, limit: str, argument: Mapping[str, Any]) -> None:
    """暂停计时: let one limit, or all, stand still from now on; their timers are cancelled.

    A fixed or agreed moment does not move, and what is overdue stays overdue: neither is paused.
    Raises RuleBroken("limit_not_running"), ("limit_paused"), ("pause_after_due"), ("pause_moves_nothing"),
    ("nothing_to_pause").
    """
    if limit != ALL:
        clock = _of(change, limit)
        refused = _refusal(change, clock)
        if refused is not None:
            raise RuleBroken(refused, limit=limit)
        _stand_still(change, clock, argument)
        return
    found = [clock for clock in change.case.clocks if _refusal(change, clock) is None]
    if not found:
        raise RuleBroken("nothing_to_pause")
    for clock in found:
        _stand_still(change, clock, argument)


def _of(change: Change, limit: str) -> Clock:
    clock = change.case.unended(limit)
    if clock is None:
        raise RuleBroken("limit_not_running", limit=limit)
    return clock


def _refusal(change: Change, clock: Clock) -> str | None:
    if clock.state != "running":
        return "limit_paused" if clock.state == "paused" else "limit_not_running"
    if not can_pause(change.view.time_limit(clock.limit), agreed=clock.agreed is not None):
        return "pause_moves_nothing"
    return "pause_after_due" if clock.is_late(change.now) else None


def _stand_still(change: Change, clock: Clock, argument: Mapping[str, Any]) -> None:
    reason = change.fact(argument["reason"]) if argument.get("reason") else None
    told = {"reason": str(reason or ""), "source": argument.get("reason")}
    clock.pauses.append(ClockPause(since=change.now, by=change.actor.id, **told))
    clock.state = "paused"
    clocks.recount(change, clock)
    change.surroundings.cancel_timers(str(change.case.id), clock.limit, clock.round, why="clock_paused")


def unpause(change: Change, limit: str, _argument: Mapping[str, Any]) -> None:
    """恢复计时: let one limit, or all, run on; the deadline is counted again and its timers are planned."""
    meant = [clock for clock in change.case.clocks if limit in (ALL, clock.limit)]
    for clock in clocks.end_pauses(change, meant):
        clock.round += 1
        clocks.plan_timers(change, clock)
