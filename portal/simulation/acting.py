"""One person performs one step (办理一步), through the same action as the portal's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions import steps
from documents.complaint import Complaint
from jobs import press
from portal.simulation.filling import Pen, filled


def perform(case: Complaint, transition: Mapping[str, Any], pen: Pen, given: Mapping[str, Any]) -> Complaint:
    """Fill in the form, perform the transition, and queue the paper it asks for."""
    case = steps.perform(
        case.number,
        transition["key"],
        filled(pen, transition.get("form"), given),
        actor=pen.actor,
        now=pen.now,
        turn=case.turn,
        submission=f"{case.number}-{case.turn}-{transition['key']}",
    )
    press.queue_papers(case, now=pen.now)
    return case
