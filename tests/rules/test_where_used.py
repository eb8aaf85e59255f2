"""Every place that names an element is found; what is in use is not taken away."""

from __future__ import annotations

from typing import Any

import pytest

from documents.pack_files import definition as pack_definition
from documents.rules.broken import RuleBroken
from documents.rules.edit_guard import lost, sound
from documents.rules.edits import apply
from documents.rules.where_used import WhereUsed

CHANNEL = "forms[intake].sections[source].fields[channel]"


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return pack_definition("p01")


@pytest.fixture(scope="module")
def used(definition: dict[str, Any]) -> WhereUsed:
    return WhereUsed(definition)


@pytest.mark.parametrize(
    ("place", "path", "attribute"),
    [
        pytest.param(CHANNEL, "case_types[complaint].register", "columns", id="a field as a column"),
        pytest.param(CHANNEL, "letters[decision].paragraphs[#0]", "zh", id="a field merged in a letter"),
        pytest.param(
            "forms[intake].sections[source].fields[forwarded]",
            "forms[intake].sections[source].fields[superior_body]",
            "visible",
            id="a field in a condition",
        ),
        pytest.param("lists.channels", CHANNEL, "options", id="a list of a field"),
        pytest.param("roles[clerk]", "case_types[complaint].register", "who", id="a role among people"),
        pytest.param(
            "workflows[complaint].stages[review]",
            "workflows[complaint].transitions[reply]",
            "to",
            id="a stage as a goal",
        ),
        pytest.param(
            "limits[handle]", "workflows[complaint].transitions[sign]", "effects", id="a limit in an effect"
        ),
        pytest.param("ladders[main]", "limits[handle]", "ladder", id="a ladder of a limit"),
        pytest.param("slots.union", "letters[decision]", "signed_by", id="a slot that signs"),
        pytest.param("unit_kinds[union]", "roles[intake_clerk]", "reach", id="a kind of unit in a reach"),
        pytest.param(
            "unit_kinds[intake_department]",
            "case_types[complaint].register",
            "to",
            id="a kind of unit in a condition",
        ),
        pytest.param("numbering[case]", "case_types[complaint]", "number", id="a number series"),
        pytest.param("reports[annual]", "duties[annual_report]", "report", id="a report of a duty"),
    ],
)
def test_each_kind_of_mention_is_found(used: WhereUsed, place: str, path: str, attribute: str) -> None:
    assert (path, attribute) in {(one.path, one.attribute) for one in used.of(place)}


def test_the_calendar_is_named_by_the_policy(used: WhereUsed) -> None:
    assert [one.path for one in used.named(("calendars", "cn"))] == ["policy"]


def test_nothing_names_itself(used: WhereUsed) -> None:
    for places in used.targets().values():
        for place in places:
            assert all(not one.path.startswith(place) for one in used.of(place))


def test_a_field_of_two_forms_may_leave_one(definition: dict[str, Any], used: WhereUsed) -> None:
    assert len(used.places(("fields", "channel"))) == 2
    after = apply(definition, [{"do": "remove", "path": CHANNEL}]).definition
    assert lost(used, WhereUsed(after)) == []


@pytest.mark.parametrize(
    "operations",
    [
        [{"do": "remove", "path": "limits[handle]"}],
        [{"do": "set", "path": "limits[handle].key", "value": "handled"}],
        [{"do": "set", "path": "lists.channels"}],
        [{"do": "remove", "path": "workflows[complaint].stages[review]"}],
        [{"do": "set", "path": "roles", "value": []}],
    ],
    ids=["removed", "renamed", "list unset", "stage", "section emptied"],
)
def test_what_is_in_use_is_not_lost(
    definition: dict[str, Any], used: WhereUsed, operations: list[dict[str, Any]]
) -> None:
    after = WhereUsed(apply(definition, operations).definition)
    with pytest.raises(RuleBroken, match="in_use") as refusal:
        lost(used, after)
    assert refusal.value.facts["uses"]


def test_what_nothing_names_may_go(definition: dict[str, Any], used: WhereUsed) -> None:
    options = ((target, places[0]) for target, places in used.targets().items() if target[0] == "options")
    target, path = next((target, place) for target, place in options if not used.hinders(place))
    assert target in lost(used, WhereUsed(apply(definition, [{"do": "remove", "path": path}]).definition))


def test_an_unfinished_definition_is_no_obstacle() -> None:
    broken = {
        "policy": {"calendar": 3},
        "forms": [{"sections": [{"fields": [{"key": "a", "visible": "((", "options": 7}, "x"]}]}, 5],
        "workflows": [{"key": "w", "transitions": [{"key": "t", "to": 4, "who": "x", "effects": [1, {}]}]}],
        "lists": {"l": "x"},
        "case_types": [{"key": "c", "register": [1]}],
    }
    assert WhereUsed(broken).targets()


DEEP: Any = []
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        (None, "bad_operation"),
        ([], "bad_operation"),
        ("set", "bad_operation"),
        ([{"do": "set", "path": "policy.short"}] * 201, "bad_operation"),
        (["set"], "bad_operation"),
        ([{"do": "burn", "path": "policy"}], "bad_operation"),
        ([{"do": "set", "path": "policy.short", "eval": "1"}], "bad_operation"),
        ([{"do": "set"}], "bad_path"),
        ([{"do": "set", "path": "secrets.key", "value": 1}], "bad_path"),
        ([{"do": "set", "path": "policy.colour", "value": 1}], "bad_path"),
        ([{"do": "set", "path": "roles[clerk].__class__", "value": 1}], "bad_path"),
        ([{"do": "set", "path": "policy.short", "value": {"$set": 1}}], "bad_value"),
        ([{"do": "set", "path": "policy.short", "value": {"a.b": 1}}], "bad_value"),
        ([{"do": "set", "path": "policy.short", "value": {"zh": "a\x00b"}}], "bad_value"),
        ([{"do": "set", "path": "policy.short", "value": {"zh": "x" * 100_001}}], "bad_value"),
        ([{"do": "set", "path": "limits[handle].amount", "value": 10**20}], "bad_value"),
        ([{"do": "set", "path": "limits[handle].amount", "value": float("nan")}], "bad_value"),
        ([{"do": "set", "path": "policy.short", "value": DEEP}], "bad_value"),
        ([{"do": "move", "path": "roles[clerk]", "to": "nowhere"}], "bad_path"),
        ([{"do": "set", "path": "severity", "value": "x"}], "bad_value"),
        ([{"do": "set", "path": "limits", "value": {"a": 1}}], "bad_value"),
        ([{"do": "set", "path": "policy.zone", "value": "Mars/Base"}], "bad_value"),
        ([{"do": "remove", "path": "policy.zone"}], "bad_value"),
    ],
)
def test_hostile_operations_are_refused(operations: Any, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        sound(operations)
