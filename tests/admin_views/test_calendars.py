"""The calendar: what a change would do is shown first; then dates and reminders move with their events."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import calendars
from documents.actions.calendars import MAKEUP, OFF, ORDINARY, CalendarEdit
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.events import broken_at
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.holiday_notices import YearDays
from documents.timer import Timer
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord
from tests.portal.conftest import NOW, Perform, Register, SignIn

DAY = {"day": "2026-02-26", "kind": "off", "name": "防汛停业"}  # the Thursday after NOW


@pytest.fixture
def at_intake(register: Register, perform: Perform) -> Complaint:
    """Due to be supervised at the end of Thursday 26 February."""
    return perform(register(), "report", "cd_clerk", reason_unsolved="须协调", explained="true")


def due(case: Complaint, limit: str = "supervise") -> str:
    clock = Complaint.get(case.number).running(limit)
    assert clock is not None
    return f"{clock.due_at:%m-%d %H:%M}"


def confirm(admin: FlaskClient, address: str, sent: dict[str, Any]) -> Any:
    shown = admin.post(address, data=sent)
    seen = re.search(r'name="seen" value="([^"]+)"', shown.text)
    assert seen, shown.text[-2000:]
    return admin.post(address, data={**sent, "confirmed": "yes", "seen": seen[1]}, follow_redirects=True)


def test_a_year_at_a_glance(admin: FlaskClient) -> None:
    page = admin.get("/admin/calendars/cn/2026").text
    assert "春节" in page
    assert "2026-02-15 周日 – 2026-02-23 周一" in page
    assert page.count('class="month"') == 12
    assert "16 个工作日" in page
    assert "未载入" in admin.get("/admin/calendars/cn/2027").text


def test_the_consequences_come_first(admin: FlaskClient, at_intake: Complaint) -> None:
    assert due(at_intake) == "02-26 15:59"
    page = admin.post("/admin/calendars/cn/2026/day", data=DAY).text
    assert "还没有保存" in page
    assert at_intake.number in page
    assert "2026-02-26 周四 24:00" in page
    assert "2026-02-27 周五 24:00" in page
    assert due(at_intake) == "02-26 15:59"
    assert "2026-02-26" not in WorkCalendarRecord.get("cn").definition["days_off"]


def test_a_day_off_moves_deadline_and_reminders(admin: FlaskClient, at_intake: Complaint) -> None:
    before = {(timer.rung, timer.due) for timer in Timer.objects(case=str(at_intake.id), limit="supervise")}
    answer = confirm(admin, "/admin/calendars/cn/2026/day", DAY)
    assert "1 件在办投诉的期限随之重算" in answer.text
    case = Complaint.get(at_intake.number)
    clock = case.running("supervise")
    assert clock is not None
    assert (due(case), clock.round) == ("02-27 15:59", 2)
    assert any("防汛停业" in line["zh"] for line in clock.explanation)
    assert case.next_due == clock.due_at
    assert (case.events[-1].verb, case.events[-1].note) == ("recount", "出具督办表 2026-02-26 → 2026-02-27")
    assert broken_at(case.events) is None
    timers = list(Timer.objects(case=str(case.id), limit="supervise"))
    assert {timer.state for timer in timers if timer.round == 1} == {"cancelled"}
    after = {(timer.rung, timer.due) for timer in timers if timer.round == 2}
    assert {rung for rung, _ in after} == {rung for rung, _ in before}
    assert not after & before
    assert AuditEntry.objects.get(verb="change_calendar").facts["cases"] == 1


def test_a_makeup_day_brings_the_deadline_forward(admin: FlaskClient, at_intake: Complaint) -> None:
    confirm(admin, "/admin/calendars/cn/2026/day", DAY)
    confirm(admin, "/admin/calendars/cn/2026/day", {**DAY, "kind": "ordinary", "name": ""})
    assert due(at_intake) == "02-26 15:59"


def test_what_people_decided_stays(admin: FlaskClient, register: Register, perform: Perform) -> None:
    case = register(who="intake_clerk", forwarded="true", superior_body="银监分局", superior_due="2026-03-02")
    assert due(case, "superior") == "03-02 15:59"
    confirm(admin, "/admin/calendars/cn/2026/day", {**DAY, "day": "2026-02-27"})
    assert due(case, "superior") == "03-02 15:59"


def test_an_approved_extension_stays(admin: FlaskClient, register: Register, perform: Perform) -> None:
    case = perform(register(), "report", "cd_clerk", reason_unsolved="须核实", explained="true")
    sheet = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实"}
    case = perform(perform(case, "supervise", "intake_clerk", **sheet), "sign", "qs_handler")
    case = perform(case, "ask_extension", "qs_handler", extension_until="2026-03-20", extension_reason="复杂")
    perform(case, "approve_extension", "intake_head", decision_note="同意")
    confirm(admin, "/admin/calendars/cn/2026/day", {**DAY, "day": "2026-03-02"})
    assert due(case, "handle") == "03-20 15:59"


def test_closed_cases_are_left_alone(admin: FlaskClient, register: Register, perform: Perform) -> None:
    case = register(who="intake_clerk")
    closed = perform(case, "withdraw", "intake_clerk", withdrawal_reason="撤回")
    confirm(admin, "/admin/calendars/cn/2026/day", DAY)
    assert Complaint.get(closed.number).revision == closed.revision


NOTICE = {
    "year": "2027",
    "source": "国办发明电〔2026〕9号",
    "text": "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n"
    "二、春节：2月6日至12日放假调休。2月20日（周六）上班。",
}


def test_a_yearly_notice_covers_the_year(admin: FlaskClient) -> None:
    answer = confirm(admin, "/admin/calendars/cn/2027/notice", NOTICE)
    assert "2027 年放假安排已载入" in answer.text
    record = WorkCalendarRecord.get("cn")
    assert 2027 in record.definition["covered_years"]
    assert record.definition["days_off"]["2027-02-06"] == "春节"
    assert record.definition["makeup_days"] == {**record.definition["makeup_days"], "2027-02-20": "春节"}
    assert record.sources["2027"] == "国办发明电〔2026〕9号"
    assert record.definition["days_off"]["2026-02-17"] == "春节", "other years stay"


def test_a_second_notice_replaces_the_year(admin: FlaskClient) -> None:
    confirm(admin, "/admin/calendars/cn/2027/notice", NOTICE)
    sent = {**NOTICE, "text": "一、元旦：1月1日放假。"}
    confirm(admin, "/admin/calendars/cn/2027/notice", sent)
    days = WorkCalendarRecord.get("cn").definition["days_off"]
    assert [day for day in days if day.startswith("2027")] == ["2027-01-01"]


def test_a_notice_makes_uncertain_dates_certain(admin: FlaskClient, register: Register) -> None:
    december = datetime(2026, 12, 20, 2, tzinfo=UTC)
    case = register(now=december, received_at="2026-12-20T09:00:00+08:00")
    cap = Complaint.get(case.number).running("cap")
    assert cap is not None
    answer = confirm(admin, "/admin/calendars/cn/2027/notice", NOTICE)
    assert "期限随之重算" in answer.text
    assert Complaint.get(case.number).running("cap").due_at == cap.due_at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("address", "sent", "words"),
    [
        ("2026/day", {**DAY, "day": ""}, "请填写此项"),
        ("2026/day", {**DAY, "day": "someday"}, "请填写日期"),
        ("2026/day", {**DAY, "kind": "party"}, "所选项已不存在"),
        ("2026/day", {**DAY, "name": "长" * 21}, "最多 20 字"),
        ("2026/day", {"day": "2026-02-25", "kind": "ordinary"}, "没有需要保存的变更"),
        ("2027/notice", {**NOTICE, "text": "天气不错"}, "没有从文字中认出放假安排"),
        ("2027/notice", {**NOTICE, "year": "2026"}, None),
        ("2027/notice", {**NOTICE, "year": "many"}, "请填写数字"),
        ("2027/notice", {**NOTICE, "year": "99999"}, "2000 至 2100"),
        ("2027/notice", {**NOTICE, "text": '{"days_off": {"2026-01-01": "元旦"}}'}, "属于 2026 年"),
        ("2027/notice", {**NOTICE, "text": ""}, "请填写此项"),
        ("2027/notice", {**NOTICE, "source": ""}, "请填写此项"),
    ],
)
def test_bad_input_changes_nothing(
    admin: FlaskClient, address: str, sent: dict[str, str], words: str | None
) -> None:
    before = WorkCalendarRecord.get("cn").definition
    answer = admin.post(f"/admin/calendars/cn/{address}", data={**sent, "confirmed": ""})
    if words is not None:
        assert answer.status_code in (409, 422)
        assert re.search(words, answer.text)
        assert NOTICE["text"][:10] in answer.text or "notice" not in address or sent["text"] != NOTICE["text"]
    assert WorkCalendarRecord.get("cn").definition == before


@pytest.mark.parametrize(
    "page", ["/admin/calendars/xx/2026", "/admin/calendars/cn/1999", "/admin/calendars/cn/9999"]
)
def test_calendars_and_years_that_do_not_exist(admin: FlaskClient, page: str) -> None:
    assert admin.get(page).status_code == 404


def test_a_stale_page_saves_nothing(admin: FlaskClient) -> None:
    stale = WorkCalendarRecord.get("cn").changed_at.isoformat()
    confirm(admin, "/admin/calendars/cn/2026/day", DAY)
    sent = {**DAY, "day": "2026-03-05", "confirmed": "yes", "seen": stale}
    answer = admin.post("/admin/calendars/cn/2026/day", data=sent)
    assert answer.status_code == 409
    assert "已被他人修改" in answer.text
    assert "2026-03-05" not in WorkCalendarRecord.get("cn").definition["days_off"]


def test_two_administrators_at_once(policy: Any) -> None:
    actor, seen = Person.get("admin"), WorkCalendarRecord.get("cn").changed_at

    def attempt(day: int) -> str:
        edit = CalendarEdit({date(2026, 3, day): (OFF, "停业")})
        try:
            calendars.change_calendar("cn", edit, seen=seen, actor=actor, now=NOW)
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (4, 5))) == ["", "calendar_changed_meanwhile"]


def test_days_that_contradict_are_refused(policy: Any) -> None:
    notice = YearDays(2027, {date(2027, 1, 1): "元旦"}, {date(2027, 1, 1): "元旦"})
    with pytest.raises(RuleBroken, match="calendar_invalid"):
        calendars.preview("cn", CalendarEdit(notice=notice))


def test_a_day_has_one_meaning(policy: Any) -> None:
    record = WorkCalendarRecord.get("cn")
    day = date(2026, 2, 14)  # a make-up Saturday
    assert "2026-02-14" in record.definition["makeup_days"]
    changed = calendars.edited(record.definition, CalendarEdit({day: (OFF, "停业")}))
    assert ("2026-02-14" in changed["days_off"], "2026-02-14" in changed["makeup_days"]) == (True, False)
    plain = calendars.edited(record.definition, CalendarEdit({day: (ORDINARY, "")}))
    assert "2026-02-14" not in {**plain["days_off"], **plain["makeup_days"]}
    back = calendars.edited(plain, CalendarEdit({day: (MAKEUP, "春节")}))
    assert back["makeup_days"]["2026-02-14"] == "春节"


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
        (date(2027, 6, 1), 2027),
        (date(2025, 11, 1), None),
    ],
)
def test_the_alarm_begins_on_the_first_of_november(policy: Any, today: date, missing: int | None) -> None:
    assert calendars.missing_year(WorkCalendarRecord.get("cn"), today) == missing


def test_only_administrators_are_alarmed(app: Flask, sign_in: SignIn) -> None:
    november = datetime(2026, 11, 1, 1, tzinfo=UTC)
    app.config["CLOCK"] = lambda: november
    assert "还没有载入 2027 年放假安排" in sign_in("admin").get("/admin/people/").text
    assert "还没有载入 2027 年放假安排" in sign_in("admin").get("/profile").text
    assert "还没有载入 2027 年放假安排" not in sign_in("cd_clerk").get("/profile").text
    app.config["CLOCK"] = lambda: NOW
    assert "还没有载入 2027 年放假安排" not in sign_in("admin").get("/profile").text


def test_a_calendar_says_where_it_is_used_and_stays_while_it_is(
    admin: FlaskClient, at_intake: Complaint
) -> None:
    admin.post("/admin/designer/p01/start")
    Unit.objects(id="QH-CD").update(set__calendar="cn")
    page = admin.get("/admin/calendars/cn/2026").text
    assert "第 1 版 · 在办 1 件" in page
    assert '<a href="/admin/policies/p01/1/limits/supervise">时限 出具督办表</a>' in page
    assert '<a href="/admin/designer/p01/ladders/main">提醒阶梯 办理答复阶梯</a>' in page
    assert '<a href="/admin/units/QH-CD">城东信用社</a>' in page
    assert "没有保存" not in page

    refused = admin.post("/admin/calendars/cn/delete", data={"confirmed": "yes"})
    assert refused.status_code == 409
    assert "日历“cn”还在 3 处使用" in refused.text
    assert "时限 出具督办表" in refused.text
    assert WorkCalendarRecord.objects(id="cn").count() == 1


def test_a_calendar_that_nothing_names_is_deleted(admin: FlaskClient) -> None:
    spare = WorkCalendarRecord.get("cn")
    WorkCalendarRecord(id="spare", name={"zh": "备用", "en": "Spare"}, definition=spare.definition).save()
    assert "没有制度或单位使用这份日历" in admin.get("/admin/calendars/spare/2026").text
    assert "删除后不能恢复" in admin.post("/admin/calendars/spare/delete").text
    gone = admin.post("/admin/calendars/spare/delete", data={"confirmed": "yes"}, follow_redirects=True)
    assert "日历已删除" in gone.text
    assert WorkCalendarRecord.objects(id="spare").first() is None
    entry = AuditEntry.objects(verb="delete_calendar").first()
    assert entry is not None
    assert entry.subject == "calendar:spare"
