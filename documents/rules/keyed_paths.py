"""Paths into a definition 定义中的位置: `forms[intake].sections[who].fields[name].label.zh`.

A name in dots enters a table, `[key]` an element of a list by its key, `[#2]` one without a key by its
place, counted from 0. Such a path stays right when elements are moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from documents.rules.broken import RuleBroken

MOST_STEPS = 40
_STEP = re.compile(r"(?:^|\.)([A-Za-z0-9_一-鿿-]+)|\[([^\[\]#]+)\]|\[#(\d{1,5})\]")


@dataclass(frozen=True)
class Key:
    """The element of a list with this key."""

    key: str


@dataclass(frozen=True)
class Place:
    """The element of a list at this place."""

    index: int


Step = str | Key | Place
Path = tuple[Step, ...]


def parse(text: str) -> Path:
    """The steps of a path; raises RuleBroken("bad_path")."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None or len(steps) >= MOST_STEPS:
            raise RuleBroken("bad_path", path=text[:200])
        name, key, place = match.groups()
        steps.append(name if name is not None else Key(key) if key is not None else Place(int(place)))
        at = match.end()
    return tuple(steps)


def written(path: Path) -> str:
    """The path as text."""
    text = ""
    for step in path:
        if isinstance(step, Key):
            text += f"[{step.key}]"
        elif isinstance(step, Place):
            text += f"[#{step.index}]"
        else:
            text += f".{step}" if text else step
    return text


def index_of(elements: list[Any], step: Key | Place) -> int:
    """Where an element stands; raises LookupError."""
    if isinstance(step, Place):
        if step.index < len(elements):
            return step.index
        raise LookupError(step)
    for index, one in enumerate(elements):
        if isinstance(one, Mapping) and one.get("key") == step.key:
            return index
    raise LookupError(step)


def step_into(value: Any, step: Step) -> Any:
    """What lies behind one step; raises LookupError."""
    if isinstance(step, str):
        if isinstance(value, Mapping) and step in value:
            return value[step]
        raise LookupError(step)
    if isinstance(value, list):
        return value[index_of(value, step)]
    raise LookupError(step)


def look_up(definition: Any, path: Path) -> Any:
    """What lies at the path; raises RuleBroken("no_such_element")."""
    value = definition
    for step in path:
        try:
            value = step_into(value, step)
        except LookupError as error:
            raise RuleBroken("no_such_element", path=written(path)) from error
    return value
