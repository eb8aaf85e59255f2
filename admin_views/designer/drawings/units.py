"""The canvases of units 单位画布: the example organisation as a tree, with the slots of a case in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from admin_views.designer.bench import Bench
from admin_views.designer.words import name_of
from admin_views.standing import said
from documents.example import people_in
from documents.rules.policy_problems import elements, table
from documents.rules.policy_shapes import all_slots
from documents.rules.scenarios import post_of

Definition = Mapping[str, Any]
DEEPEST = 8


@dataclass(frozen=True)
class Branch:
    """A unit of the example 示例单位 in its tree."""

    place: str
    address: str
    key: str
    name: str
    kind: str
    depth: int
    people: tuple[tuple[str, str, bool], ...]  # name, role, whether the head
    slots: tuple[str, ...]
    start: bool


@dataclass(frozen=True)
class Rule:
    """How a slot is found 单位角色, in words."""

    key: str
    name: str
    words: str
    place: str
    address: str
    found: str


def draw(bench: Bench) -> dict[str, Any]:
    """The tree with the slots of a case that one unit received."""
    tree = _Tree(bench)
    start = tree.start()
    return {
        "branches": list(tree.branches("", 0, tree.found(start))),
        "starts": [(key, tree.name(key)) for key in tree.units],
        "start": start,
        "rules": list(tree.rules(tree.found(start))),
        "kinds": list(_kinds(bench)),
        "example_address": bench.address("example"),
    }


def _kinds(bench: Bench) -> Iterator[tuple[str, str, str, int, bool]]:
    """(address, name, key, units of the example, whether it is the open one)."""
    units = elements(table(bench.definition.get("example")), "units")
    for one in elements(bench.definition, "unit_kinds"):
        key = str(one.get("key"))
        place = f"unit_kinds[{key}]"
        count = sum(unit.get("kind") == key for unit in units)
        yield bench.address(place), name_of(one), key, count, place == bench.element


class _Tree:
    """The example organisation of a draft."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.example = table(bench.definition.get("example"))
        self.units = {str(one["key"]): one for one in elements(self.example, "units") if one.get("key")}
        self.kinds = {one.key: one.label for one in bench.known.offers.kind("unit_kinds")}
        self.labels = {one.key: one.label for one in bench.known.offers.slots}
        self.slots = table(bench.definition.get("slots"))
        self.people: dict[str, list[tuple[str, str, bool]]] = {}
        roles = {one.key: one.label for one in bench.known.offers.kind("roles")}
        for key, person in people_in(bench.definition).items():
            role, unit = post_of(key)
            head = self.units.get(unit, {}).get("head") == key
            self.people.setdefault(unit, []).append((str(person.name), roles.get(role, role), head))

    def name(self, key: str) -> str:
        """What a unit is called."""
        one = self.units.get(key, {})
        return said(one.get("name")) or key

    def start(self) -> str:
        """The unit that receives the case of the example: the one asked for, or the lowest."""
        asked = request.args.get("unit", "")
        if asked in self.units:
            return asked
        depths = [(len(self._above(key)), index, key) for index, key in enumerate(self.units)]
        return max(depths)[2] if depths else ""

    def _above(self, key: str) -> list[str]:
        """The unit and everything above it, upwards."""
        line = [key]
        while (above := str(self.units[line[-1]].get("under") or "")) in self.units and above not in line:
            line.append(above)
        return line

    def found(self, start: str) -> dict[str, str]:
        """Which unit each slot finds; a slot may name another slot, so they are asked in turns."""
        if not start:
            return {}
        found = {"received": start}
        for _turn in range(len(self.slots)):
            for slot, rule in self.slots.items():
                unit = self._one(table(rule), found) if slot not in found else None
                if unit:
                    found[str(slot)] = unit
        return found

    def _one(self, rule: Definition, found: Mapping[str, str]) -> str | None:
        kind = rule.get("kind")
        if rule.get("above") in found:
            line = self._above(found[str(rule["above"])])
            return next((one for one in line if self.units[one].get("kind") == kind), None)
        if rule.get("within") in found:
            owner = found[str(rule["within"])]
            below = (one for one, unit in self.units.items() if unit.get("under") == owner)
            return next((one for one in below if self.units[one].get("kind") == kind), None)
        return None

    def branches(self, under: str, depth: int, found: Mapping[str, str]) -> Iterator[Branch]:
        """The units below one, each with those below it; what hangs nowhere stands at the top."""
        for key, one in self.units.items():
            above = str(one.get("under") or "")
            if (above if above in self.units else "") != under or depth > DEEPEST:
                continue
            place = f"example.units[{key}]"
            yield Branch(
                place,
                self.bench.address(place),
                key,
                self.name(key),
                self.kinds.get(str(one.get("kind")), str(one.get("kind") or "")),
                depth,
                tuple(self.people.get(key, ())),
                tuple(self.labels.get(slot, slot) for slot, unit in found.items() if unit == key),
                found.get("received") == key,
            )
            yield from self.branches(key, depth + 1, found)

    def rules(self, found: Mapping[str, str]) -> Iterator[Rule]:
        """Every slot with how it is found."""
        labels = table(self.bench.definition.get("slot_labels"))
        for slot in sorted(all_slots(self.bench.definition), key=lambda one: (one not in labels, one)):
            section = self.bench.section.name
            other = "slots" if slot in self.slots else "slot_labels" if slot in labels else ""
            section = section if slot in table(self.bench.definition.get(section)) else other
            place = f"{section}.{slot}" if section else ""
            unit = found.get(slot, "")
            yield Rule(
                slot,
                self.labels.get(slot, slot),
                self._words(slot),
                place,
                self.bench.address(place) if place else "",
                self.name(unit) if unit else "",
            )

    def _words(self, slot: str) -> str:
        rule = table(self.slots.get(slot))
        kind = self.kinds.get(str(rule.get("kind")), str(rule.get("kind") or "?"))
        if rule.get("above"):
            other = self.labels.get(str(rule["above"]), str(rule["above"]))
            return str(_("从%(slot)s起向上，第一个%(kind)s", slot=other, kind=kind))
        if rule.get("within"):
            other = self.labels.get(str(rule["within"]), str(rule["within"]))
            return str(_("%(slot)s直属的%(kind)s", slot=other, kind=kind))
        if slot == "received":
            return str(_("登记投诉的单位"))
        return str(_("由步骤指定"))
