"""Trials 试行: the scenarios of a definition, played with a fake clock by the same actions as real cases.

Nothing is written and no database is needed: `run(definition)` answers one result for each scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions import registration, steps
from documents.actions.change import Submission
from documents.actions.registration import Pinned
from documents.complaint import Complaint
from documents.example import people_in, units_of
from documents.organisation import Organisation
from documents.person import Person
from documents.rules import scenario_words
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import ONE_DAY, day_start
from documents.rules.periods import Recurrence, occurrences
from documents.rules.policy import PolicyView
from documents.rules.scenario_results import CaseFound, Comparison, Difference, compare_days
from documents.rules.scenarios import (
    MAIN,
    NAME_OF,
    NUMBER_OF,
    Scenario,
    Step,
    filled_form,
    post_of,
    read_moment,
    scenarios_of,
)
from documents.trial_found import Happening, ScenarioResult, case_found, timeline_of
from documents.trial_world import World
from documents.work_calendar import shipped_calendar

Definition = Mapping[str, Any]
OFTEN = frozenset({"day", "working_day", "week"})


def run(definition: Definition, calendar: WorkCalendar | None = None) -> list[ScenarioResult]:
    """试行: play every scenario of a definition that has no problems."""
    used = calendar or calendar_for(definition)
    organisation = Organisation(units_of(definition), people_in(definition))
    return [play(definition, scenario, used, organisation) for scenario in scenarios_of(definition)]


def calendar_for(definition: Definition) -> WorkCalendar:
    """The shipped calendar, under the name that the policy gives to its own."""
    return WorkCalendar.from_definition(shipped_calendar(definition["policy"]["calendar"]))


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
    )


@dataclass
class Game:
    """A scenario while it is played 试行中: its cases by name, and the moment it has reached."""

    view: PolicyView
    world: World
    cases: dict[str, Complaint] = field(default_factory=dict)
    refused: list[Happening] = field(default_factory=list)
    now: datetime = field(init=False)

    @property
    def named(self) -> Mapping[str, Complaint]:
        """Each case once, under its first name."""
        once: dict[Any, str] = {}
        for name, case in self.cases.items():
            once.setdefault(case.id, name)
        return {name: self.cases[name] for name in once.values()}

    def play(self, played: Sequence[Step]) -> list[Difference]:
        """Play the steps; stops at the first one that goes otherwise than it says."""
        for position, step in enumerate(played, start=1):
            self.now = read_moment(step.at, self.view.zone)
            self.world.pass_before(self.now)
            wrong = self._play(step, position)
            if wrong is not None:
                return [wrong]
            if step.kind == "wait":
                self.world.pass_through(self.now)
        if played:
            self.world.pass_through(self.now)
        return []

    def _play(self, step: Step, position: int) -> Difference | None:
        if step.kind == "wait":
            return None
        if step.kind == "refused" or (step.kind == "register" and step.why):
            return self._try(step, position)
        try:
            self._register(step, position) if step.kind == "register" else self._do(step, position)
        except (RuleBroken, PolicyInvalid, ValueError) as error:
            return scenario_words.went_wrong(position, self._label(step), error)
        return None

    def _try(self, step: Step, position: int) -> Difference | None:
        """Try what must be refused, on a copy that is thrown away."""
        kept = dict(self.cases)
        try:
            with self.world.undone():
                if step.kind == "register":
                    self._register(step, position)
                else:
                    self.cases[step.case] = copied(self._case(step))
                    self._do(step, position)
        except RuleBroken as refusal:
            self.refused.append(self._refusal(step, refusal))
            return scenario_words.refused_otherwise(position, self._label(step), step.why, refusal)
        finally:
            self.cases = kept
        return scenario_words.not_refused(position, self._label(step), step.why)

    def _refusal(self, step: Step, refusal: RuleBroken) -> Happening:
        words = scenario_words.of_refusal(refusal)
        label = self._label(step)
        what = {language: f"{label[language]}：{words[language]}" for language in ("zh", "en")}
        return Happening(self.now, "refused", what, step.by, self.world.person(step.by).name, step.case)

    def _register(self, step: Step, position: int) -> None:
        pressed = self._submission(step, position)
        pinned = Pinned(self.view.key, 1, self.view)
        change = registration.blank(pinned, step.key, pressed, self.world)
        unit = registration.receiving_unit(change, post_of(step.by)[1])
        values = self._values(step, change.transition["form"], pressed.actor)
        case = registration.open_case(change, values, pressed, unit)
        self.cases.setdefault(MAIN, case)
        self.cases[step.case] = case

    def _do(self, step: Step, position: int) -> None:
        case = self._case(step)
        form = self.view.transition(case.case_type, step.key).get("form")
        pressed = self._submission(step, position)
        values = self._values(step, form, pressed.actor) if form else step.values
        known = len(case.links)
        steps.carry_out(case, step.key, values, pressed, self.world)
        for link in case.links[known:]:
            self._name_linked(link)

    def _name_linked(self, link: Mapping[str, str]) -> None:
        """A linked case goes by the kind of its link, and by its case type where that name is free."""
        opened = next(case for case in self.world.cases.values() if case.number == link["number"])
        for name in (link["kind"], opened.case_type):
            self.cases.setdefault(name, opened)

    def _case(self, step: Step) -> Complaint:
        if step.case not in self.cases:
            raise PolicyInvalid("unknown_case_name", case=step.case)
        return self.cases[step.case]

    def _submission(self, step: Step, position: int) -> Submission:
        return Submission(self.world.person(step.by), self.now, f"step-{position}")

    def _values(self, step: Step, form: str, actor: Person) -> dict[str, Any]:
        local = self.now.astimezone(ZoneInfo(self.view.zone))
        defaults = {
            "now": local.isoformat(),
            "today": local.date().isoformat(),
            "me": actor.id,
            "my_name": actor.name,
            "my_unit": post_of(step.by)[1],
        }
        values = {name: self._value(value) for name, value in step.values.items()}
        return filled_form(self.view.form(form), values, defaults, zone=self.view.zone)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Mapping) and NUMBER_OF in value:
            return self.cases[value[NUMBER_OF] or MAIN].number
        if isinstance(value, Mapping) and NAME_OF in value:
            return self.world.person(value[NAME_OF]).name
        return value

    def _label(self, step: Step) -> Mapping[str, str]:
        if step.kind == "register":
            return {"zh": f"登记 {step.key}", "en": f"register {step.key}"}
        case = self.cases.get(step.case)
        known = self.view.transitions(case.case_type) if case else ()
        label = next((one["label"] for one in known if one["key"] == step.key), None)
        return (
            {"zh": f"{label['zh']} {step.key}", "en": f"{label['en']} {step.key}"}
            if label
            else {
                "zh": step.key,
                "en": step.key,
            }
        )


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
        differences += compare_days(duty["label"], key, days, due_days(duty, days, calendar))
    return differences


def due_days(duty: Definition, wanted: Sequence[str], calendar: WorkCalendar) -> list[str]:
    """The days on which a duty is due in the year of the expected ones; a weekly one between their ends."""
    recurrence = Recurrence.from_definition({**duty["recurrence"], "key": duty["key"]})
    first, last = (date.fromisoformat(end) for end in (min(wanted), max(wanted)))
    if recurrence.every not in OFTEN:
        first, last = date(first.year, 1, 1), date(last.year, 12, 31)
    start, end = day_start(first, calendar.tz), day_start(last + ONE_DAY, calendar.tz)
    found = [once.day.isoformat() for once in occurrences(recurrence, start, end, calendar)]
    return list(dict.fromkeys(found))
