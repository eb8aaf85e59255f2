"""Who may settle duties 任务权限: whoever owes them and the heads of their units, read once for many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mongoengine import Q

from documents.duty import Duty
from documents.person import Person
from documents.policy import view_of
from documents.rules.policy import PolicyView
from documents.unit import Unit


def definition_of(view: PolicyView, key: str) -> Mapping[str, Any]:
    """A duty of a policy."""
    return next(duty for duty in view.definition["duties"] if duty["key"] == key)


class DutyRights:
    """What one person may do with duties."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @cached_property
    def headed(self) -> frozenset[str]:
        """The units that the person heads, or stands in for the head of."""
        mine = Q(head=self.person.id) | Q(deputy=self.person.id)
        return frozenset(unit.id for unit in Unit.objects(mine).only("id"))

    @cached_property
    def below(self) -> frozenset[str]:
        """These units and all below them."""
        if not self.headed:
            return frozenset()
        return frozenset(unit.id for unit in Unit.objects(ancestors__in=sorted(self.headed)).only("id"))

    def may_complete(self, duty: Duty) -> bool:
        """Whether the person holds a post that owes the duty or may do it too, or heads its unit."""
        definition = definition_of(view_of(duty.policy, duty.policy_version), duty.key)
        owner = {"role": definition["owner"]["role"], "at": "received"}
        return duty.unit in self.headed or any(self._is(who, duty) for who in [owner, *_who(definition)])

    def may_waive(self, duty: Duty) -> bool:
        """Whether the person heads the duty's unit, or one above it."""
        return duty.unit in self.below

    def _is(self, who: Mapping[str, Any], duty: Duty) -> bool:
        unit = {**duty.units, "received": duty.unit}.get(who.get("at") or "received")
        if who.get("is") == "head":
            return unit in self.headed
        return any((post.role, post.unit) == (who.get("role"), unit) for post in self.person.posts)


def _who(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(definition.get("who") or ())
