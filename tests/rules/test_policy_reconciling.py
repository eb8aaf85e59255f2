"""What a house lacks for a policy can be chosen from what it has; a wrong choice says what it may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents.rules.policy_choices import refusals
from documents.rules.policy_house import House, HousePerson, HouseUnit
from documents.rules.policy_reconciling import SECTIONS, Choices, Opening, chosen_contacts, openings
from tests.rules.test_policy_bindings import POLICY


def unit(code: str, kind: str, name: str, parent: str | None = None, head: str | None = None) -> HouseUnit:
    ancestors = (code,) if parent is None else (code, parent)
    return HouseUnit(code, kind, {"zh": name, "en": code}, parent, ancestors, head)


def other_house() -> House:
    """A house with one other policy in force, whose kinds and roles have keys of their own."""
    units = [
        unit("U", "union", "甲县联社"),
        unit("U-SL", "old_desk", "客户服务与受理部门", "U", head="zhou"),
        unit("U-WD", "old_hall", "城北营业网点", "U"),
        unit("U-DA", "old_store", "档案科", "U"),
        unit("U-JY", "brokerage", "经纪业务营业网点", "U"),
    ]
    people = [
        HousePerson("zhou", "周敏", (("old_head", "U-SL"),)),
        HousePerson("wu", "吴青", (("keeper", "U-DA"),)),
        HousePerson("zheng", "郑华", (("broker", "U-JY"),)),
    ]
    return House(
        units={one.id: one for one in units},
        posts={post: 1 for one in people for post in one.posts},
        calendars={"trading": frozenset({2026})},
        year=2026,
        people={one.id: one for one in people},
        kinds=frozenset({"brokerage"}),
        role_labels={"keeper": "档案管理员", "old_head": "部门负责人", "broker": "经纪人"},
    )


def opened(house: House) -> dict[str, Opening]:
    return {one.key: one for one in openings(POLICY, house)}


def test_the_obvious_match_is_proposed() -> None:
    found = opened(other_house())
    proposed = {key: one.proposed for key, one in found.items() if one.proposed}
    assert proposed == {
        "calendar": ("shipped",),
        "unit_kinds.intake_department": ("U-SL",),
        "unit_kinds.outlet": ("U-WD",),
        "roles.intake_head": ("zhou@U-SL",),
        "roles.unit_head": ("zhou@U-SL",),
        "roles.archivist": ("wu@U-DA",),
    }
    assert [one.value for one in found["calendar"].offered] == ["shipped", "trading"]
    assert [one.value for one in found["unit_kinds.outlet"].offered] == ["U-SL", "U-WD", "U-DA"]
    assert {key.partition(".")[0] for key in found} <= set(SECTIONS)
    assert found["fonds.U"].offered == ()


CONTACT = {"key": "keeper", "label": {"zh": "档案管理员", "en": "Archivist"}}
WITH_CONTACT = {**POLICY, "contacts": [CONTACT]}


def test_a_named_contact_is_offered_everybody_and_proposed_whom_a_post_calls_so() -> None:
    (opening,) = (one for one in openings(WITH_CONTACT, other_house()) if one.key == "contacts.keeper")
    assert opening.lacking.zh == "没有选定指定联系人“档案管理员”"
    assert [one.zh for one in opening.offered] == [
        "周敏（客户服务与受理部门）",
        "吴青（档案科）",
        "郑华（经纪业务营业网点）",
    ]
    assert (opening.proposed, opening.many) == (("wu",), False)
    assert refusals(WITH_CONTACT, other_house(), {"contacts.keeper": ["wu"]}) == []
    for key, values, words in (
        ("contacts.boss", ["wu"], "没有指定联系人“boss”"),
        ("contacts.keeper", ["li"], "没有在岗人员“li”"),
        ("contacts.keeper", ["wu", "zhou"], "应选一项"),
    ):
        assert words in refusals(WITH_CONTACT, other_house(), {key: values})[0].zh


def test_a_chosen_contact_is_there_may_change_and_is_missed_once_the_person_has_left() -> None:
    house = replace(other_house(), contacts={"keeper": "zhou"})
    assert "contacts.keeper" not in {one.key for one in openings(WITH_CONTACT, house)}
    (change,) = chosen_contacts(WITH_CONTACT, house)
    assert (change.key, change.proposed, change.lacking.zh) == (
        "contacts.keeper",
        ("zhou",),
        "档案管理员：周敏",
    )
    gone = replace(house, contacts={"keeper": "li"})
    (opening,) = (one for one in openings(WITH_CONTACT, gone) if one.key == "contacts.keeper")
    assert opening.lacking.zh == "指定联系人“档案管理员”（li）已不在岗"


def test_a_unit_of_a_policy_in_force_is_not_offered() -> None:
    house = replace(other_house(), kinds=frozenset({"brokerage", "old_hall"}))
    assert "U-WD" not in {one.value for one in opened(house)["unit_kinds.outlet"].offered}
    wrong = refusals(POLICY, house, {"unit_kinds.outlet": ["U-WD"]})
    assert [one.path for one in wrong] == ["unit_kinds.outlet"]


GOOD: Choices = {
    "calendar": ["trading"],
    "unit_kinds.outlet": ["U-WD", "U-DA"],
    "roles.archivist": ["wu@U-DA"],
    "heads.U-WD": ["wu"],
    "deputies.U": ["zhou"],
    "fonds.U": ["0301"],
}


def test_good_choices_are_not_refused() -> None:
    assert refusals(POLICY, other_house(), GOOD) == []


@pytest.mark.parametrize(
    ("key", "values", "words"),
    [
        ("calendar", ["nowhere"], "没有日历“nowhere”"),
        ("calendar", ["shipped", "trading"], "应选一项"),
        ("calendar.cn", ["shipped"], "不认识的对照项"),
        ("units.outlet", ["U-WD"], "不认识的对照项"),
        ("unit_kinds", ["U-WD"], "不认识的对照项"),
        ("unit_kinds.hall", ["U-SL"], "没有单位类型“hall”"),
        ("unit_kinds.outlet", ["U-XX"], "没有在用单位“U-XX”"),
        ("unit_kinds.outlet", ["U-JY"], "制度正在使用"),
        ("roles.boss", ["wu@U-DA"], "没有岗位“boss”"),
        ("roles.archivist", ["wu"], "没有写明单位"),
        ("roles.archivist", ["li@U-DA"], "没有在岗人员“li”"),
        ("roles.archivist", ["wu@XX"], "没有在用单位“XX”"),
        ("heads.U", ["li"], "没有在岗人员“li”"),
        ("deputies.XX", ["wu"], "没有在用单位“XX”"),
        ("fonds.U-DA", ["0301"], "不立卷"),
        ("fonds.U", ["1" * 21], "不合要求"),
        ("fonds.U", [], "应选一项"),
    ],
)
def test_a_wrong_choice_is_named_with_its_remedy(key: str, values: list[str], words: str) -> None:
    found = refusals(POLICY, other_house(), {**GOOD, key: values})
    assert [one.path for one in found] == [key]
    assert words in found[0].zh
    assert found[0].en
    assert found[0].remedy_zh
    assert found[0].remedy_en


def test_a_calendar_that_is_there_is_not_changed() -> None:
    house = replace(other_house(), calendars={"cn": frozenset({2026})})
    assert ["不会改动" in one.zh for one in refusals(POLICY, house, {"calendar": ["shipped"]})] == [True]


def test_one_unit_is_not_given_two_kinds() -> None:
    twice = {"unit_kinds.outlet": ["U-DA"], "unit_kinds.archive_room": ["U-DA"]}
    assert ["选了两次" in one.zh for one in refusals(POLICY, other_house(), twice)] == [True]
