"""Where things stand 位置: every path of a definition with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.rules.whole_numbers import number_or_none

STEP = re.compile(r"\[#?([^\[\]]*)\]|([^.\[\]]+)")
# What a path may leave out: fields lie in sections, options below options.
BETWEEN = ("sections", "fields", "children")


@dataclass
class Place:
    """The file and line of a part; below it members by name or elements in order."""

    file: str
    line: int
    members: dict[str, Place] = field(default_factory=dict)
    elements: list[Place] = field(default_factory=list)
    key: str = ""

    def down(self, step: str) -> Place | None:
        """The place of a part; also through the sections of a form and the levels of an option list."""
        for one in self.elements:
            if one.key == step:
                return one
        number = number_or_none(step)
        if number is not None and 0 <= number < len(self.elements):
            return self.elements[number]
        if step in BETWEEN:
            return self.members.get(step)
        return self.members.get(step) or next(self._further_down(step), None)

    def _further_down(self, step: str) -> Iterator[Place]:
        between = [self.members[name] for name in BETWEEN if name in self.members]
        for part in [*between, *(one for one in self.elements if one.members.keys() & set(BETWEEN))]:
            found = part.down(step)
            if found is not None:
                yield found


def steps(path: str) -> list[str]:
    """The steps of a path such as `forms[intake].sections[source].title`."""
    return [mark or name for mark, name in STEP.findall(path)]


def locate(root: Place, path: str) -> Place:
    """The place of a path; of the last part on the way that is there when the rest is not."""
    here = root
    for step in steps(path):
        found = here.down(step)
        if found is None and step not in BETWEEN:
            break
        here = found or here
    return here


def every(root: Place, path: str = "") -> Iterator[tuple[str, Place]]:
    """Every path of a definition with its place: elements by key where they have one, else by number."""
    for name, one in root.members.items():
        there = f"{path}.{name}" if path else name
        yield there, one
        yield from every(one, there)
    for index, one in enumerate(root.elements):
        there = f"{path}[{one.key or f'#{index}'}]"
        yield there, one
        yield from every(one, there)
