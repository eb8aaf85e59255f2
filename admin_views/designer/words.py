"""Names of places 位置的名称 in the language of the page: of attributes, elements and whole paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale

from admin_views.standing import said
from documents.rules.broken import RuleBroken
from documents.rules.grammar import Words
from documents.rules.grammar_paths import Spot, spot
from documents.rules.keyed_paths import look_up, parse, written
from documents.rules.scenarios import KINDS

Definition = Mapping[str, Any]


def spoken(words: Words | None) -> str:
    """A pair of the grammar in the language of the page."""
    if words is None:
        return ""
    return words[1] if str(get_locale()).startswith("en") else words[0]


def name_of(one: Any) -> str:
    """What an element is called: its name, its title, or its key."""
    if not isinstance(one, Mapping):
        return said(one) if isinstance(one, str) else ""
    text = one.get("label") or one.get("title") or one.get("name")
    if isinstance(text, Mapping) and said(text):
        return said(text)
    if isinstance(one.get("zh"), str):
        return said({"zh": one["zh"], "en": one.get("en")})
    named = (one.get(name) for name in ("key", "go", "code", "level"))
    return str(next(filter(None, named), "") or _step_name(one))


def _step_name(one: Mapping[str, Any]) -> str:
    """A step of a scenario has no name: when it happens, and what is done."""
    done = next((one[name] for name in KINDS if one.get(name)), None)
    return " · ".join(str(part) for part in (one.get("at"), done) if part)


def place_words(definition: Definition, place: str, attribute: str = "") -> str:
    """“表单 客户投诉登记 · 字段 投诉方式 · 选项列表”: a path as people call it."""
    path = parse(place)
    words: list[str] = []
    for length in range(1, len(path) + 1):
        try:
            here, value = spot(path[:length]), look_up(definition, path[:length])
        except RuleBroken:
            break
        words += _step_words(here, value, first=length == 1, last=length == len(path))
    if attribute:
        words.append(attribute_words(place, attribute))
    return " · ".join(words) or place


def _step_words(here: Spot, value: Any, *, first: bool, last: bool) -> list[str]:
    if here.is_element and here.shape is not None and not first:
        return [f"{spoken(here.shape.words)} {name_of(value)}".strip()]
    if first and (last or here.section.written == "table"):
        return [spoken(here.section.words)]
    if here.attribute is not None and here.attribute.kind == "table":
        return [spoken(here.attribute.words)]
    if here.attribute is None and here.shape is None and not first:
        return [f"{spoken(here.section.words)} {name_of(value)}".strip()]
    return []


def edited_words(definition: Definition, path: str) -> str:
    """What an operation touches, as people call it; a text in one language counts as the text."""
    try:
        steps = parse(path)
    except RuleBroken:
        return path
    if steps and steps[-1] in ("zh", "en") and len(steps) > 1:
        steps = steps[:-1]
    if steps and isinstance(steps[-1], str) and len(steps) > 1:
        return place_words(definition, written(steps[:-1]), steps[-1])
    return place_words(definition, written(steps))


def attribute_words(place: str, attribute: str) -> str:
    """What an attribute of the element at the path is called."""
    try:
        found = spot((*parse(place), attribute))
    except RuleBroken:
        return attribute
    return spoken(found.attribute.words) if found.attribute else attribute


def without_last(place: str) -> str:
    """The path of the list that an element stands in."""
    return written(parse(place)[:-1])
