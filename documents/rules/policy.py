"""A policy 投诉制度 as a value: look-ups over one version's definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.deadlines import TimeLimit
from documents.rules.options import label_of
from documents.rules.reading import Reading
from documents.rules.reminders import Rung
from documents.rules.severity_scale import Scale

Definition = Mapping[str, Any]
Text = Mapping[str, str]


@dataclass(frozen=True)
class PolicyView:
    """Look-ups over a definition; every look-up of an unknown key raises PolicyInvalid."""

    definition: Definition
    _read: dict[tuple[str, str], Any] = field(default_factory=dict, compare=False, repr=False)

    def _one(self, kind: str, key: str) -> Definition:
        for element in self.definition.get(kind, ()):
            if element["key"] == key:
                return element  # type: ignore[no-any-return]
        raise PolicyInvalid("unknown_key", kind=kind, key=key)

    @property
    def reading(self) -> Reading:
        """How this version reads cases of versions before it."""
        if ("reading", "") not in self._read:
            self._read["reading", ""] = Reading.of(self.definition)
        return self._read["reading", ""]  # type: ignore[no-any-return]

    @property
    def key(self) -> str:
        """The policy's own key."""
        return str(self.definition["policy"]["key"])

    @property
    def zone(self) -> str:
        """The time zone in which days begin."""
        return str(self.definition["policy"]["zone"])

    @property
    def lists(self) -> Mapping[str, Any]:
        """All option lists by key."""
        return self.definition["lists"]  # type: ignore[no-any-return]

    def form(self, key: str) -> Definition:
        """A form 表单."""
        return self._one("forms", key)

    def case_type(self, key: str) -> Definition:
        """A case type 事项类型."""
        return self._one("case_types", key)

    def workflow(self, case_type: str) -> Definition:
        """The workflow 流程 of a case type."""
        return self._one("workflows", self.case_type(case_type)["workflow"])

    def stages(self, case_type: str) -> Sequence[Definition]:
        """The stages 环节 of a case type, in order."""
        return self.workflow(case_type)["stages"]  # type: ignore[no-any-return]

    def stage(self, case_type: str, key: str) -> Definition:
        """One stage 环节."""
        return _find(self.stages(case_type), key, "stages")

    def transitions(self, case_type: str) -> Sequence[Definition]:
        """The transitions 流转 of a case type."""
        return self.workflow(case_type)["transitions"]  # type: ignore[no-any-return]

    def transition(self, case_type: str, key: str) -> Definition:
        """One transition 流转."""
        return _find(self.transitions(case_type), key, "transitions")

    def limit(self, key: str) -> Definition:
        """A time limit 时限 with its label, ladder and source."""
        return self._one("limits", key)

    def time_limit(self, key: str) -> TimeLimit:
        """A time limit as the deadline rules take it."""
        if ("limit", key) not in self._read:
            self._read["limit", key] = TimeLimit.from_definition(limit_arguments(self.limit(key)))
        found: TimeLimit = self._read["limit", key]
        return found

    def has_consequence(self, limit: str) -> bool:
        """Whether anything follows when a limit is missed 逾期后果: effects, or a step of the system."""
        if ("missed", "") not in self._read:
            flows = [flow.get("transitions", ()) for flow in self.definition["workflows"]]
            taken = {key for flow in flows for step in flow for key in step.get("on_missed", ())}
            self._read["missed", ""] = taken | {
                one["key"] for one in self.definition["limits"] if one.get("missed")
            }
        return limit in self._read["missed", ""]

    def ladder(self, key: str) -> Definition:
        """A ladder 提醒升级阶梯."""
        return self._one("ladders", key)

    def rungs(self, ladder: str) -> Sequence[Rung]:
        """The rungs of a ladder as the reminder rules take them."""
        if ("ladder", ladder) not in self._read:
            rungs = tuple(Rung.from_definition(rung) for rung in self.ladder(ladder)["rungs"])
            self._read["ladder", ladder] = rungs
        found: Sequence[Rung] = self._read["ladder", ladder]
        return found

    def scale(self, case_type: str) -> Scale | None:
        """By what cases of a type get their level 定级标准; None where they have none."""
        if "severity" not in self.definition:
            return None
        if ("scale", "") not in self._read:
            self._read["scale", ""] = Scale.from_definition(self.definition)
        found: Scale = self._read["scale", ""]
        return found if found.covers(case_type) else None

    def on_raise(self, level: str) -> Sequence[Definition]:
        """The effects of being raised to a level 升级效果."""
        levels = self.definition["severity"].get("levels", ())
        found = (one.get("on_raise") for one in levels if one["level"] == level)
        return next(found, None) or ()

    def tone(self, level: str) -> str:
        """The colour of a level; grey where it has none."""
        levels = self.definition.get("severity", {}).get("levels", ())
        return next((str(one["tone"]) for one in levels if one["level"] == level and "tone" in one), "grey")

    def letter(self, key: str) -> Definition:
        """A letter 函件 template."""
        return self._one("letters", key)

    def numbering(self, key: str) -> Definition:
        """A number series 编号规则."""
        return self._one("numbering", key)

    def report(self, key: str) -> Definition:
        """A report 报告."""
        return self._one("reports", key)

    def role(self, key: str) -> Definition:
        """A role 岗位角色."""
        return self._one("roles", key)

    def option_label(self, name: str, key: str) -> Text:
        """The label of an option with its parents."""
        return label_of(self.lists, name, key)

    def forms(self) -> Iterator[Definition]:
        """All forms."""
        yield from self.definition.get("forms", ())


# What a limit says beside the arguments of TimeLimit.
LIMIT_EXTRAS = frozenset(
    {"label", "ladder", "cap", "source", "basis", "note", "agreed_field", "overrides", "max_extensions"}
    | {"calendar_of", "missed"}
)


def limit_arguments(limit: Definition) -> Definition:
    """The part of a limit's definition that the deadline rules read."""
    return {name: value for name, value in limit.items() if name not in LIMIT_EXTRAS}


def _find(elements: Sequence[Definition], key: str, kind: str) -> Definition:
    for element in elements:
        if element["key"] == key:
            return element
    raise PolicyInvalid("unknown_key", kind=kind, key=key)
