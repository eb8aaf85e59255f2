"""Linked cases 关联投诉: an appeal 申诉 becomes a case of its own at the relief body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.actions.change import Change
from documents.rules.broken import RuleBroken


@dataclass(frozen=True)
class LinkedCase:
    """A case to be opened in the same transaction, once the present one is written."""

    case_type: str
    link: str
    unit: str
    values: Mapping[str, Any] = field(default_factory=dict)
    recused: tuple[str, ...] = ()


def open_case(change: Change, case_type: str, argument: Mapping[str, Any]) -> None:
    """Open a linked case at the unit of a slot; who worked on this one is recused from it (第二十条)."""
    case = change.case
    # This very step is not among the events yet: who registers the appeal and did no more may go on with it.
    workers = tuple(case.workers())
    unit = case.units.get(argument["at"])
    if unit is None:
        raise RuleBroken("unknown_unit", unit=argument["at"])
    facts = change.facts()
    carried = {key: facts[key] for key in argument.get("carry", ()) if facts.get(key) is not None}
    renamed = {
        target: facts[source] for target, source in argument.get("from", {}).items() if facts.get(source)
    }
    change.follow_ups.append(
        LinkedCase(
            case_type=case_type,
            link=argument["link"],
            unit=unit,
            values={**carried, **renamed},
            recused=workers,
        )
    )
