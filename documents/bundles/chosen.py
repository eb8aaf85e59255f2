"""A file of choices 对照文件: what of the house meets what a policy needs, with lines for its problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from documents.bundles.found import BundleRefused, Found, refusal
from documents.bundles.nodes import read_text, read_yaml
from documents.bundles.places import Place, locate
from documents.rules.policy_problems import Problem
from documents.rules.policy_reconciling import CALENDAR, SECTIONS

ON_THE_LINE = "--bind"
Chosen = dict[str, tuple[str, ...]]
SHAPE = (
    "写成 unit_kinds: {outlet: [QH-CD]}、roles: {archivist: [wang@QH-DA]}、contacts: {secretary: wang}",
    "write unit_kinds: {outlet: [QH-CD]}, roles: {archivist: [wang@QH-DA]}, contacts: {secretary: wang}",
)


def read_choices(path: Path) -> tuple[Chosen, Place]:
    """The choices in a file with their places; raises BundleRefused with all that is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BundleRefused([refusal("not_readable", path.name, problem=error.strerror)]) from error
    part = read_yaml(read_text(raw, path.name), path.name)
    if not isinstance(part.value, dict):
        raise BundleRefused([refusal("not_a_table", path.name, part.place.line)])
    chosen: Chosen = {}
    found: list[Found] = []
    for section, value in part.value.items():
        place = part.place.members[section]
        chosen |= _section(section, value, place, found)
    if found:
        raise BundleRefused(found)
    return chosen, part.place


def _section(section: str, value: Any, place: Place, found: list[Found]) -> Chosen:
    if section not in SECTIONS:
        words = f"不认识的对照项“{section}”", f"unknown binding “{section}”"
        remedies = f"可写：{'、'.join(SECTIONS)}", f"write one of: {', '.join(SECTIONS)}"
        found.append(Found(place.file, place.line, section, *words, *remedies))
        return {}
    if section == CALENDAR:
        return _values(section, value, place, found)
    if not isinstance(value, dict):
        found.append(_shapeless(section, place))
        return {}
    chosen: Chosen = {}
    for name, values in value.items():
        chosen |= _values(f"{section}.{name}", values, place.members[name], found)
    return chosen


def _values(key: str, value: Any, place: Place, found: list[Found]) -> Chosen:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, str) and one for one in values):
        found.append(_shapeless(key, place))
        return {}
    return {key: tuple(values)}


def _shapeless(key: str, place: Place) -> Found:
    words = f"“{key}”的写法不对（数字要加引号）", f"“{key}” is not written right (quote numbers)"
    return Found(place.file, place.line, key, *words, *SHAPE)


def on_the_line(given: Iterable[str]) -> Chosen:
    """The choices that stand on a command line as KEY=VALUE; raises BundleRefused."""
    chosen: Chosen = {}
    found: list[Found] = []
    for one in given:
        key, mark, values = one.partition("=")
        split = tuple(value.strip() for value in values.split(",") if value.strip())
        if not mark or not split:
            words = f"“{one}”应写作 KEY=VALUE", f"“{one}” should be KEY=VALUE"
            found.append(
                Found(
                    ON_THE_LINE, 0, key, *words, "例如 roles.archivist=wang@QH-DA", "such as calendar=shipped"
                )
            )
        elif key in chosen:
            words = f"“{key}”写了两次", f"“{key}” is given twice"
            found.append(
                Found(ON_THE_LINE, 0, key, *words, "多个值用逗号隔开", "put commas between its values")
            )
        else:
            chosen[key] = split
    if found:
        raise BundleRefused(found)
    return chosen


def placed_choices(found: Iterable[Problem], places: Place | None, line: Mapping[str, Any]) -> list[Found]:
    """Problems of choices with the file and line, or the option, in which each stands."""
    placed = []
    for problem in found:
        if places is None or problem.path in line:
            placed.append(Found(ON_THE_LINE, 0, *problem))
        else:
            place = locate(places, problem.path)
            placed.append(Found(place.file, place.line, *problem))
    return placed
