"""What a new version means for cases on file 对存量的影响: which fields to check again, which clocks move.

Pure: from two definitions and the classes of their changes to what must be looked up on live data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from documents.rules.change_classes import Change
from documents.rules.change_places import located
from documents.rules.expressions import names_in
from documents.rules.fields import GROUP, Placed, fields_of, members, placed
from documents.rules.forms import Checker, Problem
from documents.rules.identity import Identity, Name, identity
from documents.rules.keyed_paths import Key, parse
from documents.rules.merging import fields_in
from documents.rules.policy import limit_arguments
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]
# What is stored of these is not what was typed: checking it again would say nothing.
UNCHECKED: Final = frozenset(
    {"files", "signature", "consent", "series", "lookup", "note", "computed", "person", "unit", "case"}
)


@dataclass(frozen=True)
class Tightened:
    """A form of the new version with only the fields that are stricter now 收紧的字段."""

    key: str
    form: Definition
    fresh: frozenset[str]  # required fields that nobody was asked before
    reads: frozenset[str]  # what the checks read of a case

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.form)

    def failing(
        self, values: Mapping[str, Any], facts: Mapping[str, Any], lists: Mapping[str, Any], today: date
    ) -> tuple[Problem, ...]:
        """What of the answers the new version would not accept."""
        return self._checker.check(values, lists=lists, facts=facts, today=today).problems


@dataclass(frozen=True)
class Impact:
    """Everything about two versions that live data must be asked about."""

    old: Definition
    new: Definition
    changes: Sequence[Change]

    @cached_property
    def way(self) -> Identity:
        """From the keys of the old version to the keys of the new one."""
        return identity(self.old, self.new)

    @cached_property
    def tightened(self) -> tuple[Tightened, ...]:
        """The forms with fields to check again."""
        return tuple(_tightened(self))

    @property
    def touched_forms(self) -> frozenset[str]:
        """The forms in which anything is asked otherwise: drafts of them are checked again."""
        found = set()
        for change in self.changes:
            path = parse(change.difference.path)
            if path[0] == "forms" and len(path) > 1 and isinstance(path[1], Key) and change.code != "label":
                found.add(path[1].key)
        return frozenset(found)

    @property
    def rights(self) -> tuple[str, ...]:
        """The roles whose rights change."""
        found = (one for one in self.changes if one.code == "rights")
        return tuple(dict.fromkeys(name.key for one in found for name in one.about if name.of == "role"))

    @property
    def counted(self) -> tuple[Name, ...]:
        """What may be held by cases, people or units, and matters for the changes."""
        matters = {"retired", "renamed", "sensitivity"}
        found = [name for one in self.changes if one.held for name in one.held]
        found += [name for one in self.changes if one.code in matters for name in one.about]
        return tuple(dict.fromkeys([*found, *self._merged()]))

    def _merged(self) -> list[Name]:
        return [Name(one.of, one.old, one.within) for one in self.way.moves if one.verb == "merge"]

    def letters_with(self, keys: frozenset[str]) -> list[str]:
        """The letters of the old version that merge one of these fields."""
        return [
            str(letter.get("key"))
            for letter in elements(self.old, "letters")
            if keys & _merged_fields(letter)
        ]

    def figures_with(self, keys: frozenset[str]) -> list[str]:
        """The figures and tables of the old version's reports that count by one of these fields."""
        return [
            f"{report.get('key')}.{one.get('key')}"
            for report in elements(self.old, "reports")
            for part in ("figures", "tables", "sections")
            for one in members(report, part)
            if keys & _counted_fields(one)
        ]


def _merged_fields(letter: Definition) -> set[str]:
    texts = [str(letter.get("addressee", ""))]
    for one in (*members(letter, "paragraphs"), table(letter.get("appeal_path"))):
        texts += [str(one.get(language, "")) for language in ("zh", "en")]
    found = {name for text in texts for name in fields_in(text)}
    return found | {name.rpartition("_")[0] for name in found if name.endswith(("_label", "_on"))}


def _counted_fields(one: Definition) -> set[str]:
    found = set(table(table(one.get("count")).get("answer")))
    if str(one.get("group", "")).startswith("answer."):
        found.add(str(one["group"]).partition(".")[2])
    return found | {str(name) for name in one.get("texts", ()) or ()}


def _tightened(impact: Impact) -> Iterator[Tightened]:
    wanted: dict[str, set[str]] = {}
    fresh: dict[str, set[str]] = {}
    for change in impact.changes:
        path = parse(change.difference.path)
        if change.code not in {"stricter", "condition", "required_field"} or path[0] != "forms":
            continue
        key, keys = str(getattr(path[1], "key", "")), _fields_at(impact.new, path)
        wanted.setdefault(key, set()).update(keys)
        if change.code == "required_field":
            fresh.setdefault(key, set()).update(keys)
    for form in elements(impact.new, "forms"):
        keys = wanted.get(str(form.get("key")), set())
        if keys:
            yield _reduced(form, keys, frozenset(fresh.get(str(form["key"]), ())))


def _fields_at(definition: Definition, path: Any) -> set[str]:
    """The fields of the form that a change is about: one, or all in a box."""
    form = next(
        (one for one in elements(definition, "forms") if one.get("key") == getattr(path[1], "key", None)), {}
    )
    element = located(path).element
    boxes = {step.key for step in element[2:] if isinstance(step, Key)}
    exact = {place.field["key"] for place in placed(form) if place.field["key"] in boxes}
    if exact:
        return exact
    last = element[-1].key if isinstance(element[-1], Key) else ""
    inside = {
        place.field["key"] for place in placed(form) if any(box.get("key") == last for box in place.groups)
    }
    sections = {
        field["key"]
        for section in members(form, "sections")
        if section.get("key") == last
        for field in fields_of({"sections": [section]})
    }
    return inside or sections


def _reduced(form: Definition, keys: set[str], fresh: frozenset[str]) -> Tightened:
    kept = [one for one in placed(form) if one.field["key"] in keys and one.field["type"] not in UNCHECKED]
    sections = [
        {**section, "fields": _only(section, {one.field["key"] for one in kept})}
        for section in members(form, "sections")
    ]
    reads = frozenset(name.partition(".")[0] for one in kept for name in _reads(one))
    return Tightened(str(form["key"]), {**form, "sections": sections}, fresh, reads)


def _only(box: Definition, keys: set[str]) -> list[Definition]:
    found: list[Definition] = []
    for one in members(box, "fields"):
        if one.get("type") == GROUP:
            inside = _only(one, keys)
            found += [{**one, "fields": inside}] if inside else []
        elif one.get("key") in keys:
            found.append(one)
    return found


def _reads(place: Placed) -> Iterator[str]:
    yield str(place.field["key"])
    for box in (*place.groups, place.field):
        yield from names_in(box.get("visible"))
    yield from names_in(place.field.get("required"))
    for one in members(place.field, "check"):
        yield from names_in(one.get("that"))


def timing(definition: Definition, limit: str) -> Any:
    """What the due date and the reminders of a limit follow from; None when there is no such limit."""
    found = next((one for one in elements(definition, "limits") if one.get("key") == limit), None)
    if found is None:
        return None
    ladder = next(
        (one for one in elements(definition, "ladders") if one.get("key") == found.get("ladder")), {}
    )
    head = table(definition.get("policy"))
    counted = {name: value for name, value in limit_arguments(found).items() if name != "key"}
    rungs = [
        {name: rung.get(name) for name in ("key", "at", "repeat", "if_past")}
        for rung in members(ladder, "rungs")
    ]
    return counted, rungs, head.get("calendar"), head.get("zone")


def moved_limits(old: Definition, new: Definition) -> dict[str, str]:
    """The limits of the old version that are counted or reminded of otherwise: old key → new key."""
    way = identity(old, new)
    found = {str(one.get("key")): way.key("limit", str(one.get("key"))) for one in elements(old, "limits")}
    return {was: now for was, now in found.items() if timing(old, was) != timing(new, now)}
