"""What a definition counts by its work calendar: limits, ladders and duties, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from documents.rules.calendar_uses import counted_by_calendar


@pytest.mark.parametrize(
    ("section", "element", "counted"),
    [
        pytest.param("limits", {"counted_in": "working_days", "amount": 2}, True, id="working days"),
        pytest.param("limits", {"counted_in": "working_minutes", "amount": 30}, True, id="working minutes"),
        pytest.param("limits", {"counted_in": "natural_days", "amount": 15}, False, id="natural days"),
        pytest.param("limits", {"counted_in": "natural_days", "rolls_over": True}, True, id="rolls over"),
        pytest.param("limits", {"counted_in": "same_day", "ends": "close_of_business"}, True, id="closing"),
        pytest.param("limits", {"counted_in": "hours", "after_hours": "next_opening"}, True, id="opening"),
        pytest.param("ladders", {"rungs": [{"at": "due"}, {"at": "due-1wd"}]}, True, id="a rung before"),
        pytest.param("ladders", {"rungs": [{"at": "50%"}, {"at": "due+2h"}]}, False, id="hours and shares"),
        pytest.param("duties", {"recurrence": {"nonworking": "before"}}, True, id="moved off a holiday"),
        pytest.param("duties", {"recurrence": {"nonworking": "keep"}, "remind": ["due"]}, False, id="kept"),
        pytest.param("duties", {"recurrence": {}, "remind": ["due-3wd"]}, True, id="reminded before"),
    ],
)
def test_what_only_a_calendar_can_count(section: str, element: dict[str, Any], counted: bool) -> None:
    found = list(counted_by_calendar({section: [{"key": "one", **element}]}))
    assert found == ([f"{section}[one]"] if counted else [])
