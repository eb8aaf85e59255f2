"""Reconciling 对照设置: what may stand in this house for what a policy needs, and what was chosen.

A choice says something of the house, never of the policy: which units are of a kind, who holds a role
where, who heads a unit, which calendar serves, under which fonds number a unit files, who is a named
contact. Chosen at an import, it is kept with the units and people; an exported policy holds nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from documents.rules.policy_bindings import bindings
from documents.rules.policy_house import Binding, House, HousePerson, HouseUnit, words_of
from documents.rules.policy_problems import Definition, elements, keys, table

Choices = Mapping[str, Sequence[str]]  # `roles.archivist` → ("wang@QH-DA",)

SHIPPED: Final = "shipped"
CALENDAR, KINDS, ROLES, HEADS, DEPUTIES, FONDS, CONTACTS = (
    *("calendar", "unit_kinds", "roles", "heads", "deputies"),
    *("fonds", "contacts"),
)
SECTIONS: Final = (CALENDAR, KINDS, ROLES, HEADS, DEPUTIES, FONDS, CONTACTS)
MANY: Final = frozenset({KINDS, ROLES})
MOST_OFFERED: Final = 200
HEAD_WORDS: Final = ("负责人", "主任", "经理", "行长")


@dataclass(frozen=True)
class Offer:
    """Something of the house that can be chosen 可选项."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Opening:
    """One need that a choice can meet 待选项: what is lacking, what there is, and the obvious match."""

    key: str
    lacking: Binding
    offered: tuple[Offer, ...] = ()
    proposed: tuple[str, ...] = ()
    meets: tuple[Binding, ...] = ()  # everything that the choice helps to meet

    @property
    def many(self) -> bool:
        """Whether several may be chosen."""
        return self.key.partition(".")[0] in MANY


def openings(definition: Definition, house: House) -> list[Opening]:
    """Every need that is not met and that a choice can meet, once."""
    found: dict[str, Opening] = {}
    for lacking in bindings(definition, house):
        if not lacking.met and lacking.about in OPENERS:
            for one in OPENERS[lacking.about](lacking, definition, house):
                known = found.setdefault(one.key, one)
                found[one.key] = replace(
                    known,
                    offered=tuple(dict.fromkeys((*known.offered, *one.offered)))[:MOST_OFFERED],
                    proposed=tuple(dict.fromkeys((*known.proposed, *one.proposed))),
                    meets=(*known.meets, lacking),
                )
    return list(found.values())


def _calendar(lacking: Binding, _definition: Definition, house: House) -> Iterator[Opening]:
    if lacking.key in house.calendars:
        return
    shipped = Offer(SHIPPED, "随附的法定节假日日历", "the shipped calendar with the official holidays")
    copies = [Offer(key, f"照“{key}”建立", f"a copy of “{key}”") for key in sorted(house.calendars)]
    yield Opening(CALENDAR, lacking, (shipped, *copies), (SHIPPED,))


def _kind(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    """Units of a kind that no policy needs any more; the obvious ones are called like the kind."""
    label = words_of(_labelled(definition, "unit_kinds").get(lacking.key), lacking.key)[0]
    free = [unit for unit in house.units.values() if is_free(unit, definition, house)]
    alike = tuple(unit.id for unit in free if words_of(unit.name, unit.id)[0].endswith(label))
    yield Opening(f"{KINDS}.{lacking.key}", lacking, tuple(map(_unit, free)), alike)


def is_free(unit: HouseUnit, definition: Definition, house: House) -> bool:
    """Whether no policy needs the kind of the unit any more."""
    return unit.kind not in house.kinds | keys(elements(definition, "unit_kinds"))


def _role(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    yield _posts(lacking.key, list(house.units.values()), lacking, definition, house)


def _post(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    role, _, slot = lacking.key.partition("@")
    kind = table(table(definition.get("slots")).get(slot)).get("kind")
    empty = [unit for unit in house.of_kind(kind) if not house.posts.get((role, unit.id))]
    yield _posts(role, empty, lacking, definition, house)


def _duty(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    duty = next(one for one in elements(definition, "duties") if str(one.get("key")) == lacking.key)
    owner = table(duty.get("owner"))
    yield _posts(str(owner.get("role")), house.of_kind(owner.get("kind")), lacking, definition, house)


def _posts(
    role: str, units: Sequence[HouseUnit], lacking: Binding, definition: Definition, house: House
) -> Opening:
    """Who is there already; the obvious ones do the same under another policy, or head the unit."""
    label = words_of(_labelled(definition, "roles").get(role), role)[0]
    offered, proposed = [], []
    for unit in units:
        for person in _people_of(unit, house):
            value = f"{person.id}@{unit.id}"
            place = words_of(unit.name, unit.id)
            offered.append(Offer(value, f"{person.name}（{place[0]}）", f"{person.name} ({place[1]})"))
            same = any(house.role_labels.get(held) == label for held, at in person.posts if at == unit.id)
            if same or (label.endswith(HEAD_WORDS) and unit.head == person.id):
                proposed.append(value)
    return Opening(f"{ROLES}.{role}", lacking, tuple(offered), tuple(proposed))


def _head(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    part, _, slot = lacking.key.partition("@")
    kind = table(table(definition.get("slots")).get(slot)).get("kind")
    section = {"head": HEADS, "deputy": DEPUTIES}[part]
    for unit in house.of_kind(kind):
        if getattr(unit, part):
            continue
        there = _people_of(unit, house)
        leading = [one.id for one in there if part == "head" and _leads(one, unit, house)]
        proposed = tuple(leading) if len(leading) == 1 else ()
        offers = tuple(Offer(one.id, one.name, one.name) for one in there)
        zh, en = words_of(unit.name, unit.id)
        named = lacking._replace(zh=f"“{zh}”：{lacking.zh}", en=f"“{en}”: {lacking.en}")
        yield Opening(f"{section}.{unit.id}", named, offers, proposed)


def _leads(person: HousePerson, unit: HouseUnit, house: House) -> bool:
    held = [house.role_labels.get(role, "") for role, at in person.posts if at == unit.id]
    return any(label.endswith(HEAD_WORDS) for label in held)


def _contact(lacking: Binding, definition: Definition, house: House) -> Iterator[Opening]:
    """Whoever is at work; the obvious one holds a post that is called like the contact."""
    label = words_of(_labelled(definition, "contacts").get(lacking.key), lacking.key)[0]
    alike = tuple(one.id for one in house.people.values() if _is_called(one, label, definition, house))
    offers = tuple(_person(one, house) for one in house.people.values())
    yield Opening(f"{CONTACTS}.{lacking.key}", lacking, offers, alike if len(alike) == 1 else ())


def _is_called(person: HousePerson, label: str, definition: Definition, house: House) -> bool:
    own = _labelled(definition, "roles")
    return any(
        label in (house.role_labels.get(role), words_of(own.get(role), "")[0]) for role, _ in person.posts
    )


def _person(person: HousePerson, house: House) -> Offer:
    units = [house.units[at] for _, at in person.posts if at in house.units]
    zh, en = words_of(units[0].name, units[0].id) if units else (person.id, person.id)
    return Offer(person.id, f"{person.name}（{zh}）", f"{person.name} ({en})")


def chosen_contacts(definition: Definition, house: House) -> list[Opening]:
    """The named contacts for whom somebody is chosen, to be given to somebody else 改派."""
    return [
        replace(one, proposed=(house.contacts[met.key],))
        for met in bindings(definition, house)
        if met.about == "contact" and met.met
        for one in _contact(met, definition, house)
    ]


def _fonds(lacking: Binding, _definition: Definition, _house: House) -> Iterator[Opening]:
    yield Opening(f"{FONDS}.{lacking.key}", lacking)


Opener = Callable[[Binding, Definition, House], Iterator[Opening]]
OPENERS: Final[Mapping[str, Opener]] = {
    "calendar": _calendar,
    "unit_kind": _kind,
    "role": _role,
    "post": _post,
    "duty": _duty,
    "head": _head,
    "fonds": _fonds,
    "contact": _contact,
}


def _labelled(definition: Definition, section: str) -> dict[str, object]:
    return {str(one.get("key")): one.get("label") for one in elements(definition, section)}


def _people_of(unit: HouseUnit, house: House) -> list[HousePerson]:
    return [one for one in house.people.values() if any(at == unit.id for _, at in one.posts)]


def _unit(unit: HouseUnit) -> Offer:
    zh, en = words_of(unit.name, unit.id)
    return Offer(unit.id, f"{zh}（{unit.id}）", f"{en} ({unit.id})")
