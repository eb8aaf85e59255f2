"""A key in one version is found again in another, through every rename and merge between the two."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.identity import Name, identity, migrations, names, returned
from documents.rules.policy_checking import problems
from documents.rules.policy_migrations import check_kept
from documents.rules.policy_problems import Findings

V1: dict[str, Any] = {"migrate": []}
V2: dict[str, Any] = {"migrate": [{"key": "one", "rename": "field", "from": "tel", "to": "phone"}]}
V3: dict[str, Any] = {
    "migrate": [
        *V2["migrate"],
        {"key": "two", "rename": "field", "from": "phone", "to": "contact_phone"},
        {"key": "three", "merge": "option", "in": "channels", "from": "fax", "to": "post"},
        {"key": "four", "merge": "option", "in": "channels", "from": "telex", "to": "post"},
        {"key": "five", "rename": "list", "from": "channels", "to": "ways"},
        {"key": "six", "rename": "option", "in": "ways", "from": "post", "to": "letter"},
    ]
}


@pytest.mark.parametrize(
    ("there", "here", "name", "expected"),
    [
        pytest.param(V1, V3, Name("field", "tel"), "contact_phone", id="twice renamed"),
        pytest.param(V1, V2, Name("field", "tel", "intake"), "phone", id="in any form"),
        pytest.param(V2, V3, Name("field", "tel"), "tel", id="a later field of the old name is another one"),
        pytest.param(V3, V1, Name("field", "contact_phone"), "tel", id="back to an old version"),
        pytest.param(
            V1, V3, Name("option", "fax", "channels"), "letter", id="merged, the list and the goal renamed"
        ),
        pytest.param(V1, V3, Name("option", "fax", "other"), "fax", id="the same option of another list"),
        pytest.param(V3, V1, Name("option", "letter", "ways"), "post", id="a merge is not taken back"),
        pytest.param(V3, V3, Name("field", "phone"), "phone", id="the same version"),
    ],
)
def test_a_key_is_found_again(there: Any, here: Any, name: Name, expected: str) -> None:
    assert identity(there, here).name(name).key == expected


def test_every_former_key_is_known() -> None:
    way = identity(V1, V3)
    assert way.former("field", "contact_phone") == {"contact_phone", "phone", "tel"}
    assert way.former("option", "letter", "ways") == {"letter", "post", "fax", "telex"}


def test_two_keys_may_change_places() -> None:
    swap = [("a", "tmp"), ("b", "a"), ("tmp", "b")]
    v2 = {
        "migrate": [{"key": f"s{n}", "rename": "field", "from": a, "to": b} for n, (a, b) in enumerate(swap)]
    }
    way = identity({}, v2)
    assert (way.key("field", "a"), way.key("field", "b")) == ("b", "a")
    back = identity(v2, {})
    assert (back.key("field", "b"), back.key("field", "a")) == ("a", "b")


def test_a_field_renamed_in_one_form_keeps_its_name_in_the_others() -> None:
    v2 = {"migrate": [{"key": "one", "rename": "field", "in": "reply", "from": "note", "to": "remark"}]}
    way = identity({}, v2)
    assert (way.key("field", "note", "reply"), way.key("field", "note", "intake")) == ("remark", "note")


def test_going_back_keeps_every_declaration_and_takes_the_renames_back() -> None:
    again = returned(V1, V3)
    way = identity(V3, again)
    assert way.key("field", "contact_phone") == "tel"
    assert identity(V1, again).key("field", "tel") == "tel"
    assert [one.key for one in migrations(again)][:6] == ["one", "two", "three", "four", "five", "six"]
    twice = returned(V3, again)
    assert len({one.key for one in migrations(twice)}) == len(migrations(twice))
    assert identity(again, twice).key("field", "tel") == "contact_phone"


def test_a_policy_without_migrations_goes_back_as_it_was() -> None:
    whole = pack_definition("p01")
    assert returned(whole, {**whole, "letters": []}) == whole


@pytest.fixture
def policy() -> dict[str, Any]:
    return copy.deepcopy(pack_definition("p01"))


GOOD = {"key": "renamed", "rename": "field", "from": "tel", "to": "complainant_phone"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"to": "nothing_of_the_kind"}, "不存在"),
        ({"rename": "colour"}, "可迁移之物"),
        ({"merge": "option"}, "其中之一"),
        ({"rename": "option"}, "没有说明所在"),
        ({"from": "Tel"}, "不合要求"),
        ({"from": "complainant_phone"}, "相同"),
        ({"when": "x"}, "不认识的属性"),
    ],
)
def test_a_migration_is_checked(policy: dict[str, Any], changes: dict[str, str], says: str | None) -> None:
    assert Name("field", "complainant_phone", "intake") in names(policy)
    policy["migrate"] = [{**GOOD, **changes}]
    found = [problem.zh for problem in problems(policy)]
    assert (found == []) if says is None else any(says in line for line in found)


def kept(base: dict[str, Any], new: dict[str, Any]) -> list[str]:
    findings = Findings()
    check_kept(base, new, findings)
    return [problem.zh for problem in findings.problems]


def test_what_was_published_stays_declared(policy: dict[str, Any]) -> None:
    base = {**policy, "migrate": [GOOD]}
    assert kept(base, base) == []
    assert kept(base, policy) == ["已发布的迁移声明被删除或改动"]
    assert kept(base, {**policy, "migrate": [{**GOOD, "to": "complainant_name"}]})


def test_only_what_is_there_can_be_renamed(policy: dict[str, Any]) -> None:
    assert "没有“tel”" in kept(policy, {**policy, "migrate": [GOOD]})[0]
