"""The calendar that counts for a case 适用日历: one seam for clocks, ladders, duties, trials and replays.

It is the calendar of the unit that answers for the case – in the slot that the limit names, else the
handling or the receiving unit – inherited up the tree of units, else the policy's. A clock keeps the
calendar in which it was started, whoever gets the case later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from documents.rules import calendar_choice
from documents.rules.calendars import Line, WorkCalendar
from documents.rules.policy import PolicyView
from documents.unit import Unit
from documents.work_calendar import Counted, calendar_of


class Governing(NamedTuple):
    """A calendar, the unit whose choice it is (none: the policy's), and the line that says so."""

    calendar: WorkCalendar
    unit: str | None
    line: Line


class House(Protocol):
    """What the choice asks of the units and calendars."""

    def calendar(self, view: PolicyView, key: str | None = None, at: Counted | None = None) -> WorkCalendar:
        """The calendar of this key, by default the one that the policy names."""

    def own_calendar(self, unit: str) -> tuple[str, str] | None:
        """The unit at or above this one that has a calendar of its own, and its key."""

    def unit(self, code: str) -> Unit:
        """A unit; raises RuleBroken("unknown_unit")."""


class StoredHouse:
    """The units and calendars in the database."""

    calendar = staticmethod(calendar_of)
    unit = staticmethod(Unit.get)

    def own_calendar(self, unit: str) -> tuple[str, str] | None:
        own = Unit.own_calendars()
        return calendar_choice.nearest(Unit.ancestors_of([unit]).get(unit, ()), own) if own else None


STORED_HOUSE = StoredHouse()


def calendar_for(
    view: PolicyView, units: Mapping[str, str], slot: str | None = None, *, house: House = STORED_HOUSE
) -> Governing:
    """The calendar that counts for these units of a case, and why."""
    unit = calendar_choice.answering_unit(units, slot)
    own = house.own_calendar(unit) if unit else None
    if unit is None or own is None:
        calendar = house.calendar(view)
        return Governing(calendar, None, calendar_choice.reason(calendar, None, None))
    holder, key = own
    calendar = house.calendar(view, key)
    names = house.unit(holder).name, house.unit(unit).name
    return Governing(calendar, holder, calendar_choice.reason(calendar, *names))
