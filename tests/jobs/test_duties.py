"""Duties are planned a year ahead, reminded like cases, and completed with evidence by who owes them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.actions import duties, duty_dates, duty_settling, duty_versions, timers
from documents.duty import Duty
from documents.missing_years import MissingYear, missing_years
from documents.notice import Notice
from documents.pack_files import definition
from documents.person import Person
from documents.policy import publish
from documents.refused_duty import RefusedDuty
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord
from jobs import clock, queues, reminders
from tests.jobs import world
from tests.jobs.world import START, fire_due

DUTY: dict[str, Any] = {
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


def load(*years: int) -> None:
    """A new version of the calendar, with the notices of these years."""
    record = WorkCalendarRecord.get("cn")
    record.definition["covered_years"] = list(years)
    record.version += 1
    record.changed_at = datetime.now(UTC)
    record.save()


SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_year_without_calendar_is_refused_with_the_reason_and_planned_once_it_is_loaded():
    load(2025, 2026)
    assert duties.plan(now=SUMMER) == duties.plan(now=SUMMER + timedelta(hours=6)) == 0
    assert not Duty.objects(due_at__gte=datetime(2027, 1, 1, tzinfo=UTC))
    refused = RefusedDuty.objects.get()
    assert (refused.key, refused.year, refused.count, refused.units) == ("report", 2027, 1, ["intake"])
    assert (refused.first, refused.last, refused.refused_at) == ("2027-06-15", "2027-06-15", SUMMER)
    assert refused.reason["zh"].startswith(
        "工作日历“工作日历”没有载入 2027 年放假安排，日期无法确定，不予排定"
    )
    alarm = MissingYear("cn", {"zh": "工作日历", "en": "Calendar"}, 2027, is_used=False, refused=1)
    assert missing_years(SUMMER) == [alarm]
    load(2025, 2026, 2027)
    assert duties.plan(now=SUMMER) == 1
    assert (RefusedDuty.objects.count(), missing_years(SUMMER)) == (0, [])


def test_a_duty_whose_day_needs_no_calendar_is_planned_in_any_year():
    load(2025, 2026)
    kept = {**DUTY, "recurrence": {"every": "year", "on": ["06-15", "12-15"]}}
    publish({**world.DEFINITION, "duties": [kept]}, by="test", now=START)
    assert duties.plan(now=SUMMER) == 1
    assert Duty.objects(due_at__gte=datetime(2027, 1, 1, tzinfo=UTC)).count() == 1
    assert RefusedDuty.objects.count() == 0


def test_a_duty_that_lost_its_year_is_called_off_and_comes_back_with_it():
    duties.plan(now=SUMMER)
    june = Duty.objects.get(due_at__gte=datetime(2027, 1, 1, tzinfo=UTC))
    load(2025, 2026)
    duty_dates.move_duties(WorkCalendarRecord.get("cn"), since=None, by="wu", now=SUMMER)
    duty_versions.follow(now=SUMMER)
    june.reload()
    assert (june.state, "当年放假安排没有载入" in june.reason["zh"]) == ("dropped", True)
    assert not Timer.objects(case=june.id, state="pending")
    assert duty_versions.follow(now=SUMMER) == 0
    load(2025, 2026, 2027)
    duty_versions.follow(now=SUMMER)
    june.reload()
    assert (june.state, june.certain) == ("open", True)
    assert Timer.objects(case=june.id, state="pending").count() == 3


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


def waiting(duty: str) -> list[tuple[int, str]]:
    """(round, rung) of the reminders of a duty that still wait."""
    return sorted((one.round, one.rung) for one in Timer.objects(case=duty, state="pending"))


def publish_duties(*definitions: dict[str, Any]) -> None:
    """The next version of the small policy, with these duties."""
    publish({**deepcopy(dict(world.DEFINITION)), "duties": list(definitions)}, by="test", now=START)


def test_a_mistaken_done_is_undone_with_a_reason_and_reminds_again():
    fire_due(datetime(2026, 6, 2, tzinfo=UTC))
    duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=datetime(2026, 6, 2, tzinfo=UTC))
    assert waiting(JUNE) == []
    moment = datetime(2026, 6, 3, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="reason_missing"):
        duty_settling.reopen(JUNE, " ", actor=Person.get("wu"), now=moment)
    with pytest.raises(RuleBroken, match="not_your_duty"):
        duty_settling.reopen(JUNE, "登记错了", actor=Person.get("zhao"), now=moment)
    duty = duty_settling.reopen(JUNE, "登记错了", actor=Person.get("wu"), now=moment)
    assert (duty.state, duty.completed_at, duty.evidence) == ("open", None, {})
    assert [(one["verb"], one.get("reason")) for one in duty.history] == [
        ("done", None),
        ("undone", "登记错了"),
    ]
    assert duty.history[0]["evidence"] == EVIDENCE
    assert waiting(JUNE) == [(2, "due"), (2, "due-3wd")]
    with pytest.raises(RuleBroken, match="duty_is_open"):
        duty_settling.reopen(JUNE, "再来一次", actor=Person.get("wu"), now=moment)
    fire_due(JUNE_DUE)
    assert told() == [("due", "wu"), ("due-10wd", "wu"), ("due-3wd", "wu")], "no reminder came twice"


def test_a_head_says_that_a_duty_does_not_apply_this_time():
    Unit.objects(id="intake").update(head="xu")
    with pytest.raises(RuleBroken, match="not_head_of_duty"):
        duty_settling.waive(JUNE, "本期无投诉业务", actor=Person.get("wu"), now=START)
    duty = duty_settling.waive(JUNE, "本期无投诉业务", actor=Person.get("liang"), now=START)
    assert (duty.state, duty.completed_by) == ("waived", "liang"), "the head of the unit above may"
    assert not duty.is_late(JUNE_DUE + timedelta(days=9))
    assert waiting(JUNE) == []
    with pytest.raises(RuleBroken, match="duty_not_open"):
        duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=START)
    with pytest.raises(RuleBroken, match="not_head_of_duty"):
        duty_settling.reopen(JUNE, "仍须报送", actor=Person.get("wu"), now=START)
    assert duty_settling.reopen(JUNE, "仍须报送", actor=Person.get("xu"), now=START).state == "open"


def test_the_day_on_which_it_was_really_done_decides_whether_it_was_late():
    later = JUNE_DUE + timedelta(days=3)
    with pytest.raises(RuleBroken, match="done_in_future"):
        duties.complete(
            JUNE, EVIDENCE, actor=Person.get("wu"), now=START, done_at=START + timedelta(minutes=1)
        )
    in_time = JUNE_DUE - timedelta(hours=8)
    duty = duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=later, done_at=in_time)
    assert (duty.done_at, duty.completed_at, duty.is_late(later)) == (in_time, later, False)


def test_a_meeting_of_the_month_before_is_none_of_this_month():
    publish_duties({**DUTY, "key": "meetings", "recurrence": {"every": "month", "times": 2}})
    duties.plan(now=START)
    april = "small:meetings:intake:2026-04-30:1"
    wu, now = Person.get("wu"), datetime(2026, 4, 10, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="done_before_period") as refused:
        duties.complete(april, EVIDENCE, actor=wu, now=now, done_at=datetime(2026, 3, 31, 15, tzinfo=UTC))
    assert refused.value.facts["first"] == "2026-04-01"
    first_minute = datetime(2026, 3, 31, 16, tzinfo=UTC)  # 1 April in Shanghai
    assert duties.complete(april, EVIDENCE, actor=wu, now=now, done_at=first_minute).state == "done"


def test_who_else_may_do_a_duty_may():
    publish_duties({**DUTY, "who": [{"role": "senior", "at": "union"}]})
    assert duty_versions.follow(now=START) == 0, "nothing that counts for its dates has changed"
    assert Duty.objects.get(id=JUNE).policy_version == 3
    assert duties.complete(JUNE, EVIDENCE, actor=Person.get("liang"), now=START).state == "done"


def test_a_new_version_moves_calls_off_and_brings_back_what_is_still_to_come():
    duties.complete(JUNE, EVIDENCE, actor=Person.get("wu"), now=START)
    december = "small:report:intake:2026-12-15:1"
    at_close = {**DUTY, "recurrence": {**DUTY["recurrence"], "at": "12:00"}}
    publish_duties(at_close)
    assert duty_versions.follow(now=START) == 1, "what is done stays"
    moved = Duty.objects.get(id=december)
    assert moved.due_at == datetime(2026, 12, 15, 4, tzinfo=UTC)
    assert [entry["verb"] for entry in moved.history] == ["changed"]
    assert waiting(december) == [(2, "due"), (2, "due-10wd"), (2, "due-3wd")]
    publish_duties()
    assert (duty_versions.follow(now=START), duty_versions.follow(now=START)) == (1, 0)
    dropped = Duty.objects.get(id=december)
    assert (dropped.state, dropped.reason["zh"]) == ("dropped", "新版制度不再规定这项任务")
    assert waiting(december) == []
    assert duties.plan(now=START) == 0
    publish_duties({**at_close, "label": {"zh": "报告", "en": "Report"}})
    assert duty_versions.follow(now=START) == 1
    back = Duty.objects.get(id=december)
    assert (back.state, back.label["zh"], back.reason) == ("open", "报告", {})
    assert waiting(december) == [(3, "due"), (3, "due-10wd"), (3, "due-3wd")]


def test_what_was_due_stays_owed_by_its_version_and_a_retired_unit_owes_nothing_to_come():
    after_june = JUNE_DUE + timedelta(days=1)
    publish_duties({**DUTY, "recurrence": {"every": "year", "on": ["11-30"]}})
    duty_versions.follow(now=after_june)
    assert Duty.objects.get(id=JUNE).state == "open"
    assert Duty.objects.get(id="small:report:intake:2026-12-15:1").reason["zh"] == "新版制度改变了周期"
    assert duties.plan(now=after_june) == 1
    Unit.objects(id="intake").update(set__retired_on=after_june)
    assert duty_versions.follow(now=after_june) == 1
    assert Duty.objects.get(id="small:report:intake:2026-11-30:1").reason["zh"].startswith("单位已停用")


def test_the_end_of_each_working_day_reminds_an_hour_before_through_clock_and_worker(surroundings):
    daily = {**definition("p15")["duties"][0], "owner": DUTY["owner"]}
    assert daily["recurrence"] == {"every": "working_day", "at": "close"}
    publish_duties(daily)
    friday = datetime(2026, 3, 6, 8, 29, tzinfo=UTC)  # 16:29; the bank closes at 17:30
    duties.plan(now=START)
    swept = {}
    for minutes in (0, 1, 60, 61):
        moment = friday + timedelta(minutes=minutes)
        clock.sweep(moment)
        for job in queues.queue(queues.URGENT).jobs:
            reminders.fire(*job.args)
        queues.queue(queues.URGENT).empty()
        swept[minutes] = Notice.objects(sent=True, body__ne=None).count()
    days = [one.due_at.day for one in Duty.objects(key="daily_submission", due_at__lt=friday)]
    assert days == [2, 3, 4, 5], "the weekend that follows owes nothing"
    assert swept[1] - swept[0] == 1, "16:30"
    assert swept[61] - swept[1] == 1, "17:30, once"
