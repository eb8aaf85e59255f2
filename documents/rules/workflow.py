"""Workflow 流程 decisions: which transitions a case allows, to whom, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.expressions import holds

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Viewer:
    """Who looks or acts: the person, with the posts 岗位 held as (role, unit) pairs.

    `instead`: the absent whose posts the person holds for them 代办; nobody of these has a deputy's posts.
    """

    person: str
    posts: frozenset[tuple[str, str]] = frozenset()
    instead: tuple[Viewer, ...] = ()
    away: bool = False  # absent 请假: may look, and takes no step


@dataclass(frozen=True)
class CaseState:
    """What the workflow reads of a case."""

    stage: str
    open: bool
    units: Mapping[str, str]
    handler: str | None = None
    registrar: str | None = None
    filers: frozenset[str] = frozenset()  # 立卷人, who may not hand the case to the archive as well
    locked: bool = False  # handed to the archive, its file not sealed yet
    recused: frozenset[str] = frozenset()
    known_to: frozenset[str] = frozenset()  # 知悉名单 of a confidential case, else empty
    stand_ins: frozenset[tuple[str, str, str]] = frozenset()  # 代行 (role, unit, person)
    performed: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # transition -> who performed it last
    facts: Mapping[str, Any] = field(default_factory=dict)


def refusal(transition: Definition, case: CaseState, viewer: Viewer) -> RuleBroken | None:
    """Why the viewer may not perform the transition now; None when it is allowed."""
    if case.locked:
        return RuleBroken("case_handed_over")
    if not starts_here(transition, case):
        return RuleBroken("wrong_stage", stage=case.stage)
    found = acting_as(transition, case, viewer)
    refused = found if isinstance(found, RuleBroken) else None
    if refused is None and not holds(transition.get("when"), case.facts):
        return RuleBroken("condition_not_met", when=transition["when"], reason=transition.get("when_not"))
    return refused


def acting_as(transition: Definition, case: CaseState, viewer: Viewer) -> Viewer | RuleBroken:
    """As whom the viewer takes the step: himself, or an absent person for whom 代办; else why not.

    What keeps either of the two away keeps the deputy away. The archive's work does not pass to a deputy.
    """
    own = _unfit(transition, case, viewer)
    if own is None:
        return RuleBroken("absent") if viewer.away else viewer
    if own.code != "not_your_role" or hands_over(transition):
        return own
    refused = own
    for absent in viewer.instead:
        found = _unfit(transition, case, absent)
        if found is None and viewer.person not in _performers(transition, case):
            return absent
        refused = RuleBroken("four_eyes") if found is None or found.code == "four_eyes" else refused
    return refused


def _unfit(transition: Definition, case: CaseState, viewer: Viewer) -> RuleBroken | None:
    """Why this person may not, whatever the case says."""
    if viewer.person in case.recused:
        return RuleBroken("recused")
    if case.known_to and viewer.person not in case.known_to:
        return RuleBroken("confidential")
    if not any(matches(who, case, viewer) for who in transition["who"]):
        return RuleBroken("not_your_role", who=transition["who"])
    if viewer.person in _performers(transition, case):
        return RuleBroken("four_eyes")
    if viewer.person in case.filers and hands_over(transition):
        return RuleBroken("second_person_needed")
    return None


def starts_here(transition: Definition, case: CaseState) -> bool:
    """Whether the transition leads away from the case's stage."""
    sources = transition["from"]
    if sources == "any_open":
        return case.open
    return case.stage in sources


def hands_over(transition: Definition) -> bool:
    """Whether the transition hands the case to the archive 归档."""
    return any("archive" in effect for effect in transition.get("effects") or ())


def matches(who: Definition, case: CaseState, viewer: Viewer) -> bool:
    """Whether the viewer is the one that a policy names."""
    if "is" in who:
        return viewer.person == {"handler": case.handler, "registrar": case.registrar}.get(who["is"])
    slot = who.get("at")
    if slot is None:
        return any(role == who["role"] for role, _ in viewer.posts)
    unit = case.units.get(slot, "")
    return (who["role"], unit) in viewer.posts or (who["role"], unit, viewer.person) in case.stand_ins


def post_instead(transition: Definition, case: CaseState, viewer: Viewer) -> tuple[str, str] | None:
    """The post (role, unit) for which the viewer stands in 代行, where nothing else lets him act."""
    plain = replace(case, stand_ins=frozenset())
    if any(matches(who, plain, viewer) for who in transition["who"]):
        return None
    named = {(who.get("role", ""), case.units.get(who.get("at", ""), "")) for who in transition["who"]}
    found = ((role, unit) for role, unit, person in sorted(case.stand_ins) if person == viewer.person)
    return next((post for post in found if post in named), None)


def other_half(transition: Definition, case: CaseState) -> frozenset[str]:
    """Who did what the same person may not do as well 四眼原则."""
    return _performers(transition, case) | (case.filers if hands_over(transition) else frozenset())


def _performers(transition: Definition, case: CaseState) -> frozenset[str]:
    keys = transition.get("not_same_as", ())
    return frozenset(one for key in keys for one in case.performed.get(key, ()))


def target(transition: Definition, case: CaseState) -> str:
    """The stage to which the transition leads."""
    goal = transition.get("to")
    if goal is None:
        return case.stage
    if isinstance(goal, str):
        return goal
    for branch in goal:
        if holds(branch.get("when"), case.facts):
            return str(branch["go"])
    raise RuleBroken("no_way_on", transition=transition["key"])


def allowed(transitions: Sequence[Definition], case: CaseState, viewer: Viewer) -> list[Definition]:
    """The transitions that the viewer may perform now, in the policy's order."""
    return [transition for transition in transitions if refusal(transition, case, viewer) is None]
