"""The filter bar 筛选条 of the list: what the address says, and what can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from documents.queries import Filters
from documents.rules.durations import written_day
from documents.rules.options import OUTCOMES, walk
from documents.rules.policy import PolicyView
from portal.clock import zone
from portal.columns import column_lists
from portal.forms.options import Option
from portal.language import said
from portal.reading import asked_words
from portal.signing_in import me
from portal.standing import person_name, policies, views_with_cases
from portal.unit_choices import label

STATUSES = (("open", _l("未结")), ("closed", _l("已结")), ("archived", _l("已归档")))
DUES = (("overdue", _l("逾期")), ("today", _l("24 小时内到期")), ("week", _l("七天内到期")))
SORTS = (("received", _l("按收到时间")), ("due", _l("按到期时间")), ("severity", _l("按等级")))
PLAIN = ("policy", "status", "stage", "case_type", "unit", "channel", "due", "flag", "outcome", "severity")
LONGEST_WORDS = 60


@dataclass(frozen=True)
class Asked:
    """The filters as the address gives them."""

    values: Mapping[str, str]

    @classmethod
    def from_address(cls, arguments: MultiDict[str, str]) -> Asked:
        """Only what a filter understands is kept."""
        known = {*PLAIN, "category", "handler", "words", "received_from", "received_to", "sort"}
        kept = {name: value.strip()[:LONGEST_WORDS] for name, value in arguments.items() if name in known}
        return cls({name: called_now(name, value) for name, value in kept.items() if value})

    def filters(self) -> Filters:
        """What the query narrows to."""
        values = self.values
        plain: dict[str, Any] = {name: values[name] for name in PLAIN if name in values}
        return replace(
            Filters(**plain),
            readings={view.key: view.reading for view in policies()},
            sort=values["sort"] if values.get("sort") in dict(SORTS) else "received",
            words=values.get("words"),
            handler=me().id if values.get("handler") == "me" else values.get("handler"),
            category=below(values["category"]) if "category" in values else (),
            received_from=_moment(values.get("received_from"), 0),
            received_to=_moment(values.get("received_to"), 1),
        )

    def for_the_record(self) -> dict[str, Any]:
        """What the audit trail keeps of the filters: choices as they are, words only as a digest."""
        chosen = {name: value for name, value in self.values.items() if name != "words"}
        return {**({"filters": chosen} if chosen else {}), **asked_words(self.values.get("words"))}

    def address(self, **changes: str | None) -> str:
        """The list with these filters changed; paging begins anew."""
        changed: dict[str, Any] = {**self.values, **changes}
        return url_for("cases.list_cases", **{name: value for name, value in changed.items() if value})


def called_now(column: str, key: str) -> str:
    """What an old address asks for, by its present name 更名后的筛选; what still stands is left alone."""
    if column not in OFFERED:
        return key
    for view in policies():
        if any(one.key == key for one in OFFERED[column](view)) and view.reading.now(column, key) == key:
            return key
    names = (view.reading.now(column, key) for view in policies())
    return next((name for name in names if name != key), key)


def below(category: str) -> tuple[str, ...]:
    """A category with everything below it in any policy in force, or in any version with cases."""
    found = {category}
    for policy in views_with_cases():
        for path in _paths(policy, "category"):
            if any(step["key"] == category for step in path):
                found.add(path[-1]["key"])
    return tuple(sorted(found))


def _paths(view: PolicyView, column: str) -> Iterator[tuple[Mapping[str, Any], ...]]:
    for name in column_lists(view, column):
        yield from walk(view.lists.get(name, ()))


def _moment(text: str | None, later_days: int) -> datetime | None:
    day = written_day(text)
    return datetime.combine(day + timedelta(later_days), time(0), zone()) if day else None


@dataclass(frozen=True)
class Choices:
    """What the bar offers."""

    stages: Sequence[Option]
    case_types: Sequence[Option]
    categories: Sequence[Option]
    channels: Sequence[Option]
    units: Sequence[Option]
    policies: Sequence[Option] = ()
    levels: Sequence[Option] = ()


def choices(units: Sequence[Mapping[str, Any]]) -> Choices:
    """Everything that can be chosen: what policies in force call it, then what older versions had."""
    views = views_with_cases()
    base = min((len(unit["ancestors"]) for unit in units), default=0)
    return Choices(
        stages=_offered("stage", views),
        case_types=_offered("case_type", views),
        categories=_offered("category", views),
        channels=_offered("channel", views),
        policies=_policies(),
        levels=_levels(views),
        units=[Option(unit["_id"], label(unit), len(unit["ancestors"]) - base) for unit in units],
    )


def _levels(views: Sequence[PolicyView]) -> list[Option]:
    """The levels of every policy that has some, the highest first."""
    found: dict[str, Option] = {}
    for view in views:
        for case_type in view.definition["case_types"]:
            scale = view.scale(case_type["key"])
            for key in reversed(scale.levels if scale else ()):
                found.setdefault(key, Option(key, said(scale.label(key) if scale else {})))
    return list(found.values())


def _policies() -> list[Option]:
    """The policies, when there is more than one."""
    found = [(view.key, view.definition["policy"]) for view in policies()]
    named = [Option(key, said(head.get("short") or head["title"])) for key, head in found]
    return named if len(named) > 1 else []


def _stages(view: PolicyView) -> list[Option]:
    return [_option(stage) for flow in view.definition["workflows"] for stage in flow["stages"]]


def _listed(view: PolicyView, column: str) -> list[Option]:
    return [_option(path[-1], len(path) - 1) for path in _paths(view, column)]


def _option(definition: Mapping[str, Any], depth: int = 0) -> Option:
    return Option(definition["key"], said(definition["label"]), depth)


def _case_types(view: PolicyView) -> list[Option]:
    return [_option(one) for one in view.definition["case_types"]]


def _outcomes(view: PolicyView) -> list[Option]:
    return [_option(path[-1], len(path) - 1) for path in walk(view.lists.get(OUTCOMES, ()))]


# What each column of the cases may hold in a version.
OFFERED: Mapping[str, Callable[[PolicyView], list[Option]]] = {
    "stage": _stages,
    "case_type": _case_types,
    "outcome": _outcomes,
    "category": lambda view: _listed(view, "category"),
    "channel": lambda view: _listed(view, "channel"),
}


def _offered(column: str, views: Sequence[PolicyView]) -> list[Option]:
    """Each thing once: what was renamed or merged is found under the name that it has now."""
    newest = {view.key: view.reading for view in policies()}
    found: dict[str, Option] = {}
    for view in views:
        for option in OFFERED[column](view):
            if newest[view.key].now(column, option.key) == option.key:
                found.setdefault(option.key, option)
    return list(found.values())


def pills(asked: Asked, offered: Choices) -> list[tuple[str, str, str]]:
    """The filters in force as (what, value, address without it)."""
    named = {
        "words": (_l("包含"), lambda value: f"“{value}”"),
        "policy": (_l("制度"), _labelled(offered.policies)),
        "stage": (_l("环节"), _labelled(offered.stages)),
        "case_type": (_l("事项"), _labelled(offered.case_types)),
        "unit": (_l("单位"), _labelled(offered.units)),
        "category": (_l("类别"), _labelled(offered.categories)),
        "channel": (_l("方式"), _labelled(offered.channels)),
        "due": (_l("期限"), lambda value: str(dict(DUES).get(value, value))),
        "handler": (_l("承办人"), lambda value: person_name(me().id if value == "me" else value)),
        "received_from": (_l("收到不早于"), str),
        "received_to": (_l("收到不晚于"), str),
        "severity": (_l("等级"), _labelled(offered.levels)),
        "flag": (_l("标记"), str),
        "outcome": (_l("结果"), _labelled(_offered("outcome", views_with_cases()))),
    }
    return [
        (str(label), words(asked.values[name]), asked.address(**{name: None}))
        for name, (label, words) in named.items()
        if name in asked.values
    ]


def _labelled(options: Sequence[Option]) -> Any:
    labels = {option.key: option.label for option in options}
    return lambda value: labels.get(value, value)
