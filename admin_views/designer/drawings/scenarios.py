"""The canvas of a scenario 案例画布: a story, and what should come of it in words, edited in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.drawings.expectations import expected, person_words, settings, unit_names
from admin_views.designer.offers import Offer
from admin_views.designer.troubles import Trouble
from admin_views.phrases import listed
from admin_views.standing import said
from documents.rules.fields import fields_of
from documents.rules.hearing import forms_heard
from documents.rules.policy_problems import elements, table
from documents.rules.scenarios import MAIN, step_of

Definition = Mapping[str, Any]
UNFILLED = frozenset({"note", "computed", "lookup", "series", "group"})
# Controls for the values of a step; any other type is written as the definition writes it.
CONTROLS = {
    **dict.fromkeys(("text", "phone", "email", "id_number", "address", "date", "time", "datetime"), "line"),
    **dict.fromkeys(("number", "money", "percent", "duration"), "line"),
    **dict.fromkeys(("choice", "tree"), "pick"),
    **{"longtext": "long", "bool": "yes", "unit": "unit", "person": "person"},
}


@dataclass(frozen=True)
class Value:
    """A field of the step's form 填写: its label, its value in words, and how it is edited."""

    key: str
    label: str
    value: Any
    words: str
    control: str
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class StoryStep:
    """A step as the story tells it 步骤."""

    place: str
    index: int
    kind: str
    chosen: str  # "do:report"
    at: str
    what: str
    by: str
    who: str
    why: str
    case: str
    written: Definition
    values: tuple[Value, ...]
    wrong: tuple[Trouble, ...]


def draw(bench: Bench) -> dict[str, Any]:
    """Everything that the canvas of the scenario shows."""
    story = _Story(bench, table(bench.value))
    if not story.scenario:
        return {"story": None}
    key = str(story.scenario.get("key", ""))
    expect = table(story.scenario.get("expect"))
    return {
        "story": list(story.steps()),
        "doings": story.doings,
        "people": story.people,
        "expected": expected(bench, expect),
        "expect_settings": settings(bench, f"{bench.element}.expect", expect),
        "scenario_troubles": [one for one in bench.known.troubles if one.element == bench.element],
        "played_at": url_for("designer.play_one", policy=bench.policy, key=key),
    }


@dataclass
class _Story:
    bench: Bench
    scenario: Definition

    @cached_property
    def units(self) -> dict[str, str]:
        """The example units by key."""
        return unit_names(self.bench)

    @cached_property
    def people(self) -> list[Offer]:
        """Everybody who may act: each role at each example unit, those of the scenarios first."""
        roles = self.bench.known.offers.kind("roles")
        pairs = [f"{role.key}@{unit}" for unit in self.units for role in roles]
        return [Offer(one, self.person(one)) for one in pairs]

    def person(self, person: str) -> str:
        """城南信用社 受理人员."""
        return person_words(self.bench, person)

    @cached_property
    def doings(self) -> list[tuple[str, list[Offer]]]:
        """What a step may be: a registration, a step of a workflow, one that must be refused, or a pause."""
        offers = self.bench.known.offers
        steps = offers.kind("transitions")
        return [
            (_("登记"), [Offer(f"register:{one.key}", one.label) for one in offers.kind("case_types")]),
            (_("办理"), [Offer(f"do:{one.key}", one.label) for one in steps]),
            (_("应被拒绝"), [Offer(f"refused:{one.key}", one.label) for one in steps]),
            *([(_("说明情况"), self._statements())] if self._statements() else []),
            (_("时间"), [Offer("wait:", _("只过去一段时间"))]),
        ]

    def _statements(self) -> list[Offer]:
        """What whoever was asked may fill in."""
        flows = elements(self.bench.definition, "workflows")
        heard = {form for flow in flows for form in forms_heard(flow)}
        offers = self.bench.known.offers.kind("forms")
        return [Offer(f"statement:{one.key}", one.label) for one in offers if one.key in heard]

    @cached_property
    def _words(self) -> dict[str, str]:
        return {one.key: one.label for _group, offers in self.doings for one in offers}

    def steps(self) -> Iterator[StoryStep]:
        """The steps in order."""
        types: dict[str, str] = {}
        for index, written in enumerate(elements(self.scenario, "steps")):
            step = step_of(written)
            if step.kind == "register":
                types.setdefault(MAIN, step.key)
                types[step.case] = step.key
            place = f"{self.bench.element}.steps[#{index}]"
            chosen = f"{step.kind}:{step.key}"
            yield StoryStep(
                place=place,
                index=index,
                kind=step.kind,
                chosen=chosen,
                at=step.at,
                what=self._words.get(chosen, step.key),
                by=step.by,
                who=self.person(step.by) if step.by else "",
                why=step.why,
                case=step.case,
                written=written,
                values=tuple(
                    self._values(self._form(step.kind, step.key, types.get(step.case)), step.values)
                ),
                wrong=tuple(one for one in self.bench.known.troubles if one.element == place),
            )

    def _form(self, kind: str, key: str, case_type: str | None) -> Definition:
        """The form that is filled in with a step."""
        types = {str(one.get("key")): one for one in elements(self.bench.definition, "case_types")}
        if kind == "register":
            wanted = table(types.get(key, {}).get("register")).get("form")
        elif kind == "statement":
            wanted = key
        else:
            flow = types.get(case_type or "", {}).get("workflow")
            flows = [
                one
                for one in elements(self.bench.definition, "workflows")
                if not flow or one.get("key") == flow
            ]
            found = (one for each in flows for one in elements(each, "transitions") if one.get("key") == key)
            wanted = next(found, {}).get("form")
        forms = elements(self.bench.definition, "forms")
        return next((one for one in forms if one.get("key") == wanted), {})

    def _values(self, form: Definition, values: Definition) -> Iterator[Value]:
        fields = {str(one.get("key")): one for one in fields_of(form)} if form else {}
        for key, one in fields.items():
            if key in values or (one.get("type") not in UNFILLED and not one.get("retired")):
                yield self._value(key, one, values.get(key))
        for key in values:
            if key not in fields:
                yield Value(key, key, values[key], str(values[key]), "raw")

    def _value(self, key: str, one: Definition, value: Any) -> Value:
        label, kind = said(one.get("label")) or key, str(one.get("type"))
        control = "raw" if isinstance(value, Mapping | list) else CONTROLS.get(kind, "raw")
        offers = self._offered(one, control)
        words = {each.key: each.label for each in offers}.get(str(value), "") if value is not None else ""
        return Value(key, label, value, words or self._plain(value), control, tuple(offers))

    def _offered(self, one: Definition, control: str) -> list[Offer]:
        if control == "pick":
            return self.bench.known.offers.options(str(one.get("options")))
        if control == "unit":
            return [Offer(key, name) for key, name in self.units.items()]
        return self.people if control == "person" else []

    def _plain(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, list):
            return listed(self._plain(one) for one in value)
        if isinstance(value, Mapping):
            return listed(f"{name} {self._plain(part)}".strip() for name, part in value.items())
        return str(value)
