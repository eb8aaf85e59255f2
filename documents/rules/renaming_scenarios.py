"""Renaming in scenarios 案例中的更名: the people `role@unit`, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.mentions import Target
from documents.rules.policy_problems import elements

Definition = Mapping[str, Any]
LIMITS = ("met", "late", "running", "paused")


class ScenarioRenaming:
    """What one rename means for the example organisation and the scenarios."""

    def __init__(self, definition: Definition, target: Target, new: str) -> None:
        self.definition, self.target, self.new = definition, target, new
        self.kind, key = target
        self.flow, _, self.old = key.rpartition("/")

    def person(self, text: Any) -> Any:
        """`role@unit` with the role renamed."""
        if self.kind == "roles" and isinstance(text, str) and text.startswith(f"{self.old}@"):
            return f"{self.new}@{text.partition('@')[2]}"
        return text

    def steps(self, scenario: Definition, steps: Any) -> Any:
        """The steps of a scenario: a step is meant in the workflow of its case."""
        if self.kind != "transitions" or not isinstance(steps, list):
            return steps
        return [self._step(scenario, one) if isinstance(one, Mapping) else one for one in steps]

    def _step(self, scenario: Definition, step: Definition) -> dict[str, Any]:
        mine = self._flows(scenario, step.get("case")) == {self.flow}
        return {
            name: self.new if mine and name in ("do", "refused") and part == self.old else part
            for name, part in step.items()
        }

    def expected(self, scenario: Definition) -> Any:
        """What a scenario expects, under the new name."""
        expect = scenario.get("expect")
        if not isinstance(expect, Mapping):
            return expect
        changed = self._of_case(expect, self._flows(scenario, None))
        if isinstance(expect.get("also"), Mapping):
            changed["also"] = {
                name: self._of_case(part, self._flows(scenario, name)) if isinstance(part, Mapping) else part
                for name, part in expect["also"].items()
            }
        return changed

    def _flows(self, scenario: Definition, name: str | None) -> set[str]:
        """The workflows that a case of the scenario may run through."""
        registered = [one for one in elements(scenario, "steps") if "register" in one]
        own = [one for one in registered if one.get("as") == name] or (registered[:1] if name is None else [])
        wanted = {str(one["register"]) for one in own} or self._linked(name)
        return {
            str(one.get("workflow"))
            for one in elements(self.definition, "case_types")
            if not wanted or one.get("key") in wanted
        }

    def _linked(self, name: str | None) -> set[str]:
        """The case types that are opened under this link."""
        steps = [
            one for flow in elements(self.definition, "workflows") for one in elements(flow, "transitions")
        ]
        opened = [effect for step in steps for effect in elements(step, "effects") if "open_case" in effect]
        return {str(one["open_case"]) for one in opened if one.get("link") == name}

    def _of_case(self, expect: Definition, flows: set[str]) -> dict[str, Any]:
        changed = dict(expect)
        for name, part in expect.items():
            change = getattr(self, f"_{name}", None) if name in KNOWN else None
            changed[name] = change(part, flows) if change else part
        return changed

    def _route(self, part: Any, flows: set[str]) -> Any:
        mine = self.kind == "stages" and flows == {self.flow}
        return self._each(part) if mine or (self.kind == "stages" and self._only_flow()) else part

    def _only_flow(self) -> bool:
        """Whether no other workflow has a stage of this key."""
        having = [
            flow
            for flow in elements(self.definition, "workflows")
            if any(one.get("key") == self.old for one in elements(flow, "stages"))
        ]
        return len(having) == 1

    def _outcome(self, part: Any, _flows: set[str]) -> Any:
        return self.new if self.target == ("options", f"outcomes/{part}") else part

    def _severity(self, part: Any, _flows: set[str]) -> Any:
        levels = self.definition.get("severity")
        listed = levels.get("list") if isinstance(levels, Mapping) else None
        return self.new if self.target == ("options", f"{listed}/{part}") else part

    def _due(self, part: Any, _flows: set[str]) -> Any:
        return self._keys(part, "limits")

    def _units(self, part: Any, _flows: set[str]) -> Any:
        return self._keys(part, "slots")

    def _keys(self, part: Any, kind: str) -> Any:
        if self.kind != kind or not isinstance(part, Mapping):
            return part
        return {self.new if key == self.old else key: value for key, value in part.items()}

    def _limits(self, part: Any, _flows: set[str]) -> Any:
        return self._each(part) if self.kind == "limits" else part

    _met = _late = _running = _limits

    def _letters(self, part: Any, _flows: set[str]) -> Any:
        return self._each(part) if self.kind == "letters" else part

    def _handler(self, part: Any, _flows: set[str]) -> Any:
        return self.person(part)

    def _notices(self, part: Any, flows: set[str]) -> Any:
        return [self._notice(one, flows) if isinstance(one, Mapping) else one for one in part or ()]

    def _notice(self, one: Definition, flows: set[str]) -> dict[str, Any]:
        changed = {**one, "to": [self.person(who) for who in one.get("to") or ()]}
        if "limit" in one:
            limit = self._limits([one["limit"]], flows)
            changed["limit"] = limit[0]
        return changed

    def _each(self, part: Any) -> Any:
        return [self.new if one == self.old else one for one in part] if isinstance(part, list) else part


KNOWN = frozenset({"route", "outcome", "severity", "due", "units", *LIMITS, "letters", "handler", "notices"})
