"""Timers fire once, tell the right people, and leave a trace on the case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from documents import events
from documents.actions import notices, timers
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.named_contact import choose
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.timer import Timer
from documents.unit import Unit
from tests.jobs import world
from tests.jobs.world import DUE, fire_due, open_case

pytestmark = pytest.mark.usefixtures("small_world")
DAY = timedelta(days=1)
VERY_LATE = DUE + 30 * DAY


def told(number: str = "TS-1") -> list[tuple[str, str]]:
    """(rung, person) of every notice that was sent."""
    found = Notice.objects(number=number, sent=True).order_by("at", "id")
    return sorted((notice.rung, notice.person) for notice in found)


def states() -> dict[str, str]:
    """Each timer's state by rung and number."""
    return {f"{timer.rung}{timer.n}": timer.state for timer in Timer.objects}


def test_nothing_is_told_before_its_moment():
    open_case()
    fired = fire_due(DUE - 2 * DAY - timedelta(milliseconds=1))
    assert fired.done == 0
    assert Notice.objects.count() == 0


def test_the_handler_is_reminded_before_the_deadline():
    case = open_case()
    assert fire_due(DUE - 2 * DAY).done == 1
    assert told() == [("before", "zhao")]
    case.reload()
    assert (case.events[-1].verb, case.events[-1].by, case.escalation) == ("reminder", "system", 0)


def test_a_named_contact_is_whoever_the_house_has_chosen_when_a_rung_fires():
    secretary = [{"contact": "secretary", "at": "intake"}]
    told_so = {f"definition.ladders.0.rungs.{number}.tell": secretary for number in (0, 1)}
    Policy.collection().update_one({"key": "small"}, {"$set": told_so})
    forget_views()
    case = open_case()
    fire_due(DUE - 2 * DAY)
    assert told() == [("before", "wu")]
    assert "尚未选定人员" in Notice.objects.get(person="wu").body["zh"]
    choose("small", "secretary", "liang", by="admin", now=DUE)
    fire_due(DUE)
    assert told() == [("at_due", "liang"), ("before", "wu")]
    case.reload()
    assert case.events[-1].facts["told"] == ["梁栋"]


def test_a_notice_is_not_sent_twice():
    open_case()
    fire_due(DUE - 2 * DAY)
    assert fire_due(DUE - DAY).done == 0
    assert Notice.objects.count() == OutboxMessage.objects.count() == 1


def test_each_rung_climbs_higher():
    case = open_case()
    fire_due(DUE)
    case.reload()
    assert told() == [("at_due", "chen"), ("at_due", "zhao"), ("before", "zhao")]
    assert case.escalation == 1
    fire_due(DUE + 2 * DAY)
    assert ("late", "wu") in told()
    case.reload()
    assert case.escalation == 2


def test_after_a_long_downtime_everything_due_fires_once_and_in_order():
    case = open_case()
    assert fire_due(VERY_LATE).done == 6
    assert set(states().values()) == {"done"}
    case.reload()
    rungs = [event.facts["rung"] for event in case.events if event.by == "system"]
    assert rungs == ["before", "at_due", "late", "later", "later", "later"]
    assert events.broken_at(case.events) is None
    assert case.escalation == 3
    assert case.status == "open"


def test_three_days_of_downtime_lose_nothing():
    open_case()
    fire_due(DUE - 2 * DAY)
    fire_due(DUE + 2 * DAY + timedelta(hours=23))  # nothing ran for almost three days after the deadline
    assert told() == [("at_due", "chen"), ("at_due", "zhao"), ("before", "zhao"), ("late", "wu")]


def test_overdue_never_closes_a_case():
    case = open_case()
    fire_due(VERY_LATE)
    case.reload()
    assert (case.status, case.stage) == ("open", "handling")


def test_every_firing_has_an_event_and_an_audit_entry():
    case = open_case()
    fire_due(VERY_LATE)
    case.reload()
    system = [event for event in case.events if event.by == "system"]
    assert len(system) == AuditEntry.objects(subject="TS-1", by="system").count() == 6
    assert system[0].facts["told"] == ["赵敏"]


def test_mail_goes_out_in_the_persons_language():
    Person.objects(id="zhao").update(language="en")
    open_case()
    fire_due(DUE - 2 * DAY)
    mail = OutboxMessage.objects.get()
    assert mail.id == Notice.objects.get().id + ":mail"
    assert (mail.to, mail.subject) == ("zhao@union.example", "[Due soon] TS-1 Handle and reply")
    assert "2 days left" in mail.body


def test_without_an_address_there_is_a_notice_and_a_reason_but_no_mail():
    Person.objects(id="zhao").update(unset__email=1)
    open_case()
    fire_due(DUE - 2 * DAY)
    notice = Notice.objects.get()
    assert (notice.sent, notice.reason_no_mail["zh"]) == (True, "未登记电子邮箱")
    assert OutboxMessage.objects.count() == 0


def test_an_unassigned_case_goes_to_the_units_head():
    open_case(handler=None)
    fire_due(DUE - 2 * DAY)
    assert told() == [("before", "chen")]
    assert Notice.objects.get().why["zh"] == "尚未分派承办人，通知单位负责人"


def test_an_unassigned_case_tells_its_head_once_when_two_ways_lead_there():
    open_case(handler=None)
    fire_due(DUE)
    assert told() == [("at_due", "chen"), ("before", "chen")]


def test_a_recused_head_is_not_told_and_the_next_higher_is():
    open_case(recused=["chen"])
    fire_due(DUE)
    assert told() == [("at_due", "liang"), ("at_due", "zhao"), ("before", "zhao")]
    passed_over = Notice.objects.get(sent=False)
    assert (passed_over.person, passed_over.reason_not_sent["en"]) == (
        "chen",
        "recused or complained about; one higher is told",
    )
    assert "chen@union.example" not in {one.to for one in OutboxMessage.objects}


def test_a_recused_persons_inbox_does_not_mention_the_case():
    open_case(recused=["chen"])
    fire_due(VERY_LATE)
    assert notices.inbox("chen") == []
    assert notices.unread("chen") == 0


def test_an_absent_handler_is_represented_by_the_named_deputy():
    world.away("zhao", deputy="fang")
    open_case()
    fire_due(DUE - 2 * DAY)
    assert told() == [("before", "fang")]
    assert Notice.objects.get(sent=False).reason_not_sent["zh"] == "不在岗，改为通知代理人"


def test_an_absent_head_is_represented_by_the_units_deputy():
    world.away("chen")
    open_case(handler=None)
    fire_due(DUE - 2 * DAY)
    assert told() == [("before", "fang")]


def test_when_nobody_can_be_told_intake_hears_of_it_and_the_reason_is_kept():
    Unit.objects(id="branch").update(unset__head=1, unset__deputy=1)
    Unit.objects(id="union").update(unset__head=1)
    open_case(handler=None)
    fire_due(DUE - 2 * DAY)
    assert told() == [("before", "wu")]
    nobody = Notice.objects.get(sent=False)
    assert (nobody.person, nobody.reason_not_sent["en"]) == (None, "nobody to tell was found")


def test_a_met_clock_tells_nobody_and_the_reason_is_kept():
    case = open_case()
    Complaint.collection().update_one({"_id": case.id}, {"$set": {"clocks.0.state": "met"}})
    assert fire_due(VERY_LATE).done == 0
    assert Notice.objects.count() == 0
    timer = Timer.objects.first()
    assert (timer.state, timer.reason["zh"]) == ("cancelled", "时限已完成或已终止")


def test_cancelling_calls_off_what_is_pending_and_what_is_claimed():
    case = open_case()
    held = timers.claim(DUE, 1, "worker")
    assert timers.cancel(str(case.id), "reply", 1) == 6
    assert timers.fire(held, "worker", now=DUE) == timers.Fired(skipped=1)
    assert Notice.objects.count() == 0


def test_planning_twice_plans_once():
    case = open_case()
    world.plan(case)
    assert Timer.objects.count() == 6


def test_a_late_registration_does_not_remind_of_what_is_past():
    case = open_case()
    Timer.objects.delete()
    world.plan(case, now=DUE + DAY)
    assert states()["before1"] == "cancelled"
    assert Timer.objects.get(rung="before").reason["en"] == "its moment had passed when it was planned"
    fire_due(DUE + DAY)
    assert {rung for rung, _ in told()} == {"at_due"}


def test_the_last_reminder_before_the_deadline_is_still_given():
    case = open_case()
    Timer.objects.delete()
    world.plan(case, now=DUE - DAY)
    fire_due(DUE - DAY)
    assert told() == [("before", "zhao")]


def test_work_sent_back_is_not_told_again_what_was_told():
    case = open_case()
    fire_due(DUE + 2 * DAY)
    case.reload()
    case.clocks[0].round = 2
    world.plan(case, now=DUE + 3 * DAY)
    second = {timer.rung: timer.state for timer in Timer.objects(round=2, n=1)}
    assert second == {"before": "cancelled", "at_due": "cancelled", "late": "cancelled", "later": "pending"}


def test_one_bad_record_stops_nothing_and_is_kept_with_its_error():
    for number in ("TS-1", "TS-2", "TS-3"):
        open_case(number)
    bad = Complaint.get("TS-2")
    Timer.collection().update_many({"case": str(bad.id)}, {"$set": {"ladder": "unknown"}})
    assert fire_due(DUE - 2 * DAY) == timers.Fired(done=2, set_aside=1)
    assert told("TS-1") == told("TS-3") == [("before", "zhao")]
    aside = Timer.objects.get(state="set_aside")
    assert aside.case == str(bad.id)
    assert "unknown_key" in aside.error


def test_a_timer_that_was_set_aside_fires_once_it_is_released():
    case = open_case()
    Timer.collection().update_many({}, {"$set": {"ladder": "unknown"}})
    fire_due(DUE - 2 * DAY)
    Timer.collection().update_many({}, {"$set": {"ladder": "usual"}})
    timers.release(f"{case.id}:reply:1:before:1", actor="root", now=DUE)
    assert timers.fire(timers.claim(DUE - 2 * DAY, 10, "w"), "w", now=DUE - 2 * DAY).done == 1
    assert told() == [("before", "zhao")]


def test_the_oldest_is_claimed_first():
    for number in range(5):
        open_case(f"TS-{number}")
    dues = [timer.due for timer in Timer.objects(id__in=timers.claim(VERY_LATE, 7, "w"))]
    assert sorted(dues) == sorted(timer.due for timer in Timer.objects.order_by("due"))[:7]


def test_a_lease_that_ran_out_is_claimed_again_and_the_first_owner_fires_nothing():
    open_case()
    now = DUE - 2 * DAY
    first = timers.claim(now, 10, "first")
    assert timers.claim(now, 10, "second") == []
    later = now + timers.LEASE
    assert timers.claim(later, 10, "second") == first
    assert timers.fire(first, "first", now=later) == timers.Fired(skipped=1)
    assert timers.fire(first, "second", now=later) == timers.Fired(done=1)
    assert told() == [("before", "zhao")]


def test_a_lease_of_a_day_ahead_holds_nothing_up():
    open_case()
    now = DUE - 2 * DAY
    first = timers.claim(now + DAY, 10, "whose server was a day ahead")
    assert first
    assert timers.claim(now, 10, "second") == first[:1]  # what is due today
    assert timers.claim(now - timers.LEASE, 10, "a moment later") == []


def test_a_timer_that_kills_every_worker_is_set_aside():
    open_case()
    now = DUE - 2 * DAY
    for _ in range(timers.HOPELESS):
        assert timers.claim(now, 10, "doomed")
        now += timers.LEASE
    assert timers.claim(now, 10, "doomed") == []
    assert Timer.objects.get(rung="before").error == timers.KILLED


def test_firing_joins_no_timer_of_another_owner():
    open_case("TS-1")
    open_case("TS-2")
    mine = timers.claim(DUE - 2 * DAY, 1, "me")
    theirs = timers.claim(DUE - 2 * DAY, 1, "them")
    assert timers.fire([*mine, *theirs], "me", now=DUE) == timers.Fired(done=1, skipped=1)


def test_reading_a_notice_takes_it_off_the_badge():
    open_case()
    fire_due(DUE)
    assert notices.unread("zhao") == 2
    newest = notices.inbox("zhao")[0]
    assert notices.mark_read("zhao", [newest.id], now=DUE) == 1
    assert notices.unread("zhao") == 1
    assert notices.mark_read("zhao", now=DUE) == 1
    assert notices.mark_read("wu", [newest.id], now=DUE) == 0


def test_the_ledger_shows_what_was_sent_and_what_was_not():
    case = open_case(recused=["chen"])
    fire_due(DUE)
    assert len(notices.ledger(str(case.id))) == 4
