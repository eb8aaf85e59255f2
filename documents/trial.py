"""Trials 试行: the scenarios of a definition, played with a fake clock by the same actions as real cases.

Nothing is written and no database is needed: `run(definition)` answers one result for each scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from documents.actions import hearing, registration, steps
from documents.actions.change import Submission
from documents.actions.registration import Pinned
from documents.complaint import Complaint
from documents.example import contacts_in, people_in, units_of
from documents.organisation import Organisation
from documents.person import Person
from documents.rules import scenario_words
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import ONE_DAY, day_start
from documents.rules.forms import Problem
from documents.rules.periods import Recurrence, occurrences
from documents.rules.policy import PolicyView
from documents.rules.refused_years import RefusedYear, sorted_out
from documents.rules.scenario_results import CaseFound, Comparison, Difference, compare_days
from documents.rules.scenarios import MAIN, Scenario, Step, read_moment, scenarios_of
from documents.scene import Scene, Values
from documents.trial_found import Happening, ScenarioResult, Stopped, case_found, timeline_of
from documents.trial_world import World
from documents.work_calendar import shipped_as, titled

Definition = Mapping[str, Any]
OFTEN = frozenset({"day", "working_day", "week"})


def run(definition: Definition, calendar: WorkCalendar | None = None) -> list[ScenarioResult]:
    """试行: play every scenario of a definition that has no problems."""
    used = calendar or calendar_for(definition)
    organisation = Organisation(units_of(definition), people_in(definition), contacts_in(definition))
    return [play(definition, scenario, used, organisation) for scenario in scenarios_of(definition)]


def calendar_for(definition: Definition) -> WorkCalendar:
    """The shipped calendar, under the name that the policy gives to its own."""
    return titled(shipped_as(definition["policy"]["calendar"]))


def play(
    definition: Definition, scenario: Scenario, calendar: WorkCalendar, organisation: Organisation
) -> ScenarioResult:
    """Play one scenario and compare what came of it."""
    game = Game(PolicyView(definition), World(PolicyView(definition), calendar, organisation))
    differences = game.play(scenario.steps)
    found = {name: case_found(case, game.view, game.world, now=game.now) for name, case in game.cases.items()}
    if not differences:
        differences = compared(game.view, scenario, found, calendar)
    return ScenarioResult(
        key=scenario.key,
        label=scenario.label,
        differences=tuple(differences),
        cases=found,
        timeline=timeline_of(game.named, game.refused),
        stopped=game.stopped,
    )


@dataclass
class Game(Scene):
    """A scenario while it is tried in memory 试行中."""

    world: World
    refused: list[Happening] = field(default_factory=list, init=False)
    stopped: Stopped | None = field(default=None, init=False)

    def play(self, played: Sequence[Step]) -> list[Difference]:
        """Play the steps; stops at the first one that goes otherwise than it says."""
        for position, step in enumerate(played, start=1):
            self.now = read_moment(step.at, self.view.zone)
            self.world.pass_before(self.now)
            wrong = self._play(step, position)
            if wrong is not None:
                self.stopped = self.stopped or Stopped(position)
                return [wrong]
            if step.kind == "wait":
                self.world.pass_through(self.now)
        if played:
            self.world.pass_through(self.now)
        return []

    def _play(self, step: Step, position: int) -> Difference | None:
        if step.kind == "wait":
            return None
        if step.must_fail:
            return self._try(step, position)
        try:
            self._take(step, position)
        except (RuleBroken, PolicyInvalid, ValueError) as error:
            self.stopped = Stopped(position, _unanswered(error))
            return scenario_words.went_wrong(position, self.label(step), error)
        return None

    def _take(self, step: Step, position: int) -> None:
        pressed = Submission(self.person(step.by), self.now, f"step-{position}")
        self.take(step, pressed)

    def _try(self, step: Step, position: int) -> Difference | None:
        """Try what must be refused, on a copy that is thrown away."""
        kept = dict(self.cases)
        try:
            with self.world.undone():
                if step.kind != "register":
                    self.cases[step.case] = copied(self.named_case(step))
                self._take(step, position)
        except RuleBroken as refusal:
            self.refused.append(self._refusal(step, refusal))
            return scenario_words.refused_otherwise(position, self.label(step), step.why, refusal)
        finally:
            self.cases = kept
        return scenario_words.not_refused(position, self.label(step), step.why)

    def _refusal(self, step: Step, refusal: RuleBroken) -> Happening:
        words = scenario_words.of_refusal(refusal)
        label = self.label(step)
        what = {language: f"{label[language]}：{words[language]}" for language in ("zh", "en")}
        return Happening(self.now, "refused", what, step.by, self.person(step.by).name, step.case)

    def person(self, person: str) -> Person:
        return self.world.person(person)

    def open_case(self, case_type: str, values: Values, pressed: Submission, unit: str) -> Complaint:
        pinned = Pinned(self.view.key, 1, self.view)
        change = registration.blank(pinned, case_type, pressed, self.world)
        return registration.open_case(change, values, pressed, registration.receiving_unit(change, unit))

    def carry_on(self, case: Complaint, step: str, values: Values, pressed: Submission) -> Complaint:
        return steps.carry_out(case, step, values, pressed, self.world)

    def answer(self, case: Complaint, form: str, values: Values, pressed: Submission) -> Complaint:
        asked = hearing.asked_of(case, pressed.actor.id, form)
        return hearing.state(case, asked, values, pressed, self.world)

    def case_of(self, number: str) -> Complaint:
        return next(case for case in self.world.cases.values() if case.number == number)


def _unanswered(error: Exception) -> tuple[str, ...]:
    """The fields, not of rows, that a refused step left unanswered; none when more is wrong."""
    if not isinstance(error, RuleBroken) or error.code != "form_incomplete":
        return ()
    problems = cast("Sequence[Problem]", error.facts["problems"])
    plain = all(one.code == "required" and one.row is None for one in problems)
    return tuple(one.field for one in problems) if plain else ()


def copied(case: Complaint) -> Complaint:
    """The case once more, to be changed freely."""
    return Complaint._from_son(case.to_mongo())


def compared(
    view: PolicyView, scenario: Scenario, found: Mapping[str, CaseFound], calendar: WorkCalendar
) -> list[Difference]:
    """Everything that came out otherwise than the scenario expects."""
    expect = scenario.expect
    differences = compared_duties(view, expect.get("duties") or {}, calendar)
    if MAIN in found:
        differences += Comparison(view, found[MAIN], expect).differences()
    for name, wanted in (expect.get("also") or {}).items():
        if name not in found:
            differences.append(scenario_words.no_such_case(name))
            continue
        beside = Comparison(view, found[name], wanted).differences()
        differences += [scenario_words.of_case(name, one) for one in beside]
    return differences


def compared_duties(
    view: PolicyView, duties: Mapping[str, Sequence[str]], calendar: WorkCalendar
) -> list[Difference]:
    """How the due days of the duties differ, in the year of the days that are expected."""
    differences: list[Difference] = []
    for key, days in duties.items():
        duty = next((one for one in view.definition.get("duties", ()) if one["key"] == key), None)
        if duty is None:
            differences.append(scenario_words.no_such_duty(key))
            continue
        found, refused = due_days(duty, days, calendar)
        differences += compare_days(duty["label"], key, days, found)
        differences += [scenario_words.no_year(duty["label"], key, one.year) for one in refused]
    return differences


def due_days(
    duty: Definition, wanted: Sequence[str], calendar: WorkCalendar
) -> tuple[list[str], list[RefusedYear]]:
    """The days on which a duty is due in the year of the expected ones; a weekly one between their ends.

    And the years in which it cannot be planned, because the calendar lacks their notice.
    """
    recurrence = Recurrence.from_definition({**duty["recurrence"], "key": duty["key"]})
    first, last = (date.fromisoformat(end) for end in (min(wanted), max(wanted)))
    if recurrence.every not in OFTEN:
        first, last = date(first.year, 1, 1), date(last.year, 12, 31)
    start, end = day_start(first, calendar.tz), day_start(last + ONE_DAY, calendar.tz)
    known, refused = sorted_out(occurrences(recurrence, start, end, calendar), calendar)
    return list(dict.fromkeys(once.day.isoformat() for once in known)), refused
