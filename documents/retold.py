"""What a case retells 转述 of its answers: behind which fields an event, a pause, a level, a hearing stands.

Whoever may not read all of these fields is not told it. Where the source is not known – it was written before
sources were kept, and no version of the case says it – it is for who reads every class.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any

from documents.case_parts import ClockPause, Event, Hearing
from documents.complaint import Complaint
from documents.events import SYSTEM
from documents.policy import view_of
from documents.rules.need_to_know import CONFIDING, LET_KNOW
from documents.rules.retelling import (
    BEHIND,
    EVERY_CLASS,
    SOURCE,
    Definition,
    fields_called,
    noted,
    retold_by,
)

ABOUT_LIST = frozenset({*CONFIDING, LET_KNOW})
# Events with words that no form gave: where a case went, and who put it there.
OF_THE_HOUSE = frozenset(
    {"hand_over", "succeed_unit", "return_unit", "reroute", "recount", "loan_recalled", "later_papers"}
    | ABOUT_LIST
)


def behind_event(case: Complaint, event: Event) -> Sequence[Definition]:
    """The fields whose words stand in the note of an event."""
    if not event.note:
        return ()
    kept = (event.facts or {}).get(SOURCE)
    if kept:
        return _called(case, set(kept))
    if event.verb in BEHIND:
        return _retold(case, BEHIND[event.verb])
    return _noted(case, event)


def behind_pause(case: Complaint, pause: ClockPause) -> Sequence[Definition]:
    """The field in which the reason of a pause was written."""
    if not pause.reason:
        return ()
    return _called(case, {pause.source}) if pause.source else _retold(case, {"pause"})


def behind_level(case: Complaint) -> Sequence[Definition]:
    """The field in which the reason of a level that a person set was written."""
    kept = case.severity
    if kept is None or not kept.reason:
        return ()
    return _called(case, {kept.source}) if kept.source else _retold(case, {"set_severity"})


def behind_hearing(case: Complaint, one: Hearing) -> Sequence[Definition]:
    """The field that names who was asked for a statement."""
    return _called(case, {one.source}) if one.source else _retold(case, {"hear"})


def knew(case: Complaint, event: Event) -> Set[str]:
    """Who may know why the list 知悉名单 was changed: who stood on it then or came onto it later."""
    people: set[str] = set()
    later = [one for one in case.events if one.verb in ABOUT_LIST and one.seq >= event.seq]
    for one in later:
        facts = one.facts or {}
        known = "before" in facts or "after" in facts
        if one is event or not people:  # of an event that does not say it, the next one does
            people.update(facts.get("before", ()))
        people.update(facts.get("after", ()))
        if known and not facts.get("after"):
            return people
    return people.union(case.known_to)


def _versions(case: Complaint) -> list[int]:
    """Every version that the case ever had."""
    past = {*(one.policy_version for one in case.answers), *(one["version"] for one in case.moves)}
    return sorted({case.policy_version, *past})


def _called(case: Complaint, keys: Set[str]) -> Sequence[Definition]:
    """The fields of these keys in the versions of the case; it is as closed as all of them."""
    every = (view_of(case.policy, version).definition for version in _versions(case))
    return [one for definition in every for one in fields_called(definition, keys)] or EVERY_CLASS


def _retold(case: Complaint, effects: Set[str]) -> Sequence[Definition]:
    every = (view_of(case.policy, version).definition for version in _versions(case))
    keys = {key for definition in every for key in retold_by(definition, effects)}
    return _called(case, keys)


def _noted(case: Complaint, event: Event) -> Sequence[Definition]:
    """The field from which the step of an event took its note, in the version that it was taken under."""
    if event.by == SYSTEM or event.verb in OF_THE_HOUSE:
        return ()
    for version, flow in _places(case, event):
        definition = view_of(case.policy, version).definition
        for step in _steps(definition, flow):
            if step["key"] == event.verb:
                found = noted(definition, step)
                return () if found is None else found or EVERY_CLASS
    return EVERY_CLASS


def _places(case: Complaint, event: Event) -> Iterable[tuple[int, str]]:
    """The version and the workflow of an event; then every other that the case ever had."""
    flow = str(view_of(case.policy, case.policy_version).workflow(case.case_type)["key"])
    here = (case.policy_version, flow)
    moved = [(one["version"], one["workflow"]) for one in case.moves if event.seq <= one["seq"]]
    return [*moved, here, *((one["version"], one["workflow"]) for one in case.moves)]


def _steps(definition: Definition, flow: str) -> Sequence[Any]:
    found = next((one for one in definition.get("workflows", ()) if one["key"] == flow), None)
    return found["transitions"] if found else ()
