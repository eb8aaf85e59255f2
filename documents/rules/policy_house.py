"""The house as a policy meets it 本单位现状: units, people and calendars; and a need, met or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from documents.rules.policy_problems import table


@dataclass(frozen=True)
class HouseUnit:
    """A unit in use 在用单位, with the units above it, itself first."""

    id: str
    kind: str
    name: Mapping[str, str]
    parent: str | None = None
    ancestors: tuple[str, ...] = ()
    head: str | None = None
    deputy: str | None = None
    fonds: str | None = None


@dataclass(frozen=True)
class HousePerson:
    """A person at work 在岗人员, with the posts held as (role, unit)."""

    id: str
    name: str
    posts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class House:
    """What is set up 本单位现状: units in use, who holds which role where, calendars with their years."""

    units: Mapping[str, HouseUnit] = field(default_factory=dict)
    posts: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (role, unit) → active holders
    calendars: Mapping[str, frozenset[int]] = field(default_factory=dict)
    year: int = 0
    people: Mapping[str, HousePerson] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()  # the kinds of unit that other policies in force know
    role_labels: Mapping[str, str] = field(default_factory=dict)  # of all policies in force, in Chinese
    contacts: Mapping[str, str] = field(default_factory=dict)  # of this policy: contact → person
    mail: bool | None = None  # whether a mail server is set; None when nobody asked

    def of_kind(self, kind: Any) -> list[HouseUnit]:
        """The units of a kind."""
        return [unit for unit in self.units.values() if unit.kind == kind]

    def holders(self, role: Any) -> int:
        """How many posts of a role are held."""
        return sum(
            number for (held, unit), number in self.posts.items() if held == role and unit in self.units
        )


class Binding(NamedTuple):
    """One need of a policy 对照项: whether it is met, and what to do when it is not."""

    met: bool
    about: str  # calendar, unit_kind, slot, role, post, head, contact, duty, fonds, server
    key: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


def words_of(label: Any, otherwise: str) -> tuple[str, str]:
    """A text in Chinese and English; what else it is called when there is none."""
    words = table(label)
    return str(words.get("zh") or otherwise), str(words.get("en") or otherwise)
