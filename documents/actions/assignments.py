"""Who handles a case: units 承办单位, handlers 承办人, and recusal 回避."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions.change import Change
from documents.actions.recusing import refuse_upwards, take_off, take_off_named, take_off_workers
from documents.person import Person
from documents.rules.access import case_keys
from documents.rules.broken import RuleBroken


def fill_slot(change: Change, slot: str, argument: Mapping[str, Any]) -> None:
    """Put the unit that a field names into a unit slot of the case."""
    unit = change.fact(argument["from"])
    if unit:
        change.case.units[slot] = change.surroundings.unit(unit).id
    change.case.units = change.surroundings.slots(change.view, change.case.units)


def assign(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Make the acting person, or the one that a field names, the handler 承办人.

    Raises RuleBroken("handler_recused"), ("handler_unfit").
    """
    person = change.seat if source == "actor" else _named(change, source)
    if person is None:
        return
    if person.id in change.case.recused:
        raise RuleBroken("handler_recused", name=person.name)
    if person.id not in (change.seat.id, change.case.handler) and not _reaches(change, person):
        raise RuleBroken("handler_unfit", name=person.name)
    change.case.handler = person.id


def _reaches(change: Change, person: Person) -> bool:
    """Whether the person is in service and a post opens the case: to be named gives no right."""
    units, ask = change.case.units, change.surroundings
    keys = case_keys(units, {unit: ask.unit(unit).ancestors for unit in units.values()}, ())
    reached = {key for _role, key in ask.reach(person, change.now).posts}
    return bool(person.active) and not reached.isdisjoint(keys)


def _named(change: Change, source: str) -> Person | None:
    value = change.fact(source)
    return change.surroundings.person(value) if value else None


def unassign(change: Change, _value: Any, _argument: Mapping[str, Any]) -> None:
    """Take the handler off the case; it then belongs to the unit's head."""
    change.case.handler = None


def recuse(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Recuse 回避 the person that a field names: out of sight, handling and approval.

    Raises RuleBroken("stands_above").
    """
    named = _named(change, source)
    if named is not None:
        refuse_upwards(change, named)
        take_off(change, named.id)


def recuse_named(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Recuse the staff whose names are written in a field: the people complained about 被投诉人."""
    answer = change.fact(source)
    if answer:
        take_off_named(change, str(answer), change.surroundings.staff(_house(change)), [source])


def recuse_head(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Recuse the head of the unit that a field names: the unit complained about 被投诉单位."""
    unit = change.fact(source)
    head = change.surroundings.unit(unit).head if unit else None
    if head:
        take_off(change, head, "head", [source])


def recuse_workers(change: Change, source: str, _argument: Mapping[str, Any]) -> None:
    """Recuse whoever worked on the earlier case that a field names 原办人员."""
    number = change.fact(source)
    if not number:
        return
    earlier = change.surroundings.case_for(str(number), change.actor, change.now)
    # Who registers the appeal may go on with it, as with an opened one.
    own = (change.actor.id, change.instead_of)
    people = [one for one in change.surroundings.workers_on(str(number)) if one not in own]
    take_off_workers(change, earlier, people, [source])


def _house(change: Change) -> str:
    """The organisation whose staff may be named: the one that keeps the archive 立档单位."""
    slots = (*change.view.definition.get("archive", {}).get("fonds_slots", ()), "received")
    return str(next(change.case.units[slot] for slot in slots if slot in change.case.units))
