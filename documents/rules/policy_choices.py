"""Choices at a reconciling 对照所选: everything that is wrong with them, before any of them is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from documents.rules.policy_bindings import fonds_units
from documents.rules.policy_house import House
from documents.rules.policy_problems import Definition, Problem, elements, keys, table
from documents.rules.policy_reconciling import (
    CALENDAR,
    CONTACTS,
    DEPUTIES,
    FONDS,
    HEADS,
    KINDS,
    MANY,
    ROLES,
    SECTIONS,
    SHIPPED,
    Choices,
    is_free,
)

LONGEST_FONDS: Final = 20


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
        elif unit.kind != about and not is_free(unit, definition, house):
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


def _refused_contact(
    key: str, about: str, values: Sequence[str], definition: Definition, house: House
) -> Iterator[Problem]:
    known = keys(elements(definition, "contacts"))
    if about not in known:
        words = f"制度没有指定联系人“{about}”", f"the policy has no named contact “{about}”"
        yield _problem(key, *words, _some(known))
    else:
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
    CONTACTS: _refused_contact,
}


def _twice(choices: Choices) -> Iterator[Problem]:
    """A unit is of one kind only."""
    chosen = Counter(
        unit for key, values in choices.items() if key.startswith(f"{KINDS}.") for unit in values
    )
    for unit in sorted(unit for unit, number in chosen.items() if number > 1):
        words = f"单位“{unit}”选了两次类型", f"the unit “{unit}” is given a kind twice"
        yield Problem(KINDS, *words, "请只保留一处", "keep one of them")
