"""Paths of a change: what they lead to says what they mean, and one that leads nowhere is refused."""

from __future__ import annotations

from typing import Any

import pytest

from documents.rules.changed_document import NotFitting, updated

CASE: dict[str, Any] = {"a": {"b": [1, {"c": 2}, 3]}, "d": 4}


def told(changes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"updatedFields": changes or {}, "removedFields": [], "truncatedArrays": [], **more}


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param(told({"d": 5}), {**CASE, "d": 5}, id="a field"),
        pytest.param(told({"e": 5}), {**CASE, "e": 5}, id="a new field stands last"),
        pytest.param(told({"a.b.1.c": 5}), {"a": {"b": [1, {"c": 5}, 3]}, "d": 4}, id="in a list"),
        pytest.param(told({"a.b.4": 5}), {"a": {"b": [1, {"c": 2}, 3, None, 5]}, "d": 4}, id="past the end"),
        pytest.param(told(removedFields=["a"]), {"d": 4}, id="removed"),
        pytest.param(
            told({"a.b.1": 7}, truncatedArrays=[{"field": "a.b", "newSize": 1}]),
            {"a": {"b": [1, 7]}, "d": 4},
            id="cut first, then set",
        ),
    ],
)
def test_a_change_is_made(description: dict[str, Any], expected: dict[str, Any]) -> None:
    before = str(CASE)
    assert str(updated(CASE, description)) == str(expected)  # fields in this order
    assert str(CASE) == before


@pytest.mark.parametrize(
    "description",
    [
        pytest.param(told({"x.y": 1}), id="set in nothing"),
        pytest.param(told({"d.y": 1}), id="set in a number"),
        pytest.param(told({"a.b.x": 1}), id="a name in a list"),
        pytest.param(told({"a.b.-1": 1}), id="before a list"),
        pytest.param(told({"a.b.9.c": 1}), id="in a place that is not there"),
        pytest.param(told(removedFields=["x"]), id="removed before"),
        pytest.param(told(truncatedArrays=[{"field": "a", "newSize": 0}]), id="cut what is no list"),
        pytest.param(told(truncatedArrays=[{"field": "a.b", "newSize": 4}]), id="cut to more"),
    ],
)
def test_what_fits_nothing_is_refused(description: dict[str, Any]) -> None:
    with pytest.raises(NotFitting):
        updated(CASE, description)


def test_a_path_with_two_meanings_wants_to_be_told_which() -> None:
    both: dict[str, Any] = {"a.b": 1, "a": {"b": 2}, "c": {"d.e": 3}}
    for path in ("a.b", "c.d.e"):
        with pytest.raises(NotFitting):
            updated(both, told({path: 9}))
    dotted = updated(both, told({"a.b": 9}, disambiguatedPaths={"a.b": ["a.b"]}))
    assert dotted == {**both, "a.b": 9}
    nested = updated(both, told({"a.b": 9}, disambiguatedPaths={"a.b": ["a", "b"]}))
    assert nested == {**both, "a": {"b": 9}}
    assert updated(both, told(removedFields=["c.d.e"], disambiguatedPaths={"c.d.e": ["c", "d.e"]}))["c"] == {}
    numbers = {"n": {"0": 1}}
    assert updated(numbers, told({"n.0": 2}, disambiguatedPaths={"n.0": ["n", "0"]})) == {"n": {"0": 2}}
