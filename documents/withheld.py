"""Withheld 须由他人办理: what one who keeps the archive does not touch, and is not told of.

A thing of the archive room – a hold, a list, a batch, a volume, a package – is about one case or several.
Whoever is recused from one of them, or not on its list, neither acts on the thing nor hears of it: each of
its cases has a say. Nothing is stuck for ever: the refusal tells whether somebody else may, or what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NoReturn

from documents.complaint import Complaint
from documents.keepers import keepers, keeping
from documents.kept_back import refusing
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.volume import Volume

# What of a case says who may do the work of the archive on it.
JUDGED = ("number", "scope", "recused", "known_to", "stand_ins")


def told(people: Iterable[str], about: Iterable[str]) -> list[str]:
    """Who of these people may be told 可告知: none of these cases and volumes is hidden from them."""
    named = _inside(about)
    return [one for one in people if not refusing(named, one)]


def check_open(actor: Person, about: Iterable[str], unit: str) -> None:
    """That none of these cases and volumes of a unit's archive is hidden from the person 回避或不在知悉名单.

    Raises RuleBroken("withheld_from_you"), or ("withheld_from_all") where nobody else of the archive is left.
    """
    named = _inside(about)
    if refusing(named, actor.id):
        _refuse(someone=bool(told(set(keepers(unit)) - {actor.id}, named)))


def barred(person: Person, numbers: Collection[str]) -> set[str]:
    """On which of these cases the person may not do the archive's work: out of reach, or hidden."""
    return _shut(person, _judged(numbers))


def check_kept(actor: Person, numbers: Collection[str], units: Iterable[str]) -> None:
    """That the person may do the archive's work on each of these cases, which these units keep.

    Raises RuleBroken("withheld_from_you"), or ("withheld_from_all") where nobody else may on all of them.
    """
    cases = _judged(numbers)
    if _shut(actor, cases):
        able = {person for unit in set(units) for person in keepers(unit)}
        able |= {one["person"] for case in cases for one in case.stand_ins}
        others = Person.objects(id__in=sorted(able - {actor.id}), active=True)
        _refuse(someone=not all(_shut(one, cases) for one in others))


def _judged(numbers: Collection[str]) -> list[Complaint]:
    return list(Complaint.objects(number__in=list(numbers)).only(*JUDGED))


def _shut(person: Person, cases: Iterable[Complaint]) -> set[str]:
    keeps = keeping(person)
    return {case.number for case in cases if not keeps(case.case_scope())}


def _refuse(*, someone: bool) -> NoReturn:
    if someone:
        raise RuleBroken("withheld_from_you")
    raise RuleBroken("withheld_from_all")


def _inside(about: Iterable[str]) -> set[str]:
    """These cases and volumes, and the cases in these volumes."""
    asked = set(about)
    rows = Volume.collection().find({"_id": {"$in": sorted(asked)}}, {"cases": 1})
    return {*asked, *(case for row in rows for case in row["cases"])}
