"""Duties are planned a year ahead, reminded like cases, and completed with evidence by who owes them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from documents.actions import duties, timers
from documents.duty import Duty
from documents.notice import Notice
from documents.person import Person
from documents.policy import publish
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from documents.unit import Unit
from tests.jobs import world
from tests.jobs.world import START, fire_due

DUTY = {
    "key": "report",
    "label": {"zh": "半年报告", "en": "Half-year report"},
    "recurrence": {"every": "year", "on": ["06-15", "12-15"], "nonworking": "before"},
    "owner": {"role": "intake_head", "kind": "intake_department"},
    "remind": ["due-10wd", "due-3wd", "due"],
}
JUNE = "small:report:intake:2026-06-15:1"
JUNE_DUE = datetime(2026, 6, 15, 15, 59, 59, tzinfo=UTC)  # 24:00 in Shanghai
EVIDENCE = {"note": "已报送当地监管部门", "document": "清联发〔2026〕12号"}


@pytest.fixture(autouse=True)
def with_duties(small_world) -> None:
    """The small policy with the report of Art. 23."""
    definition = deepcopy(dict(world.DEFINITION))
    definition["duties"] = [DUTY]
    publish(definition, by="test", now=START)
    duties.plan(now=START)


def told() -> list[tuple[str, str]]:
    """(rung, person) of every notice."""
    return sorted((notice.rung, notice.person) for notice in Notice.objects(sent=True))


def test_a_year_of_duties_is_planned_for_each_unit_that_owes_them():
    assert [(duty.unit, duty.due_at) for duty in Duty.objects.order_by("due_at")] == [
        ("intake", JUNE_DUE),
        ("intake", datetime(2026, 12, 15, 15, 59, 59, tzinfo=UTC)),
    ]


def test_planning_again_plans_nothing_twice():
    assert duties.plan(now=START + timedelta(days=1)) == 0
    assert Timer.objects(subject="duty").count() == 6


def test_planning_moves_ahead_with_the_year():
    assert duties.plan(now=datetime(2026, 7, 1, tzinfo=UTC)) == 1
    assert Duty.objects(due_at__gte=datetime(2027, 1, 1, tzinfo=UTC)).count() == 1


def test_the_owner_is_reminded_and_from_the_due_moment_on_also_the_head():
    Unit.objects(id="intake").update(head="xu")
    assert fire_due(JUNE_DUE).done == 3
    assert told() == [("due", "wu"), ("due", "xu"), ("due-10wd", "wu"), ("due-3wd", "wu")]
    assert "半年报告" in Notice.objects.first().title["zh"]


def test_a_reminder_of_a_duty_is_not_sent_twice():
    fire_due(JUNE_DUE)
    before = Notice.objects.count()
    assert fire_due(JUNE_DUE + timedelta(days=1)).done == 0
    assert Notice.objects.count() == before


def test_completing_keeps_the_evidence_and_calls_the_reminders_off():
    duty = duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=START)
    assert (duty.state, duty.completed_by, duty.evidence) == ("done", "wu", EVIDENCE)
    assert not duty.is_late(JUNE_DUE + timedelta(days=9))
    assert fire_due(JUNE_DUE).done == 0
    assert Duty.objects(state="open", unit="intake").order_by("due_at").first().due_at > JUNE_DUE


def test_a_claimed_reminder_of_a_completed_duty_is_called_off():
    from_queue = timers.claim(JUNE_DUE, 10, "worker")
    duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=JUNE_DUE)
    assert timers.fire(from_queue, "worker", now=JUNE_DUE).done == 0


@pytest.mark.parametrize(
    ("duty", "person", "evidence", "code"),
    [
        (JUNE, "zhao", EVIDENCE, "not_your_duty"),
        (JUNE, "wu", {"note": "  "}, "evidence_missing"),
        ("small:report:intake:1999-06-15:1", "wu", EVIDENCE, "unknown_duty"),
    ],
)
def test_what_completing_refuses(duty: str, person: str, evidence: dict[str, str], code: str):
    with pytest.raises(RuleBroken, match=code):
        duties.complete(duty, evidence, actor=Person.get(person), now=START)


def test_a_duty_is_completed_once():
    duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=START)
    with pytest.raises(RuleBroken, match="duty_completed"):
        duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=START)
