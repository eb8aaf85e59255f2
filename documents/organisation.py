"""An organisation in memory 机构: its units and people, to be asked without the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.named_contact import all_persons
from documents.person import Person
from documents.rules.calendar_choice import nearest
from documents.staff import Roster, roster_of
from documents.unit import Unit


@dataclass
class Organisation:
    """Units and people 机构: who is there to be asked and told."""

    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    contacts: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (policy, contact) → person
    roster: Roster = field(init=False)

    def __post_init__(self) -> None:
        units = [unit.to_mongo() for unit in self.units.values()]
        people = [person.to_mongo() for person in self.people.values()]
        self.roster = roster_of(units, people, self.contacts)
        self._first: dict[tuple[str, str], str] = {}
        for unit in sorted(self.units.values(), key=lambda one: str(one.id), reverse=True):
            if unit.parent and unit.retired_on is None:
                self._first[(unit.parent, unit.kind)] = unit.id
        self._lines = {code: list(unit.ancestors) for code, unit in self.units.items()}
        self._calendars = {code: unit.calendar for code, unit in self.units.items() if unit.calendar}
        self._above = {
            code: [(up, self.units[up].kind) for up in line if up in self.units]
            for code, line in self._lines.items()
        }

    def kinds_above(self, codes: Any) -> Mapping[str, Sequence[tuple[str, str]]]:
        """(unit, kind) pairs from each unit upwards."""
        return {code: self._above[code] for code in codes if code in self._above}

    def first_below(self, pairs: Any) -> Mapping[tuple[str, str], str]:
        """The first unit in use directly below each (parent, kind)."""
        return {pair: self._first[pair] for pair in pairs if pair in self._first}

    def own_calendar(self, unit: str) -> tuple[str, str] | None:
        """The unit at or above this one that has a calendar of its own, and its key."""
        return nearest(self._lines.get(unit, ()), self._calendars) if self._calendars else None

    def names(self, above: str | None = None) -> dict[str, str]:
        """The staff at or below a unit, or everybody, with their names."""
        return {
            key: str(person.name)
            for key, person in self.people.items()
            if above is None or any(above in self._lines.get(post.unit, ()) for post in person.posts)
        }


def stored_organisation() -> Organisation:
    """The house as it is now, read once: every unit and every person."""
    return Organisation(
        units={unit.id: unit for unit in Unit.objects.order_by("id")},
        people={person.id: person for person in Person.objects.exclude("password_hash").order_by("id")},
        contacts=all_persons(),
    )
