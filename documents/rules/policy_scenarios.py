"""Checking the example organisation and the scenarios 示例机构与试行情形检查 before they are played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.rules.fields import fields_of
from documents.rules.grammar import SHAPES
from documents.rules.hearing import forms_heard
from documents.rules.options import option_keys
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_severity import levels_of
from documents.rules.policy_shapes import all_slots, check_keys
from documents.rules.scenario_results import PARTS
from documents.rules.scenarios import KINDS, MAIN, NAME_OF, NUMBER_OF, PERSON, Step, read_moment, step_of
from documents.rules.telling import CHANNELS

ALSO, DUTIES = "also", "duties"
STATUSES = ("open", "closed", "archived")
UNIT, LIMIT = ("示例单位", "example unit"), ("时限", "limit")
READABLE = ("请写成 2026-02-13 16:40，当日终了写 24:00", "write 2026-02-13 16:40, or 24:00 for the day's end")
FIRST = (
    "第一步应为登记（register）",
    "the first step must register a case",
    ("请先写 {register: <事项类型>, …}", "begin with {register: <case type>, …}"),
)
NOTHING = (
    "没有写明预期",
    "expects nothing",
    ("请在 expect 中写明路径、期限等", "say under expect which route, dates … there should be"),
)


def check_scenarios(definition: Definition, findings: Findings) -> None:
    """Every scenario names what there is, in moments that can be read and come one after the other."""
    example = table(definition.get("example"))
    findings.attributes("example", example, SHAPES["example"].names)
    units = elements(example, "units")
    check_keys("example.units", units, findings)
    house = House(definition, findings, keys(units))
    for path, unit in named(units, "example.units"):
        findings.attributes(path, unit, SHAPES["example_unit"].names)
        findings.wants(f"{path}.kind", unit.get("kind"), house.keys("unit_kinds"), ("单位类型", "unit kind"))
        if unit.get("under") is not None:
            findings.wants(f"{path}.under", unit["under"], house.units - {unit.get("key")}, UNIT)
        for name in ("head", "deputy"):
            if unit.get(name) is not None:
                house.person(f"{path}.{name}", unit[name])
    contacts = elements(example, "contacts")
    check_keys("example.contacts", contacts, findings)
    for path, contact in named(contacts, "example.contacts"):
        findings.attributes(path, contact, SHAPES["example_contact"].names)
        findings.wants(path, contact.get("key"), house.keys("contacts"), ("指定联系人", "named contact"))
        house.person(f"{path}.person", contact.get("person"))
    for path, scenario in named(elements(definition, "scenarios"), "scenarios"):
        Check(house, path, findings).scenario(scenario)


@dataclass
class House:
    """What a scenario may name: the policy's elements and the example's units."""

    definition: Definition
    findings: Findings
    units: set[str]

    def keys(self, section: str) -> set[str]:
        """The keys of a section."""
        found: set[str] = self.findings.once(
            f"keys of {section}", lambda: keys(elements(self.definition, section))
        )
        return found

    def person(self, path: str, person: Any) -> None:
        """A person is a role at an example unit."""
        found = PERSON.fullmatch(str(person))
        if found is None:
            self.findings.say(
                path,
                f"人员“{person}”无法识别，应写成 岗位@单位",
                f"cannot read the person “{person}”",
                ("请写成 role@unit，第二人写成 role@unit#2", "write role@unit, a second one role@unit#2"),
            )
            return
        self.findings.wants(path, found[1], self.keys("roles"), ("岗位角色", "role"))
        self.findings.wants(path, found[2], self.units, UNIT)

    def flow_of(self, case_type: str | None) -> Definition:
        """The workflow of a case type."""
        kinds = elements(self.definition, "case_types")
        kind = next((one for one in kinds if one.get("key") == case_type), {})
        flows = elements(self.definition, "workflows")
        return next((one for one in flows if one.get("key") == kind.get("workflow")), {})

    def register_form(self, case_type: str | None) -> Any:
        """The form with which a case type is registered."""
        kinds = elements(self.definition, "case_types")
        kind = next((one for one in kinds if one.get("key") == case_type), {})
        return table(kind.get("register")).get("form")

    def fields(self, form: Any) -> set[str] | None:
        """The keys of a form's fields; None when there is no such form."""
        return self.findings.once(f"fields of {form}", lambda: self._fields(form))

    def _fields(self, form: Any) -> set[str] | None:
        forms = elements(self.definition, "forms")
        found = next((one for one in forms if one.get("key") == form), None)
        return None if found is None else {str(one["key"]) for one in fields_of(found) if "key" in one}


@dataclass
class Check:
    """One scenario while it is read."""

    house: House
    path: str
    findings: Findings
    cases: dict[str, str | None] = field(default_factory=dict)  # the name of a case -> its case type

    def scenario(self, scenario: Definition) -> None:
        """Its steps, then what it expects."""
        steps = elements(scenario, "steps")
        if not isinstance(scenario.get("steps") or [], list):
            self.findings.say(f"{self.path}.steps", "应为列表", "must be a list of tables")
        if steps and "register" not in steps[0]:
            self.findings.say(f"{self.path}.steps[0]", *FIRST)
        before = ""
        for index, written in enumerate(steps):
            place = f"{self.path}.steps[{index}]"
            self.findings.attributes(place, written, SHAPES["scenario_step"].names)
            before = self._moment(place, written.get("at"), before)
            self._step(place, step_of(written), written)
        self._expect(f"{self.path}.expect", scenario.get("expect"), MAIN if steps else None)

    def _moment(self, path: str, written: Any, before: str) -> str:
        text = str(written or "")
        try:
            read_moment(text, str(self.house.definition["policy"].get("zone") or "UTC"))
        except (ValueError, KeyError):
            self.findings.say(
                f"{path}.at",
                f"时刻“{text}”无法识别",
                f"cannot read the moment “{text}”",
                (
                    "请写成 2026-02-13 16:40，当日终了写 24:00",
                    "write 2026-02-13 16:40, 24:00 for the end of a day",
                ),
            )
            return before
        if text < before:
            self.findings.say(
                f"{path}.at",
                f"时刻“{text}”早于上一步“{before}”",
                f"“{text}” is before the step above, “{before}”",
                ("请按时间先后排列各步", "put the steps in the order of time"),
            )
        return max(text, before)

    def _step(self, path: str, step: Step, written: Definition) -> None:
        verbs = [name for name in KINDS if name in written]
        if len(verbs) > 1:
            self.findings.say(
                path,
                "一步只能是登记、办理、应被拒绝、说明情况之一",
                "a step registers, does, is refused or gives a statement",
            )
        if step.kind == "wait":
            return
        self.house.person(f"{path}.by", step.by)
        if step.kind == "register":
            kinds = self.house.keys("case_types")
            self.findings.wants(f"{path}.register", step.key, kinds, ("事项类型", "case type"))
            self.cases.setdefault(MAIN, step.key)
            self.cases[step.case] = step.key
            self._values(path, step, self.house.register_form(step.key))
            return
        if step.case not in self.cases:
            self.findings.wants(f"{path}.case", step.case, self.cases, ("案件代号", "case name"))
            return
        self._statement(path, step) if step.kind == "statement" else self._transition(path, step)

    def _statement(self, path: str, step: Step) -> None:
        """Whoever was asked fills in the form of the effect `hear`."""
        known = forms_heard(self.house.flow_of(self.cases[step.case]))
        if self.findings.wants(
            f"{path}.statement", step.key, known, ("说明情况的表单", "form of a statement")
        ):
            self._values(path, step, step.key)

    def _transition(self, path: str, step: Step) -> None:
        flow = self.house.flow_of(self.cases[step.case])
        known = {str(one.get("key")): one for one in elements(flow, "transitions")}
        if not self.findings.wants(f"{path}.{step.kind}", step.key, known, ("流转", "transition")):
            return
        self._values(path, step, known[step.key].get("form"))
        for effect in as_list(known[step.key].get("effects")):
            if isinstance(effect, Mapping) and "open_case" in effect:
                for name in (str(effect.get("link")), str(effect["open_case"])):
                    self.cases.setdefault(name, str(effect["open_case"]))

    def _values(self, path: str, step: Step, form: Any) -> None:
        known = self.house.fields(form) or set()
        for name, value in table(step.values).items():
            self.findings.wants(f"{path}.values.{name}", name, known, ("字段", "field"))
            if isinstance(value, Mapping) and NUMBER_OF in value:
                self.findings.wants(
                    f"{path}.values.{name}", value[NUMBER_OF], self.cases, ("案件代号", "case name")
                )
            if isinstance(value, Mapping) and NAME_OF in value:
                self.house.person(f"{path}.values.{name}", value[NAME_OF])

    def _expect(self, path: str, expect: Any, case: str | None) -> None:
        if not isinstance(expect, Mapping) or not expect:
            self.findings.say(path, *NOTHING)
            return
        known = frozenset({*PARTS, ALSO, DUTIES})
        for name in expect:
            self.findings.wants(f"{path}.{name}", name, known, ("预期项", "part of what is expected"))
        self._duties(f"{path}.{DUTIES}", table(expect.get(DUTIES)))
        if case is not None:
            self._parts(path, expect, case)
        for name, further in table(expect.get(ALSO)).items():
            if self.findings.wants(f"{path}.also.{name}", name, self.cases, ("案件代号", "case name")):
                self._expect(f"{path}.also.{name}", further, name)

    def _parts(self, path: str, expect: Definition, case: str) -> None:
        house, flow = self.house, self.house.flow_of(self.cases.get(case))
        known: Mapping[str, tuple[Callable[[], set[str]], tuple[str, str]]] = {
            "route": (lambda: keys(elements(flow, "stages")), ("环节", "stage")),
            "status": (lambda: set(STATUSES), ("案件状态", "status")),
            "outcome": (lambda: option_keys(house.definition["lists"], "outcomes"), ("处理结果", "outcome")),
            "due": (lambda: house.keys("limits"), LIMIT),
            "met": (lambda: house.keys("limits"), LIMIT),
            "late": (lambda: house.keys("limits"), LIMIT),
            "running": (lambda: house.keys("limits"), LIMIT),
            "paused": (lambda: house.keys("limits"), LIMIT),
            "letters": (lambda: house.keys("letters"), ("函件", "letter")),
            "units": (lambda: set(all_slots(house.definition)), ("单位角色", "unit slot")),
            "severity": (lambda: set(levels_of(house.definition) or ()), ("等级", "level")),
            "archive": (self._codes, ("保管期限", "retention")),
        }
        for part, (there, noun) in known.items():
            for one in list(expect[part]) if _many(expect.get(part)) else as_list(expect.get(part)):
                self.findings.wants(f"{path}.{part}", one, there(), noun)
        for limit, moment in table(expect.get("due")).items():
            self._due(f"{path}.due.{limit}", moment)
        for slot, unit in table(expect.get("units")).items():
            self.findings.wants(f"{path}.units.{slot}", unit, house.units, UNIT)
        if expect.get("handler") is not None:
            house.person(f"{path}.handler", expect["handler"])
        for index, one in enumerate(as_list(expect.get("notices"))):
            self._notice(f"{path}.notices[{index}]", table(one))

    def _codes(self) -> set[str]:
        periods = elements(table(self.house.definition.get("archive")), "retention")
        return {str(one.get("code")) for one in periods}

    def _due(self, path: str, moment: Any) -> None:
        if len(str(moment)) != 10:
            self._moment(path, moment, "")

    def _notice(self, path: str, notice: Definition) -> None:
        limits = {str(one.get("key")): one for one in elements(self.house.definition, "limits")}
        if not self.findings.wants(f"{path}.limit", notice.get("limit"), limits, LIMIT):
            return
        ladder = limits[str(notice["limit"])].get("ladder")
        ladders = elements(self.house.definition, "ladders")
        for one in ladders:
            if one.get("key") == ladder:
                rungs = keys(elements(one, "rungs"))
                self.findings.wants(f"{path}.rung", notice.get("rung"), rungs, ("级", "rung"))
        for person in as_list(notice.get("to")):
            self.house.person(f"{path}.to", person)
        for channel in as_list(notice.get("channels")):
            self.findings.wants(f"{path}.channels", channel, frozenset(CHANNELS), ("途径", "channel"))
        if notice.get("at") is not None:
            self._due(f"{path}.at", notice["at"])

    def _duties(self, path: str, duties: Definition) -> None:
        for key, days in duties.items():
            self.findings.wants(f"{path}.{key}", key, self.house.keys("duties"), ("周期事项", "duty"))
            for day in as_list(days):
                self._moment(f"{path}.{key}", f"{day} 00:00", "")
            if not as_list(days):
                self.findings.say(
                    f"{path}.{key}",
                    "没有日期",
                    "has no day",
                    ("请写日期，如 [2026-06-15]", "write days: [2026-06-15]"),
                )


def _many(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping)
