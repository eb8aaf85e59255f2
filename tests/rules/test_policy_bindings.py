"""What a policy needs from the house is compared with what is there; what is missing has a remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.pack_files import read
from documents.rules.policy_bindings import bindings
from documents.rules.policy_house import House, HouseUnit

POLICY = pack_definition("p01")


def demo_house() -> House:
    """The made-up organisation of the demo, in a year that its calendar covers."""
    rows = read("p01", "organisation")
    units: dict[str, HouseUnit] = {}
    for row in rows["units"]:
        above = units[row["parent"]].ancestors if row["parent"] else ()
        units[row["id"]] = HouseUnit(
            *(row["id"], row["kind"], row["name"], row["parent"], (row["id"], *above), row.get("head")),
            fonds=row.get("fonds_number"),
        )
    posts = Counter((post["role"], post["unit"]) for one in rows["people"] for post in one["posts"])
    return House(units, posts, {"cn": frozenset({2026})}, 2026)


def missing(house: House) -> dict[str, str]:
    return {f"{one.about}:{one.key}": one.zh for one in bindings(POLICY, house) if not one.met}


def test_the_demo_has_all_that_its_policy_needs_but_some_posts() -> None:
    assert {key for key in missing(demo_house()) if not key.startswith("post:")} == set()
    assert all(one.zh and one.en for one in bindings(POLICY, demo_house()))


def test_an_empty_house_is_told_everything_with_remedies() -> None:
    found = [one for one in bindings(POLICY, House(year=2026)) if not one.met]
    assert {one.about for one in found} == {"calendar", "unit_kind", "role", "duty"}
    asked = [one for one in bindings(POLICY, House(year=2026, mail=False)) if one.about == "server"]
    assert [(one.key, one.met) for one in asked] == [("mail", False)]
    assert len([one for one in found if one.about == "role"]) == len(POLICY["roles"])
    assert all(one.remedy_zh and one.remedy_en for one in found)


def without_unit(name: str) -> Callable[[House], House]:
    return lambda house: replace(house, units={key: one for key, one in house.units.items() if key != name})


def with_unit(unit: HouseUnit) -> Callable[[House], House]:
    return lambda house: replace(house, units={**house.units, unit.id: unit})


SECOND = HouseUnit("QH-S2", "intake_department", {"zh": "受理二部", "en": "Intake 2"}, "QH", ("QH-S2", "QH"))
ORPHAN = HouseUnit("ZZ", "outlet", {"zh": "飞地", "en": "Exclave"}, "GD", ("ZZ", "GD"))
CHANGES: list[tuple[Callable[[House], House], str, str]] = [
    (lambda house: replace(house, year=2031), "calendar:cn", "2031"),
    (lambda house: replace(house, calendars={}), "calendar:cn", "没有工作日历"),
    (without_unit("QH-SL"), "slot:intake", "清河县农村信用合作联社"),
    (without_unit("QH-SL"), "unit_kind:intake_department", "没有"),
    (with_unit(SECOND), "slot:intake", "只会用到 QH-S2"),
    (with_unit(SECOND), "post:intake_clerk@intake", "受理二部"),
    (
        lambda house: with_unit(ORPHAN)(replace(house, posts={**house.posts, ("clerk", "ZZ"): 1})),
        "slot:union",
        "ZZ",
    ),
    (
        lambda house: replace(house, posts={k: n for k, n in house.posts.items() if k[0] != "archivist"}),
        *("role:archivist", "档案管理员"),
    ),
    (
        lambda house: replace(house, posts={k: n for k, n in house.posts.items() if k[0] != "archivist"}),
        *("duty:archive_handover", "年终移交档案室"),
    ),
]


@pytest.mark.parametrize(("change", "key", "words"), CHANGES, ids=[one[1] for one in CHANGES])
def test_what_is_missing_is_named(change: Callable[[House], House], key: str, words: str) -> None:
    assert words in missing(change(demo_house()))[key]


@pytest.mark.parametrize("rubbish", [None, 3, "x", [1], {"a": 1}], ids=repr)
@pytest.mark.parametrize(
    "section", ["policy", "unit_kinds", "slots", "roles", "case_types", "ladders", "duties"]
)
def test_rubbish_is_no_crash(section: str, rubbish: Any) -> None:
    assert bindings({**POLICY, section: rubbish}, demo_house()) is not None
