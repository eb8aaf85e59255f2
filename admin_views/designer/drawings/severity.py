"""The canvas of severity 定级画布: the levels from the highest down, each with what raises a case to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.condition_words import condition_words
from admin_views.designer.drawings.facts import facts
from admin_views.designer.drawings.workflows import effect_words
from admin_views.designer.words import name_of
from documents.rules.policy_problems import as_list, elements, table
from documents.rules.policy_severity import levels_of
from documents.rules.severity_scale import SAME, Similar, Span
from documents.rules.severity_words import span_words

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class RuleRow:
    """A rule as its canvas draws it: what it asks for, part by part."""

    place: str
    name: str
    asks: tuple[str, ...]
    source: str
    wrong: int


@dataclass(frozen=True)
class LevelRow:
    """A level 等级 with its rules and what being raised to it causes."""

    key: str
    name: str
    tone: str
    place: str  # empty while nothing is said of it
    causes: tuple[str, ...]
    rules: tuple[RuleRow, ...]
    lowest: bool


def draw(bench: Bench) -> dict[str, Any]:
    """The section of severity, the highest level first."""
    section = table(bench.value)
    levels = levels_of(bench.definition) or []
    rules = [(f"severity.rules[{one.get('key')}]", one) for one in elements(section, "rules")]
    astray = [_rule(bench, place, one) for place, one in rules if one.get("level") not in levels]
    return {
        "facts": facts(bench, "severity", section, bench.element, without=("levels", "rules")),
        "levels": [_level(bench, key, levels, rules) for key in reversed(levels)],
        "astray": astray,
        "setters": list(_setters(bench)),
    }


def _level(bench: Bench, key: str, levels: list[str], rules: list[tuple[str, Definition]]) -> LevelRow:
    listed = elements(table(bench.value), "levels")
    index = next((place for place, one in enumerate(listed) if one.get("level") == key), None)
    said = listed[index] if index is not None else {}
    labels = {one.key: one.label for one in bench.known.offers.kind("levels")}
    place = f"severity.levels[#{index}]" if index is not None else ""
    return LevelRow(
        key,
        labels.get(key, key),
        str(said.get("tone", "grey")),
        place,
        tuple(
            effect_words(bench, one, place)
            for one in as_list(said.get("on_raise"))
            if isinstance(one, Mapping)
        ),
        tuple(_rule(bench, where, one) for where, one in rules if one.get("level") == key),
        lowest=key == levels[0],
    )


def _rule(bench: Bench, place: str, one: Definition) -> RuleRow:
    return RuleRow(
        place,
        name_of(one),
        tuple(_asks(bench, one)),
        str(one.get("source") or ""),
        len(bench.troubles_in(place)),
    )


def _asks(bench: Bench, one: Definition) -> Iterator[str]:
    """What a rule asks for; what cannot be read yet is left to the problems."""
    if one.get("when") is not None:
        yield condition_words(bench, one["when"])
    try:
        if one.get("unresolved"):
            yield _("收到后满 %(span)s 仍在办", span=_span(Span.from_definition(table(one["unresolved"]))))
        if one.get("similar"):
            yield _similar(Similar.from_definition(table(one["similar"])))
    except (ValueError, TypeError, KeyError):
        return


def _similar(similar: Similar) -> str:
    words = {"span": _span(similar.span), "count": similar.at_least}
    if similar.by == SAME:
        return _("同一投诉人办结后 %(span)s内又投诉同类问题，满 %(count)s 件", **words)
    return _("%(span)s内不同投诉人同类投诉满 %(count)s 件", **words)


def _span(span: Span) -> str:
    line = span_words(span)
    return line.en if str(get_locale()).startswith("en") else line.zh


def _setters(bench: Bench) -> Iterator[tuple[str, str]]:
    """The steps by which a person sets the level: (words, address)."""
    for flow in elements(bench.definition, "workflows"):
        for step in elements(flow, "transitions"):
            effects = [one for one in as_list(step.get("effects")) if isinstance(one, Mapping)]
            if any("set_severity" in one for one in effects):
                yield (
                    name_of(step),
                    bench.address(f"workflows[{flow.get('key')}].transitions[{step.get('key')}]"),
                )
