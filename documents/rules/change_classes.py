"""Classes of changes 变更分级: what each difference between two versions means for what is already there.

`classified` is pure. A change is safe 安全, to be reviewed 需复核, moves dates 影响期限, moves data
迁移数据, or refused 不可发布. What is refused because data holds a key is decided by the data: `settled`
takes the counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from documents.rules.change_places import element_at, located, places
from documents.rules.change_reasons import CLASSES, REASONS, UNDECLARED, Reason
from documents.rules.change_rules import rule_for
from documents.rules.definition_changes import changes
from documents.rules.edits import Operation
from documents.rules.identity import Identity, Name, identity
from documents.rules.keyed_paths import Path, parse
from documents.rules.policy_differences import Difference, told

Definition = Mapping[str, Any]
ORDER: Final[Mapping[str, int]] = {key: place for place, key in enumerate(CLASSES)}


@dataclass(frozen=True)
class Change:
    """A difference with its class 变更及其级别, the reason, and the keys that decide about it."""

    difference: Difference
    code: str
    held: tuple[Name, ...] = ()
    about: tuple[Name, ...] = ()

    @property
    def reason(self) -> Reason:
        """Why it is classed so, and what to do about it."""
        return REASONS[self.code]

    @property
    def kind(self) -> str:
        """safe, review, moves_dates, moves_data or refused."""
        return self.reason.kind


def classified(old: Definition, new: Definition) -> list[Change]:
    """Every difference with its class; what would be refused only if data holds it counts as refused."""
    comparison = _Comparison(old, new)
    return [comparison.change(operation) for operation in changes(old, new)]


def settled(found: Sequence[Change], counts: Mapping[Name, int]) -> list[Change]:
    """The changes once it is known what is held: nothing is lost where nothing is."""
    return [_settled(one, counts) for one in found]


def _settled(one: Change, counts: Mapping[Name, int]) -> Change:
    if one.kind != "refused" or not one.held or any(counts.get(name, 0) for name in one.held):
        return one
    return replace(one, code=UNDECLARED[one.code])


def undecided(found: Sequence[Change]) -> set[Name]:
    """The keys whose data must be counted before the class is known."""
    return {name for one in found if one.kind == "refused" for name in one.held}


class _Comparison:
    """Two versions beside each other."""

    def __init__(self, old: Definition, new: Definition) -> None:
        self.old, self.new = old, new
        self.way: Identity = identity(old, new)
        self.back: Identity = identity(new, old)
        self.before, self.after = places(old), places(new)
        self.images = {self.way.name(name): name for name in self.before}

    def change(self, operation: Operation) -> Change:
        difference = told(operation, self.old, self.new)
        path = parse(difference.path)
        inside = self._below(self.before, path)
        gone = [name for name in inside if self._vanishes(name)]
        if gone and operation["do"] != "move":
            return Change(difference, f"{gone[0].of}_gone", tuple(gone), tuple(gone))
        code, held = self._code(operation, path)
        element = located(path).element
        about = inside or [name for name, place in self.before.items() if place == element]
        return Change(difference, code, held, tuple(about))

    def _below(self, where: Mapping[Name, Path], path: Path) -> list[Name]:
        return [name for name, place in where.items() if place[: len(path)] == path]

    def _vanishes(self, name: Name) -> bool:
        goal = self.way.name(name)
        if goal in self.after:
            return False
        return not (name.of == "field" and self._renamed_everywhere(goal))

    def _renamed_everywhere(self, goal: Name) -> bool:
        # A field that moves into another form keeps its identity: its values are found by its key alone.
        return any(name.of == "field" and name.key == goal.key for name in self.after)

    def _code(self, operation: Operation, path: Path) -> tuple[str, tuple[Name, ...]]:
        if operation["do"] == "move":
            return "order", ()
        if operation["do"] == "remove" or (operation["do"] == "set" and operation.get("value") is None):
            return self._removed(path, operation)
        if operation["do"] == "add" or (operation.get("was") is None and path in self.after.values()):
            return self._added(path)
        return self._attribute(path, operation)

    def _removed(self, path: Path, operation: Operation) -> tuple[str, tuple[Name, ...]]:
        name = next((one for one, place in self.before.items() if place == path), None)
        if name is not None:
            goal = self.way.name(name)
            if name.of == "unit_kind" and goal.key != name.key:
                return "unit_kind_renamed", (name,)
            here = "moved_elsewhere" if goal in self.after else "asked_elsewhere"
            return ("renamed" if goal.key != name.key else here), ()
        if self._below(self.before, path):
            return "moved_elsewhere", ()
        return self._attribute(path, operation)

    def _added(self, path: Path) -> tuple[str, tuple[Name, ...]]:
        own = rule_for(located(path), None, element_at(self.new, path)), ()
        name = next((one for one, place in self.after.items() if place == path), None)
        if name is not None:
            return self._placed(name) if self._source(name) else own
        # A box that is new may hold fields that are new, or that stood elsewhere before.
        inside = [one for one in self._below(self.after, path) if one.of == "field"]
        found = [own, *(self._placed(one) for one in inside)]
        return max(found, key=lambda one: ORDER[REASONS[one[0]].kind])

    def _placed(self, name: Name) -> tuple[str, tuple[Name, ...]]:
        source = self._source(name)
        if source is None:
            place = self.after[name]
            return rule_for(located(place), None, element_at(self.new, place)), ()
        worst = self._compared(source, name)
        if worst[0] != "label":
            return worst
        return ("renamed" if self.way.name(source).key != source.key else "moved_elsewhere"), ()

    def _source(self, name: Name) -> Name | None:
        found = self.images.get(name)
        if found is None and name.of == "field":
            key = self.back.key("field", name.key)
            found = next((one for one in self.before if one.of == "field" and one.key == key), None)
        return found

    def _compared(self, source: Name, name: Name) -> tuple[str, tuple[Name, ...]]:
        """What changed about a thing that stands elsewhere now."""
        before = element_at(self.old, self.before[source])
        after = {**element_at(self.new, self.after[name]), "key": before.get("key")}
        found: list[tuple[str, tuple[Name, ...]]] = [("label", ())]
        for operation in changes({"one": [before]}, {"one": [after]}):
            below = parse(operation["path"])[2:]
            if operation["do"] != "move" and len(below) == 1:
                found.append(self._attribute((*self.before[source], *below), operation))
        return max(found, key=lambda one: ORDER[REASONS[one[0]].kind])

    def _attribute(self, path: Path, operation: Operation) -> tuple[str, tuple[Name, ...]]:
        place = located(path)
        was, value = operation.get("was"), operation.get("value")
        code = rule_for(place, was, value, self._listed(place.shape, place.attribute, was, value))
        if REASONS[code].kind != "refused":
            return code, ()
        return code, tuple(name for name, where in self.before.items() if where == place.element)

    def _listed(self, shape: str, attribute: str, was: Any, value: Any) -> bool:
        """Whether every option of the old list is in the new one."""
        if (shape, attribute) != ("field", "options"):
            return False
        options = [
            {name.key for name in where if name.of == "option" and name.within == one}
            for where, one in ((self.before, was), (self.after, value))
        ]
        return options[0] <= options[1]
