"""What a scenario found, written as what it expects 记为应有结果: the parts it names, as they came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.rules.scenario_results import CaseFound
from documents.rules.scenarios import MAIN, written_moment

Definition = Mapping[str, Any]
# What a scenario that expects nothing yet is given.
USUAL = ("route", "status", "due", "met", "late", "running", "letters", "flags")


def accepted(expect: Definition, found: Mapping[str, CaseFound], zone: str) -> dict[str, Any]:
    """The expectation with every part that it names as it came out; the usual parts when it names none."""
    result = dict(expect)
    if MAIN in found:
        named = [part for part in PARTS if part in expect] or list(USUAL)
        result |= {part: PARTS[part](found[MAIN], expect, zone) for part in named}
    also = expect.get("also")
    if isinstance(also, Mapping):
        result["also"] = {
            name: accepted(wanted, {MAIN: found[name]}, zone) if name in found else wanted
            for name, wanted in also.items()
        }
    return result


Part = Callable[[CaseFound, Definition, str], Any]


def _due(case: CaseFound, expect: Definition, zone: str) -> dict[str, str]:
    """The deadlines that were named, or all of them."""
    newest = case.newest()
    wanted = [limit for limit in expect.get("due") or newest if limit in newest]
    return {limit: written_moment(newest[limit].due_at, zone) for limit in wanted}


def _units(case: CaseFound, expect: Definition, _zone: str) -> dict[str, Any]:
    return {slot: case.units.get(slot) for slot in expect.get("units") or case.units if slot in case.units}


def _notices(case: CaseFound, _expect: Definition, _zone: str) -> list[dict[str, Any]]:
    return [{"limit": one.limit, "rung": one.rung, "to": list(one.to)} for one in case.notices]


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
}
