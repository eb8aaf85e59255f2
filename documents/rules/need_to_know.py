"""The need-to-know list 知悉名单 of a confidential case 保密案件: who stands on it, what may change in it.

It only takes away: who does not reach a case by a post is not let in by the list. Nobody can lock everybody
out: on every list stands somebody who may decide about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from documents.rules.broken import RuleBroken

CONFIDE = "confide"
# The events that are about the list: a person changed it with a reason, or somebody was put on it.
CHANGE, END, UNDO = "change_list", "end_confidence", "undo_confidence"
CONFIDING = (CONFIDE, CHANGE, END, UNDO)
LET_KNOW = "let_know"
NOBODY = "-"  # no person: what nobody may know of
LONGEST_REASON = 1_000
# Whose heads decide about a case: the unit that answers it, the one that takes complaints in.
DECIDING = ("handling", "intake", "received")


@dataclass(frozen=True)
class Candidate:
    """Somebody for the list 人选: whether in service, in reach of the case, and able to decide about it."""

    name: str
    active: bool
    reaches: bool
    decides: bool


@dataclass(frozen=True)
class Listed:
    """What a list is checked against: who stands on it now, who handles the case, who is recused."""

    now: Sequence[str] = ()
    handler: str | None = None
    recused: Sequence[str] = ()


def checked(wanted: Sequence[str], known: Mapping[str, Candidate], listed: Listed) -> list[str]:
    """The list as it may be written, each person once.

    Raises RuleBroken("listed_recused"), ("listed_out_of_reach"), ("handler_must_know"), ("nobody_decides").
    """
    people = list(dict.fromkeys(one for one in wanted if one))
    for person in people:
        if person in listed.recused:
            raise RuleBroken("listed_recused", name=_named(person, known))
        one = known.get(person)
        if person not in listed.now and (one is None or not (one.reaches and one.active)):
            raise RuleBroken("listed_out_of_reach", name=_named(person, known))
    if listed.handler and listed.handler not in people:
        raise RuleBroken("handler_must_know", name=_named(listed.handler, known))
    if not watched(people, known):
        raise RuleBroken("nobody_decides")
    return people


def watched(people: Iterable[str], known: Mapping[str, Candidate]) -> bool:
    """Whether somebody on the list is in service and may decide about it."""
    found = (known[person] for person in people if person in known)
    return any(one.active and one.decides for one in found)


def _named(person: str, known: Mapping[str, Candidate]) -> str:
    return known[person].name if person in known else person


def reason_of(text: str) -> str:
    """The written reason; raises RuleBroken("reason_missing")."""
    said = text.strip()[:LONGEST_REASON]
    if not said:
        raise RuleBroken("reason_missing")
    return said


def common_list(lists: Iterable[Sequence[str]]) -> list[str]:
    """Who may know of several cases together 并卷: those on every list; empty when none is confidential."""
    closed = [set(one) for one in lists if one]
    if not closed:
        return []
    return sorted(set.intersection(*closed)) or [NOBODY]


def newcomers(known: Sequence[str], people: Iterable[str | None], recused: Iterable[str]) -> list[str]:
    """Who must be let in because the case came into their hands; nobody when it is not confidential."""
    if not known:
        return []
    barred = {*known, *recused}
    return list(dict.fromkeys(one for one in people if one and one not in barred))
