"""What a scenario found, written as what it expects 记为应有结果: the parts it names, as they came out."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from documents.rules.scenario_results import CaseFound
from documents.rules.scenarios import MAIN, written_moment

Definition = Mapping[str, Any]
# What a scenario that expects nothing yet is given.
USUAL = ("route", "status", "due", "met", "late", "running", "letters", "flags")


def accepted(
    expect: Definition, found: Mapping[str, CaseFound], zone: str, *, only: Container[str] | None = None
) -> dict[str, Any]:
    """The expectation with every part that it names as it came out; the usual parts when it names none.

    With `only` the other parts stay as they are written.
    """
    result = dict(expect)
    if MAIN in found:
        named = [part for part in PARTS if part in expect] or list(USUAL)
        wanted = [part for part in named if only is None or part in only]
        result |= {part: PARTS[part](found[MAIN], expect, zone) for part in wanted}
    also = expect.get("also")
    if isinstance(also, Mapping):
        result["also"] = {
            name: accepted(wanted, {MAIN: found[name]}, zone, only=only) if name in found else wanted
            for name, wanted in also.items()
        }
    return result


NOTICE_PARTS = ("at", "channels")  # what a notice is asked for only where the scenario names it
Part = Callable[[CaseFound, Definition, str], Any]


def _due(case: CaseFound, expect: Definition, zone: str) -> dict[str, str]:
    """The deadlines that were named, or all of them."""
    newest = case.newest()
    wanted = [limit for limit in expect.get("due") or newest if limit in newest]
    return {limit: written_moment(newest[limit].due_at, zone) for limit in wanted}


def _units(case: CaseFound, expect: Definition, _zone: str) -> dict[str, Any]:
    return {slot: case.units.get(slot) for slot in expect.get("units") or case.units if slot in case.units}


def _notices(case: CaseFound, expect: Definition, zone: str) -> list[dict[str, Any]]:
    """Each rung once, with everybody whom it told; moment and channels where they were expected."""
    wanted = [one for one in expect.get("notices") or () if isinstance(one, Mapping)]
    timed, routed = ({(one["limit"], one["rung"]) for one in wanted if part in one} for part in NOTICE_PARTS)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in case.notices:
        pair = (one.limit, one.rung)
        first: dict[str, Any] = {"limit": one.limit, "rung": one.rung}
        if pair in timed:
            first["at"] = written_moment(one.at, zone)
        if pair in routed:
            first["channels"] = list(one.channels)
        known = found.setdefault(pair, {**first, "to": []})
        known["to"] += [person for person in one.to if person not in known["to"]]
    return list(found.values())


PARTS: Mapping[str, Part] = {
    "route": lambda case, _expect, _zone: list(case.route),
    "status": lambda case, _expect, _zone: case.status,
    "outcome": lambda case, _expect, _zone: case.outcome,
    "due": _due,
    "met": lambda case, _expect, _zone: case.limits("met"),
    "late": lambda case, _expect, _zone: case.limits("late"),
    "running": lambda case, _expect, _zone: case.limits("running"),
    "notices": _notices,
    "letters": lambda case, _expect, _zone: list(case.letters),
    "flags": lambda case, _expect, _zone: list(case.flags),
    "units": _units,
    "handler": lambda case, _expect, _zone: case.handler,
    "archive": lambda case, _expect, _zone: case.archive,
    "severity": lambda case, _expect, _zone: case.severity,
}
