"""Where a work calendar is used 工作日历的使用: policies, what they count by it, and units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from documents.complaint import Complaint
from documents.draft import Draft
from documents.policy import Policy
from documents.rules.calendar_uses import counted_by_calendar
from documents.unit import Unit


@dataclass(frozen=True)
class PolicyUse:
    """A policy that counts by the calendar 制度的使用: its published versions, or its draft (version 0)."""

    policy: str
    versions: tuple[int, ...]
    cases: int
    definition: dict[str, Any]
    parts: tuple[str, ...]  # the paths of the limits, ladders and duties of the newest version

    @property
    def is_draft(self) -> bool:
        """Whether it is the open draft."""
        return not self.versions


@dataclass(frozen=True)
class CalendarUses:
    """Everything that names the calendar 全部使用之处."""

    policies: tuple[PolicyUse, ...]
    units: tuple[Unit, ...]

    @property
    def count(self) -> int:
        """In how many policies, drafts and units."""
        return len(self.policies) + len(self.units)


def uses_of(calendar: str) -> CalendarUses:
    """Where the calendar is used; published versions count for ever, since their cases do."""
    policies = (*_published(calendar), *_drafted(calendar))
    return CalendarUses(policies, tuple(Unit.objects(calendar=calendar).order_by("id")))


def _published(calendar: str) -> Iterator[PolicyUse]:
    named = {"state": "published", "definition.policy.calendar": calendar}
    versions: dict[str, list[int]] = {}
    for row in Policy.collection().find(named, {"key": 1, "version": 1}).sort([("key", 1), ("version", 1)]):
        versions.setdefault(row["key"], []).append(row["version"])
    for key, found in versions.items():
        newest = Policy.of(key, found[-1]).definition
        cases = Complaint.objects(policy=key, policy_version__in=found, status="open").count()
        yield PolicyUse(key, tuple(found), cases, newest, tuple(counted_by_calendar(newest)))


def _drafted(calendar: str) -> Iterator[PolicyUse]:
    for draft in Draft.objects(state="open", definition__policy__calendar=calendar).order_by("policy"):
        used = tuple(counted_by_calendar(draft.definition))
        yield PolicyUse(draft.policy, (), 0, draft.definition, used)
