"""Precedence 优先 of limits: while one runs, those that it overrides are not counted beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions import clocks
from documents.actions.change import Change
from documents.case_parts import Clock
from documents.rules.explanations import moment_en, moment_zh


def start(change: Change, limit: str, argument: Mapping[str, Any]) -> None:
    """Start a limit; what it overrides gives way, and it gives way to what overrides it."""
    clocks.start(change, limit, argument)
    clock = change.case.clocks[-1]
    for below in _overridden_by(change, clock):
        other = change.case.unended(below)
        if other is not None:
            _give_way(change, other, clock)
    above = next((one for one in change.case.clocks if limit in _overridden_by(change, one)), None)
    if above is not None:
        _give_way(change, clock, above)


def _overridden_by(change: Change, clock: Clock) -> list[str]:
    """The limits that give way to a clock while it runs."""
    if clock.state not in ("running", "paused"):
        return []
    return list(change.view.limit(clock.limit).get("overrides") or ())


def _give_way(change: Change, clock: Clock, above: Clock) -> None:
    clocks.close(change, clock, "stopped")
    clock.overridden_by = above.limit
    label, due = change.view.limit(above.limit)["label"], change.calendar_of(above).local(above.due_at)
    clock.explanation.append(
        {
            "zh": f"“{label['zh']}”（期限 {moment_zh(due)}）优先，本时限不再单独计时",
            "en": f"“{label['en']}” (due {moment_en(due)}) comes first; this limit is not counted beside it.",
            "act": "override",
        }
    )


def call_off(change: Change, limit: str, argument: Mapping[str, Any]) -> None:
    """A limit no longer applies 不再计时; what had given way to it runs on with its own deadline."""
    clocks.call_off(change, limit, argument)
    newest = {clock.limit: clock for clock in change.case.clocks}
    for clock in newest.values():
        if clock.state == "stopped" and clock.overridden_by == limit:
            _run_on(change, clock, limit)


def _run_on(change: Change, clock: Clock, limit: str) -> None:
    clock.state, clock.met_at, clock.overridden_by = "running", None, None
    clock.round += 1
    label = change.view.limit(limit)["label"]
    clock.explanation.append(
        {
            "zh": f"“{label['zh']}”不再计时，本时限按原期限继续计算",
            "en": f"“{label['en']}” no longer applies; this limit runs on with its own deadline.",
            "act": "override",
        }
    )
    clocks.plan_timers(change, clock)
