"""What is allowed and probably not meant is said before publishing, and one role means one thing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.pack_files import packs, supplements
from documents.rules.policy_checking import problems
from documents.rules.policy_warnings import is_never, role_conflicts, warnings

WHOLE = pack_definition("p01")


def processes() -> list[str]:
    """The shipped policies that run by themselves."""
    return [pack for pack in packs() if pack not in supplements()]


@pytest.fixture
def policy() -> dict[str, Any]:
    return copy.deepcopy(WHOLE)


def said(policy: dict[str, Any]) -> list[str]:
    return [f"{one.path} {one.zh}" for one in warnings(policy)]


def test_the_shipped_policy_is_meant_as_it_is() -> None:
    assert said(WHOLE) == []


def test_a_form_that_nobody_fills_in(policy: dict[str, Any]) -> None:
    policy["forms"].append({**copy.deepcopy(policy["forms"][0]), "key": "spare"})
    assert said(policy) == ["forms[spare] 没有地方用到这一表单"]
    assert {one.severity for one in warnings(policy)} == {"warn"}
    assert problems(policy) == []


def test_a_named_contact_whom_nothing_tells(policy: dict[str, Any]) -> None:
    policy["contacts"] = [{"key": "secretary", "label": {"zh": "董事会秘书", "en": "Board secretary"}}]
    assert said(policy) == ["contacts[secretary] 没有地方用到这一指定联系人"]
    policy["ladders"][0]["rungs"][0]["tell"] = [{"contact": "secretary"}]
    assert said(policy) == []


def test_a_limit_that_nothing_starts_and_a_letter_that_nothing_writes(policy: dict[str, Any]) -> None:
    policy["limits"].append({**policy["limits"][0], "key": "spare"})
    policy["letters"].append({**policy["letters"][0], "key": "spare"})
    policy["lists"]["spare"] = policy["lists"]["channels"]
    assert [line.split(" ")[0] for line in said(policy)] == [
        "lists[spare]",
        "limits[spare]",
        "letters[spare]",
    ]


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ('channel == "phone" and channel == "fax"', True),
        ('channel == "phone" or channel == "fax"', False),
        ('channel == "phone" and not urgent', False),
        ("urgent and not urgent", True),
        ('channel == "phone" and amount > 3', False),
        ("amount > 3 and amount < 3", False),
        (True, False),
        ("channel ==", False),
    ],
)
def test_a_condition_over_choices_that_never_holds(text: Any, never: bool) -> None:
    domains: dict[str, list[Any]] = {"channel": [None, "phone", "fax"], "urgent": [None, True, False]}
    assert is_never(text, domains) is never


def test_a_contradiction_is_found_in_a_form(policy: dict[str, Any]) -> None:
    field = policy["forms"][0]["sections"][0]["fields"][1]
    field["visible"] = "channel == 'phone' and channel == 'fax'"
    assert any("永远不会成立" in line for line in said(policy))


def test_a_letter_never_carries_what_its_reader_may_not_see(policy: dict[str, Any]) -> None:
    policy["letters"][0]["paragraphs"][0]["zh"] += "{{ respondent_name }}"
    assert [one.zh for one in problems(policy)] == ["并入了限制知悉的字段“respondent_name”，收函人不得知悉"]


def test_a_role_of_two_policies_has_one_meaning(policy: dict[str, Any]) -> None:
    assert role_conflicts(policy, {"p02": WHOLE}) == []
    policy["roles"][0]["reach"] = "all"
    found = role_conflicts(policy, {"p02": WHOLE})
    assert [one.path for one in found] == ["roles[clerk]"]
    assert "更名" in found[0].remedy_zh


def test_roles_of_the_shipped_policies_mean_the_same() -> None:
    shipped = {key: pack_definition(key) for key in processes()}
    for pack, policy in shipped.items():
        others = {key: other for key, other in shipped.items() if key != pack}
        assert role_conflicts(policy, others) == [], pack
