"""A rename reaches every place that names the thing, leaves nothing of the old key, and can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from documents.pack_files import definition, packs
from documents.rules.broken import RuleBroken
from documents.rules.edits import apply
from documents.rules.identity import Name, identity, names, returned
from documents.rules.mentions import Mentions
from documents.rules.options import option_keys
from documents.rules.policy_checking import problems
from documents.rules.policy_shapes import BASIC_SLOTS
from documents.rules.renaming import TARGETS, merge_options, rename, role_moves, with_roles_of
from documents.rules.where_used import WhereUsed

P01 = definition("p01")
TODAY = date(2026, 2, 24)


def name_of(target: tuple[str, str], known: dict[Name, Any]) -> Name:
    kinds = [of for of, kind in TARGETS.items() if kind == target[0]]
    within, _, key = target[1].rpartition("/")
    return next(one for one in known if one.of in kinds and one.key == key and within in ("", one.within))


def everything(pack: str) -> list[tuple[str, str]]:
    found = [target for target in WhereUsed(definition(pack)).targets() if target[0] in TARGETS.values()]
    # An outcome and the option of the form that sets it are one word: both must be renamed.
    fixed = {("lists", "outcomes"), *(("slots", slot) for slot in BASIC_SLOTS)}
    outcomes = option_keys(definition(pack)["lists"], "outcomes")
    shared = {one for one in found if one[0] == "options" and one[1].rpartition("/")[2] in outcomes}
    return sorted(set(found) - fixed - shared)


@pytest.mark.parametrize("pack", packs())
def test_anything_may_be_renamed_and_the_policy_stays_whole(pack: str) -> None:
    before = definition(pack)
    refused = {one.path for one in problems(before)}
    known = names(before)
    for target in everything(pack)[:: 17 if pack == "p01" else 53]:
        done = apply(before, rename(before, name_of(target, known), "another_key"))
        left = [one for one in Mentions(done.definition).all() if one.target == target]
        assert left == [], f"{target} is still named"
        assert {one.path for one in problems(done.definition)} <= refused, target
        assert apply(done.definition, done.inverse).definition == before


def test_what_was_filled_under_the_old_name_is_found_under_the_new() -> None:
    done = apply(P01, rename(P01, Name("field", "complainant_name"), "who_complains")).definition
    assert identity(P01, done).key("field", "complainant_name", "intake") == "who_complains"
    letter = next(one for one in done["letters"] if one["key"] == "decision")
    assert letter["addressee"] == "{{ who_complains }}"


def test_an_older_version_is_read_with_the_roles_of_today_and_going_back_renames_back() -> None:
    new = apply(P01, rename(P01, Name("role", "intake_clerk"), "desk_clerk")).definition
    old = with_roles_of(P01, new)
    assert {key: part for key, part in new.items() if key != "migrate"} == old
    back = role_moves(new, returned(P01, new))
    assert [(one.old, one.new) for one in back] == [("desk_clerk", "intake_clerk")]
    assert with_roles_of(P01, P01) is P01


def test_a_merged_option_stays_retired_and_is_read_as_the_other() -> None:
    name = Name("option", "fax", "channels")
    done = apply(P01, merge_options(P01, name, "phone", today=TODAY)).definition
    fax = next(one for one in done["lists"]["channels"] if one["key"] == "fax")
    assert (fax["merged_into"], fax["retired"]) == ("phone", "2026-02-24")
    assert identity(P01, done).key("option", "fax", "channels") == "phone"
    assert problems(done) == []


@pytest.mark.parametrize(
    ("name", "new", "code"),
    [
        (Name("field", "title"), "facts", "key_taken"),
        (Name("field", "title"), "Title!", "bad_key"),
        (Name("field", "nobody"), "somebody", "unknown_element"),
        (Name("option", "fax", "channels"), "phone", "key_taken"),
        (Name("list", "outcomes"), "results", "key_is_fixed"),
        (Name("slot", "received"), "first", "key_is_fixed"),
    ],
)
def test_refusals(name: Name, new: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        rename(P01, name, new)


def test_an_option_merges_only_into_one_of_its_list() -> None:
    with pytest.raises(RuleBroken, match="unknown_option"):
        merge_options(P01, Name("option", "fax", "channels"), "nowhere", today=TODAY)


def test_two_renames_after_one_another_are_both_declared() -> None:
    once: dict[str, Any] = apply(P01, rename(P01, Name("field", "demand"), "wish")).definition
    twice = apply(once, rename(once, Name("field", "wish"), "claim")).definition
    assert [one["to"] for one in twice["migrate"]] == ["wish", "claim"]
    assert identity(P01, twice).key("field", "demand", "intake") == "claim"
