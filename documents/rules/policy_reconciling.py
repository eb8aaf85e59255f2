"""Reconciling 对照设置: what may stand in this house for what a policy needs, and what was chosen.

A choice says something of the house, never of the policy: which units are of a kind, who holds a role
where, who heads a unit, which calendar serves, under which fonds number a unit files. Chosen at an import,
it is kept with the units and people themselves; an exported policy holds nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from documents.rules.policy_bindings import (
    Binding,
    House,
    HousePerson,
    HouseUnit,
    bindings,
    fonds_units,
    words_of,
)
from documents.rules.policy_problems import Definition, Problem, elements, keys, table

Choices = Mapping[str, Sequence[str]]  # `roles.archivist` → ("wang@QH-DA",)

SHIPPED: Final = "shipped"
CALENDAR, KINDS, ROLES, HEADS, DEPUTIES, FONDS = (
    *("calendar", "unit_kinds", "roles", "heads", "deputies"),
    "fonds",
)
SECTIONS: Final = (CALENDAR, KINDS, ROLES, HEADS, DEPUTIES, FONDS)
MANY: Final = frozenset({KINDS, ROLES})
MOST_OFFERED: Final = 200
LONGEST_FONDS: Final = 20
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
    free = [unit for unit in house.units.values() if _is_free(unit, definition, house)]
    alike = tuple(unit.id for unit in free if words_of(unit.name, unit.id)[0].endswith(label))
    yield Opening(f"{KINDS}.{lacking.key}", lacking, tuple(map(_unit, free)), alike)


def _is_free(unit: HouseUnit, definition: Definition, house: House) -> bool:
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
}


def _labelled(definition: Definition, section: str) -> dict[str, object]:
    return {str(one.get("key")): one.get("label") for one in elements(definition, section)}


def _people_of(unit: HouseUnit, house: House) -> list[HousePerson]:
    return [one for one in house.people.values() if any(at == unit.id for _, at in one.posts)]


def _unit(unit: HouseUnit) -> Offer:
    zh, en = words_of(unit.name, unit.id)
    return Offer(unit.id, f"{zh}（{unit.id}）", f"{en} ({unit.id})")


def refusals(definition: Definition, house: House, choices: Choices) -> list[Problem]:
    """Everything that is wrong with the choices; nothing is kept unless there is nothing."""
    found = [one for key, values in choices.items() for one in _refused(key, values, definition, house)]
    return [*found, *_twice(choices)]


def _refused(key: str, values: Sequence[str], definition: Definition, house: House) -> Iterator[Problem]:
    section, _, about = key.partition(".")
    if section not in SECTIONS or (section == CALENDAR) == bool(about):
        known = "、".join(SECTIONS)
        yield _problem(key, f"不认识的对照项“{key}”", f"unknown binding “{key}”", known)
    elif not values or (section not in MANY and len(values) > 1):
        yield _problem(key, f"“{key}”应选一项", f"“{key}” takes one value", "只写一个值")
    else:
        yield from CHECKS[section](key, about, values, definition, house)


def _problem(key: str, zh: str, en: str, remedy: str, remedy_en: str = "") -> Problem:
    return Problem(key, zh, en, f"可写：{remedy}", f"write one of: {remedy_en or remedy}")


def _some(known: Iterable[str]) -> str:
    listed = sorted(known)
    return "、".join(listed[:12]) + ("……" if len(listed) > 12 else "") if listed else "（本单位还没有）"


def _refused_calendar(
    key: str, _about: str, values: Sequence[str], definition: Definition, house: House
) -> Iterator[Problem]:
    wanted = str(table(definition.get("policy")).get("calendar", ""))
    if wanted in house.calendars:
        yield Problem(
            key,
            f"日历“{wanted}”已有，不会改动",
            f"the calendar “{wanted}” is there and is not changed",
            "请删去这一项",
            "leave this out",
        )
    elif values[0] not in {SHIPPED, *house.calendars}:
        yield _problem(
            key,
            f"没有日历“{values[0]}”",
            f"there is no calendar “{values[0]}”",
            _some({SHIPPED, *house.calendars}),
        )


def _refused_kind(
    key: str, about: str, values: Sequence[str], definition: Definition, house: House
) -> Iterator[Problem]:
    known = keys(elements(definition, "unit_kinds"))
    if about not in known:
        yield _problem(
            key, f"制度没有单位类型“{about}”", f"the policy has no unit kind “{about}”", _some(known)
        )
        return
    for value in values:
        unit = house.units.get(value)
        if unit is None:
            yield _no_unit(key, value, house)
        elif unit.kind != about and not _is_free(unit, definition, house):
            yield Problem(
                key,
                f"单位“{value}”是“{unit.kind}”，制度正在使用这一类型",
                f"the unit “{value}” is “{unit.kind}”, which a policy uses",
                "请另选，或在“单位”中新增",
                "choose another one, or add one under Units",
            )


def _no_unit(key: str, value: str, house: House) -> Problem:
    words = f"没有在用单位“{value}”", f"there is no unit in use “{value}”"
    return _problem(key, *words, _some(house.units))


def _refused_role(
    key: str, about: str, values: Sequence[str], definition: Definition, house: House
) -> Iterator[Problem]:
    known = keys(elements(definition, "roles"))
    if about not in known:
        yield _problem(key, f"制度没有岗位“{about}”", f"the policy has no role “{about}”", _some(known))
        return
    for value in values:
        person, _, unit = value.partition("@")
        if not unit:
            words = f"“{value}”没有写明单位", f"“{value}” does not say in which unit"
            yield _problem(key, *words, "人员@单位", "person@unit")
            continue
        yield from _refused_person(key, person, house)
        if unit not in house.units:
            yield _no_unit(key, unit, house)


def _refused_person(key: str, person: str, house: House) -> Iterator[Problem]:
    if person not in house.people:
        words = f"没有在岗人员“{person}”", f"there is nobody at work “{person}”"
        yield _problem(key, *words, _some(house.people))


def _refused_head(
    key: str, about: str, values: Sequence[str], _definition: Definition, house: House
) -> Iterator[Problem]:
    if about not in house.units:
        yield _no_unit(key, about, house)
    yield from _refused_person(key, values[0], house)


def _refused_fonds(
    key: str, about: str, values: Sequence[str], definition: Definition, house: House
) -> Iterator[Problem]:
    if about not in {unit.id for unit in fonds_units(definition, house)}:
        words = f"单位“{about}”不立卷", f"no files are kept under the unit “{about}”"
        yield _problem(key, *words, _some(unit.id for unit in fonds_units(definition, house)))
    if not values[0].strip() or len(values[0]) > LONGEST_FONDS:
        words = f"全宗号“{values[0]}”不合要求", f"“{values[0]}” is no fonds number"
        yield _problem(key, *words, f"1–{LONGEST_FONDS} 个字符", f"1–{LONGEST_FONDS} characters")


Check = Callable[[str, str, Sequence[str], Definition, House], Iterator[Problem]]
CHECKS: Final[Mapping[str, Check]] = {
    CALENDAR: _refused_calendar,
    KINDS: _refused_kind,
    ROLES: _refused_role,
    HEADS: _refused_head,
    DEPUTIES: _refused_head,
    FONDS: _refused_fonds,
}


def _twice(choices: Choices) -> Iterator[Problem]:
    """A unit is of one kind only."""
    chosen = Counter(
        unit for key, values in choices.items() if key.startswith(f"{KINDS}.") for unit in values
    )
    for unit in sorted(unit for unit, number in chosen.items() if number > 1):
        words = f"单位“{unit}”选了两次类型", f"the unit “{unit}” is given a kind twice"
        yield Problem(KINDS, *words, "请只保留一处", "keep one of them")
