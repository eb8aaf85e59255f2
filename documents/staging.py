"""Staging 演出: the scenarios of a policy as real cases, so that any pack can be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from documents.actions import hearing, registration, steps
from documents.actions.change import Submission
from documents.complaint import Complaint
from documents.house import person_id, unit_code
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.fields import fields_of
from documents.rules.scenarios import MOMENT, Scenario, read_moment, scenarios_of
from documents.scene import Scene, Values

A_WEEK = timedelta(days=7)


def stage_all(policy: Policy, *, now: datetime, tell: Callable[[str], None] = lambda _: None) -> None:
    """Play every scenario so that it ends within the last week. Safe to run twice."""
    for scenario in scenarios_of(policy.definition):
        for case in stage(policy, scenario, moved=_to_last_week(scenario, policy.view().zone, now)):
            tell(f"{case.number} {case.title}")


def _to_last_week(scenario: Scenario, zone: str, now: datetime) -> timedelta:
    """By how many whole weeks a scenario moves to end in the week before now."""
    if not scenario.steps:
        return timedelta(0)
    return (now - read_moment(scenario.steps[-1].at, zone)) // A_WEEK * A_WEEK


def stage(
    policy: Policy,
    scenario: Scenario,
    *,
    moved: timedelta = timedelta(0),
    meanwhile: Callable[[datetime], None] = lambda _moment: None,
) -> Sequence[Complaint]:
    """Play one scenario with real cases, all its moments moved; what is refused ends it there.

    Elsewhere in the year other days are worked, so a step may come too late or too early: the case then
    stays where it is. `meanwhile` is told each moment before something happens at it.
    """
    scene = RealScene(policy.view(), policy, moved)
    for position, step in enumerate(scenario.steps, start=1):
        scene.now = read_moment(step.at, scene.view.zone) + moved
        meanwhile(scene.now)
        if step.kind == "wait" or step.must_fail:
            continue
        pressed = Submission(scene.person(step.by), scene.now, f"scenario:{scenario.key}:{position}")
        try:
            scene.take(step, pressed)
        except (RuleBroken, PolicyInvalid) as refusal:
            scene.refused.append(refusal)
            break
    return list(scene.named.values())


@dataclass
class RealScene(Scene):
    """A scenario while it is played with real cases."""

    policy: Policy
    moved: timedelta
    refused: list[RuleBroken | PolicyInvalid] = field(default_factory=list, init=False)

    def person(self, person: str) -> Person:
        return Person.get(person_id(person))

    def unit(self, unit: str) -> str:
        return unit_code(unit)

    def open_case(self, case_type: str, values: Values, pressed: Submission, unit: str) -> Complaint:
        return registration.register(
            self.policy,
            case_type,
            values,
            actor=pressed.actor,
            now=pressed.now,
            submission=pressed.key,
            unit=unit,
        )

    def carry_on(self, case: Complaint, step: str, values: Values, pressed: Submission) -> Complaint:
        turn = Complaint.get(case.number).turn
        return steps.perform(
            case.number,
            step,
            values,
            actor=pressed.actor,
            now=pressed.now,
            turn=turn,
            submission=pressed.key,
        )

    def answer(self, case: Complaint, form: str, values: Values, pressed: Submission) -> Complaint:
        asked = hearing.asked_of(Complaint.get(case.number), pressed.actor.id, form)
        return hearing.give(asked.id, values, actor=pressed.actor, now=pressed.now, submission=pressed.key)

    def case_of(self, number: str) -> Complaint:
        return Complaint.get(number)

    def written(self, form: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        return self._recast(list(fields_of(form)), values)

    def _recast(self, fields: Sequence[Mapping[str, Any]], values: Values) -> dict[str, Any]:
        """Units and people by the ids of the house, days and moments moved."""
        found = dict(values)
        for one in fields:
            value = values.get(one["key"])
            if one["type"] == "table" and isinstance(value, list):
                columns = one.get("fields") or ()
                found[one["key"]] = [self._recast(columns, row) for row in value]
            elif isinstance(value, str) and value:
                found[one["key"]] = self._recast_one(one["type"], value)
        return found

    def _recast_one(self, kind: str, value: str) -> str:
        if kind == "unit":
            return unit_code(value)
        if kind == "person":
            return person_id(value)
        if kind == "date":
            return (date.fromisoformat(value) + self.moved).isoformat()
        if kind == "datetime" and MOMENT.fullmatch(value):
            return (read_moment(value, self.view.zone) + self.moved).isoformat()
        return value
