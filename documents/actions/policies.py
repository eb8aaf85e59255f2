"""New versions of a policy 发布制度: checked, compared with the one before, published with an audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.actions.publishing import publish_definition
from documents.complaint import Complaint
from documents.policy import Policy
from documents.rules.policy_checking import Problem, problems
from documents.rules.policy_differences import Difference, differences

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A changed definition before it is published 拟发布的版本: what changes, what is wrong with it."""

    current: Policy
    definition: Definition
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    open_cases: int

    @property
    def ready(self) -> bool:
        """Whether it may be published."""
        return bool(self.differences) and not self.problems


def propose(key: str, definition: Definition) -> Proposal:
    """Compare a changed definition with the version in force and check it."""
    current = Policy.current(key)
    return Proposal(
        current=current,
        definition=definition,
        differences=tuple(differences(current.definition, definition)),
        problems=tuple(problems(definition)),
        open_cases=Complaint.objects(policy=key, status="open").count(),
    )


def publish_checked(definition: Definition, *, seen: int | None, actor: str, now: datetime) -> Policy:
    """发布: publish a definition as the next version, through the gate.

    `seen` is the version that was looked at while it was changed, None for the first. Raises what
    `documents.actions.publishing` refuses.
    """
    return publish_definition(definition, seen=seen, actor=actor, now=now)


def uses(key: str) -> dict[int, dict[str, int]]:
    """How many cases each version governs, by status."""
    grouped = Complaint.collection().aggregate(
        [
            {"$match": {"policy": key}},
            {"$group": {"_id": {"version": "$policy_version", "status": "$status"}, "count": {"$sum": 1}}},
        ]
    )
    found: dict[int, dict[str, int]] = {}
    for row in grouped:
        found.setdefault(row["_id"]["version"], {})[row["_id"]["status"]] = row["count"]
    return found
