"""Each unit counts in its own calendar, or the one above it; a limit may name another unit."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents import trial
from documents.pack_files import definition as pack_definition
from documents.rules.calendar_choice import answering_unit, nearest
from documents.rules.policy_checking import problems

Definition = dict[str, Any]


def test_the_handling_unit_answers_unless_the_limit_names_another_slot() -> None:
    units = {"received": "outlet", "handling": "clearing", "intake": "desk"}
    assert answering_unit(units) == "clearing"
    assert answering_unit({"received": "outlet"}) == "outlet"
    assert answering_unit(units, "intake") == "desk"
    assert answering_unit({"received": "outlet"}, "intake") == "outlet"
    assert answering_unit({}) is None


def test_the_nearest_unit_upwards_that_chose_has_the_say() -> None:
    own = {"union": "cn", "branch": "cn-exchange"}
    assert nearest(("outlet", "branch", "union"), own) == ("branch", "cn-exchange")
    assert nearest(("desk", "union"), own) == ("union", "cn")
    assert nearest(("desk",), own) is None


def p01(**calendars: str) -> Definition:
    """P01 with calendars for units of its example."""
    found = copy.deepcopy(pack_definition("p01"))
    for unit in found["example"]["units"]:
        if unit["key"] in calendars:
            unit["calendar"] = calendars[unit["key"]]
    return found


def handled(definition: Definition) -> str:
    """The day on which P01's seven working days over the make-up Saturday of 28 February end."""
    wanted = [one for one in definition["scenarios"] if one["key"] == "outlet_cannot_solve"]
    [result] = trial.run({**definition, "scenarios": wanted})
    return next(f"{one.due_at:%m-%d}" for one in result.clocks if one.limit == "handle")


@pytest.mark.parametrize(
    ("calendars", "expected"),
    [
        pytest.param({}, "03-05", id="the policy's: the make-up Saturday counts"),
        pytest.param({"clearing": "cn-exchange"}, "03-06", id="the handling unit's own"),
        pytest.param({"union": "cn-exchange"}, "03-06", id="its superior unit's"),
        pytest.param({"union": "cn-exchange", "clearing": "cn-bank"}, "03-05", id="its own comes first"),
        pytest.param({"outlet": "cn-exchange"}, "03-05", id="not that of another unit"),
    ],
)
def test_a_trial_counts_in_the_calendar_of_the_unit(calendars: dict[str, str], expected: str) -> None:
    assert handled(p01(**calendars)) == expected


def test_a_limit_may_name_the_unit_whose_calendar_counts() -> None:
    definition = p01(intake="cn-exchange")
    limit = next(one for one in definition["limits"] if one["key"] == "handle")
    limit["calendar_of"] = "intake"
    assert problems(definition) == []
    assert handled(definition) == "03-06"
    limit["calendar_of"] = "nobody"
    assert [one.path for one in problems(definition)] == ["limits[handle].calendar_of"]


def test_an_unknown_calendar_is_refused_in_a_trial() -> None:
    definition = p01(clearing="lunar")
    wanted = [one for one in definition["scenarios"] if one["key"] == "outlet_cannot_solve"]
    [result] = trial.run({**definition, "scenarios": wanted})
    assert any("lunar" in one.zh for one in result.differences)
