"""Confidential cases 保密案件: made so with a reason, their list 知悉名单 changed, ended, undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from documents import audit, events, filing_batch
from documents.actions import recalling
from documents.actions.handing import hands_of
from documents.actions.keeping import replace
from documents.complaint import CONFIDENTIAL, Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import roles_in_force, view_of
from documents.rules.access import READ, CaseScope, may
from documents.rules.broken import RuleBroken
from documents.rules.need_to_know import (
    CHANGE,
    CONFIDE,
    CONFIDING,
    DECIDING,
    END,
    NOBODY,
    UNDO,
    Candidate,
    Listed,
    checked,
    reason_of,
    watched,
)
from documents.rules.passing import waiting_units
from documents.unit import Unit

Text = Mapping[str, str]
MADE: Text = {"zh": "设为保密案件", "en": "Made confidential"}
CHANGED: Text = {"zh": "调整知悉名单", "en": "Need-to-know list changed"}
ENDED: Text = {"zh": "解除保密", "en": "No longer confidential"}
UNDONE: Text = {"zh": "撤销保密变更", "en": "Change of confidentiality undone"}
WATCHED: Text = {
    "zh": "知悉名单无人可决定，列入上级负责人",
    "en": "Nobody on the list could decide; a head was put on it",
}
VERBS = CONFIDING
MOST_OFFERED = 400


@dataclass(frozen=True)
class Asked:
    """Who asks for a change, when, and why 理由."""

    actor: Person
    now: datetime
    reason: str


def may_confide(person: Person, case: Complaint) -> bool:
    """Whether the person may decide who knows of the case: by a post, and being on the list there is."""
    roles = roles_in_force()
    return bool(may(person.reach(roles), CONFIDE, case.case_scope(), roles=roles))


def confide(number: str, asked: Asked, people: Sequence[str] = ()) -> Complaint:
    """设为保密: from now on only these people, who decides and who handles it know of the case.

    Raises RuleBroken("operation_not_granted"), ("already_confidential"), ("reason_missing") and what
    `need_to_know.checked` raises.
    """

    def wanted(case: Complaint) -> list[str]:
        if case.known_to:
            raise RuleBroken("already_confidential", number=number)
        return [*first_list(case, asked.actor), *people]

    return _change(number, wanted, asked, (CONFIDE, MADE))


def change_list(
    number: str, asked: Asked, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Complaint:
    """调整知悉名单: put people on the list, and take others off it."""

    def wanted(case: Complaint) -> list[str]:
        _must_be_confidential(case)
        return [*(one for one in case.known_to if one not in remove), *add]

    return _change(number, wanted, asked, (CHANGE, CHANGED))


def end(number: str, asked: Asked) -> Complaint:
    """解除保密: everybody whose posts reach the case sees it again."""

    def wanted(case: Complaint) -> None:
        _must_be_confidential(case)

    return _change(number, wanted, asked, (END, ENDED))


def undo(number: str, asked: Asked) -> Complaint:
    """撤销: the list is again what it was before the last change of it, if that was the last word."""

    def wanted(case: Complaint) -> list[str] | None:
        last = last_change(case)
        if last is None:
            raise RuleBroken("nothing_to_undo")
        return list(last.facts.get("before", ())) or None

    return _change(number, wanted, asked, (UNDO, UNDONE))


def last_change(case: Complaint) -> Any:
    """The newest change of confidentiality, while the list is still as it left it."""
    last = next((one for one in reversed(case.events) if one.verb in VERBS), None)
    return last if last and list(last.facts.get("after", ())) == list(case.known_to) else None


def first_list(case: Complaint, actor: Person) -> list[str]:
    """Who knows of it from the start: who made it so, who handles it, the heads that decide or have it."""
    decide = [case.units[slot] for slot in DECIDING[:2] if slot in case.units]
    view = view_of(case.policy, case.policy_version)
    hands = hands_of(case, case.facts())
    units = Unit.many([*decide, *waiting_units(view.transitions(case.case_type), hands)])
    heads = [one.head for one in (units or Unit.many([case.units[DECIDING[2]]])).values()]
    people = [actor.id, *([case.handler] if case.handler else []), *(one for one in heads if one)]
    active = Person.many(people)
    return [one for one in dict.fromkeys(people) if one not in case.recused and active[one].active]


def offered(case: Complaint) -> list[Person]:
    """Who may be put on the list: the people in service whose posts reach the case."""
    above = {unit for line in Unit.ancestors_of(case.units.values()).values() for unit in line}
    units = sorted({*above, *case.units.values()})
    found = list(Person.objects(active=True, posts__unit__in=units).order_by("name").limit(MOST_OFFERED))
    known = candidates(case, found)
    barred = {*case.known_to, *case.recused}
    return [one for one in found if known[one.id].reaches and one.id not in barred]


def candidates(case: Complaint, people: Iterable[Person]) -> dict[str, Candidate]:
    """What the rules ask of people: in service, in reach of the case, able to decide."""
    roles = roles_in_force()
    bare = CaseScope(frozenset(case.scope), frozenset())
    found = {}
    for one in people:
        reach = one.reach(roles)
        reaches, decides = (bool(may(reach, what, bare, roles=roles)) for what in (READ, CONFIDE))
        found[one.id] = Candidate(one.name, one.active, reaches, decides)
    return found


def _change(
    number: str, wanted: Callable[[Complaint], list[str] | None], asked: Asked, what: tuple[str, Text]
) -> Complaint:
    def run() -> Complaint:
        case, reason = Complaint.get(number), reason_of(asked.reason)
        if not may_confide(asked.actor, case):
            raise RuleBroken("operation_not_granted", operation=CONFIDE)
        if case.in_the_making is not None:
            raise RuleBroken("case_handed_over")
        people = wanted(case)
        concerned = Person.many([*(people or ()), *case.known_to, *([case.handler] if case.handler else [])])
        known = candidates(case, concerned.values())
        listed = Listed(case.known_to, case.handler, case.recused)
        after = [] if people is None else checked(people, known, listed)
        if after == list(case.known_to):
            raise RuleBroken("nothing_changed")
        _write(case, after, asked, what, note=f"{_told(case.known_to, after, known)}{reason}")
        return case

    changed = transaction(run)
    recalling.discard(one.number for one in changed.volumes)
    return changed


def _told(before: Sequence[str], after: Sequence[str], known: Mapping[str, Candidate]) -> str:
    """列入：…；移出：…, in front of the reason."""
    added = [known[one].name for one in after if one not in before]
    gone = [known[one].name if one in known else one for one in before if after and one not in after]
    parts = [f"{word}：{'、'.join(names)}" for word, names in (("列入", added), ("移出", gone)) if names]
    return f"{'；'.join(parts)}\n" if parts else ""


def _write(case: Complaint, after: list[str], asked: Asked, what: tuple[str, Text], *, note: str) -> None:
    verb, label = what
    before = list(case.known_to)
    case.known_to = after
    who = {"by": asked.actor.id, "by_name": asked.actor.name}
    facts = {"before": before, "after": after}
    events.append(case, at=asked.now, verb=verb, label=dict(label), note=note, facts=facts, **who)
    recalling.follow(case, now=asked.now)
    replace(case)
    filing_batch.follow(case)
    audit.note(verb, case.number, by=asked.actor.id, at=asked.now, before=before, after=after)


def _must_be_confidential(case: Complaint) -> None:
    if not case.known_to:
        raise RuleBroken("not_confidential", number=case.number)


def keep_watched(now: datetime) -> int:
    """Put a head on each list on which nobody is left who could decide; how many lists that were.

    People leave and lose their posts; a case that nobody may open would be a case that nobody watches.
    """
    found = 0
    system = Person(id=events.SYSTEM, login=events.SYSTEM, name=events.SYSTEM_NAME)
    for row in Complaint.collection().find(CONFIDENTIAL, {"number": 1}):
        found += transaction(partial(_watch, row["number"], system, now))
    return found


def _watch(number: str, system: Person, now: datetime) -> bool:
    case = Complaint.get(number)
    known = candidates(case, Person.many(case.known_to).values())
    if not case.known_to or watched(case.known_to, known):
        return False
    head = _deciding_head(case)
    if head is None or head.id in case.known_to:
        return False
    after = [*(one for one in case.known_to if one != NOBODY), head.id]
    _write(case, after, Asked(system, now, ""), (CHANGE, WATCHED), note=f"列入：{head.name}")
    return True


def _deciding_head(case: Complaint) -> Person | None:
    """The nearest head above the case's units in service who may decide; else any of them."""
    codes = [case.units[slot] for slot in DECIDING if slot in case.units]
    lines = Unit.ancestors_of(codes)
    heads = [unit.head for code in codes for unit in _in_line(lines.get(code, [])) if unit.head]
    people = Person.many(heads)
    able = [people[one] for one in heads if one in people and people[one].active and one not in case.recused]
    known = candidates(case, able)
    return next((one for one in able if known[one.id].decides), able[0] if able else None)


def _in_line(codes: Sequence[str]) -> list[Unit]:
    found = Unit.many(codes)
    return [found[code] for code in codes if code in found]
