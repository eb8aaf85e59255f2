"""The host's scenarios once a supplement is attached 随附案例: what they answer besides, what comes out.

A field that the supplement demands stops a scenario of the host; it is answered as the supplement's own
scenarios answer it, or with the first thing that the field takes. What then comes out otherwise is taken
as expected, and the scenario keeps the reason as its note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from documents.rules.edits import Operation
from documents.rules.expectations import accepted
from documents.rules.options import walk
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import elements
from documents.rules.scenario_results import CaseFound, Difference

Definition = Mapping[str, Any]
Text = Mapping[str, str]
MOST_NOTED = 600  # characters of a note
MADE_UP: Mapping[str, Any] = {
    "bool": True,
    "number": 1,
    "money": 1,
    "percent": 1,
    "duration": 60,
    "time": "09:00",
    "phone": "13800000000",
    "email": "name@example.com",
}


class Answered(NamedTuple):
    """An answer that a step of a scenario gives besides 补填: at which step, which field, what."""

    step: int  # from 1
    field: str
    value: Any

    @property
    def said(self) -> str:
        """The answer as a note and a page say it."""
        return "、".join(map(str, self.value)) if isinstance(self.value, list) else str(self.value)


@dataclass(frozen=True)
class ScenarioChange:
    """What a supplement changes in one scenario of its host 案例变化."""

    key: str
    label: Text
    answered: tuple[Answered, ...]
    differences: tuple[Difference, ...]  # expected → now
    scenario: Definition  # as it reads afterwards
    left: tuple[Difference, ...] = ()  # what nobody but a person can put right

    def operations(self, title: Text) -> Iterator[Operation]:
        """The edit of this scenario, with the reason as its note; none while something is left."""
        if self.left:
            return
        path = f"scenarios[{self.key}]"
        if self.answered:
            yield {"do": "set", "path": f"{path}.steps", "value": self.scenario["steps"]}
        if self.differences:
            yield {"do": "set", "path": f"{path}.expect", "value": self.scenario["expect"]}
        yield {"do": "set", "path": f"{path}.note", "value": self._note(title)}

    def _note(self, title: Text) -> dict[str, str]:
        earlier, found = self.scenario.get("note") or {}, {}
        for language, colon, end in (("zh", "：", "；"), ("en", ": ", "; ")):
            said = [f"{one.field} = {one.said}" for one in self.answered]
            said += [str(getattr(one, language)) for one in self.differences]
            head = f"附加“{title[language]}”" if language == "zh" else f"Attached “{title[language]}”"
            lines = [str(earlier.get(language) or ""), f"{head}{colon}{end.join(said)}"]
            whole = "\n".join(line for line in lines if line)
            found[language] = whole if len(whole) <= MOST_NOTED else f"{whole[:MOST_NOTED]}…"
        return found


def answers_in(supplement: Definition) -> dict[str, Any]:
    """How the supplement's own scenarios answer each field; the first answer counts."""
    found: dict[str, Any] = {}
    for scenario in elements(supplement, "scenarios"):
        for step in elements(scenario, "steps"):
            for field, value in (step.get("values") or {}).items():
                found.setdefault(field, value)
    return found


def answer_for(field: str, known: Mapping[str, Any], definition: Definition) -> Any:
    """What a scenario answers to a field that is asked now; None when nothing can be made up."""
    if field in known:
        return known[field]
    one = all_fields(definition).get(field, {})
    kind = str(one.get("type"))
    if kind in ("choice", "choices", "tree"):
        listed = (definition.get("lists") or {}).get(str(one.get("options"))) or ()
        leaves = [path[-1] for path in walk(listed) if not path[-1].get("children")]
        first = next((str(leaf["key"]) for leaf in leaves if not leaf.get("retired")), None)
        return [first] if first is not None and kind == "choices" else first
    if kind in ("text", "longtext", "address"):
        return str((one.get("label") or {}).get("zh") or field)
    return MADE_UP.get(kind)


def with_answers(scenario: Definition, given: Sequence[Answered]) -> dict[str, Any]:
    """The scenario whose steps answer these besides."""
    steps = [dict(step) for step in elements(scenario, "steps")]
    for one in given:
        step = steps[one.step - 1]
        step["values"] = {**(step.get("values") or {}), one.field: one.value}
    return {**scenario, "steps": steps}


def with_outcome(
    scenario: Definition, differences: Sequence[Difference], found: Mapping[str, CaseFound], zone: str
) -> dict[str, Any]:
    """The scenario that expects what came out in the parts that differ; the others stay as written."""
    parts = frozenset(one.part for one in differences)
    return {**scenario, "expect": accepted(scenario.get("expect") or {}, found, zone, only=parts)}
