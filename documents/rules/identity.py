"""Identity 同一性: which key of one version is which key of another, through everything that was renamed.

A definition carries in `migrate` every rename and merge since its first version, in order; nothing is
ever struck from that list. What one version has and another has not is the way between the two, so the
chain needs no version numbers and survives an export to another house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from documents.rules.fields import fields_of, members
from documents.rules.options import walk
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]

# What a thing stands in; a field stands in every form unless one is named.
CONTAINERS: Final[Mapping[str, str]] = {
    "option": "list",
    "stage": "workflow",
    "step": "workflow",
    "column": "field",
    "field": "form",
}


class Name(NamedTuple):
    """A thing of a version 名下之物: its kind, its key, and what it stands in."""

    of: str
    key: str
    within: str = ""


@dataclass(frozen=True)
class Migration:
    """A rename or a merge 更名或合并, as the definition declares it."""

    key: str
    verb: str  # "rename", "merge"
    of: str
    old: str
    new: str
    within: str = ""

    def carried(self, name: Name) -> Name:
        """The name after this migration."""
        key, within = name.key, name.within
        if CONTAINERS.get(name.of) == self.of and within == self.old:
            within = self.new
        if name.of == self.of and key == self.old and self.within in ("", name.within):
            key = self.new
        return Name(name.of, key, within)

    def sources(self, name: Name) -> set[Name]:
        """Every name that this migration carries to the given one."""
        containers = {name.within}
        if CONTAINERS.get(name.of) == self.of and name.within == self.new:
            containers.add(self.old)
        keys = {name.key, self.old} if name.of == self.of and name.key == self.new else {name.key}
        candidates = {Name(name.of, key, within) for key in keys for within in containers}
        return {one for one in candidates if self.carried(one) == name}

    def inverse(self) -> Migration:
        """The rename that takes this one back."""
        return Migration(back_key(self.key), self.verb, self.of, self.new, self.old, self.within)


def back_key(key: str) -> str:
    """What the rename that takes another one back is called."""
    return f"{key[:35]}_back"


def migrations(definition: Definition) -> tuple[Migration, ...]:
    """Everything the definition declares, in order; what is ill-made is left to the checks."""
    return tuple(_migration(one) for one in elements(definition, "migrate") if _is_whole(one))


def _is_whole(one: Definition) -> bool:
    named = ("rename" in one) != ("merge" in one)
    return named and all(isinstance(one.get(name), str) for name in ("key", "from", "to"))


def _migration(one: Definition) -> Migration:
    verb = "rename" if "rename" in one else "merge"
    return Migration(one["key"], verb, str(one[verb]), one["from"], one["to"], str(one.get("in") or ""))


@dataclass(frozen=True)
class Identity:
    """The way from one version to another 版本间的对应: each key there has its key here."""

    moves: tuple[Migration, ...] = ()

    def name(self, name: Name) -> Name:
        """What a thing of the one version is called in the other."""
        for move in self.moves:
            name = move.carried(name)
        return name

    def key(self, of: str, key: str, within: str = "") -> str:
        """The key in the other version of a thing of this one."""
        return self.name(Name(of, key, within)).key

    def former(self, of: str, key: str, within: str = "") -> frozenset[str]:
        """Every key in the one version that became this key of the other, the same key among them."""
        found = {Name(of, key, within)}
        for move in reversed(self.moves):
            found = {source for name in found for source in move.sources(name)}
        return frozenset(name.key for name in found)


def identity(there: Definition, here: Definition) -> Identity:
    """From the keys of one version to the keys of another, whichever is the newer.

    Back to an older version a rename is taken back; a merge cannot be: its option stays.
    """
    declared, known = migrations(there), migrations(here)
    done, asked = {one.key for one in declared}, {one.key for one in known}
    back = [one.inverse() for one in reversed(declared) if one.key not in asked and one.verb == "rename"]
    return Identity((*back, *(one for one in known if one.key not in done)))


def is_renamed(definition: Definition) -> bool:
    """Whether anything was ever renamed or merged in this policy."""
    return bool(elements(definition, "migrate"))


def returned(old: Definition, current: Definition) -> dict[str, Any]:
    """The definition that goes back to an old version 回退: what was renamed since is renamed back."""
    kept = elements(current, "migrate")
    taken_back = [_written(one) for one in identity(current, old).moves]
    known = {one["key"] for one in kept}
    fresh = [{**one, "key": _free(str(one["key"]), known)} for one in taken_back]
    result = {name: part for name, part in old.items() if name != "migrate"}
    return {**result, "migrate": [*kept, *fresh]} if kept or fresh else result


def _written(one: Migration) -> dict[str, str]:
    found = {"key": one.key, one.verb: one.of, "from": one.old, "to": one.new}
    return {**found, "in": one.within} if one.within else found


def _free(key: str, known: set[str]) -> str:
    """A key that no migration has yet: one may be taken back more than once."""
    number, found = 2, key
    while found in known:
        found, number = f"{key[:36]}_{number}", number + 1
    known.add(found)
    return found


def names(definition: Definition) -> dict[Name, Definition]:
    """Every thing of a version that data or people hold by its key, with its definition."""
    return dict(_names(definition))


def _names(definition: Definition) -> Iterator[tuple[Name, Definition]]:
    for form in elements(definition, "forms"):
        yield from _names_of_form(form)
    for list_key, options in table(definition.get("lists")).items():
        yield Name("list", str(list_key)), {}
        for path in walk(options):
            yield Name("option", str(path[-1].get("key")), str(list_key)), path[-1]
    for flow in elements(definition, "workflows"):
        yield Name("workflow", str(flow.get("key"))), flow
        for of, part in (("stage", "stages"), ("step", "transitions")):
            yield from (
                (Name(of, str(one.get("key")), str(flow.get("key"))), one) for one in members(flow, part)
            )
    for section, of in SINGLE.items():
        yield from ((Name(of, str(one.get("key"))), one) for one in elements(definition, section))
    slots = table(definition.get("slots"))
    for slot in {**slots, **table(definition.get("slot_labels"))}:
        yield Name("slot", str(slot)), table(slots.get(slot))


def _names_of_form(form: Definition) -> Iterator[tuple[Name, Definition]]:
    yield Name("form", str(form.get("key"))), form
    for field in fields_of(form):
        yield Name("field", str(field.get("key")), str(form.get("key"))), field
        for column in members(field, "fields"):
            yield Name("column", str(column.get("key")), str(field.get("key"))), column


SINGLE: Final[Mapping[str, str]] = {
    "case_types": "case_type",
    "limits": "limit",
    "letters": "letter",
    "roles": "role",
    "unit_kinds": "unit_kind",
}
