"""The clock, the mail, the duties, the audit trail and the supervision by unit."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from redis import Redis
from werkzeug.datastructures import FileStorage

from documents import files
from documents.actions import duties
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.duty import Duty
from documents.heartbeat import beat
from documents.outbox import OutboxMessage
from documents.timer import Timer
from documents.unit import Unit
from documents.upload import Upload
from jobs import queues
from tests.portal.conftest import NOW, Register, SignIn


@pytest.fixture
def aside(register: Register) -> Timer:
    """A reminder that was set aside."""
    case = register()
    timer = Timer.objects(case=str(case.id)).first()
    change = {"state": "set_aside", "attempts": 6, "error": "KeyError: '<handling>'"}
    Timer.collection().update_one({"_id": timer.id}, {"$set": change})
    return Timer.objects.get(id=timer.id)


@pytest.fixture
def dead(policy: Any) -> OutboxMessage:
    """A message that could not be sent."""
    return OutboxMessage(
        id="t:1:cd_clerk:mail",
        to="gone@qinghe.example",
        subject="到期未结",
        body="正文",
        state="dead",
        attempts=8,
        last_error="550 no such user",
        created_at=NOW,
    ).save()


def test_what_was_set_aside_is_shown_with_its_error(admin: FlaskClient, aside: Timer) -> None:
    page = admin.get("/admin/clock/").text
    assert "KeyError: &#39;&lt;handling&gt;&#39;" in page
    assert Complaint.objects.first().number in page
    assert "再试一次" in page


def test_a_timer_tries_again_once(admin: FlaskClient, aside: Timer) -> None:
    assert admin.post(f"/admin/clock/timers/{aside.id}/release").status_code == 302
    assert Timer.objects.get(id=aside.id).state == "pending"
    assert AuditEntry.objects.get(verb="release").by == "admin"
    again = admin.post(f"/admin/clock/timers/{aside.id}/release")
    assert again.status_code == 409
    assert "已不在搁置状态" in again.text


def test_all_that_was_set_aside_tries_again(admin: FlaskClient, aside: Timer, register: Register) -> None:
    other = Timer.objects(case=str(register().id)).first()
    Timer.objects(id=other.id).update(set__state="set_aside")
    assert admin.post("/admin/clock/timers/release-all").status_code == 302
    assert {Timer.objects.get(id=one.id).state for one in (aside, other)} == {"pending"}
    assert AuditEntry.objects.get(verb="release_all").facts["count"] == 2


def test_the_clock_page_says_what_it_would_fire_now_and_why_not(admin: FlaskClient, aside: Timer) -> None:
    due = Timer.objects(case=aside.case, state="pending").first()
    Timer.objects(id=due.id).update(set__due=NOW - timedelta(minutes=3))
    page = admin.get("/admin/clock/rehearsal").text
    fires, waits = page.split("不会触发，及原因")
    number = Complaint.objects.get(id=aside.case).number
    assert number in fires
    assert "王敏" in fires, "whom it would tell"
    assert "已搁置，待人工处理" in waits
    assert "未到时刻" in waits
    assert Timer.objects.get(id=due.id).state == "pending", "nothing is written"


def test_a_dead_message_is_sent_again_once(admin: FlaskClient, dead: OutboxMessage) -> None:
    assert "550 no such user" in admin.get("/admin/clock/").text
    sent = admin.post(f"/admin/clock/mail/{dead.id}/resend", data={"back": "/admin/outbox/"})
    assert sent.location == "/admin/outbox/"
    assert OutboxMessage.objects.get(id=dead.id).state == "waiting"
    assert "已不在失败状态" in admin.post(f"/admin/clock/mail/{dead.id}/resend").text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil", ""])
def test_a_button_never_leads_out_of_the_house(admin: FlaskClient, dead: OutboxMessage, back: str) -> None:
    sent = admin.post(f"/admin/clock/mail/{dead.id}/resend", data={"back": back})
    assert sent.location == "/admin/clock/"


@pytest.mark.parametrize("address", ["timers/gone/release", "mail/gone/resend"])
def test_what_is_gone_is_refused_in_words(admin: FlaskClient, address: str) -> None:
    answer = admin.post(f"/admin/clock/{address}")
    assert answer.status_code == 409
    assert "请刷新查看" in answer.text


def test_clocks_show_whether_they_live(admin: FlaskClient) -> None:
    beat("clock:alive:1", "clock", now=NOW, facts={})
    beat("clock:silent:2", "clock", now=NOW - timedelta(minutes=5), facts={})
    page = admin.get("/admin/clock/").text
    assert "正常" in page[page.index("clock:alive:1") :][:400]
    assert "无响应" in page[page.index("clock:silent:2") :][:400]


def test_queues_show_what_waits(admin: FlaskClient, queue_connection: Redis) -> None:
    queues.enqueue(queues.PAPER, queues.FIND_PAPERS, NOW.isoformat())
    page = admin.get("/admin/clock/").text
    row = page[page.index("<code>paper</code>") :][:300]
    assert "最早的自" in row
    assert '<td class="right figure">1</td>' in row
    assert "没有工作进程" in page


def test_a_failed_job_is_shown_with_its_error_and_tries_again(
    admin: FlaskClient, queue_connection: Redis
) -> None:
    queues.enqueue(queues.DEFAULT, queues.DELIVER, ["gone"], "nobody", "no moment")
    queues.worker([queues.DEFAULT], name="worker-of-the-test").work(burst=True)
    page = admin.get("/admin/clock/live").text
    assert "1 个失败的任务" in page
    failure = page[page.index("发送邮件") :][:400]
    assert "worker-of-the-test" in failure
    assert "ValueError" in failure
    assert "截至 " in page
    assert "<html" not in page
    assert admin.post("/admin/clock/queues/default/retry").status_code == 302
    assert queues.backlog(queues.DEFAULT) == 1
    assert admin.post("/admin/clock/queues/nothing/retry").status_code == 404


def test_the_page_stands_without_valkey(admin: FlaskClient, valkey_url: str) -> None:
    queues.connect("redis://127.0.0.1:1/0")
    try:
        answer = admin.get("/admin/clock/")
    finally:
        queues.connect(valkey_url)
    assert answer.status_code == 200
    assert "Valkey 没有应答" in answer.text


def test_lists_filter_by_state_and_day(admin: FlaskClient, aside: Timer) -> None:
    assert aside.id.split(":")[0] in admin.get("/admin/timers/?flt0_0=set_aside").text
    assert "没有符合条件的记录" in admin.get("/admin/timers/?flt0_0=claimed").text
    assert "没有符合条件的记录" in admin.get("/admin/timers/?flt1_1=2040-01-01").text
    answer = admin.get("/admin/timers/?flt1_1=someday")
    assert "无法识别，已忽略" in answer.text


# duties


@pytest.fixture
def duty(policy: Any) -> Duty:
    """The half-year report that the intake department owes on 15 June."""
    duties.plan(now=NOW)
    found: Duty = Duty.objects(key="half_year_report", unit="QH-SL").order_by("due_at").first()
    return found


def test_duties_are_shown_with_their_due_date(sign_in: SignIn, duty: Duty) -> None:
    page = sign_in("intake_head").get("/admin/duties/").text
    assert "上半年投诉管理运行报告" in page
    assert "2026-06-15 周一 24:00" in page
    assert page.count("登记完成") >= 1
    seen = sign_in("intake_clerk").get("/admin/duties/").text
    assert "上半年投诉管理运行报告" in seen
    assert "登记完成" not in seen, "only its owner completes it"


def test_a_duty_is_completed_with_words_and_paper(sign_in: SignIn, duty: Duty) -> None:
    client = sign_in("intake_head")
    paper = FileStorage(io.BytesIO("收文回执".encode()), filename="回执.txt")
    sent = {"words": "已报当地监管部门", "paper": paper}
    assert client.post(f"/admin/duties/{duty.id}/complete", data=sent).status_code == 302
    done = Duty.objects.get(id=duty.id)
    assert (done.state, done.completed_by, done.evidence["name"]) == ("done", "intake_head", "回执.txt")
    assert files.read(done.evidence["file_id"]).decode() == "收文回执"
    assert Upload.objects.count() == 0
    page = client.get("/admin/duties/?month=6").text
    assert "已报当地监管部门" in page
    assert "1 / 1" in page
    assert "回执.txt" in client.get(f"/admin/duties/one/{duty.id}").text
    answer = client.get(f"/admin/duties/{duty.id}/evidence")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert AuditEntry.objects(verb="read_file", subject=f"duty:{duty.id}").count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"words": "  "}, "请填写完成情况说明，或上传凭据"),
        ({"words": "长" * 1001}, "最多 1000 字"),
        ({"words": "", "paper": ("空.txt", b"")}, "空.txt 是空的"),
    ],
)
def test_a_duty_needs_evidence(sign_in: SignIn, duty: Duty, sent: dict[str, Any], words: str) -> None:
    if "paper" in sent:
        name, content = sent["paper"]
        sent = {**sent, "paper": FileStorage(io.BytesIO(content), filename=name)}
    answer = sign_in("intake_head").post(f"/admin/duties/{duty.id}/complete", data=sent)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert Duty.objects.get(id=duty.id).state == "open"


@pytest.mark.parametrize("person", ["intake_clerk", "admin"])
def test_only_its_owner_completes_a_duty(sign_in: SignIn, duty: Duty, person: str) -> None:
    paper = FileStorage(io.BytesIO(b"x"), filename="x.txt")
    answer = sign_in(person).post(f"/admin/duties/{duty.id}/complete", data={"words": "好", "paper": paper})
    assert answer.status_code == 409
    assert "只有承担该任务的岗位" in answer.text
    assert Duty.objects.get(id=duty.id).state == "open"


def test_a_duty_is_completed_once(sign_in: SignIn, duty: Duty) -> None:
    client = sign_in("intake_head")
    client.post(f"/admin/duties/{duty.id}/complete", data={"words": "第一次"})
    answer = client.post(f"/admin/duties/{duty.id}/complete", data={"words": "第二次"})
    assert "这项任务已登记完成" in answer.text
    assert Duty.objects.get(id=duty.id).evidence["words"] == "第一次"


def test_a_mistaken_done_is_undone_and_its_evidence_stays_to_be_read(sign_in: SignIn, duty: Duty) -> None:
    client = sign_in("intake_head")
    paper = FileStorage(io.BytesIO("收文回执".encode()), filename="回执.txt")
    sent = {"words": "报错了期间", "paper": paper, "done_at": "2026-02-23T10:00"}
    client.post(f"/admin/duties/{duty.id}/complete", data=sent)
    assert Duty.objects.get(id=duty.id).done_at == datetime(2026, 2, 23, 2, tzinfo=UTC)
    refused = client.post(f"/admin/duties/{duty.id}/reopen", data={"reason": ""})
    assert (refused.status_code, "请写明理由" in refused.text) == (409, True)
    client.post(f"/admin/duties/{duty.id}/reopen", data={"reason": "期间报错"})
    page = client.get(f"/admin/duties/one/{duty.id}").text
    assert "期间报错" in page
    assert "登记完成" in page
    kept = client.get(f"/admin/duties/{duty.id}/evidence?turn=0")
    assert kept.data.decode() == "收文回执"
    assert client.get(f"/admin/duties/{duty.id}/evidence").status_code == 404
    assert client.get(f"/admin/duties/{duty.id}/evidence?turn=7").status_code == 404


def test_a_head_waives_and_the_filters_and_the_sheet_follow(sign_in: SignIn, duty: Duty) -> None:
    Unit.objects(id=duty.unit).update(head="intake_head")
    assert sign_in("intake_clerk").post(f"/admin/duties/{duty.id}/waive", data={"reason": "不"}).status_code
    assert Duty.objects.get(id=duty.id).state == "open"
    client = sign_in("intake_head")
    client.post(f"/admin/duties/{duty.id}/waive", data={"reason": "本期无投诉"})
    page = client.get(f"/admin/duties/?state=waived&unit={duty.unit}&duty=p01:half_year_report").text
    assert "本期无投诉" in page
    assert "没有符合条件的周期事项" in client.get("/admin/duties/?state=late").text
    answer = client.get("/admin/duties/export?month=all")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    found = next(row for row in rows if row[0] == "上半年投诉管理运行报告")
    assert found[2:5] == ("2026 年全年", "2026-06-15 周一 24:00", "不适用")
    assert found[8] == "本期无投诉"
    assert AuditEntry.objects(verb="export", subject="duties").count() == 1


def test_duties_of_others_are_out_of_reach(sign_in: SignIn, duty: Duty) -> None:
    outside = sign_in("hk_head")
    assert outside.get(f"/admin/duties/one/{duty.id}").status_code in (403, 404)
    assert "上半年投诉管理运行报告" not in outside.get("/admin/duties/?month=all").text
    assert outside.get(f"/admin/duties/{duty.id}/evidence").status_code in (403, 404)


def test_counted_duties_show_how_many_were_done(sign_in: SignIn, duty: Duty) -> None:
    raw = Duty.collection().find_one({"_id": duty.id})
    due = datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)
    month = {"first": "2026-02-01", "last": "2026-02-28"}
    for number, state in ((1, "done"), (2, "open")):
        change = {"_id": f"p01:meetings:{duty.unit}:2026-02-28:{number}", "due_at": due, "period": month}
        label = {"zh": "客户座谈", "en": "Meetings"}
        Duty.collection().insert_one({**raw, **change, "state": state, "label": label, "key": raw["key"]})
    page = sign_in("intake_head").get("/admin/duties/").text
    assert "本期应 2 次，已完成 1 次" in page
    assert "2026 年 2 月" in page
    assert page.count(">1 / 2<") == 2, "the month of the strip, and the period"


# audit


def test_the_trail_is_filtered_by_case_person_verb_and_time(admin: FlaskClient, register: Register) -> None:
    case, other = register(), register(who="hk_clerk")
    page = admin.get(f"/admin/audit/?flt0_0={case.number}").text
    assert case.number in page
    assert other.number not in page
    assert other.number in admin.get("/admin/audit/?flt1_1=hk_clerk&flt2_2=register").text
    assert case.number not in admin.get("/admin/audit/?flt1_1=hk_clerk&flt2_2=register").text
    assert "没有符合条件的记录" in admin.get("/admin/audit/?flt2_2=register&flt3_3=2026-02-25").text
    assert case.number in admin.get("/admin/audit/?flt3_3=2026-02-24&flt4_4=2026-02-24").text


def test_the_trail_is_exported_whole(admin: FlaskClient, register: Register) -> None:
    case = register()
    answer = admin.get(f"/admin/audit/export/csv/?flt0_0={case.number}")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,操作人,操作,对象,内容"
    assert sum("登记" in line and "王敏" in line for line in lines) == 1


def test_long_lists_are_paged(admin: FlaskClient) -> None:
    rows = [
        {"at": NOW, "by": "admin", "verb": "read", "subject": f"TS-{n}", "facts": {}} for n in range(1200)
    ]
    AuditEntry.collection().insert_many(rows)
    first = admin.get("/admin/audit/").text
    assert "共 1000+ 条" in first
    assert first.count("data-row-target") == 50
    last = admin.get("/admin/audit/?page=20").text
    assert "请缩小筛选范围" in last


# supervision


def test_units_are_counted_with_links(sign_in: SignIn, register: Register) -> None:
    case = register()
    Complaint.objects(id=case.id).update(set__next_due=NOW - timedelta(days=1), set__escalation=2)
    register(who="hk_clerk")
    page = sign_in("intake_head").get("/admin/supervision/").text
    assert "合规与消费者权益保护部" in page
    assert case.number in page
    assert "due=overdue" in page
    assert "二级以上 1" in page


def test_nobody_counts_what_they_may_not_see(sign_in: SignIn, register: Register) -> None:
    case = register(who="hk_clerk")
    Complaint.objects(id=case.id).update(set__next_due=NOW - timedelta(days=1), set__escalation=2)
    assert case.number not in sign_in("cd_head").get("/admin/supervision/").text
    assert "没有在办投诉" in sign_in("cd_head").get("/admin/supervision/").text
    assert case.number in sign_in("hk_head").get("/admin/supervision/").text
    Complaint.objects(id=case.id).update(set__recused=["hk_head"])
    assert case.number not in sign_in("hk_head").get("/admin/supervision/").text


def test_administrators_hear_on_every_page_that_no_clock_runs(admin: FlaskClient, sign_in: SignIn) -> None:
    assert "时钟从未运行" in admin.get("/profile").text
    beat("clock:here:1", "clock", now=NOW - timedelta(minutes=2), facts={})
    assert "提醒和升级不会触发" not in admin.get("/profile").text
    beat("clock:here:1", "clock", now=NOW - timedelta(minutes=3), facts={})
    assert "起没有响应，提醒和升级不会触发" in admin.get("/admin/people/").text
    assert "没有响应" not in sign_in("cd_clerk").get("/profile").text
