"""Who takes a case over 接手: told at the moment at which it is assigned to them or passed to their unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.rules.expressions import holds

Definition = Mapping[str, Any]
Who = Mapping[str, Any]
HANDLER: Who = {"is": "handler"}


@dataclass(frozen=True)
class Hands:
    """In whose hands a case is 所在: its stage, its units, its handler, and what is known of it."""

    stage: str = ""
    handler: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    open: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


def taking_over(transitions: Sequence[Definition], before: Hands, after: Hands) -> list[Who]:
    """Whom to tell: the new handler, and the people of a unit that had no next step of it before.

    A case whose handler was taken off goes to the head of its unit, as every unassigned case does.
    """
    if not after.open:
        return []
    told: list[Who] = [HANDLER] if after.handler != before.handler else []
    known = {unit for _, unit in _next(transitions, before)}
    for who, unit in _next(transitions, after):
        if unit not in known and who not in told:
            told.append(who)
    return told


def _next(transitions: Sequence[Definition], hands: Hands) -> Iterator[tuple[Who, str]]:
    """Who may take the main steps from here, at which unit; all steps where none is the main one."""
    if not hands.stage:
        yield from ((HANDLER, unit) for slot, unit in hands.units.items() if slot == "received")
        return
    here = [one for one in transitions if _leads_on(one, hands)]
    for step in [one for one in here if one.get("primary")] or here:
        for who in step.get("who", ()):
            unit = hands.units.get(str(who.get("at", "")))
            if "role" in who and unit:
                yield {"role": who["role"], "at": who["at"]}, unit


def waiting_units(transitions: Sequence[Definition], hands: Hands) -> list[str]:
    """The units with which a case lies 所在单位: whose people take the next step."""
    return list(dict.fromkeys(unit for _who, unit in _next(transitions, hands)))


def _leads_on(step: Definition, hands: Hands) -> bool:
    """Whether the step may be taken from here now; one that is open at every stage is nobody's turn."""
    sources = step.get("from")
    return (
        isinstance(sources, (list, tuple)) and hands.stage in sources and holds(step.get("when"), hands.facts)
    )
