"""The canvas of a workflow 流程画布: the picture, the main path, and every stage with its steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import condition_words
from admin_views.designer.told import effect, person
from admin_views.designer.words import name_of
from admin_views.flow_pictures import Picture, Way
from admin_views.flow_pictures import draw as picture_of
from admin_views.policy_words import STATUSES
from admin_views.standing import said
from documents.rules.policy_problems import elements, table
from documents.rules.seeds import proposed_key

Definition = Mapping[str, Any]
ANYWHERE = "any_open"


@dataclass(frozen=True)
class StepCard:
    """A step of the table 步骤: where it leads, who does it, and what else happens."""

    place: str
    key: str
    name: str
    goals: tuple[tuple[str, str], ...]  # (stage, condition)
    who: tuple[str, ...]
    form: tuple[str, str] | None  # (title, address)
    when: str
    effects: tuple[str, ...]
    primary: bool
    wrong: int


@dataclass(frozen=True)
class StageCard:
    """A stage of the table 环节 with the steps that lead on from it."""

    place: str
    key: str
    name: str
    tone: str
    status: str
    reached: bool
    steps: tuple[StepCard, ...]
    following: tuple[dict[str, Any], ...]  # the operations that add a stage after this one


def draw(bench: Bench) -> dict[str, Any]:
    """Everything that the canvas of the workflow shows."""
    flow = _Flow(bench, table(bench.value))
    return {
        "flow": flow,
        "picture": flow.picture,
        "way_labels": way_labels(flow.picture),
        "stage_cards": list(flow.cards()),
        "anywhere": list(flow.steps(ANYWHERE)),
        "main_path": flow.main_path(),
        "statuses": STATUSES,
        "case_types": [
            (name_of(one), bench.address(f"case_types[{one.get('key')}]")) for one in flow.case_types
        ],
    }


class _Flow:
    """One workflow of the draft, with whatever is missing in it passed over."""

    def __init__(self, bench: Bench, flow: Definition) -> None:
        self.bench, self.flow = bench, flow
        self.stages = {str(one["key"]): one for one in elements(flow, "stages") if one.get("key")}
        self.case_types = [
            one for one in elements(bench.definition, "case_types") if one.get("workflow") == flow.get("key")
        ]
        self.starts = [key for key in self._starts() if key in self.stages]
        self.moves = [self._plain(one) for one in elements(flow, "transitions") if one.get("key")]
        self.reached = self._reached()

    def _starts(self) -> list[str]:
        found = [goal for one in self.case_types for goal in goals(table(one.get("register")).get("to"))]
        return list(dict.fromkeys(found))

    def _plain(self, one: Definition) -> dict[str, Any]:
        """A transition as the picture takes it: only stages that exist."""
        sources = one.get("from")
        wanted = [goal for goal in goals(one.get("to")) if goal in self.stages]
        known = [key for key in sources or () if key in self.stages] if sources != ANYWHERE else ANYWHERE
        return {
            "key": one["key"],
            "label": one.get("label") or {},
            "from": known,
            "to": [{"go": goal} for goal in wanted] or None,
            "primary": bool(one.get("primary")),
            "effects": [each for each in one.get("effects") or () if isinstance(each, Mapping)],
        }

    def _reached(self) -> frozenset[str]:
        """The stages that a case can come to."""
        found, left = set(self.starts), list(self.starts)
        if any("archive" in each for one in self.moves for each in one["effects"]):
            sealed = table(self.bench.definition.get("archive")).get("sealed_stage")
            left += [sealed] if sealed in self.stages else []
            found |= set(left)
        while left:
            here = left.pop()
            for one in self.moves:
                if one["from"] == ANYWHERE or here in one["from"]:
                    new = {each["go"] for each in one["to"] or ()} - found
                    found |= new
                    left += new
        return frozenset(found)

    @cached_property
    def picture(self) -> Picture | None:
        """The picture; None while there is no stage."""
        if not self.stages:
            return None
        stages = [{"status": "open", "label": {}, **one} for one in self.stages.values()]
        for index, one in enumerate(stages):
            if not isinstance(one.get("sequence"), int):
                one["sequence"] = stages[index - 1]["sequence"] if index else 0
        path = [key for key in self.flow.get("path") or () if key in self.stages]
        return picture_of({"stages": stages, "transitions": self.moves, "path": path}, self.starts, said)

    def place(self, kind: str, key: str) -> str:
        """The path of a stage or a step."""
        return f"{self.bench.element}.{kind}[{key}]"

    def name(self, key: str) -> str:
        """What a stage is called."""
        return name_of(self.stages.get(key, {"key": key}))

    def cards(self) -> Iterator[StageCard]:
        """Every stage with the steps that lead on from it."""
        for key, one in self.stages.items():
            yield StageCard(
                self.place("stages", key),
                key,
                name_of(one),
                str(one.get("tone") or "grey"),
                str(one.get("status") or ""),
                key in self.reached,
                tuple(self.steps(key)),
                tuple(self._following(key)),
            )

    def steps(self, source: str) -> Iterator[StepCard]:
        """The steps that start at a stage."""
        for one in elements(self.flow, "transitions"):
            wanted = one.get("from")
            if wanted == source or (isinstance(wanted, list) and source in wanted):
                yield self._step(one)

    @property
    def loose(self) -> list[StepCard]:
        """Steps that start nowhere: they are not finished yet."""
        known = elements(self.flow, "transitions")
        return [self._step(one) for one in known if not one.get("from")]

    def _step(self, one: Definition) -> StepCard:
        place = self.place("transitions", str(one.get("key")))
        effects = [each for each in one.get("effects") or () if isinstance(each, Mapping)]
        return StepCard(
            place,
            str(one.get("key", "")),
            name_of(one),
            tuple(self._goals(one.get("to"))),
            tuple(person(self.bench, who) for who in one.get("who") or () if isinstance(who, Mapping)),
            self._form(one.get("form")),
            condition_words(self.bench, one.get("when")),
            tuple(effect_words(self.bench, each, place) for each in effects),
            bool(one.get("primary")),
            len(self.bench.troubles_in(place)),
        )

    def _goals(self, goal: Any) -> Iterator[tuple[str, str]]:
        for branch in branches(goal):
            yield self.name(str(branch.get("go", ""))), condition_words(self.bench, branch.get("when"))

    def _form(self, key: Any) -> tuple[str, str] | None:
        if not key:
            return None
        titles = {one.key: one.label for one in self.bench.known.offers.kind("forms")}
        return titles.get(str(key), str(key)), self.bench.address(f"forms[{key}]")

    def main_path(self) -> list[tuple[str, str]]:
        """(name, path) of each stage of the main path."""
        return [(self.name(str(key)), self.place("stages", str(key))) for key in self.flow.get("path") or ()]

    def _following(self, key: str) -> Iterator[dict[str, Any]]:
        """A new stage after this one, and the step that leads to it."""
        order = list(self.stages)
        fresh = proposed_key("", order, "stage")
        steps = [str(one["key"]) for one in self.moves]
        label = {"zh": "进入下一环节", "en": "Move on"}
        move = {"key": proposed_key("", steps, "step"), "label": label, "from": [key], "to": fresh, "who": []}
        yield {"do": "add", "path": f"{self.bench.element}.transitions", "value": move}
        after = order[order.index(key) + 1 :]
        stage: dict[str, Any] = {"key": fresh}
        sequence = self.stages[key].get("sequence")
        if isinstance(sequence, int):
            stage["sequence"] = sequence + 1
        yield {
            "do": "add",
            "path": f"{self.bench.element}.stages",
            "value": stage,
            "before": after[0] if after else None,
        }


def way_labels(picture: Picture | None) -> list[Way]:
    """The ways that carry their name: a step that branches is named once."""
    named: dict[tuple[str, str], Way] = {}
    for way in picture.ways if picture else ():
        if way.primary:
            named.setdefault((way.start, way.labels[0]), way)
    return list(named.values())


def branches(goal: Any) -> Sequence[Definition]:
    """The branches of a goal, a plain one as the only branch."""
    if isinstance(goal, str):
        return [{"go": goal}]
    return [one for one in goal or () if isinstance(one, Mapping)] if isinstance(goal, list) else []


def goals(goal: Any) -> list[str]:
    """The stages that a goal may lead to."""
    return [str(one["go"]) for one in branches(goal) if one.get("go")]


def effect_words(bench: Bench, one: Definition, place: str) -> str:
    """开始计时 办理并答复（如果 转办 为“是”）."""
    words = effect(bench, {name: value for name, value in one.items() if name != "when"}, place)
    if not one.get("when"):
        return words
    return str(_("%(what)s（如果 %(when)s）", what=words, when=condition_words(bench, one["when"])))
