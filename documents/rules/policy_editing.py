"""Editing a definition 修改制度: each edit takes a definition and gives a new one; nothing is deleted."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.rules.broken import RuleBroken
from documents.rules.policy_problems import KEY

Definition = Mapping[str, Any]
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class NewOption:
    """An option to be added 新增选项; without a key one is made from its English label."""

    label: Mapping[str, str]
    parent: str = ""
    key: str = ""


@dataclass(frozen=True)
class ListEdit:
    """What changes in an option list 选项修改: labels, which options are retired, new ones."""

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    added: Sequence[NewOption] = ()


def with_list(definition: Definition, name: str, edit: ListEdit, *, today: date) -> dict[str, Any]:
    """The definition with one option list edited; an option that is in use stays, retired or not."""
    changed = _copied(definition)
    options = changed["lists"].get(name)
    if options is None:
        raise RuleBroken("unknown_option", key=name)
    known = _by_key(options)
    for key in {*edit.labels, *edit.retired} - set(known):
        raise RuleBroken("unknown_option", key=key)
    for key, option in known.items():
        option["label"] = _label(edit.labels.get(key, option["label"]))
        _retire(option, key in edit.retired, today)
    for new in edit.added:
        _add(options, known, new)
    return changed


def _by_key(options: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for option in options:
        found.update({option["key"]: option}, **_by_key(option.get("children", [])))
    return found


def _copied(definition: Definition) -> dict[str, Any]:
    return copy.deepcopy(dict(definition))


def _label(label: Mapping[str, str]) -> dict[str, str]:
    words = {language: str(label.get(language, "")).strip() for language in LANGUAGES}
    if not all(words.values()):
        raise RuleBroken("label_missing")
    return words


def _retire(option: dict[str, Any], retired: bool, today: date) -> None:
    """An option is retired with a date; one that was retired before keeps its own."""
    if retired:
        option.setdefault("retired", today.isoformat())
    else:
        option.pop("retired", None)


def _add(options: list[dict[str, Any]], known: dict[str, dict[str, Any]], new: NewOption) -> None:
    key = new.key.strip() or made_key(new.label.get("en", ""), known)
    if not KEY.match(key):
        raise RuleBroken("bad_key", key=key)
    if key in known:
        raise RuleBroken("option_key_taken", key=key)
    if new.parent and new.parent not in known:
        raise RuleBroken("unknown_option", key=new.parent)
    siblings = known[new.parent].setdefault("children", []) if new.parent else options
    known[key] = {"key": key, "label": _label(new.label)}
    siblings.append(known[key])


def made_key(text: str, known: Iterable[str]) -> str:
    """A key from English words that nobody uses yet."""
    base = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:34]
    base = base if KEY.match(base) else f"option_{base}".rstrip("_")
    taken, key, number = set(known), base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def with_limit(definition: Definition, key: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with a time limit 时限 changed; None takes an attribute away."""
    changed = _copied(definition)
    _change(_one(changed["limits"], key), changes)
    return changed


def with_rung(definition: Definition, ladder: str, rung: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with one rung 级 of a ladder changed."""
    changed = _copied(definition)
    _change(_one(_one(changed["ladders"], ladder)["rungs"], rung), changes)
    return changed


def _one(elements: list[dict[str, Any]], key: str) -> dict[str, Any]:
    for element in elements:
        if element["key"] == key:
            return element
    raise RuleBroken("unknown_element", key=key)


def _change(element: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if value is None:
            element.pop(name, None)
        else:
            element[name] = value
