"""How people behave in a simulated year: drawn with a seed, inside working time."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from documents.rules import behaviour
from documents.rules.behaviour import Step, arrivals, chance, next_step
from documents.rules.calendars import WorkCalendar

CALENDAR = WorkCalendar("cn")
YEAR = {"first": "01-05", "last": "12-30"}
STAGE: list[dict[str, Any]] = [
    {"do": "solve", "weight": 60, "after": ["10wmin", "3wh"]},
    {"do": "note", "weight": 30, "after": ["1wd", "2wd"], "once": True},
    {"do": "approve", "when": "waits", "weight": 1000, "after": ["1wh", "1wh"], "values": {"note": "同意"}},
    {"do": None, "weight": 10},
]


def drawn(count: int, **facts: Any) -> list[Step]:
    return [next_step(STAGE, facts, set(), chance(1, position)) for position in range(count)]


def test_the_same_seed_gives_the_same_luck_and_another_does_not() -> None:
    assert drawn(50) == drawn(50)
    assert [chance(1, "a").random(), chance(1, "b").random()] != [
        chance(2, "a").random(),
        chance(2, "b").random(),
    ]


def test_the_weights_are_kept() -> None:
    counted = Counter(step.do for step in drawn(2000))
    assert counted["solve"] > counted["note"] > counted[None] > 0
    assert counted["approve"] == 0


def test_a_condition_opens_an_entry() -> None:
    assert Counter(step.do for step in drawn(200, waits=True)).most_common(1)[0][0] == "approve"


def test_what_happens_once_does_not_happen_again() -> None:
    steps = [next_step(STAGE, {}, {"note"}, chance(1, position)) for position in range(300)]
    assert "note" not in {step.do for step in steps}


def test_the_time_taken_lies_in_the_span() -> None:
    spans = [step.after for step in drawn(300) if step.do == "solve"]
    assert timedelta(minutes=10) <= min(spans) < max(spans) <= timedelta(hours=3)


def test_nothing_to_do_is_nobody_ever() -> None:
    assert next_step([], {}, set(), chance(1)) == Step(None)


def test_complaints_arrive_on_working_days_in_order() -> None:
    moments = arrivals(YEAR, 2026, 300, CALENDAR, chance(1, "arrivals"))
    assert moments == sorted(moments)
    assert len(moments) == 300
    assert all(CALENDAR.is_open(moment) for moment in moments)


def test_a_span_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="working time"):
        behaviour.next_step([{"do": "solve", "weight": 1, "after": ["soon", "later"]}], {}, set(), chance(1))
