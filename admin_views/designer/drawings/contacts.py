"""The canvas of named contacts 指定联系人画布: who each is in this house, and which rungs tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from admin_views.designer.bench import Bench
from admin_views.designer.words import name_of, place_words
from documents.named_contact import NamedContact
from documents.person import Person
from documents.rules.policy_problems import elements


@dataclass(frozen=True)
class Row:
    """One contact: the person chosen in this house, and where the policy tells them."""

    place: str
    address: str
    key: str
    name: str
    person: str
    left: bool
    uses: tuple[tuple[str, str], ...]
    wrong: int


def draw(bench: Bench) -> dict[str, Any]:
    """All contacts of the policy."""
    return {"rows": list(_rows(bench))}


def _rows(bench: Bench) -> Iterator[Row]:
    chosen = NamedContact.chosen(bench.policy)
    people = {one.id: one for one in Person.objects(id__in=sorted(set(chosen.values())))}
    for one in elements(bench.definition, "contacts"):
        key = str(one.get("key"))
        place = f"contacts[{key}]"
        person = people.get(chosen.get(key, ""))
        uses = {
            use.path: place_words(bench.definition, use.path, use.attribute)
            for use in bench.known.used.of(place)
        }
        yield Row(
            place,
            bench.address(place),
            key,
            name_of(one),
            person.name if person else chosen.get(key, ""),
            key in chosen and (person is None or not person.active),
            tuple((words, bench.address(path)) for path, words in uses.items()),
            len(bench.troubles_in(place)),
        )
