"""Attaching 附加制度: the edit that attaches a supplement, with the scenarios of the host that it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from documents import trial
from documents.example import contacts_in, people_in, units_of
from documents.organisation import Organisation
from documents.rules.calendars import WorkCalendar
from documents.rules.edits import Definition, Operation, apply
from documents.rules.host_scenarios import (
    Answered,
    ScenarioChange,
    answer_for,
    answers_in,
    with_answers,
    with_outcome,
)
from documents.rules.policy_checking import problems
from documents.rules.scenarios import scenario_of
from documents.rules.supplements import Choices
from documents.supplement_packs import operations_of
from documents.trial_found import ScenarioResult

MOST_ANSWERS = 40  # of one scenario


@dataclass(frozen=True)
class Attachment:
    """A supplement about to be attached 待附加: what it adds, what comes of it in the scenarios."""

    host: Definition
    supplement: Definition
    operations: tuple[Operation, ...]
    definition: Definition  # with the supplement, before its scenarios are put right
    scenarios: tuple[ScenarioChange, ...]
    problems: int = 0  # that keep the scenarios from being played

    @property
    def whole(self) -> list[Operation]:
        """Everything as one edit: the supplement, and the scenarios with their new outcome."""
        title = self.supplement["policy"]["title"]
        accepted = [each for one in self.scenarios for each in one.operations(title)]
        return [*self.operations, *accepted]


def look(host: Definition, supplement: Definition, choices: Choices, calendar: WorkCalendar) -> Attachment:
    """附加预览: attach on paper and play every scenario of the host that passed before."""
    operations = operations_of(supplement, host, choices)
    definition = apply(host, operations).definition
    wrong = sum(one.severity == "refuse" for one in (*problems(host), *problems(definition)))
    changes = () if wrong else tuple(_changes(host, supplement, definition, calendar))
    return Attachment(host, supplement, tuple(operations), definition, changes, wrong)


def _changes(
    host: Definition, supplement: Definition, definition: Definition, calendar: WorkCalendar
) -> list[ScenarioChange]:
    passed = {one.key for one in trial.run(host, calendar) if one.passed}
    play = _Playing(definition, calendar, answers_in(supplement))
    written = [one for one in host.get("scenarios") or () if one["key"] in passed]
    found = [play.change(one) for one in written]
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class _Playing:
    definition: Definition
    calendar: WorkCalendar
    known: Mapping[str, Any]

    def change(self, scenario: Definition) -> ScenarioChange | None:
        """What changes in one scenario; None when it comes out as before."""
        given, result = self._answered(scenario)
        if result.passed and not given:
            return None
        now = with_answers(scenario, given)
        left = result.differences if result.stopped else ()
        if result.differences and not left:
            zone = str(self.definition["policy"]["zone"])
            now = with_outcome(now, result.differences, result.cases, zone)
            left = self._played(now).differences
        return ScenarioChange(
            key=str(scenario["key"]),
            label=result.label,
            answered=given,
            differences=result.differences,
            scenario=now,
            left=left,
        )

    def _answered(self, scenario: Definition) -> tuple[tuple[Answered, ...], ScenarioResult]:
        """Play it, and answer what stops it, until it goes through or nothing can be made up."""
        given: tuple[Answered, ...] = ()
        while True:
            result = self._played(with_answers(scenario, given))
            more = self._more(result)
            if not more or len(given) + len(more) > MOST_ANSWERS:
                return given, result
            given += more

    def _more(self, result: ScenarioResult) -> tuple[Answered, ...]:
        stopped = result.stopped
        asked = [] if stopped is None else [(stopped.position, field) for field in stopped.missing]
        answers = [
            Answered(step, field, answer_for(field, self.known, self.definition)) for step, field in asked
        ]
        return tuple(answers) if all(one.value is not None for one in answers) else ()

    def _played(self, scenario: Definition) -> ScenarioResult:
        return trial.play(self.definition, scenario_of(scenario), self.calendar, self._house)

    @cached_property
    def _house(self) -> Organisation:
        return Organisation(
            units_of(self.definition), people_in(self.definition), contacts_in(self.definition)
        )
