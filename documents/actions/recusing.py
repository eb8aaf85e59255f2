"""Recusal found 自动回避: kin in the case, and who stands in where everybody of a post must step aside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from documents import events
from documents.actions.change import Change
from documents.closing import filers_of
from documents.complaint import Complaint
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.naming import named_in
from documents.rules.recusal import (
    EARLIER,
    REASONS,
    StandIn,
    is_related,
    mentioned,
    posts_of,
    stand_ins,
    where_related,
)
from documents.rules.retelling import FOUND, SOURCE
from documents.rules.workflow import CaseState

UNKNOWN, STAND_IN = "named_unknown", "stand_in"
HERE = {"zh": "自动回避", "en": "Recused automatically"}
CHECKED = {"zh": "按姓名核对回避", "en": "Names held against the staff"}
INSTEAD = {"zh": "改由上一级办理", "en": "Goes one higher"}


def take_off(change: Change, person: str, why: str = "", source: Collection[str] = (), **facts: str) -> None:
    """Recuse somebody 回避; what was found and not declared is told as an event of its own.

    `source`: the fields whose answers say it; the event is as closed as they.
    """
    case = change.case
    if person not in case.recused:
        case.recused.append(person)
        if why:
            note = f"{_name(change, person)}：{REASONS[why]['zh']}"
            _tell(change, FOUND, HERE, note, facts={**_behind(source), **facts})
    if case.handler == person:
        case.handler = None


def take_off_named(change: Change, answer: str, staff: Mapping[str, str], source: Collection[str]) -> None:
    """Recuse the staff whom an answer names; say of whom it names beside that nobody is called so."""
    found = named_in(answer, staff)
    for person in found.people:
        take_off(change, person, "named", source)
    if found.unknown:
        _tell_unknown(change, found.unknown, source)


def refuse_upwards(change: Change, person: Person) -> None:
    """Nobody takes the head or the leader 分管领导 of the own unit, or of one above it, off the case.

    That is for those one higher; who is recused already may be named. Raises RuleBroken("stands_above").
    """
    if person.id == change.seat.id or person.id in change.case.recused:
        return
    house = change.surroundings
    line = {code for post in change.seat.posts for code in house.unit(post.unit).ancestors}
    if any(person.id in (unit.head, unit.leader) for unit in map(house.unit, sorted(line))):
        raise RuleBroken("stands_above", name=person.name)


def take_off_workers(
    change: Change, earlier: Complaint | None, people: Iterable[str], source: Collection[str]
) -> None:
    """Recuse who worked on an earlier case; where that is kept from others, nothing tells of it.

    Else the event says which one it is: it names people to who may see that case alone.
    """
    for person in people:
        if earlier is None or earlier.known_to:
            unsaid = person not in change.case.recused
            change.case.recused_unsaid += [person] if unsaid else []
            take_off(change, person)
        else:
            take_off(change, person, "worker", source, **{EARLIER: str(earlier.number)})


def _tell_unknown(change: Change, names: Sequence[str], source: Collection[str]) -> None:
    """Say whom the case names without anybody of the house being called so: nobody steps aside for it."""
    written = "”“".join(names)
    note = f"“{written}”：未找到同名员工，请申报回避"
    _tell(change, UNKNOWN, CHECKED, note, facts=_behind(source))


def find_kin(change: Change) -> None:
    """Recuse whose declared relative 亲属 stands in the answers of the case."""
    relatives = change.surroundings.relatives(change.case.units)
    if relatives:
        forms, facts = list(change.view.forms()), change.facts()
        people = mentioned(forms, facts)
        for one in relatives:
            if is_related(one, people):
                take_off(change, one.person, "kin", where_related(one, forms, facts))


def reroute(change: Change) -> set[tuple[str, str]]:
    """Where all holders of a post must step aside, the one higher who is in service takes its steps, visibly.

    A post for which somebody stands in stays so while nobody new holds it. Returns the posts with a step for
    which nobody higher is left.
    """
    case, house = change.case, change.surroundings
    if not case.recused:
        return set()
    known = {(one["role"], one["unit"], one["person"]) for one in case.stand_ins}

    instead = {(role, unit) for role, unit, _person in known}

    def seat(unit: str) -> tuple[str | None, str | None, str | None]:
        found = house.unit(unit)
        head, leader = (
            one if one and house.person(one).active else None for one in (found.head, found.leader)
        )
        return head, leader, found.parent

    def holders(role: str, unit: str) -> Sequence[str]:
        return house.holders(role, unit) or (case.recused if (role, unit) in instead else ())

    posts = posts_of(change.view.transitions(case.case_type), _state(change))
    found = stand_ins(posts, case.recused, holders, seat)
    case.stand_ins = [
        {"role": one.role, "unit": one.unit, "person": one.person} for one in found if one.person
    ]
    for one in found:
        if one.person and (one.role, one.unit, one.person) not in known:
            _tell(change, STAND_IN, INSTEAD, _in_words(change, one))
    return {(one.role, one.unit) for one in found if one.person is None}


def _behind(source: Collection[str]) -> dict[str, Any]:
    return {SOURCE: sorted(source)} if source else {}


def _state(change: Change) -> CaseState:
    """The case as it will be once the step that is being taken is written."""
    state, by = change.state(), frozenset({change.actor.id, change.seat.id})
    filers = filers_of(change.case, change.view, change.filing.appraisal, taking=by)
    return replace(state, filers=filers, performed={**state.performed, change.transition["key"]: by})


def _in_words(change: Change, one: StandIn) -> str:
    roles, unit = change.view.definition["roles"], change.surroundings.unit(one.unit).name
    label = next((role["label"]["zh"] for role in roles if role["key"] == one.role), one.role)
    held = change.surroundings.holders(one.role, one.unit)
    unsaid = set(held) <= set(change.case.recused_unsaid)
    why = "的步骤" if held and unsaid else "须回避，"
    return f"{unit.get('zh', one.unit)}{label}{why}由{_name(change, str(one.person))}办理"


def _tell(change: Change, verb: str, label: dict[str, str], note: str, **more: Any) -> None:
    change.told.append({"verb": verb, "label": label, "note": note, "by": events.SYSTEM, **more})


def _name(change: Change, person: str) -> str:
    return str(change.surroundings.person(person).name)
