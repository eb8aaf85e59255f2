"""New versions of a policy 发布制度: checked, compared with the one before, published with an audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import audit
from documents.complaint import Complaint
from documents.database import transaction
from documents.policy import Policy, publish
from documents.rules.broken import RuleBroken
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
    """发布: publish a definition that has no problems as the next version.

    `seen` is the version that was looked at while it was changed, None for the first. Raises
    RuleBroken("policy_has_problems"), ("nothing_changed"), ("policy_changed_meanwhile").
    """
    found = problems(definition)
    if found:
        raise RuleBroken("policy_has_problems", count=len(found), problems=found)
    key = definition["policy"]["key"]

    def run() -> Policy:
        newest: Policy | None = Policy.objects(key=key).order_by("-version").first()
        if (newest.version if newest else None) != seen:
            raise RuleBroken("policy_changed_meanwhile", version=newest.version if newest else 0)
        policy = publish(definition, by=actor, now=now)
        if newest is not None and policy.version == newest.version:
            raise RuleBroken("nothing_changed")
        audit.note(
            "publish_policy", f"policy:{key}", by=actor, at=now, version=policy.version, sha256=policy.sha256
        )
        return policy

    return transaction(run)


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
