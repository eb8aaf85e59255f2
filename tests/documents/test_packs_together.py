"""The shipped policies can be published in one house: they share roles and numbers without contradicting."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

from documents.pack_files import definition, packs
from documents.rules.fields import fields_of
from documents.rules.numbers_together import meet, number_conflicts

DEFINED = ("reach", "reads", "may")


def policies() -> dict[str, dict[str, Any]]:
    found = {pack: definition(pack) for pack in packs()}
    return {pack: one for pack, one in found.items() if one.get("case_types")}


def test_a_role_means_the_same_in_every_policy() -> None:
    meanings: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for pack, one in policies().items():
        for role in one["roles"]:
            meaning = repr({name: role.get(name) for name in DEFINED})
            meanings[role["key"]][meaning].append(pack)
    assert {key: dict(found) for key, found in meanings.items() if len(found) > 1} == {}


def test_no_two_policies_give_out_the_same_number_of_a_case_a_letter_a_sheet_or_a_volume() -> None:
    found = policies()
    for pack, one in found.items():
        assert number_conflicts(one, {key: other for key, other in found.items() if key != pack}) == []


def test_no_two_series_of_one_policy_give_out_the_same_number() -> None:
    for pack, one in policies().items():
        patterns = [series["pattern"] for series in one["numbering"]]
        meeting = [pair for pair in combinations(patterns, 2) if meet(*pair)]
        assert meeting == [], pack


def test_every_policy_has_an_administrator_and_somebody_who_archives() -> None:
    for pack, one in policies().items():
        allowed = {operation for role in one["roles"] for operation in role.get("may", ())}
        assert {"administer", "archive", "register"} <= allowed, pack


def test_every_limit_and_every_form_says_on_what_it_rests() -> None:
    for pack, one in policies().items():
        for part in ("limits", "forms", "duties", "reports"):
            for element in one.get(part, ()):
                assert element.get("basis"), f"{pack}: {part}[{element['key']}]"
                assert element.get("source"), f"{pack}: {part}[{element['key']}]"


def test_whoever_works_on_a_case_may_withdraw_from_it() -> None:
    """The people of every unit of the case are offered: a slot would leave the others no way out."""
    for pack, one in policies().items():
        fields = {field["key"]: field for form in one["forms"] for field in fields_of(form)}
        for workflow in one["workflows"]:
            for transition in workflow["transitions"]:
                for effect in transition.get("effects", ()):
                    if "recuse" in effect and fields[effect["recuse"]]["type"] == "person":
                        assert "at" not in fields[effect["recuse"]], f"{pack}: {transition['key']}"
