"""The fields 字段 of a form, whatever boxes they stand in: the one walk over sections and groups.

A group 分组 only frames fields: it can be folded and hidden as a whole, and the keys inside it stand in the
form as if there were no frame. The walk also serves drafts, so it steps over what is ill-made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from documents.rules.expressions import holds

Definition = Mapping[str, Any]
GROUP = "group"


class Placed(NamedTuple):
    """A field with the groups 分组 around it, the outermost first."""

    field: Definition
    groups: tuple[Definition, ...]

    def shows(self, facts: Mapping[str, Any]) -> bool:
        """Whether the field and every group around it show."""
        return all(holds(box.get("visible"), facts) for box in (*self.groups, self.field))


def placed(form: Definition) -> Iterator[Placed]:
    """Every field of the form in reading order, with the groups around it."""
    for section in members(form, "sections"):
        yield from within(section)


def within(box: Definition, groups: tuple[Definition, ...] = ()) -> Iterator[Placed]:
    """Every field of a section or a group, with the groups around it."""
    for one in members(box, "fields"):
        if one.get("type") == GROUP:
            yield from within(one, (*groups, one))
        else:
            yield Placed(one, groups)


def fields_of(form: Definition) -> Iterator[Definition]:
    """Every field of the form, in reading order."""
    return (place.field for place in placed(form))


def runs(section: Definition) -> Iterator[tuple[Mapping[str, str], list[Placed]]]:
    """The fields of a section in pieces, each under its title: the section's, or that of the group."""
    for groups, places in groupby(within(section), key=lambda place: place.groups):
        titled = groups[-1].get("label") if groups else section.get("title")
        yield titled or {}, list(places)


def groups_of(form: Definition) -> Iterator[Definition]:
    """Every group of the form, in reading order."""
    waiting = [one for section in members(form, "sections") for one in members(section, "fields")]
    while waiting:
        one = waiting.pop(0)
        if one.get("type") == GROUP:
            yield one
            waiting = [*members(one, "fields"), *waiting]


def members(box: Definition, name: str) -> list[Definition]:
    """The tables in a list of the box; nothing where there is no list."""
    found = box.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []
