"""Scenarios 试行情形 of a policy: example cases with a made-up organisation, and what should come of them.

A moment is local in the policy's zone, `2026-02-13 16:40`; `24:00` is the end of that day. A person is
`role@unit`, a second one of the same post `role@unit#2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from documents.rules.durations import FIRST_YEAR, LAST_YEAR, day_end
from documents.rules.fields import fields_of

Definition = Mapping[str, Any]
MAIN = ""  # the name of the first case of a scenario
PERSON = re.compile(r"([a-z][a-z0-9_]*)@([a-z][a-z0-9_]*)(?:#([2-9]))?")
MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::\d\d)?")
KINDS = ("register", "do", "refused", "statement")
NUMBER_OF, NAME_OF = "number_of", "name_of"


@dataclass(frozen=True)
class Step:
    """One step 一步 of a scenario: somebody registers, does, tries or states something; or time passes."""

    kind: str  # "register", "do", "refused", "statement", "wait"
    key: str
    at: str
    by: str = ""
    case: str = MAIN
    why: str = ""
    values: Definition = field(default_factory=dict)

    @property
    def must_fail(self) -> bool:
        """Whether it must be refused: it says so, or why."""
        return self.kind == "refused" or (self.kind in ("register", "statement") and bool(self.why))


@dataclass(frozen=True)
class Scenario:
    """An example case 试行情形 and what is expected of it."""

    key: str
    label: Mapping[str, str]
    steps: tuple[Step, ...] = ()
    expect: Definition = field(default_factory=dict)


def scenarios_of(definition: Definition) -> list[Scenario]:
    """The scenarios of a definition, in order."""
    return [scenario_of(one) for one in definition.get("scenarios") or ()]


def scenario_of(written: Definition) -> Scenario:
    """A scenario as it is written."""
    return Scenario(
        key=written["key"],
        label=written["label"],
        steps=tuple(step_of(step) for step in written.get("steps") or ()),
        expect=written.get("expect") or {},
    )


def step_of(written: Definition) -> Step:
    """A step as it is written; a registration or a statement that says why it is refused must be refused."""
    kind = next((name for name in KINDS if name in written), "wait")
    return Step(
        kind=kind,
        key=str(written.get(kind, "")),
        at=str(written.get("at", "")),
        by=str(written.get("by", "")),
        case=str(written.get("as" if kind == "register" else "case") or MAIN),
        why=str(written.get("why") or ""),
        values=written.get("values") or {},
    )


def read_moment(text: str, zone: str) -> datetime:
    """A written moment; raises ValueError."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"cannot read the moment {text!r}; write 2026-02-13 16:40")
    year, month, day, hour, minute = (int(part) for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the moment {text!r} is out of reach")
    if (hour, minute) == (24, 0):
        return day_end(datetime(year, month, day).date(), ZoneInfo(zone))  # noqa: DTZ001 - only its date
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone))


def written_moment(moment: datetime, zone: str) -> str:
    """A moment as scenarios write it; the last second of a day is its 24:00."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.time().replace(microsecond=0) == time(23, 59, 59):
        return f"{local:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def people_of(definition: Definition) -> list[str]:
    """Everybody whom the example and the scenarios mention, in order of mention."""
    roles = {str(role.get("key")) for role in definition.get("roles") or ()}
    units = {str(unit.get("key")) for unit in example_units(definition)}
    mentioned = _texts([definition.get("example") or {}, definition.get("scenarios") or ()])
    found = (PERSON.fullmatch(text) for text in mentioned)
    known = (one[0] for one in found if one and one[1] in roles and one[2] in units)
    return list(dict.fromkeys(known))


def example_units(definition: Definition) -> Sequence[Definition]:
    """The units of the made-up organisation."""
    found: Sequence[Definition] = (definition.get("example") or {}).get("units") or ()
    return found


def example_contacts(definition: Definition) -> dict[str, str]:
    """Who is which named contact 指定联系人 in the made-up organisation: `role@unit`."""
    found = (definition.get("example") or {}).get("contacts") or ()
    return {str(one["key"]): str(one["person"]) for one in found}


def post_of(person: str) -> tuple[str, str]:
    """The role and the unit of a person `role@unit`; raises ValueError."""
    found = PERSON.fullmatch(person)
    if found is None:
        raise ValueError(f"cannot read the person {person!r}; write role@unit")
    return found[1], found[2]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def filled_form(form: Definition, values: Definition, defaults: Definition, *, zone: str) -> dict[str, Any]:
    """The values of a step as a page would send them: with the form's defaults, moments with their zone."""
    fields = list(fields_of(form))
    proposed = {
        one["key"]: defaults.get(one["default"], one["default"])
        if isinstance(one["default"], str)
        else one["default"]
        for one in fields
        if "default" in one
    }
    sent = {**proposed, **values}
    return {**sent, **_with_zones(fields, sent, zone)}


def _with_zones(fields: Sequence[Definition], values: Definition, zone: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields:
        value = values.get(one["key"])
        if one["type"] == "datetime" and isinstance(value, str) and MOMENT.fullmatch(value):
            found[one["key"]] = _with_zone(value, zone)
        if one["type"] == "table" and isinstance(value, list):
            columns = one.get("fields") or ()
            found[one["key"]] = [
                {**row, **_with_zones(columns, row, zone)} if isinstance(row, Mapping) else row
                for row in value
            ]
    return found


def _with_zone(text: str, zone: str) -> str:
    try:
        return read_moment(text, zone).isoformat()
    except ValueError:
        return text  # the check of the form says so
