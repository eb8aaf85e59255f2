"""The ways out are set up, tried, changed and removed by an administrator; secrets are never shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from documents.audit import AuditEntry
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.unit import Unit
from documents.way_out import WayOut
from tests.portal.conftest import NOW, Register, SignIn

ROBOT = {
    "id": "wecom-1",
    "name": "合规部值班群",
    "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={token}",
    "token": "duty_group",
    "units": ["QH-CD"],
    "level": "1",
    "mention": "y",
    "active": "y",
}


def test_a_robot_is_set_up_tried_changed_and_removed(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "{token}" in admin.get("/admin/ways/new/wecom").text
    admin.post("/admin/ways/new/wecom", data=ROBOT)
    made = WayOut.objects.get()
    assert (made.units, made.level, made.mention, made.active) == (["QH-CD"], 1, True, True)
    page = admin.get("/admin/ways/").text
    assert "合规部值班群" in page
    assert "本机没有密钥：duty_group" in page
    monkeypatch.setenv("JUANZONG_WAY_DUTY_GROUP", "top secret")
    pages = admin.get("/admin/ways/").text + admin.get("/admin/ways/wecom-1").text
    assert "本机没有密钥" not in pages
    assert "top secret" not in pages
    admin.post("/admin/ways/wecom-1/test")
    test = OutboxMessage.objects.get()
    assert (test.channel, test.way, test.state) == ("webhook", "wecom-1", "waiting")
    assert test.id in admin.get("/admin/ways/").text
    admin.post("/admin/ways/wecom-1", data={**ROBOT, "name": "值班群", "active": ""})
    assert (WayOut.objects.get().name, WayOut.objects.get().active) == ("值班群", False)
    admin.post("/admin/ways/wecom-1/remove", data={"confirmed": "yes"})
    assert WayOut.objects.count() == 0
    verbs = [entry.verb for entry in AuditEntry.objects(subject="way:wecom-1").order_by("id")]
    assert verbs == ["change_way", "test_way", "change_way", "remove_way"]


def test_what_cannot_work_is_said_on_the_form_that_was_sent(admin: FlaskClient) -> None:
    answer = admin.post(
        "/admin/ways/new/wecom", data={**ROBOT, "url": "http://robot.example/send?key={token}"}
    )
    assert answer.status_code == 409
    assert "JUANZONG_HTTP_HOSTS" in answer.text
    assert 'value="合规部值班群"' in answer.text
    assert admin.get("/admin/ways/new/pigeon").status_code == admin.get("/admin/ways/gone").status_code == 404


def test_a_gateway_keeps_its_headers_and_what_success_is(admin: FlaskClient) -> None:
    gateway = {
        "id": "sms",
        "name": "短信网关",
        "url": "https://sms.example/send",
        "token": "sms_key",
        "method": "POST",
        "headers": "Authorization: Bearer {token}\nX-App: portal",
        "body": '{"to": "{phone}", "msg": "{text}"}',
        "statuses": "200，202",
        "field": "code",
        "value": "0",
        "active": "y",
    }
    guessed = admin.post("/admin/ways/new/sms", data={**gateway, "statuses": "20"})
    assert (guessed.status_code, "请填写三位状态码" in guessed.text) == (422, True)
    admin.post("/admin/ways/new/sms", data=gateway)
    made = WayOut.objects.get()
    assert made.headers == {"Authorization": "Bearer {token}", "X-App": "portal"}
    assert made.success == {"statuses": [200, 202], "field": "code", "value": "0"}
    assert "Authorization: Bearer {token}" in admin.get("/admin/ways/sms").text
    for wrong in ("", "nobody", "138\r\n0000"):
        assert admin.post("/admin/ways/sms/test", data={"to": wrong}).status_code == 409
    for wrong in ("nobody", "a@union.example\r\nBcc: b@union.example"):
        assert admin.post("/admin/ways/mail/test", data={"to": wrong}).status_code == 409
    admin.post("/admin/ways/sms/test", data={"to": "13800000001"})
    assert OutboxMessage.objects.get().to == "13800000001"


def test_dead_messages_are_sent_again_or_cancelled_on_the_clock_page(admin: FlaskClient) -> None:
    common = {"to": "a@b.example", "subject": "催办", "body": "x", "state": "dead", "created_at": NOW}
    for key in ("one", "two", "three"):
        OutboxMessage(id=key, **common).save()
    assert "全部重发" in admin.get("/admin/clock/").text
    admin.post("/admin/clock/mail/one/cancel", data={"reason": "已电话告知"})
    admin.post("/admin/clock/mail/resend-all")
    assert {one.id: one.state for one in OutboxMessage.objects} == {
        "one": "cancelled",
        "two": "waiting",
        "three": "waiting",
    }
    assert "已电话告知" in admin.get("/admin/outbox/details/?id=one").text
    assert admin.post("/admin/clock/mail/one/cancel", data={"reason": "again"}).status_code == 409


def test_why_a_notice_did_not_leave_is_on_the_case_and_on_the_clock_page(
    sign_in: SignIn, admin: FlaskClient, register: Register
) -> None:
    case = register()
    reason = {"zh": "未登记手机号码", "en": "no mobile number on record"}
    title = {"zh": "【临期提醒】答复", "en": "[Due soon] Reply"}
    common = {"kind": "reminder", "case": str(case.id), "number": case.number, "title": title, "at": NOW}
    ways = [{"channel": "sms", "reason": reason}]
    Notice(id="n1", person="cd_clerk", ways=ways, **common).save()
    Notice(
        id="n2", person="cd_head", sent=False, reason_not_sent={"zh": "已回避", "en": "recused"}, **common
    ).save()
    assert "短信：未登记手机号码" in sign_in("cd_clerk").get(f"/cases/{case.number}").text
    assert "已回避" in sign_in("admin").get("/admin/clock/").text


def test_a_person_chooses_how_to_be_told(sign_in: SignIn) -> None:
    client = sign_in("cd_clerk")
    wishes = {
        "ways": ["mail"],
        "phone": "138 0000 0001",
        "quiet_from": "21:00",
        "quiet_to": "08:00",
        "digest_at": "08:30",
    }
    client.post("/profile/telling", data=wishes)
    person = Person.get("cd_clerk")
    assert (person.ways_off, person.quiet, person.digest_at) == (
        ["sms"],
        {"from": "21:00", "to": "08:00"},
        "08:30",
    )
    assert 'value="138 0000 0001"' in client.get("/profile").text
    for wrong in ({"quiet_to": ""}, {"phone": "call me"}, {"digest_at": "soon"}):
        assert client.post("/profile/telling", data={**wishes, **wrong}).status_code == 409
    client.post("/profile/telling", data={})
    person.reload()
    assert (person.ways_off, person.quiet, person.digest_at, person.phone) == (
        ["mail", "sms"],
        {},
        None,
        None,
    )


def test_a_unit_gets_its_leader(admin: FlaskClient) -> None:
    unit = Unit.get("QH-CD")
    form = {"name_zh": unit.name["zh"], "head": unit.head or "", "leader": "intake_head"}
    admin.post("/admin/units/QH-CD", data=form)
    assert Unit.get("QH-CD").leader == "intake_head"
