"""What a field offers 可选范围: which people and units may be its answer, on the page and when it is sent.

A key that somebody typed instead of choosing may bring a case to a unit, or to a person, that has nothing
to do with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from documents.complaint import Complaint
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.fields import Definition
from documents.unit import Unit


class Directory(Protocol):
    """Where units and people are looked up."""

    def unit(self, code: str) -> Unit:
        """A unit; raises RuleBroken("unknown_unit")."""

    def person(self, person: str) -> Person:
        """A person; raises RuleBroken("unknown_person")."""

    def has_below(self, unit: str) -> bool:
        """Whether a unit in service lies directly below this one."""


@dataclass(frozen=True)
class Offer:
    """What is offered to one person who fills a form, in a case or for a new one."""

    directory: Directory
    actor: Person
    case: Complaint | None = None

    def fits(self, definition: Definition, key: str) -> bool:
        """Whether this unit or person is offered."""
        try:
            if definition["type"] == "unit":
                return self._unit_fits(definition, self.directory.unit(key))
            return self._person_fits(definition, self.directory.person(key))
        except RuleBroken:  # no such unit, no such person
            return False

    def staffed(self, definition: Definition) -> list[str]:
        """The units whose people are offered: that of a slot, or all of the case or of the person."""
        if self.case is None:
            return [post.unit for post in self.actor.posts]
        slot = definition.get("of") or definition.get("at")
        return [self.case.units[slot]] if slot in self.case.units else list(self.case.units.values())

    @cached_property
    def top(self) -> str | None:
        """The lowest unit above both the person and the case; above a unit that has none below it."""
        codes = {post.unit for post in self.actor.posts}
        codes |= {self.case.units["received"]} if self.case else set()
        lines = [list(reversed(self.directory.unit(code).ancestors)) for code in sorted(codes)]
        shared = [level[0] for level in zip(*lines, strict=False) if len(set(level)) == 1]
        if len(shared) > 1 and not self.directory.has_below(shared[-1]):
            shared.pop()
        return shared[-1] if shared else None

    def without(self, definition: Definition) -> frozenset[str]:
        """Who is not offered: whoever is recused, unless the field asks for them too."""
        recused = self.case.recused if self.case else ()
        return frozenset(() if definition.get("with_recused") else recused)

    def _unit_fits(self, definition: Definition, unit: Unit) -> bool:
        kinds = definition.get("kinds") or (unit.kind,)
        return unit.retired_on is None and unit.kind in kinds and self.top in unit.ancestors

    def _person_fits(self, definition: Definition, person: Person) -> bool:
        """Whether a post is there; of who has left or is recused the step itself says more."""
        places, roles = self.staffed(definition), definition.get("roles")
        posted = (post.unit in places and (not roles or post.role in roles) for post in person.posts)
        return any(posted)
