"""Deadlines move to a changed calendar exactly once, although the worker that moves them is killed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest

from documents import events
from documents.actions import calendars
from documents.actions.calendars import Scope
from documents.calendar_change import LOST_AFTER, CalendarChange
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, forget_views, view_of
from documents.rules.calendar_edits import OFF, CalendarEdit, DayChange
from documents.rules.deadlines import deadline
from documents.timer import Timer
from jobs import calendar_changes, queues
from tests.faults.conftest import Tell
from tests.faults.test_reminders import crowd
from tests.jobs import world
from tests.jobs.houses import House, wait_for

pytestmark = pytest.mark.fault
CASES, KILLS = 150, 2
NOW = world.START + timedelta(hours=1)
# What the small world leaves out, because its timers need no steps.
TEXT = {"zh": "办理", "en": "Handling"}
WHOLE = {
    "definition.forms": [{"key": "sheet", "title": TEXT, "sections": []}],
    "definition.case_types": [
        {"key": "complaint", "label": TEXT, "workflow": "flow", "register": {"form": "sheet"}}
    ],
    "definition.workflows": [
        {"key": "flow", "stages": [{"key": "handling", "label": TEXT, "status": "open"}], "transitions": []}
    ],
    "definition.limits.0.ladder": "usual",
}


def counted_cases() -> None:
    """So many cases whose deadline is the one that the calendar gives."""
    Policy.collection().update_one({"key": "small"}, {"$set": WHOLE})
    forget_views()
    crowd(CASES)
    due = deadline(view_of("small", 1).time_limit("reply"), world.START, world.CALENDAR).due_at
    moved = {"clocks.0.due_at": due, "clocks.0.original_due_at": due}
    Complaint.collection().update_many({}, {"$set": moved})


def test_a_worker_killed_while_it_moves_deadlines_moves_each_once(house: House, tell: Tell) -> None:
    counted_cases()
    edit = CalendarEdit({date(2026, 3, 5): DayChange(OFF, "停业")})
    asked = calendars.count(calendars.consider("cn", edit, actor="wu", now=NOW), now=NOW)
    assert (asked.cases, asked.deadlines) == (CASES, CASES)
    change = str(calendars.change_calendar(str(asked.id), Scope(), actor=Person.get("wu"), now=NOW).id)

    def moved() -> int:
        return int(CalendarChange.get(change).cases)

    def reached(least: int) -> bool:
        return moved() >= least

    queues.change_calendar(change, now=NOW)
    for number in range(1, KILLS + 1):
        worker = house.start("worker")
        wait_for(partial(reached, number * 30), seconds=60, house=house)
        house.kill(worker)
        left = moved()
        assert left < CASES, "killed in the middle"
        print(f"killed after {left} of {CASES}")
        queues.connection().flushall()
        assert calendar_changes.find_lost((NOW + number * (LOST_AFTER * 2)).isoformat()) == 1
    house.start("worker")
    wait_for(lambda: CalendarChange.get(change).state == "done", seconds=120, house=house)
    done = CalendarChange.get(change)
    assert (done.cases, done.deadlines, done.looked) == (CASES, CASES, CASES)
    seen = Counter(clock.due_at.date() for case in Complaint.objects for clock in case.clocks)
    assert seen == {date(2026, 3, 12): CASES}
    for case in Complaint.objects:
        assert sum(event.verb == "recount" for event in case.events) == 1
        assert events.broken_at(case.events) is None
    pending = Counter(timer.round for timer in Timer.objects(state="pending"))
    assert set(pending) == {2}
    tell(f"{CASES} deadlines moved once, {KILLS} workers killed, {pending[2]} timers planned again")
