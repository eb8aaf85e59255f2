"""Weighing 定级: the level of a case by the rules of its policy, or as a person sets it.

Every action weighs the case after its form and again before it is written; a timer weighs it when time
alone raises it, and when others of its type were registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from documents.actions.change import Change
from documents.events import SYSTEM, SYSTEM_NAME
from documents.rules import severity as rules
from documents.rules.broken import RuleBroken
from documents.rules.identity import Identity
from documents.rules.retelling import SOURCE
from documents.rules.severity import Observed, Weighed
from documents.rules.severity_counting import complainant_of, type_of
from documents.rules.severity_scale import DIFFERENT, Scale
from documents.severity import Severity

# The timers of a level stand under these in the place of a limit.
AGEING, COUNTING = "@severity", "@similar"
TIME, REGISTERED, NEIGHBOUR = "time", "registered", "neighbour"


def weigh(change: Change) -> Sequence[Mapping[str, Any]]:
    """Weigh the case as it stands; the effects that a new level has are handed back."""
    scale = change.view.scale(change.case.case_type)
    if scale is None:
        return ()
    case = change.case
    if case.severity is None:
        case.severity = Severity(level=scale.levels[0], since=change.now, by=SYSTEM)
    found = rules.weigh(scale, case.severity.standing(), _observed(change), change.now)
    if found.raised_by:
        _set(change, scale, found.level)
        case.severity.raised_by = list(found.raised_by)
        _tell(change, found)
    _keep(case.severity, scale, found)
    effects, change.raised = change.raised, ()
    return effects


def _observed(change: Change) -> Observed:
    case = change.case
    return Observed(change.known(), case.received_at, case.status == "open", dict(case.severity.similar))


def _keep(kept: Severity, scale: Scale, found: Weighed) -> None:
    kept.rank = scale.rank(kept.level)
    kept.rules = [rule.key for rule in scale.rules if rule.key in found.holding]
    kept.passed_over = [rule.key for rule in scale.rules if rule.key in found.passed_over]


def _set(change: Change, scale: Scale, level: str) -> None:
    """Give the case another level; a higher one has its effects."""
    kept = change.case.severity
    change.levels.append({"from": kept.level, "to": level})
    if scale.rank(level) > scale.rank(kept.level):
        change.raised = [*change.raised, *change.view.on_raise(level)]
    kept.level, kept.since, kept.rank = level, change.now, scale.rank(level)
    kept.by, kept.by_name, kept.reason, kept.raised_by = SYSTEM, SYSTEM_NAME, None, []
    kept.source = None


def _tell(change: Change, found: Weighed) -> None:
    """Say what raised the level, for the event."""
    by = [one for one in found.reasons if one.rule in found.raised_by]
    change.levels[-1] |= {
        "rules": list(found.raised_by),
        "lines": [{"zh": one.line.zh, "en": one.line.en} for one in by],
    }


def set_level(change: Change, field: str, argument: Mapping[str, Any]) -> None:
    """Set the level that a person chose 人工定级, with the reason.

    It stands until a rule holds that did not hold now. Raises RuleBroken("level_without_reason").
    """
    scale, level = change.view.scale(change.case.case_type), change.fact(field)
    if scale is None or level not in scale.levels:
        return
    reason = str(change.fact(argument["reason"]) or "").strip()
    if not reason:
        raise RuleBroken("level_without_reason")
    kept = change.case.severity
    found = rules.weigh(scale, kept.standing(), _observed(change), change.now)
    _set(change, scale, level)
    change.levels[-1] |= {"by": change.actor.id, "by_name": change.actor.name, "reason": reason}
    change.levels[-1][SOURCE] = [argument["reason"]]
    kept.by, kept.by_name, kept.reason = change.actor.id, change.actor.name, reason
    kept.source = argument["reason"]
    kept.passed_over = sorted(rules.set_by_person(found, level).passed_over)


def plan(change: Change) -> None:
    """Plan the timers of the level once the case is weighed for the last time in a change."""
    scale = change.view.scale(change.case.case_type)
    if scale is None:
        return
    found = rules.weigh(scale, change.case.severity.standing(), _observed(change), change.now)
    _plan_time(change, found)
    if scale.counts_others:
        _plan_counting(change, scale, found)


def _plan_time(change: Change, found: Weighed) -> None:
    """One timer for the moment at which time alone raises the level next."""
    kept, coming, case = change.case.severity, found.coming, str(change.case.id)
    next_at = coming.at if coming else None
    if next_at != kept.next_at:
        if kept.next_at is not None:
            change.surroundings.cancel_timers(case, AGEING, kept.round, why="weighed_anew")
        kept.round += 1
        if next_at is not None:
            row = timer(case, AGEING, kept.round, due=next_at, now=change.now)
            change.surroundings.add_timers([{**row, "rung": TIME}])
    kept.next_at = next_at
    kept.next_level, kept.next_rule = (coming.level, coming.rule) if coming else (None, None)


def _plan_counting(change: Change, scale: Scale, found: Weighed) -> None:
    """Others of its type are counted once the case is written, so that two at once see each other."""
    case, kept = change.case, change.case.severity
    facts = change.facts()
    kind, who = type_of(scale, facts), change.surroundings.someone(complainant_of(scale, facts))
    counted = f"{case.policy}:{case.case_type}:{kind}" if kind and who else None
    if counted and (counted, who) != (kept.type, kept.who):
        kept.counts += 1
        row = timer(str(case.id), COUNTING, kept.counts, due=change.now, now=change.now)
        change.surroundings.add_timers([{**row, "rung": REGISTERED}])
    kept.type, kept.who = counted, who if counted else None
    short = [one for one in scale.rules if one.similar and one.similar.by == DIFFERENT]
    waits = any(one.key not in found.holding for one in short) and case.status == "open"
    kept.waits = True if counted and waits else None


def carry(change: Change, way: Identity, listed: str) -> None:
    """Keep the level over a change of version, by the name it has now; a timer weighs the case anew.

    `listed` is the list of levels of the version before.
    """
    case, scale = change.case, change.view.scale(change.case.case_type)
    if scale is None:
        case.severity = None
        return
    if case.severity is None:
        case.severity = Severity(level=scale.levels[0], since=change.now, by=SYSTEM)
    kept = case.severity
    kept.level = way.key("option", kept.level, listed)
    kept.rank = scale.rank(kept.level)
    kept.counts += 1
    row = timer(str(case.id), COUNTING, kept.counts, due=change.now, now=change.now)
    change.surroundings.add_timers([{**row, "rung": REGISTERED}])


def carry_back(change: Change, level: str | None) -> None:
    """Put the level back as it was before a change of version that is undone."""
    case, scale = change.case, change.view.scale(change.case.case_type)
    if scale is None or not level:
        case.severity = None
    elif case.severity is not None:
        case.severity.level, case.severity.rank = level, scale.rank(level)


def timer(case: str, limit: str, round: int, *, due: datetime, now: datetime) -> dict[str, Any]:
    """A timer that weighs a case 定级计时; its rung is given by whoever plans it."""
    return {
        "_id": f"{case}:{limit}:{round}",
        **{"subject": "severity", "case": case, "limit": limit, "round": round},
        **{"n": 1, "due": due, "planned_at": now},
        **{"state": "pending", "reason": {}, "attempts": 0},
    }
