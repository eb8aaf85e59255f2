"""Several at once: claimers, workers, and people who close a case in the very moment its reminder fires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from documents import events
from documents.actions import duties, timers
from documents.complaint import Complaint
from documents.database import transaction
from documents.heartbeat import beat, is_silent, take_turn
from documents.notice import Notice
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_paths import TREATED
from tests.jobs import world
from tests.jobs.world import DUE, START

_ = (perform, register)  # fixtures of the shipped policy
T = TypeVar("T")
VERY_LATE = DUE + timedelta(days=30)
AT_ONCE = 6


def together(*works: Callable[[], T]) -> list[T]:
    """Do the works in threads that start in the same moment."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_claimers_at_once_share_everything_and_nothing_twice(small_world):
    for number in range(40):
        world.open_case(f"TS-{number}")

    def claim_all(owner: str) -> list[str]:
        claimed: list[str] = []
        while ids := timers.claim(VERY_LATE, 10, owner):
            claimed += ids
        return claimed

    shares = together(*[lambda owner=f"owner-{n}": claim_all(owner) for n in range(AT_ONCE)])
    assert Counter(timer for share in shares for timer in share) == Counter(
        timer.id for timer in Timer.objects
    )


def test_workers_with_the_same_job_fire_it_once(small_world):
    for number in range(10):
        world.open_case(f"TS-{number}")
    ids = timers.claim(VERY_LATE, 100, "owner")
    fired = together(*[lambda: timers.fire(ids, "owner", now=VERY_LATE)] * AT_ONCE)
    assert sum(one.done for one in fired) == len(ids) == 60
    for case in Complaint.objects:
        assert len([event for event in case.events if event.by == "system"]) == 6
        assert events.broken_at(case.events) is None


def test_workers_with_rungs_of_one_case_keep_its_chain_whole(small_world):
    case = world.open_case()
    shares = [timers.claim(VERY_LATE, 1, f"owner-{n}") for n in range(6)]
    together(
        *[lambda n=n, ids=ids: timers.fire(ids, f"owner-{n}", now=VERY_LATE) for n, ids in enumerate(shares)]
    )
    case.reload()
    assert len([event for event in case.events if event.by == "system"]) == 6
    assert events.broken_at(case.events) is None
    assert case.escalation == 3


def test_closing_a_case_in_the_moment_its_escalation_fires(register: Register, perform: Perform):
    cases = [register(title=f"转账手续费第{n}件") for n in range(8)]
    Timer.collection().update_many({"limit": "same_day", "rung": "due"}, {"$set": {"due": NOW}})
    later = NOW + timedelta(hours=1)
    ids = timers.claim(later, 100, "worker")
    assert len(ids) == len(cases)

    def close(case: Complaint) -> str:
        return perform(case, "solve", "cd_clerk", now=later, **TREATED).stage

    def fire() -> str:
        timers.fire(ids, "worker", now=later)
        return "fired"

    stages = together(fire, *[lambda case=case: close(case) for case in cases])
    assert stages[1:] == ["filed"] * len(cases)  # firing never makes a person's change fail
    for case in cases:
        case.reload()
        verbs = [event.verb for event in case.events]
        state = Timer.objects.get(case=str(case.id), limit="same_day", rung="due").state
        fired = "escalation" in verbs
        assert state == ("done" if fired else "cancelled")
        assert not fired or verbs.index("escalation") < verbs.index("solve")
        told = Notice.objects(case=str(case.id), sent=True, timer__ne=None)
        assert {notice.person for notice in told} == ({"cd_clerk", "cd_head"} if fired else set())
        assert events.broken_at(case.events) is None


def test_planners_at_once_plan_the_year_once(policy):
    planned = together(*[lambda: duties.plan(now=START)] * AT_ONCE)
    assert sum(planned) == 3


def test_only_one_clock_gets_the_turn(small_world):
    turns = together(*[lambda: take_turn("hourly", timedelta(hours=1), now=START)] * AT_ONCE)
    assert sorted(turns) == [False] * (AT_ONCE - 1) + [True]


def test_a_clock_that_was_a_day_ahead_holds_up_nothing_and_is_not_heard(small_world):
    hour, ahead = timedelta(hours=1), START + timedelta(days=1)
    assert take_turn("hourly", hour, now=ahead)
    beat("clock:ahead", "clock", now=ahead, facts={})
    assert is_silent("clock", START)
    assert take_turn("hourly", hour, now=START)
    assert not take_turn("hourly", hour, now=START + hour / 2)
    assert take_turn("hourly", hour, now=START + hour)


def test_a_rolled_back_action_leaves_its_timers_as_they_were(small_world):
    case = world.open_case()

    def give_up() -> None:
        timers.cancel(str(case.id), "reply", 1)
        raise RuleBroken("changed_meanwhile")

    with pytest.raises(RuleBroken):
        transaction(give_up)
    assert {timer.state for timer in Timer.objects} == {"pending"}
