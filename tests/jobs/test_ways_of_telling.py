"""Over which ways out a rung tells, when the message leaves, and why it does not: kept with the notice."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from documents import policy
from documents.actions import digests, mailing, timers
from documents.audit import AuditEntry
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.unit import Unit
from documents.way_out import WayOut
from tests.jobs import world
from tests.jobs.world import DUE, fire_due, open_case

pytestmark = pytest.mark.usefixtures("small_world")
DAY = timedelta(days=1)
BEFORE = DUE - 2 * DAY  # 9 March, 09:00 in Shanghai


def rewrite(rung: dict[str, Any] | None = None, telling: dict[str, Any] | None = None) -> None:
    """Change the first rung and the policy's way of telling."""
    changed = copy.deepcopy(dict(world.DEFINITION))
    changed["ladders"][0]["rungs"][0] |= rung or {}
    changed["policy"]["telling"] = telling or {}
    Policy.collection().update_one({"key": "small"}, {"$set": {"definition": changed}})
    policy.forget_views()


def reach(person: str = "zhao", **habits: Any) -> None:
    Person.objects(id=person).update(set__phone="13800000001", **{f"set__{k}": v for k, v in habits.items()})


def gateway() -> None:
    WayOut(id="sms", kind="sms", name="短信网关", url="https://sms.example/send").save()


def robot(key: str, **facts: Any) -> None:
    WayOut(id=key, kind="wecom", name=key, url="https://robot.example/", **facts).save()


def ways(**query: Any) -> list[tuple[str, bool, str]]:
    """(channel, whether it leaves, the reason) of the only notice."""
    found = Notice.objects.get(**query).ways
    return [(one["channel"], "at" in one, one.get("reason", {}).get("zh", "")) for one in found]


def test_a_rung_tells_by_mail_and_short_message_in_brief() -> None:
    rewrite({"channels": ["mail", "sms"]})
    reach()
    gateway()
    open_case()
    fire_due(BEFORE)
    assert ways() == [("mail", True, ""), ("sms", True, "")]
    short = OutboxMessage.objects.get(channel="sms")
    assert (short.to, short.way, short.id) == ("13800000001", "sms", Notice.objects.get().id + ":sms")
    assert short.body == "【临期提醒】TS-1 办理并答复，期限 2026-03-11 周三 09:00，尚余2天"
    assert "柜台" not in short.body


def test_what_does_not_leave_has_its_reason() -> None:
    rewrite({"channels": ["mail", "sms", "webhook"]})
    Person.objects(id="zhao").update(unset__email=1)
    open_case()
    fire_due(BEFORE)
    assert ways(person="zhao") == [("mail", False, "未登记电子邮箱"), ("sms", False, "没有配置这一途径")]
    assert ways(person=None) == [("webhook", False, "没有配置这一途径")]
    assert OutboxMessage.objects.count() == 0
    reach(ways_off=["mail", "sms"], email="zhao@union.example")
    gateway()
    open_case("TS-2")
    fire_due(BEFORE)
    off = "本人已关闭此途径"
    assert ways(person="zhao", number="TS-2") == [("mail", False, off), ("sms", False, off)]


def test_a_robot_hears_once_of_its_units_and_levels() -> None:
    rewrite({"channels": ["webhook"]})
    reach()
    robot("all", mention=True)
    robot("branch", units=["union"])
    robot("elsewhere", units=["other"])
    robot("serious", level=2)
    open_case()
    fire_due(BEFORE)
    messages = {one.way: one for one in OutboxMessage.objects}
    assert sorted(messages) == ["all", "branch"]
    assert messages["all"].facts["mobiles"] == ["13800000001"]
    assert "mobiles" not in messages["branch"].facts
    assert messages["all"].facts["limit"]["key"] == "reply"
    assert not any("柜台" in str(one.to_mongo()) for one in messages.values())
    assert [one["name"] for one in Notice.objects.get(person=None).ways] == ["all", "branch"]


def test_at_night_it_is_in_the_portal_at_once_and_leaves_in_the_morning() -> None:
    rewrite(telling={"quiet": {"from": "18:00", "to": "10:30"}})
    open_case()
    fire_due(BEFORE)
    notice = Notice.objects.get()
    assert (notice.sent, notice.at) == (True, BEFORE)
    assert ways() == [("mail", True, "处于免打扰时段，结束后发出")]
    assert OutboxMessage.objects.get().next_at == BEFORE + timedelta(minutes=90)
    assert mailing.claim(BEFORE + timedelta(minutes=89), 9, "me") == []
    assert len(mailing.claim(BEFORE + timedelta(minutes=90), 9, "me")) == 1


def test_a_digest_collects_reminders_and_no_escalation() -> None:
    reach(digest_at="08:30")
    for number in ("TS-1", "TS-2", "TS-3"):
        open_case(number)
    fire_due(BEFORE)
    morning = BEFORE + timedelta(hours=23, minutes=30)
    assert {one.next_at for one in OutboxMessage.objects(state="collected")} == {morning}
    assert ways(number="TS-1") == [("mail", True, "并入每日汇总")]
    assert digests.gather(morning - timedelta(seconds=1)) == 0
    timers.cancel(str(Notice.objects.get(number="TS-2").case), "reply", 1)
    assert OutboxMessage.objects.get(number="TS-2").state == "cancelled"
    assert (digests.gather(morning), digests.gather(morning)) == (1, 0)
    digest = OutboxMessage.objects.get(state="waiting")
    assert digest.subject == "【每日汇总】2 项提醒"
    assert digest.body.count("的期限为") == 2
    assert {one.into for one in OutboxMessage.objects(state="gathered")} == {digest.id}
    fire_due(DUE)
    assert OutboxMessage.objects(number="TS-1", person="zhao", state="waiting").count() == 1


def test_a_leader_is_told_and_the_policy_names_who_watches() -> None:
    rewrite({"tell": [{"is": "leader", "at": "handling"}, {"is": "handler"}]}, {"watching": ["intake"]})
    Unit.objects(id="branch").update(set__leader="xu")
    open_case(handler=None)
    fire_due(BEFORE)
    assert sorted(one.person for one in Notice.objects(sent=True)) == ["wu", "xu"]


def test_dead_messages_are_sent_again_together_and_cancelled_with_a_reason() -> None:
    open_case("TS-1")
    open_case("TS-2")
    fire_due(BEFORE)
    OutboxMessage.objects.update(set__state="dead")
    first, second = (one.id for one in OutboxMessage.objects.order_by("id"))
    with pytest.raises(RuleBroken, match="cancel_without_reason"):
        mailing.cancel(first, "  ", actor="root", now=BEFORE)
    mailing.cancel(first, "已电话告知", actor="root", now=BEFORE)
    assert (OutboxMessage.objects.get(id=first).reason, mailing.resend_all(actor="root", now=BEFORE)) == (
        "已电话告知",
        1,
    )
    assert OutboxMessage.objects.get(id=second).state == "waiting"
    with pytest.raises(RuleBroken, match="message_not_waiting"):
        mailing.cancel(first, "again", actor="root", now=BEFORE)
    assert {entry.verb for entry in AuditEntry.objects(by="root")} == {"cancel_message", "resend_all"}
