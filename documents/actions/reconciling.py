"""Reconciling 对照: what was chosen at an import is entered with the units, people and calendars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from documents import audit
from documents.actions import entering
from documents.actions.new_calendars import begin
from documents.bindings import house_for
from documents.database import transaction
from documents.named_contact import choose
from documents.person import Person, Post
from documents.rules.broken import RuleBroken
from documents.rules.policy_choices import refusals
from documents.rules.policy_problems import Definition
from documents.rules.policy_reconciling import (
    CALENDAR,
    CONTACTS,
    DEPUTIES,
    FONDS,
    HEADS,
    KINDS,
    ROLES,
    SHIPPED,
    Choices,
)
from documents.unit import Unit
from documents.work_calendar import BANK, WorkCalendarRecord, official_source, shipped_as
from documents.work_calendar import SHIPPED as SHIPPED_CALENDARS

T = TypeVar("T")


def reconcile(definition: Definition, choices: Choices, *, actor: str, now: datetime) -> int:
    """对照设置: enter all choices or none; how many things of the house changed. Joins a running transaction.

    Raises RuleBroken("bindings_refused", problems=…).
    """

    def run() -> int:
        found = refusals(definition, house_for(definition, now=now), choices)
        if found:
            raise RuleBroken("bindings_refused", count=len(found), problems=tuple(found))
        steps = sorted(choices.items(), key=lambda one: ORDER.index(one[0].partition(".")[0]))
        return sum(_enter(key, values, definition, actor, now) for key, values in steps)

    return transaction(run)


def together(
    definition: Definition, choices: Choices, then: Callable[[], T], *, actor: str, now: datetime
) -> T:
    """对照并导入: enter the choices and do the rest in one transaction; all of it or nothing."""

    def run() -> T:
        reconcile(definition, choices, actor=actor, now=now)
        return then()

    return transaction(run) if choices else then()


def _enter(key: str, values: Sequence[str], definition: Definition, actor: str, now: datetime) -> int:
    section, _, about = key.partition(".")
    if section == CONTACTS:
        return _contact(str(definition["policy"]["key"]), about, values[0], {"by": actor, "at": now})
    wanted = about or str(definition["policy"]["calendar"])
    return sum(ENTER[section](wanted, value, actor, now) for value in values)


def _calendar(key: str, source: str, actor: str, now: datetime) -> int:
    """A calendar of this name, with the official holidays or as a copy of another one."""
    if source == SHIPPED:
        definition = shipped_as(key)
        name = SHIPPED_CALENDARS.get(key, BANK)["name"]
        sources = {str(year): official_source() for year in definition["covered_years"]}
    else:
        model = WorkCalendarRecord.get(source)
        definition, name, sources = model.definition, model.name, model.sources
    begin(key, name, definition, sources, now)
    audit.note("create_calendar", f"calendar:{key}", by=actor, at=now, source=source)
    return 1


def _kind(kind: str, code: str, actor: str, now: datetime) -> int:
    return _set_of_unit(code, "kind", kind, actor, now)


def _head(code: str, person: str, actor: str, now: datetime) -> int:
    return _set_of_unit(code, "head", person, actor, now)


def _deputy(code: str, person: str, actor: str, now: datetime) -> int:
    return _set_of_unit(code, "deputy", person, actor, now)


def _fonds(code: str, number: str, actor: str, now: datetime) -> int:
    return _set_of_unit(code, "fonds_number", number.strip(), actor, now)


def _set_of_unit(code: str, name: str, value: str, actor: str, now: datetime) -> int:
    unit = Unit.get(code)
    before = getattr(unit, name)
    if before == value:
        return 0
    setattr(unit, name, value)
    unit.save()
    changed: dict[str, Any] = {name: [before, value]}
    audit.note("change_unit", f"unit:{code}", by=actor, at=now, **changed)
    return 1


def _role(role: str, held: str, actor: str, now: datetime) -> int:
    """Give a person the post; the policy that knows the role may not be in force yet."""
    person_id, _, unit = held.partition("@")
    person = Person.get(person_id)
    old = [f"{post.role}@{post.unit}" for post in person.posts]
    if f"{role}@{unit}" in old:
        return 0
    person.posts.append(Post(role=role, unit=unit))
    person.save()
    entering.measure_anew(person=person_id)
    audit.note("set_posts", f"person:{person_id}", by=actor, at=now, old=old, new=[*old, f"{role}@{unit}"])
    return 1


def _contact(policy: str, contact: str, person: str, note: Mapping[str, Any]) -> int:
    """选定联系人: who is told where the policy names this contact."""
    before = choose(policy, contact, person, by=note["by"], now=note["at"])
    if before == person:
        return 0
    audit.note("choose_contact", f"policy:{policy}", **note, contact=contact, person=[before, person])
    return 1


ORDER = (CALENDAR, KINDS, FONDS, HEADS, DEPUTIES, ROLES, CONTACTS)
ENTER: dict[str, Callable[[str, str, str, datetime], int]] = {
    CALENDAR: _calendar,
    KINDS: _kind,
    FONDS: _fonds,
    HEADS: _head,
    DEPUTIES: _deputy,
    ROLES: _role,
}
