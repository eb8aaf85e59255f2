"""Outcome 处理结果, marks 标记, numbers 编号 and letters 函件 that a transition gives a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.actions.change import Change
from documents.case_parts import Letter, stored_value


def set_outcome(change: Change, outcome: str, _argument: Mapping[str, Any]) -> None:
    """Set the outcome, an option key or the field that holds it."""
    facts = change.facts()
    change.case.outcome = facts.get(outcome, outcome)


def mark(change: Change, flag: str, _argument: Mapping[str, Any]) -> None:
    """Mark the case once."""
    if flag not in change.case.flags:
        change.case.flags.append(flag)


def escalate(change: Change, level: int, _argument: Mapping[str, Any]) -> None:
    """Raise the case to a level of escalation 升级; it never sinks."""
    change.case.escalation = max(change.case.escalation or 0, level)


def take_number(change: Change, numbering: str, argument: Mapping[str, Any]) -> None:
    """Give the case a further number, such as that of its supervision sheet 督办编号; earlier ones stay."""
    numbers, into = change.case.numbers, argument["into"]
    if into in numbers:
        earlier = sum(name.startswith(f"{into}:") for name in numbers)
        numbers[f"{into}:{earlier + 1}"] = numbers[into]
    numbers[into] = change.take_number(numbering)[1]


def plan_letter(change: Change, letter: str, _argument: Mapping[str, Any]) -> None:
    """Plan a letter; its number is taken now, its PDF is rendered by a job."""
    definition = change.view.letter(letter)
    numbering = definition.get("number")
    facts = {key: stored_value(value) for key, value in change.facts().items()}
    seq = len(change.case.letters) + 1
    change.case.papers.append(f"letter:{seq}")
    change.case.letters.append(
        Letter(
            seq=seq,
            key=letter,
            number=change.take_number(numbering)[1] if numbering else None,
            title=definition["title"],
            at=change.now,
            by=change.actor.id,
            values=facts,
            policy_version=change.case.policy_version,
        )
    )
