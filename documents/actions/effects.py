"""What a transition does beside moving the case: the policy names these, one key an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from documents.actions import (
    assignments,
    clocks,
    extensions,
    hearing,
    links,
    marks,
    pausing,
    precedence,
    sealing,
    weighing,
)
from documents.actions.change import Change
from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import holds

Effect = Callable[[Change, Any, Mapping[str, Any]], None]

EFFECTS: dict[str, Effect] = {
    "start": precedence.start,
    "stop": clocks.stop,
    "call_off": precedence.call_off,
    "resume": clocks.resume,
    "pause": pausing.pause,
    "unpause": pausing.unpause,
    "request_extension": extensions.request,
    "decide_extension": extensions.decide,
    "slot": assignments.fill_slot,
    "handler": assignments.assign,
    "unassign": assignments.unassign,
    "recuse": assignments.recuse,
    "recuse_named": assignments.recuse_named,
    "recuse_head": assignments.recuse_head,
    "recuse_workers": assignments.recuse_workers,
    "hear": hearing.hear,
    "unhear": hearing.unhear,
    "number": marks.take_number,
    "outcome": marks.set_outcome,
    "mark": marks.mark,
    "escalate": marks.escalate,
    "letter": marks.plan_letter,
    "open_case": links.open_case,
    "set_severity": weighing.set_level,
    "archive": sealing.submit,
}


def apply(change: Change, effects: Sequence[Mapping[str, Any]]) -> None:
    """Apply the effects in the policy's order, each only where its condition holds."""
    for effect in effects:
        if effect.get("when") is None or holds(effect["when"], change.known()):
            name = name_of(effect)
            EFFECTS[name](change, effect[name], effect)


def weigh(change: Change) -> None:
    """Weigh the case 定级 as it stands, with what a higher level causes."""
    apply(change, weighing.weigh(change))


def weigh_at_last(change: Change) -> None:
    """Weigh the case before it is written, and plan the moment at which time alone raises it."""
    weigh(change)
    weighing.plan(change)


def name_of(effect: Mapping[str, Any]) -> str:
    """The one known key of an effect; raises PolicyInvalid("unknown_effect")."""
    found = [name for name in effect if name in EFFECTS]
    if len(found) != 1:
        raise PolicyInvalid("unknown_effect", effect=dict(effect))
    return found[0]
