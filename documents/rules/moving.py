"""Moving open cases to a new version 在办迁移: where a case of an old version stands in the new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from documents.rules.identity import Identity, Name, identity
from documents.rules.policy_problems import elements

Definition = Mapping[str, Any]
Words = tuple[str, str]

REASONS: Final[Mapping[str, Words]] = {
    "case_type_gone": ("新版本没有这一事项类型", "the new version has no such case type"),
    "stage_gone": (
        "新版本没有这一环节，也没有给出对照",
        "the new version has no such stage, and it is not mapped",
    ),
    "stage_ends": ("对应的环节不是在办环节", "the stage it maps to is no open stage"),
    "limit_gone": ("计过的时限在新版本中没有", "a limit that was counted is gone"),
    "slot_gone": ("新版本的流程需要的单位尚未确定", "a unit that the new version needs is not known"),
    "statement_waits": ("有人尚未说明情况", "somebody was asked for a statement and has not answered"),
    "changed_meanwhile": ("正在被办理，请稍后再试", "somebody is working on it, try again"),
}


class Place(NamedTuple):
    """Where a case stands 所处环节."""

    case_type: str
    stage: str


@dataclass
class Way:
    """From one version to another for the cases under it, with the stages that people mapped by hand.

    `stage_map` maps `case_type.stage` of the old version to a stage of the new one.
    """

    old: Definition
    new: Definition
    stage_map: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = field(init=False)
    _known: dict[Place, Place | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.identity = identity(self.old, self.new)
        self._flows = {str(one["key"]): str(one["workflow"]) for one in elements(self.old, "case_types")}
        self._limits = {str(one["key"]) for one in elements(self.new, "limits")}
        self._types = {str(one["key"]): str(one["workflow"]) for one in elements(self.new, "case_types")}
        self._stages = {
            (str(flow["key"]), str(stage["key"])): str(stage["status"])
            for flow in elements(self.new, "workflows")
            for stage in flow.get("stages", ())
        }

    def place(self, here: Place) -> Place | str:
        """Where a case goes, or the code of the reason why it cannot."""
        if here not in self._known:
            self._known[here] = self._find(here)
        return self._known[here]

    def _find(self, here: Place) -> Place | str:
        goal = self.identity.key("case_type", here.case_type)
        if goal not in self._types:
            return "case_type_gone"
        flow = self._flows.get(here.case_type, "")
        stage = self.stage_map.get(f"{here.case_type}.{here.stage}")
        stage = stage or self.identity.name(Name("stage", here.stage, flow)).key
        status = self._stages.get((self._types[goal], stage))
        if status is None:
            return "stage_gone"
        return Place(goal, stage) if status == "open" else "stage_ends"

    def limit(self, key: str) -> str | None:
        """The limit of the new version that a clock runs on with."""
        goal = self.identity.key("limit", key)
        return goal if goal in self._limits else None

    def loses_limits(self) -> bool:
        """Whether a limit of the old version has none in the new one."""
        return any(self.limit(str(one["key"])) is None for one in elements(self.old, "limits"))

    def refusal(self, here: Place, limits: Iterable[str]) -> str | None:
        """Why a case cannot move; None when it can. `limits` are those of all its clocks."""
        goal = self.place(here)
        if isinstance(goal, str):
            return goal
        return "limit_gone" if any(self.limit(key) is None for key in limits) else None
