"""Pausing a limit 暂停计时: dated intervals, no reminder while it lasts, all planned anew afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.complaint import Complaint
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from tests.documents import shop as world
from tests.documents.shop import at, do, registered


@pytest.fixture
def shop(database: Any) -> Policy:
    return world.opened(world.shop())


def timers(case: Complaint) -> list[tuple[str, int, str, str]]:
    rows = Timer.collection().find({"case": str(case.id)}).sort("_id")
    return [(row["rung"], row["round"], row["state"], (row["reason"] or {}).get("zh", "")) for row in rows]


def test_a_pause_is_an_interval_with_a_reason_and_silences_the_ladder(shop: Policy) -> None:
    case = registered(shop, at(3, 2))
    paused = do(case, "wait", at(3, 4, 15), {"wait_reason": "送检"})
    (clock,) = paused.clocks
    assert (clock.state, paused.next_due, paused.paused) == ("paused", None, True)
    assert [(one.since, one.until, one.reason, one.by) for one in clock.pauses] == [
        (at(3, 4, 15), None, "送检", "zhao")
    ]
    assert clock.explanation[-1]["zh"] == "自 2026-03-04 周三 15:00 起暂停计时，恢复后期限相应顺延"
    stopped = [("before", 1, "cancelled", "计时暂停"), ("late", 1, "cancelled", "计时暂停")]
    assert timers(case) == stopped
    assert not clock.is_late(at(4, 1))

    running = do(case, "go_on", at(3, 16, 9))
    (clock,) = running.clocks
    assert (clock.state, clock.round, running.paused) == ("running", 2, False)
    assert [(one.until, one.ended_by) for one in clock.pauses] == [(at(3, 16, 9), "zhao")]
    assert clock.due_at == running.next_due == datetime(2026, 3, 19, 15, 59, 59, tzinfo=UTC)
    assert clock.original_due_at == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
    told = [line["zh"] for line in clock.explanation]
    assert "2026-03-05 周四 至 2026-03-16 周一 暂停，不计入" in told
    assert timers(case) == [*stopped, ("before", 2, "pending", ""), ("late", 2, "pending", "")]


def test_an_answer_given_during_the_pause_is_in_time(shop: Policy) -> None:
    case = registered(shop, at(3, 2))
    do(case, "wait", at(3, 4, 15), {"wait_reason": "送检"})
    answered = do(case, "answer", at(3, 20), {"findings": "合格。", "result": "not_upheld"})
    (clock,) = answered.clocks
    assert (clock.state, clock.is_late(at(3, 30))) == ("met", False)
    assert clock.pauses[0].until == at(3, 20)
    assert clock.due_at == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)


def test_what_is_overdue_cannot_be_paused_away(shop: Policy) -> None:
    case = registered(shop, at(3, 2))
    with pytest.raises(RuleBroken) as refused:
        do(case, "wait", at(3, 10), {"wait_reason": "送检"})
    assert refused.value.code == "pause_after_due"
