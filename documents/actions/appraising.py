"""Appraising 鉴定: what a filing batch says of a case – what the rules propose, for how long it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions.archive_numbers import shelf_of
from documents.complaint import Complaint
from documents.filing_batch import FilingEntry
from documents.policy import view_of
from documents.rules import filing
from documents.rules.moments import moment_facts
from documents.unit import Unit

Facts = Callable[[Complaint], dict[str, Any]]


def facts_at(now: datetime) -> Facts:
    """What the batch says of a case as it stands now, asked many times: each unit is read once."""
    return partial(_facts, now=now, unit_of=cache(Unit.get))


def _facts(case: Complaint, *, now: datetime, unit_of: Callable[[str], Unit]) -> dict[str, Any]:
    view = view_of(case.policy, case.policy_version)
    rules, zone = view.definition["archive"], ZoneInfo(view.zone)
    period = filing.proposed(rules, {**case.facts(zone), **moment_facts(now, view.zone)})
    proposed = dict(case.volume.retention) if case.later else filing.kept_as(period)
    shelf = shelf_of(case, view, now=now, unit_of=unit_of)
    return {
        "supplement": bool(case.later),
        "title": case.title,
        "case_type": case.case_type,
        "policy": case.policy,
        "policy_version": case.policy_version,
        **shelf._asdict(),
        "closed_at": case.closed_at,
        "closed_year": (case.closed_at or now).astimezone(zone).year,
        "turn": case.turn,
        "proposed": proposed,
        "because": None if case.later else period.get("when"),
        "kept": proposed,
        "scope": list(case.scope),
        "recused": list(case.recused),
        "known_to": list(case.known_to),
        "stand_ins": list(case.stand_ins),
    }


def looked_at_again(entry: FilingEntry, fresh: Mapping[str, Any]) -> dict[str, Any]:
    """As the case stands now, unchecked; kept as it was appraised, if that still differs from the rules."""
    kept = {name: value for name, value in fresh.items() if name != "kept"}
    if not entry.is_changed or fresh["proposed"]["code"] == entry.kept["code"]:
        kept |= {"kept": fresh["proposed"], "reason": None}
    return {**kept, "checked_at": None, "findings": []}


def appraised(entry: FilingEntry, code: str, reason: str) -> dict[str, Any]:
    """Kept for another period than proposed.

    Raises RuleBroken("unknown_retention"), ("retention_without_reason").
    """
    rules = view_of(entry.policy, entry.policy_version).definition["archive"]
    chosen = filing.class_of(rules, code)
    proposal = {**entry.proposed, "label": {"zh": entry.proposed["zh"], "en": entry.proposed["en"]}}
    filing.check_reason(proposal, chosen, reason)
    differs = bool(filing.change_of(proposal, chosen))
    return {"kept": filing.kept_as(chosen), "reason": reason.strip() if differs else None}
