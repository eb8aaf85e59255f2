"""The gate in words 发布页文字: what the examination found, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from admin_views.standing import said
from documents.examination import Examination
from documents.policy import view_of
from documents.rules.consequence_words import Consequence
from documents.rules.moving import REASONS, Place, Way
from documents.standing_cases import Standing

KINDS: Mapping[str, Any] = {
    "refused": _l("不可发布"),
    "moves_data": _l("迁移数据"),
    "moves_dates": _l("影响期限"),
    "review": _l("需复核"),
    "safe": _l("安全"),
}
TONES: Mapping[str, str] = {
    "refused": "red",
    "moves_data": "blue",
    "moves_dates": "amber",
    "review": "grey",
    "safe": "green",
}
OBSTACLES: Mapping[str, Any] = {
    "draft_is_behind": _l("草稿开始之后已发布更新的版本，请先更新草稿"),
    "policy_has_problems": _l("制度检查发现问题"),
    "nothing_changed": _l("与现行版本相同，没有变更"),
    "changes_refused": _l("有会丢失数据的变更"),
    "scenario_fails": _l("有试行案例与预期不符"),
}
ICONS: Mapping[str, str] = {
    "open": "sheet",
    "letters": "letter",
    "figures": "sheet",
    "drafts": "pen",
    "shifted": "clock",
    "overdue": "clock",
    "replanned": "bell",
    "holders": "person",
    "rights": "lock",
    "units": "unit",
}
# What the sentence above the page tells, in this order.
TOLD = ("open", "letters", "would_fail", "overdue")
SHORT: Mapping[str, Any] = {
    "open": _l("件在办"),
    "letters": _l("种函件"),
    "would_fail": _l("条记录将不符合"),
    "overdue": _l("件将逾期"),
}


@dataclass(frozen=True)
class Figure:
    """A figure of the sentence above the page 要点."""

    count: int
    words: Any
    grave: bool


def figures(lines: Sequence[Consequence]) -> list[Figure]:
    """412 open, 3 letters, 9 records would fail, 17 overdue; what there is none of is left out."""
    sums = {code: sum(one.count for one in lines if one.code == code) for code in TOLD}
    return [
        Figure(count, SHORT[code], code in ("would_fail", "overdue"))
        for code, count in sums.items()
        if count or code == "open"
    ]


@dataclass(frozen=True)
class StageRow:
    """Where the cases of a stage would go 环节对照: by themselves, or nowhere unless somebody says so."""

    name: str  # case_type.stage
    case_type: str
    words: str
    count: int
    goal: str
    reason: tuple[str, str] | None
    choices: Sequence[tuple[str, str]]
    chosen: str


def stage_rows(found: Examination, standing: Sequence[Standing], chosen: Mapping[str, str]) -> list[StageRow]:
    """One row for each stage at which cases of an older version stand, those that do not fit first."""
    ways: dict[int, Way] = {}
    rows: dict[str, StageRow] = {}
    for one in standing:
        old = view_of(found.policy, one.version)
        way = ways.setdefault(one.version, Way(old.definition, found.definition))
        name = f"{one.case_type}.{one.stage}"
        known = rows[name].count if name in rows else 0
        rows[name] = _row(one, way, known + one.count, chosen.get(name, ""))
    return sorted(rows.values(), key=lambda row: (row.reason is None, row.name))


def _row(one: Standing, way: Way, count: int, chosen: str) -> StageRow:
    place = way.place(Place(one.case_type, one.stage))
    fits = isinstance(place, Place)
    goal_type = way.identity.key("case_type", one.case_type)
    choices = [(stage["key"], said(stage["label"])) for stage in _stages(way.new, goal_type)]
    return StageRow(
        name=f"{one.case_type}.{one.stage}",
        case_type=_label(way.old, one.case_type),
        words=_stage_label(way.old, one.case_type, one.stage),
        count=count,
        goal=dict(choices).get(place.stage, place.stage) if isinstance(place, Place) else "",
        reason=None if fits else REASONS[str(place)],
        choices=choices,
        chosen=chosen,
    )


def _stages(definition: Mapping[str, Any], case_type: str) -> list[Mapping[str, Any]]:
    flow = next((one["workflow"] for one in definition["case_types"] if one["key"] == case_type), None)
    stages = next((one["stages"] for one in definition["workflows"] if one["key"] == flow), ())
    return [stage for stage in stages if stage["status"] == "open"]


def _label(definition: Mapping[str, Any], case_type: str) -> str:
    return next(
        (said(one["label"]) for one in definition["case_types"] if one["key"] == case_type), case_type
    )


def _stage_label(definition: Mapping[str, Any], case_type: str, stage: str) -> str:
    found = _stages(definition, case_type)
    return next((said(one["label"]) for one in found if one["key"] == stage), stage)


def case_list(one: Consequence) -> str:
    """The list of cases behind a consequence, where the list can be narrowed to them."""
    return url_for("cases.list_cases", **one.lead) if one.lead else ""
