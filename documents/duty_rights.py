"""Who may settle duties 任务权限: whoever owes them and the heads of their units, read once for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from mongoengine import Q

from documents.duty import Duty
from documents.person import Person
from documents.policy import view_of
from documents.rules.access import GRANTED, Decision
from documents.rules.policy import PolicyView
from documents.unit import Unit


def definition_of(view: PolicyView, key: str) -> Mapping[str, Any]:
    """A duty of a policy."""
    return next(duty for duty in view.definition["duties"] if duty["key"] == key)


@dataclass(frozen=True)
class Seat:
    """One whose duties are at hand: the person himself, or an absent one for whom he acts 代办."""

    person: Person

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

    def completes(self, duty: Duty) -> bool:
        """Whether the person holds a post that owes the duty or may do it too, or heads its unit."""
        definition = definition_of(view_of(duty.policy, duty.policy_version), duty.key)
        owner = {"role": definition["owner"]["role"], "at": "received"}
        return duty.unit in self.headed or any(self._is(who, duty) for who in [owner, *_who(definition)])

    def waives(self, duty: Duty) -> bool:
        """Whether the person heads the duty's unit, or one above it."""
        return duty.unit in self.below

    def _is(self, who: Mapping[str, Any], duty: Duty) -> bool:
        unit = {**duty.units, "received": duty.unit}.get(who.get("at") or "received")
        if who.get("is") == "head":
            return unit in self.headed
        return any((post.role, post.unit) == (who.get("role"), unit) for post in self.person.posts)


class DutyRights:
    """What one person may do with duties, as himself or for whom he acts at the moment 代办."""

    def __init__(self, person: Person, now: datetime) -> None:
        self.own, self.now = Seat(person), now

    @cached_property
    def seats(self) -> list[Seat]:
        """His own, and those of the absent."""
        return [self.own, *(Seat(one) for one in self.own.person.represented(self.now))]

    @cached_property
    def headed(self) -> frozenset[str]:
        """The units that they head."""
        return frozenset(unit for one in self.seats for unit in one.headed)

    def may_complete(self, duty: Duty) -> Decision:
        """Whether he may note it done, and for whom; who is away 请假 himself notes nothing."""
        return self._decided(Seat.completes, duty, "not_your_duty")

    def may_waive(self, duty: Duty) -> Decision:
        """Whether he may decide that it need not be done, and for whom."""
        return self._decided(Seat.waives, duty, "not_head_of_duty")

    def _decided(self, fits: Callable[[Seat, Duty], bool], duty: Duty, refused: str) -> Decision:
        found = next((one for one in self.seats if fits(one, duty)), None)
        if found is None:
            return Decision(False, refused)
        if found is not self.own:
            return Decision(True, GRANTED.reason, found.person.id)
        return Decision(False, "absent") if self.own.person.is_absent(self.now) else GRANTED


def _who(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(definition.get("who") or ())
