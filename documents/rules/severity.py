"""Severity 定级: which level a case has by the rules of its policy, why, and when time alone may raise it.

A level only rises by itself. A person may set another one with a reason; the rules that held then are
passed over until they cease to hold, so that what a person decided stands until the facts change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.rules.calendars import Line
from documents.rules.expressions import holds
from documents.rules.severity_scale import Rule, Scale
from documents.rules.severity_words import Look, Reason, reason


@dataclass(frozen=True)
class Standing:
    """The level that a case has 现等级, and the rules that were passed over when a person set it."""

    level: str
    holding: frozenset[str] = frozenset()
    passed_over: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Observed:
    """What is known of a case 案情: its facts, since when it waits, and how many others are like it."""

    facts: Mapping[str, Any]
    since: datetime
    open: bool = True
    similar: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Coming:
    """The next moment at which time alone raises the level 到时升级."""

    at: datetime
    level: str
    rule: str


@dataclass(frozen=True)
class Weighed:
    """What the rules make of a case 定级结果."""

    level: str
    holding: frozenset[str]
    passed_over: frozenset[str]
    raised_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    coming: Coming | None = None

    @property
    def explanation(self) -> tuple[Line, ...]:
        """Rule by rule why the level is what it is."""
        return tuple(one.line for one in self.reasons)


def weigh(scale: Scale, standing: Standing | None, observed: Observed, now: datetime) -> Weighed:
    """The level of a case now; without a standing it starts at the lowest.

    A case that is no longer open keeps its level, and no time raises it.
    """
    before = standing or Standing(scale.levels[0])
    looks = [_look(rule, scale, observed, now) for rule in scale.rules]
    holding = frozenset(one.rule.key for one in looks if one.holds)
    passed_over = before.passed_over & holding
    found = [one.rule for one in looks if one.holds and observed.open]
    level, raised_by = _risen(scale, before.level, found, passed_over)
    reasons = tuple(reason(one, scale, passed_over=one.rule.key in passed_over) for one in looks)
    coming = _coming(scale, level, looks) if observed.open else None
    return Weighed(level, holding, passed_over, raised_by, reasons, coming)


def set_by_person(weighed: Weighed, level: str) -> Standing:
    """The standing once a person set the level 人工定级: every rule that holds is passed over."""
    return Standing(level, weighed.holding, weighed.holding)


def _risen(
    scale: Scale, level: str, found: Sequence[Rule], passed_over: frozenset[str]
) -> tuple[str, tuple[str, ...]]:
    counting = [rule for rule in found if rule.key not in passed_over]
    highest = max((scale.rank(rule.level) for rule in counting), default=0)
    if highest <= scale.rank(level):
        return level, ()
    by = tuple(rule.key for rule in counting if scale.rank(rule.level) == highest)
    return scale.levels[highest], by


def _look(rule: Rule, scale: Scale, observed: Observed, now: datetime) -> Look:
    over_at = rule.unresolved.after(observed.since, scale.zone) if rule.unresolved else None
    stated = holds(rule.when, observed.facts)
    past = over_at is None or now >= over_at
    counted = observed.similar.get(rule.key, 1)
    enough = rule.similar is None or counted >= rule.similar.at_least
    return Look(rule, stated and past and enough, stated, over_at, past, counted)


def _coming(scale: Scale, level: str, looks: Sequence[Look]) -> Coming | None:
    waiting = [
        Coming(one.over_at, one.rule.level, one.rule.key)
        for one in looks
        if one.over_at is not None
        and not one.in_time
        and one.stated
        and (one.rule.similar is None or one.counted >= one.rule.similar.at_least)
        and scale.rank(one.rule.level) > scale.rank(level)
    ]
    return min(waiting, key=lambda one: one.at, default=None)
