"""The example organisation 示例机构 of a policy: its units and people, made up, for trials and the demo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.person import Person, Post
from documents.rules.scenarios import example_contacts, example_units, people_of, post_of
from documents.unit import Unit

Definition = Mapping[str, Any]
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕"
GIVEN = (
    *("敏", "志强", "静", "伟", "丽华", "建国", "晓燕", "涛", "芳", "文博", "海燕", "军", "雪梅", "立新"),
    *("倩", "永刚", "洁", "明远", "春兰", "俊", "玉兰", "浩然", "莉", "国栋", "婷", "振华", "岚", "思远"),
)


def units_of(definition: Definition) -> dict[str, Unit]:
    """The example's units by key, whatever order they are written in."""
    written = {str(one["key"]): one for one in example_units(definition)}
    placed: dict[str, Unit] = {}
    for one in written.values():
        for above in reversed(_line(one, written)):
            placed.setdefault(above["key"], _unit(above, placed))
    return placed


def _line(one: Definition, written: Mapping[str, Definition]) -> list[Definition]:
    """The unit and those above it, upwards."""
    line = [one]
    while (above := written.get(str(line[-1].get("under")))) is not None and above not in line:
        line.append(above)
    return line


def _unit(one: Definition, placed: Mapping[str, Unit]) -> Unit:
    unit = Unit(
        id=one["key"],
        name=dict(one.get("name") or {"zh": one["key"], "en": one["key"]}),
        kind=one["kind"],
        fonds_number=one.get("fonds_number"),
        head=one.get("head"),
        deputy=one.get("deputy"),
        calendar=one.get("calendar"),
    )
    unit.place_under(placed.get(str(one.get("under"))))
    return unit


def people_in(definition: Definition) -> dict[str, Person]:
    """The example's people by `role@unit`."""
    return {person: _person(index, person) for index, person in enumerate(people_of(definition))}


def contacts_in(definition: Definition) -> dict[tuple[str, str], str]:
    """The example's named contacts by policy and contact."""
    policy = str(definition["policy"]["key"])
    return {(policy, contact): person for contact, person in example_contacts(definition).items()}


def _person(index: int, person: str) -> Person:
    role, unit = post_of(person)
    return Person(
        id=person, login=login_of(person), name=made_up_name(index), posts=[Post(role=role, unit=unit)]
    )


def login_of(person: str) -> str:
    """The sign-in name: `clerk@outlet#2` signs in as `clerk2.outlet`."""
    role, unit = post_of(person)
    second = person.partition("#")[2]
    return f"{role}{second}.{unit}"


def made_up_name(index: int) -> str:
    """A Chinese name that nobody in the example shares."""
    return SURNAMES[index % len(SURNAMES)] + GIVEN[(index * 5 + index // len(SURNAMES)) % len(GIVEN)]
