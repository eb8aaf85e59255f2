"""Reading across versions 跨版本读取: under which keys older versions wrote what this one names.

What somebody asks for may itself carry an old name, from a bookmark: `kin` finds the thing by any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from documents.rules.fields import fields_of
from documents.rules.identity import CONTAINERS, Identity, Name, identity, is_renamed, names
from documents.rules.options import OUTCOMES
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]
# What a column of the cases names, where it is no option of a list.
KINDS: Final[Mapping[str, str]] = {
    "case_type": "case_type",
    "stage": "stage",
    "step": "step",
    "field": "field",
}


@dataclass(frozen=True)
class Reading:
    """How a version reads cases of versions before it 读法; without renames it reads the keys as they are."""

    way: Identity = field(default_factory=Identity)
    lists: Mapping[str, str] = field(default_factory=dict)  # the list that a field offers
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)  # the lists of a column
    workflows: tuple[str, ...] = ()
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the forms that have a field
    standing: frozenset[Name] = frozenset()  # what has its own name in this version, not another's

    @classmethod
    def of(cls, definition: Definition) -> Reading:
        """The reading of a version."""
        if not is_renamed(definition):
            return cls()
        forms: dict[str, tuple[str, ...]] = {}
        lists: dict[str, str] = {}
        for form in elements(definition, "forms"):
            for one in fields_of(form):
                key = str(one.get("key"))
                forms[key] = (*forms.get(key, ()), str(form.get("key")))
                if isinstance(one.get("options"), str):
                    lists[key] = one["options"]
        flows = tuple(str(one.get("key")) for one in elements(definition, "workflows"))
        standing = frozenset(
            name for name, one in names(definition).items() if not (one and one.get("merged_into"))
        )
        return cls(identity({}, definition), lists, _columns(definition, lists), flows, forms, standing)

    def fields(self, key: str) -> list[str]:
        """Every key under which the field was filled in, the present one first."""
        found = self._former("field", key, self.forms.get(key, ("",)))
        return [key, *sorted(found - {key})]

    def answers(self, key: str, wanted: Iterable[Any]) -> list[Any]:
        """What was written for these answers of a field."""
        return self._options([self.lists[key]] if key in self.lists else [], wanted)

    def column(self, name: str, wanted: Iterable[Any]) -> list[Any]:
        """What stands in a column of the cases for these keys."""
        if name == "case_type":
            return _spread(wanted, lambda key: self.way.former("case_type", key))
        return self._options(self.columns.get(name, ()), wanted)

    def group(self, group: str, key: str) -> list[Any]:
        """What stands where cases are grouped by an answer or a column, for a key of this version."""
        kind, _mark, name = group.partition(".")
        return self.answers(name, [key]) if kind == "answer" else self.column(group, [key])

    def now(self, column: str, key: str) -> str:
        """What stands in a column under any name it ever had, by its name in this version."""
        kind = KINDS.get(column, "option")
        for box in self._boxes(column):
            if Name(kind, key, box) in self.standing:
                return key
        for box in self._boxes(column):
            for older in sorted(self._older(kind, box)):
                found = self.way.name(Name(kind, key, older))
                if found.key != key and found in self.standing:
                    return found.key
        return key

    def kin(self, column: str, wanted: Iterable[str]) -> list[str]:
        """Every key that stands in a column for these, whichever of its names each is asked by."""
        kind = KINDS.get(column, "option")
        found: dict[str, None] = {}
        for key in wanted:
            now = self.now(column, key)
            found.update(dict.fromkeys((key, now, *sorted(self._former(kind, now, self._boxes(column))))))
        return list(found)

    def _boxes(self, column: str) -> list[str]:
        """In what the things of a column stand in this version."""
        if column == "case_type":
            return [""]
        if column in ("stage", "step"):
            return list(self.workflows)
        if column == "field":
            return sorted({form for forms in self.forms.values() for form in forms})
        return sorted(self.columns.get(column, ()))

    def _older(self, kind: str, box: str) -> frozenset[str]:
        """What a list, a workflow or a form was called."""
        return self.way.former(CONTAINERS[kind], box) if kind in CONTAINERS else frozenset({box})

    def steps(self, wanted: Iterable[Any]) -> list[Any]:
        """What these steps were called."""
        return _spread(wanted, lambda key: self._former("step", key, self.workflows))

    def present(self, key: str, options: str) -> str:
        """What an option of an older version is called now."""
        return self.way.key("option", key, options)

    def _options(self, lists: Iterable[str], wanted: Iterable[Any]) -> list[Any]:
        known = list(lists)
        return _spread(wanted, lambda key: self._former("option", key, known))

    def _former(self, of: str, key: str, boxes: Iterable[str]) -> set[str]:
        return {one for box in boxes for one in self.way.former(of, key, box)}


def _spread(wanted: Iterable[Any], former: Any) -> list[Any]:
    found: dict[Any, None] = {}
    for key in wanted:
        found.setdefault(key)
        found.update(dict.fromkeys(sorted(former(key)) if isinstance(key, str) else ()))
    return list(found)


def _columns(definition: Definition, lists: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The option lists from which each column of the cases is filled."""
    found: dict[str, set[str]] = {"outcome": {OUTCOMES}}
    for kind in elements(definition, "case_types"):
        columns = table(table(kind.get("register")).get("columns"))
        for column, name in columns.items():
            if name in lists:
                found.setdefault(str(column), set()).add(lists[name])
    return {column: frozenset(names) for column, names in found.items()}
