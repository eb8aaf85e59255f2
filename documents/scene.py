"""A scene 情景: one scenario while it is played – its cases by name, the moment it has reached, who acts.

A trial plays it in memory, the demo with real cases; what a step of a scenario means is said here once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions.change import Submission
from documents.complaint import Complaint
from documents.person import Person
from documents.rules.broken import PolicyInvalid
from documents.rules.policy import PolicyView
from documents.rules.scenarios import MAIN, NAME_OF, NUMBER_OF, Step, filled_form, post_of

Values = Mapping[str, Any]


@dataclass
class Scene:
    """What every way of playing shares; a way says how a case is opened and carried on."""

    view: PolicyView
    cases: dict[str, Complaint] = field(default_factory=dict, init=False)
    now: datetime = field(init=False)

    def person(self, person: str) -> Person:
        """Who is `role@unit` here."""
        raise NotImplementedError

    def unit(self, unit: str) -> str:
        """The code of an example unit here."""
        return unit

    def open_case(self, case_type: str, values: Values, pressed: Submission, unit: str) -> Complaint:
        """Register a case for a unit."""
        raise NotImplementedError

    def carry_on(self, case: Complaint, step: str, values: Values, pressed: Submission) -> Complaint:
        """Take a step of a case."""
        raise NotImplementedError

    def answer(self, case: Complaint, form: str, values: Values, pressed: Submission) -> Complaint:
        """Give the statement 申辩 for which the actor was asked."""
        raise NotImplementedError

    def case_of(self, number: str) -> Complaint:
        """A case that this scene opened beside."""
        raise NotImplementedError

    def written(self, _form: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """The values of a step as they are written here."""
        return values

    @property
    def named(self) -> Mapping[str, Complaint]:
        """Each case once, under its first name."""
        once: dict[Any, str] = {}
        for name, case in self.cases.items():
            once.setdefault(case.id, name)
        return {name: self.cases[name] for name in once.values()}

    def take(self, step: Step, pressed: Submission) -> None:
        """Play a step, whatever its kind; not that time passes."""
        plays = {"register": self.register, "statement": self.state}
        plays.get(step.kind, self.do)(step, pressed)

    def register(self, step: Step, pressed: Submission) -> None:
        """Play a registration."""
        form = self.view.case_type(step.key)["register"]["form"]
        unit = self.unit(post_of(step.by)[1])
        case = self.open_case(step.key, self._values(step, form, pressed.actor), pressed, unit)
        self.cases.setdefault(MAIN, case)
        self.cases[step.case] = case

    def do(self, step: Step, pressed: Submission) -> None:
        """Play a step; cases that it opens beside get their names."""
        case = self.named_case(step)
        form = self.view.transition(case.case_type, step.key).get("form")
        values = self._values(step, form, pressed.actor) if form else step.values
        known = len(case.links)
        changed = self.carry_on(case, step.key, values, pressed)
        self._keep(changed)
        for link in changed.links[known:]:
            self._name_linked(link)

    def state(self, step: Step, pressed: Submission) -> None:
        """Play the statement of whoever was asked for one."""
        values = self._values(step, step.key, pressed.actor)
        self._keep(self.answer(self.named_case(step), step.key, values, pressed))

    def _keep(self, changed: Complaint) -> None:
        self.cases = {name: changed if one.id == changed.id else one for name, one in self.cases.items()}

    def named_case(self, step: Step) -> Complaint:
        """The case that a step is about; raises PolicyInvalid("unknown_case_name")."""
        if step.case not in self.cases:
            raise PolicyInvalid("unknown_case_name", case=step.case)
        return self.cases[step.case]

    def _name_linked(self, link: Mapping[str, str]) -> None:
        """A linked case goes by the kind of its link, and by its case type where that name is free."""
        opened = self.case_of(link["number"])
        for name in (link["kind"], opened.case_type):
            self.cases.setdefault(name, opened)

    def _values(self, step: Step, form: str, actor: Person) -> dict[str, Any]:
        local = self.now.astimezone(ZoneInfo(self.view.zone))
        defaults = {
            "now": local.isoformat(),
            "today": local.date().isoformat(),
            "me": actor.id,
            "my_name": actor.name,
            "my_unit": self.unit(post_of(step.by)[1]),
        }
        definition = self.view.form(form)
        values = {name: self._value(value) for name, value in step.values.items()}
        written = self.written(definition, values)
        return filled_form(definition, written, defaults, zone=self.view.zone)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Mapping) and NUMBER_OF in value:
            return self.cases[value[NUMBER_OF] or MAIN].number
        if isinstance(value, Mapping) and NAME_OF in value:
            return self.person(value[NAME_OF]).name
        return value

    def label(self, step: Step) -> Mapping[str, str]:
        """What a step is called, with its key."""
        if step.kind == "register":
            return {"zh": f"登记 {step.key}", "en": f"register {step.key}"}
        if step.kind == "statement":
            return {"zh": f"说明情况 {step.key}", "en": f"statement {step.key}"}
        case = self.cases.get(step.case)
        known = self.view.transitions(case.case_type) if case else ()
        label = next((one["label"] for one in known if one["key"] == step.key), None)
        if label is None:
            return {"zh": step.key, "en": step.key}
        return {language: f"{label[language]} {step.key}" for language in ("zh", "en")}
