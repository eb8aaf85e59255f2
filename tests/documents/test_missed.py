"""What follows a missed limit 逾期后果 on stored cases: in the transaction that fires it, exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from documents.actions import timers
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.events import broken_at
from documents.notice import Notice
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from tests.documents import shop as world
from tests.documents.shop import at, do, limit, registered, step

MIDNIGHT = at(3, 10, 8) - timedelta(hours=8)  # the deadline of a complaint of 2 March is just before it


def watched() -> dict[str, Any]:
    made = limit(world.shop(), "answer", missed=[{"mark": "late_answer"}, {"escalate": 3}])
    stage = {"key": "watched", "label": {"zh": "总部督办", "en": "Watched"}, "status": "open", "tone": "blue"}
    made["workflows"][0]["stages"].append({**stage, "sequence": 2})
    return step(
        made, "take_over", **{"from": ["handling"], "to": "watched", "who": [], "on_missed": ["answer"]}
    )


def sweep(owner: str) -> timers.Fired:
    return timers.fire(timers.claim(MIDNIGHT, 100, owner), owner, now=MIDNIGHT)


def test_it_follows_once_with_the_reminders_of_the_same_sweep(database: Any) -> None:
    case = registered(world.opened(watched()), at(3, 2))
    assert sweep("one") == timers.Fired(done=3)  # the reminder, the escalation, and what follows
    assert sweep("two") == timers.Fired()
    found = Complaint.get(case.number)
    assert (found.stage, list(found.flags), found.escalation) == ("watched", ["late_answer"], 3)
    assert [event.verb for event in found.events] == ["register", "reminder", "escalation", "take_over"]
    assert broken_at(found.events) is None
    assert found.clocks[0].state == "running"  # overdue never closes anything
    assert AuditEntry.objects(subject=case.number, verb="take_over", by="system").count() == 1
    assert Notice.objects(case=str(case.id)).count() == 3


def test_a_worker_that_was_too_slow_does_nothing_more(database: Any) -> None:
    case = registered(world.opened(watched()), at(3, 2))
    slow = timers.claim(MIDNIGHT, 100, "slow")
    later = MIDNIGHT + timedelta(minutes=5)  # its lease has run out
    quick = timers.claim(later, 100, "quick")
    assert timers.fire(quick, "quick", now=later).done == 3
    assert timers.fire(slow, "slow", now=later) == timers.Fired(skipped=3)
    assert [event.verb for event in Complaint.get(case.number).events].count("take_over") == 1


def test_an_answer_in_time_calls_it_off(database: Any) -> None:
    case = registered(world.opened(watched()), at(3, 2))
    do(case, "answer", at(3, 9, 23), {"findings": "已说明。", "result": "not_upheld"})
    assert sweep("one").done == 0
    assert {row.state for row in Timer.objects(case=str(case.id))} == {"cancelled"}
    assert list(Complaint.get(case.number).flags) == []


def test_a_mark_alone_disturbs_nobody_who_is_filling_in_a_form(database: Any) -> None:
    case = registered(world.opened(limit(world.shop(), "answer", missed=[{"mark": "late_answer"}])), at(3, 2))
    seen = Complaint.get(case.number)
    sweep("one")
    found = Complaint.get(case.number)
    assert (list(found.flags), found.turn) == (["late_answer"], seen.turn)
    assert found.revision > seen.revision
    assert found.events[-1].label["zh"] == "“答复顾客”逾期"


def test_one_that_raises_is_set_aside_with_its_error_and_the_rest_goes_on(database: Any) -> None:
    case = registered(world.opened(limit(world.shop(), "answer", missed=[{"letter": "gone"}])), at(3, 2))
    assert sweep("one") == timers.Fired(done=2, set_aside=1)
    (aside,) = Timer.objects(state="set_aside")
    assert (aside.rung, "unknown_key" in aside.error) == ("!missed", True)
    found = Complaint.get(case.number)
    assert [event.verb for event in found.events] == ["register", "reminder", "escalation"]
    with pytest.raises(RuleBroken, match="timer_not_set_aside"):
        timers.release("nothing", actor="admin", now=MIDNIGHT)
