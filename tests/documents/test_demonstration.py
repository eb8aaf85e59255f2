"""The demo shows a case in every stage, and playing it twice changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.complaint import Complaint
from documents.demonstration import play
from documents.hold import Hold
from documents.pack_files import packs
from documents.policy import Policy, forget_views
from documents.timer import Timer

MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "now", [MONDAY_MORNING, datetime(2026, 10, 9, 22, 0, tzinfo=UTC), datetime(2026, 2, 19, 5, 0, tzinfo=UTC)]
)
def test_every_stage_holds_a_case(database: Any, now: datetime) -> None:
    forget_views()
    made = play("p01", now=now)
    policy = Policy.current("p01").view()
    held = {(case.case_type, case.stage) for case in Complaint.objects}
    wanted = {("complaint", stage["key"]) for stage in policy.stages("complaint")} - {
        ("complaint", "archived")
    }
    assert wanted <= held
    assert ("appeal", "verifying") in held
    assert made == 21
    assert [one.state for case in Complaint.objects for one in case.hearings] == ["asked"]


def test_playing_twice_changes_nothing(database: Any) -> None:
    forget_views()
    play("p01", now=MONDAY_MORNING)
    before = [(case.number, case.revision) for case in Complaint.objects.order_by("number")]
    timers = Timer.objects.count()
    play("p01", now=MONDAY_MORNING)
    assert [(case.number, case.revision) for case in Complaint.objects.order_by("number")] == before
    assert Timer.objects.count() == timers
    assert [len(one.cases) for one in Hold.objects] == [1]


def test_p01_is_the_first_pack() -> None:
    assert "p01" in packs()
