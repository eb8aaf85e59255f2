"""Edits of a definition: applied whole or not at all, taken back exactly, merged where they can be."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.pack_files import definition
from documents.rules.broken import RuleBroken
from documents.rules.definition_changes import changes, rebased
from documents.rules.edits import apply
from documents.rules.keyed_paths import look_up, parse, written

P01 = definition("p01")
SMALL: dict[str, Any] = {
    "policy": {"key": "x", "title": {"zh": "甲", "en": "A"}},
    "lists": {"colours": [{"key": "red"}, {"key": "blue"}]},
    "letters": [{"key": "reply", "paragraphs": [{"zh": "一"}, {"zh": "二"}]}],
    "forms": [
        {
            "key": "f",
            "sections": [{"key": "s", "fields": [{"key": "a"}, {"key": "b"}]}, {"key": "t", "fields": []}],
        }
    ],
}


def edited(*operations: dict[str, Any]) -> dict[str, Any]:
    before = copy.deepcopy(SMALL)
    done = apply(SMALL, operations)
    assert before == SMALL, "the old definition stays as it was"
    assert apply(done.definition, done.inverse).definition == SMALL
    return done.definition


def keys(found: list[dict[str, Any]]) -> list[str]:
    return [one["key"] for one in found]


@pytest.mark.parametrize(
    "path", ["policy.title.zh", "lists.colours[red]", "letters[reply].paragraphs[#1].zh"]
)
def test_a_path_reads_as_it_is_written(path: str) -> None:
    assert written(parse(path)) == path
    look_up(SMALL, parse(path))


@pytest.mark.parametrize("path", ["", "..", "a[", "a]b", "forms[f", "x" * 9 + "[", "a" + "[b]" * 50])
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(RuleBroken):
        apply(SMALL, [{"do": "set", "path": path, "value": 1}])


def test_set_and_take_away() -> None:
    assert edited({"do": "set", "path": "policy.title.en", "value": "B"})["policy"]["title"]["en"] == "B"
    assert "title" not in edited({"do": "set", "path": "policy.title"})["policy"]
    assert edited({"do": "set", "path": "letters[reply].paragraphs[#0].zh", "value": "首"})["letters"][0][
        "paragraphs"
    ][0] == {"zh": "首"}


def test_add_before_and_at_the_end() -> None:
    done = edited(
        {"do": "add", "path": "forms[f].sections[s].fields", "value": {"key": "c"}, "before": "b"},
        {"do": "add", "path": "forms[f].sections[s].fields", "value": {"key": "d"}},
    )
    assert keys(done["forms"][0]["sections"][0]["fields"]) == ["a", "c", "b", "d"]
    assert edited({"do": "add", "path": "duties", "value": {"key": "x"}})["duties"] == [{"key": "x"}]


def test_move_within_and_between_lists() -> None:
    done = edited({"do": "move", "path": "forms[f].sections[s].fields[b]", "before": "a"})
    assert keys(done["forms"][0]["sections"][0]["fields"]) == ["b", "a"]
    done = edited(
        {"do": "move", "path": "forms[f].sections[s].fields[a]", "to": "forms[f].sections[t].fields"}
    )
    assert keys(done["forms"][0]["sections"][1]["fields"]) == ["a"]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"do": "add", "path": "lists.colours", "value": {"key": "red"}}, "key_taken"),
        ({"do": "remove", "path": "lists.colours[green]"}, "no_such_element"),
        ({"do": "set", "path": "policy.title.zh", "value": "丙", "was": "乙"}, "edited_meanwhile"),
        (
            {"do": "move", "path": "forms[f].sections[s]", "to": "forms[f].sections[s].fields"},
            "bad_operation",
        ),
        ({"do": "explode", "path": "policy"}, "bad_operation"),
        ({"do": "set", "path": 3, "value": 1}, "bad_operation"),
    ],
)
def test_refusals(operation: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        apply(SMALL, [{"do": "set", "path": "policy.title.en", "value": "B"}, operation])
    assert broken.value.code == code


def test_what_both_typed_alike_is_no_conflict() -> None:
    apply(SMALL, [{"do": "set", "path": "policy.title.zh", "value": "甲", "was": "乙"}])


def test_two_designers_merge_where_they_touched_different_things() -> None:
    mine = apply(P01, [{"do": "set", "path": "limits[handle].amount", "value": 5}]).definition
    theirs = apply(P01, [{"do": "set", "path": "limits[supervise].amount", "value": 1}]).definition
    merged, refused = rebased(P01, mine, theirs)
    amounts = {one["key"]: one.get("amount") for one in merged["limits"]}
    assert (amounts["handle"], amounts["supervise"], refused) == (5, 1, [])


def test_a_clash_is_listed_and_theirs_stays() -> None:
    mine = apply(P01, [{"do": "set", "path": "limits[handle].amount", "value": 5}]).definition
    theirs = apply(P01, [{"do": "set", "path": "limits[handle].amount", "value": 6}]).definition
    merged, refused = rebased(P01, mine, theirs)
    assert next(one["amount"] for one in merged["limits"] if one["key"] == "handle") == 6
    assert [(one["path"], code) for one, code in refused] == [("limits[handle].amount", "edited_meanwhile")]


element = st.fixed_dictionaries({"key": st.sampled_from("abcdef"), "v": st.integers(0, 3)})
lists = st.lists(element, unique_by=lambda one: one["key"])


@given(old=lists, new=lists)
@settings(max_examples=300, deadline=None)
def test_changes_lead_from_any_list_to_any_other(old: list[Any], new: list[Any]) -> None:
    before, after = {"x": old, "n": 1}, {"x": new, "n": 2}
    done = apply(before, changes(before, after))
    assert done.definition == after
    assert apply(done.definition, done.inverse).definition == before
