"""The calendar: what a change would do is shown first; then dates and reminders move with their events."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from documents.actions import calendars, duties
from documents.actions.calendars import Scope
from documents.audit import AuditEntry
from documents.calendar_change import CalendarChange
from documents.complaint import Complaint
from documents.duty import Duty
from documents.events import broken_at
from documents.missing_years import missing_year
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.calendar_edits import MAKEUP, OFF, ORDINARY, CalendarEdit, DayChange, edited
from documents.rules.holiday_notices import YearDays
from documents.timer import Timer
from documents.unit import Unit
from documents.what_if import WhatIf
from documents.work_calendar import WorkCalendarRecord, calendar_named
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


def considered(admin: FlaskClient, address: str, sent: dict[str, Any]) -> tuple[str, str]:
    """The page that shows what the change would move, and its address."""
    shown = admin.post(address, data=sent, content_type="multipart/form-data")
    assert shown.status_code == 302, shown.text[-2000:]
    return admin.get(shown.location).text, shown.location


def confirm(admin: FlaskClient, address: str, sent: dict[str, Any], **choice: str) -> Any:
    _, where = considered(admin, address, sent)
    return admin.post(f"{where}/do", data={"scope": "all", **choice}, follow_redirects=True)


def test_a_year_at_a_glance(admin: FlaskClient) -> None:
    page = admin.get("/admin/calendars/cn/2026").text
    assert "春节" in page
    assert "2026-02-15 周日 – 2026-02-23 周一" in page
    assert page.count('class="month"') == 12
    assert "16 个工作日" in page
    assert "未载入" in admin.get("/admin/calendars/cn/2027").text


def test_the_consequences_come_first(admin: FlaskClient, at_intake: Complaint) -> None:
    assert due(at_intake) == "02-26 15:59"
    page, where = considered(admin, "/admin/calendars/cn/2026/day", DAY)
    assert "还没有保存" in page
    assert at_intake.number in page
    assert "2026-02-26 周四 24:00" in page
    assert "2026-02-27 周五 24:00" in page
    book = load_workbook(BytesIO(admin.get(f"{where}/list.xlsx").data)).active
    [head, line] = list(book.iter_rows(values_only=True))
    assert (head[0], line[0], line[4][:10], line[5][:10]) == (
        *("编号", at_intake.number),
        *("2026-02-26", "2026-02-27"),
    )
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
    assert AuditEntry.objects.get(verb="move_deadlines").facts["cases"] == 1
    assert AuditEntry.objects.get(verb="change_calendar").facts["scope"] == "all"


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
        ("2026/day", {**DAY, "day": "9999-12-31"}, "请填写日期"),
        ("2026/day", {**DAY, "kind": "party"}, "所选项已不存在"),
        ("2026/day", {**DAY, "name": "长" * 21}, "最多 20 字"),
        ("2026/day", {"day": "2026-02-25", "kind": "ordinary"}, "没有需要保存的变更"),
        ("2027/notice", {**NOTICE, "text": "天气不错"}, "没有从内容中认出放假安排"),
        ("2027/notice", {**NOTICE, "year": "2026"}, None),
        ("2027/notice", {**NOTICE, "year": "many"}, "请填写数字"),
        ("2027/notice", {**NOTICE, "year": "99999"}, "2000 至 2100"),
        ("2027/notice", {**NOTICE, "text": '{"days_off": {"2026-01-01": "元旦"}}'}, "属于 2026 年"),
        ("2027/notice", {**NOTICE, "text": ""}, "没有从内容中认出"),
        ("2027/notice", {**NOTICE, "text": "一、春节：2月28日至2月30日放假。"}, "2027-02-30"),
        ("2026/day", {**DAY, "day": "2026-02-30"}, "请填写日期"),
        ("2026/day", {**DAY, "kind": "hours"}, "2026-.* 没有写工作时间"),
        ("2026/day", {**DAY, "kind": "hours", "hours": "12:00-08:30"}, "12:00-08:30 的结束早于开始"),
        ("2026/day", {**DAY, "kind": "hours", "hours": "08:30-12:00、11:00-17:00"}, "重叠"),
        ("2026/day", {**DAY, "kind": "hours", "hours": "上午"}, "不是 08:30-12:00 这样的时段"),
        ("2026/week", {}, "一周七天都不上班"),
        ("2026/week", {"day0": "14:00-12:00"}, "结束早于开始"),
        ("2027/shipped", {}, "只到 2004–2026 年"),
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
    _, stale = considered(admin, "/admin/calendars/cn/2026/day", {**DAY, "day": "2026-03-05"})
    confirm(admin, "/admin/calendars/cn/2026/day", DAY)
    assert "日历后来又改过" in admin.get(stale).text
    answer = admin.post(f"{stale}/do", data={"scope": "all"})
    assert answer.status_code == 409
    assert "已被他人修改" in answer.text
    assert "2026-03-05" not in WorkCalendarRecord.get("cn").definition["days_off"]


def test_two_administrators_at_once(policy: Any) -> None:
    actor = Person.get("admin")

    def attempt(what_if: str) -> str:
        try:
            calendars.change_calendar(what_if, Scope(), actor=actor, now=NOW)
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [day_off(date(2026, 3, day)) for day in (4, 5)])) == [
            "",
            "calendar_changed_meanwhile",
        ]


def test_only_new_limits(admin: FlaskClient, at_intake: Complaint, register: Register) -> None:
    confirm(admin, "/admin/calendars/cn/2026/day", DAY, scope="new")
    assert due(at_intake) == "02-26 15:59"
    fresh = register()
    assert fresh.clocks[0].calendar_version == 2
    # The next change moves what the first one left, from the calendar in which it was counted.
    confirm(admin, "/admin/calendars/cn/2026/day", {**DAY, "day": "2026-02-27"})
    assert due(at_intake) == "02-28 15:59", "25 February and the make-up Saturday"
    assert Complaint.get(at_intake.number).running("supervise").calendar_version == 3  # type: ignore[union-attr]


def test_cases_received_from_a_day(admin: FlaskClient, at_intake: Complaint) -> None:
    _, where = considered(admin, "/admin/calendars/cn/2026/day", DAY)
    assert "没有在办投诉的期限因此变动" in admin.get(f"{where}?since=2026-02-25").text
    assert at_intake.number in admin.get(f"{where}?since=2026-02-24").text
    assert at_intake.number in admin.get(f"{where}?since=0001-01-01").text
    refused = admin.post(f"{where}/do", data={"scope": "from", "since": "someday"})
    assert refused.status_code == 409
    assert 'value="from" checked' in refused.text, "the choice is kept beside the refusal"
    admin.post(f"{where}/do", data={"scope": "from", "since": "2026-02-25"})
    assert due(at_intake) == "02-26 15:59"
    confirm(
        admin, "/admin/calendars/cn/2026/day", {**DAY, "day": "2026-02-27"}, scope="from", since="2026-02-24"
    )
    assert due(at_intake) == "02-28 15:59"


def day_off(day: date) -> str:
    """A change that was considered: one day off."""
    asked = calendars.consider("cn", CalendarEdit({day: DayChange(OFF, "停业")}), actor="admin", now=NOW)
    return str(calendars.count(asked, now=NOW).id)


def begun(what_if: str) -> str:
    """The change of every open case, begun."""
    return str(calendars.change_calendar(what_if, Scope(), actor=Person.get("admin"), now=NOW).id)


def test_a_change_goes_on_where_it_was_left_and_counts_each_case_once(
    policy: Any, register: Register, perform: Perform
) -> None:
    reported = {"reason_unsolved": "须协调", "explained": "true"}
    cases = [perform(register(), "report", "cd_clerk", **reported) for _ in range(3)]
    asked = day_off(date(2026, 2, 26))
    assert WhatIf.get(asked).cases == 3
    change = begun(asked)
    assert calendars.advance(change, now=NOW, size=2)
    with pytest.raises(RuleBroken, match="calendar_change_runs"):
        begun(day_off(date(2026, 3, 5)))
    # A worker that was thought dead does the same stretch again.
    CalendarChange.objects(id=change).update(set__cursor=None)
    while calendars.advance(change, now=NOW, size=2):
        pass
    assert not calendars.advance(change, now=NOW)
    done = CalendarChange.get(change)
    assert (done.state, done.cases, done.deadlines) == ("done", 3, 3)
    assert {due(case) for case in cases} == {"02-27 15:59"}
    found = [Complaint.get(case.number) for case in cases]
    assert [sum(event.verb == "recount" for event in case.events) for case in found] == [1, 1, 1]
    assert AuditEntry.objects(verb="move_deadlines").count() == 1


def test_an_extended_deadline_is_counted_from_all_that_is_kept(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    case = perform(register(), "report", "cd_clerk", reason_unsolved="须核实", explained="true")
    sheet = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实"}
    case = perform(perform(case, "supervise", "intake_clerk", **sheet), "sign", "qs_handler")
    week = {f"day{number}": "08:30-12:00、13:00-17:30" for number in range(5)}
    page, where = considered(admin, "/admin/calendars/cn/2026/week", week)
    assert "08:30-12:00、13:00-17:30" in page
    admin.post(f"{where}/do", data={"scope": "all"})
    assert WorkCalendarRecord.get("cn").definition["week"][0] == ["08:30-12:00", "13:00-17:30"]
    assert due(case, "handle") == "03-04 15:59", "days are as long as before"


def test_duties_move_with_the_calendar(policy: Any) -> None:
    duties.plan(now=NOW)
    half = Duty.objects(key="half_year_report").order_by("due_at").first()
    assert f"{half.due_at:%m-%d}" == "06-15"
    asked = day_off(half.due_at.date())
    change = begun(asked)
    while calendars.advance(change, now=NOW):
        pass
    assert CalendarChange.get(change).duties == WhatIf.get(asked).duties > 0
    moved = Duty.objects(id=half.id).first()
    assert moved.due_at < half.due_at
    timers = {(timer.round, timer.state) for timer in Timer.objects(case=half.id)}
    assert (1, "pending") not in timers
    assert (2, "pending") in timers


def test_days_that_contradict_are_refused(policy: Any) -> None:
    notice = YearDays(2027, {date(2027, 1, 1): "元旦"}, {date(2027, 1, 1): "元旦"})
    with pytest.raises(RuleBroken, match="calendar_invalid"):
        calendars.consider("cn", CalendarEdit(notice=notice), actor="admin", now=NOW)


def test_a_day_has_one_meaning(policy: Any) -> None:
    record = WorkCalendarRecord.get("cn")
    day = date(2026, 2, 14)  # a make-up Saturday
    assert "2026-02-14" in record.definition["makeup_days"]
    changed = edited(record.definition, CalendarEdit({day: DayChange(OFF, "停业")}))
    assert ("2026-02-14" in changed["days_off"], "2026-02-14" in changed["makeup_days"]) == (True, False)
    plain = edited(record.definition, CalendarEdit({day: DayChange(ORDINARY)}))
    assert "2026-02-14" not in {**plain["days_off"], **plain["makeup_days"]}
    back = edited(plain, CalendarEdit({day: DayChange(MAKEUP, "春节")}))
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
    assert missing_year(set(WorkCalendarRecord.get("cn").definition["covered_years"]), today) == missing


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


def test_a_calendar_is_made_like_another_and_deleted_when_nothing_names_it(admin: FlaskClient) -> None:
    asked = {"key": "spare", "like": "cn", "name_zh": "<b>集市</b>", "name_en": ""}
    assert "代码以小写字母开头" in admin.post("/admin/calendars/new", data={**asked, "key": "../cn"}).text
    assert "代码 cn 已被使用" in admin.post("/admin/calendars/new", data={**asked, "key": "cn"}).text
    assert "所选项已不存在" in admin.post("/admin/calendars/new", data={**asked, "like": "xx"}).text
    made = admin.post("/admin/calendars/new", data=asked, follow_redirects=True).text
    assert "&lt;b&gt;集市&lt;/b&gt;" in made
    assert "<b>集市" not in made
    spare, like = WorkCalendarRecord.get("spare"), WorkCalendarRecord.get("cn")
    assert spare.calendar().days_off == like.calendar().days_off
    assert (spare.version, spare.sources, spare.name["en"]) == (1, like.sources, "<b>集市</b>")
    assert 'value="spare"' in admin.get("/admin/units/QH-CD").text
    assert "没有制度或单位使用这份日历" in admin.get("/admin/calendars/spare/2026").text
    assert "删除后不能恢复" in admin.post("/admin/calendars/spare/delete").text
    gone = admin.post("/admin/calendars/spare/delete", data={"confirmed": "yes"}, follow_redirects=True)
    assert "日历已删除" in gone.text
    assert WorkCalendarRecord.objects(id="spare").first() is None
    entry = AuditEntry.objects(verb="delete_calendar").first()
    assert entry is not None
    assert entry.subject == "calendar:spare"
    # What was counted in it can still be read.
    assert calendar_named("spare").key == "spare"
    # A new one of that name goes on with its versions.
    admin.post("/admin/calendars/new", data=asked)
    assert WorkCalendarRecord.get("spare").version == 2


def test_a_duty_in_an_unknown_year_is_refused_on_its_page_and_in_the_alarm(
    app: Flask, admin: FlaskClient, sign_in: SignIn
) -> None:
    july = datetime(2026, 7, 1, 1, tzinfo=UTC)
    app.config["CLOCK"] = lambda: july
    duties.plan(now=july)
    page = admin.get("/admin/duties/").text
    refused = page[page.index('id="refused"') : page.index("</table>", page.index('id="refused"'))]
    assert "上半年投诉管理运行报告" in refused
    assert "2027-06-15" in refused
    assert "没有载入 2027 年放假安排，日期无法确定，不予排定" in refused
    assert 'href="/admin/calendars/cn/2027"' in refused
    assert "1 项周期事项的日期无法确定，未予排定" in admin.get("/admin/people/").text
    assert "半年" not in sign_in("cd_head").get("/admin/duties/").text  # a unit that owes none of it
    confirm(admin, "/admin/calendars/cn/2027/notice", NOTICE)
    duties.plan(now=july)
    assert 'id="refused"' not in admin.get("/admin/duties/").text


def test_a_deadline_that_falls_into_an_unknown_year_is_an_alarm_at_once_and_says_so(
    admin: FlaskClient, sign_in: SignIn, register: Register, perform: Perform
) -> None:
    assert "已有期限落入该年" not in admin.get("/profile").text
    december = datetime(2026, 12, 31, 2, tzinfo=UTC)
    case = register(now=december, received_at="2026-12-31T09:00:00+08:00")
    case = perform(case, "report", "cd_clerk", december, reason_unsolved="须协调", explained="true")
    clock = case.running("supervise")
    assert clock is not None
    assert not clock.certain
    assert case.next_uncertain
    page = admin.get("/profile").text
    assert "“工作日历（营业日）”还没有载入 2027 年放假安排，已有期限落入该年" in page
    assert "/admin/calendars/cn/2027" in page
    assert "已有期限落入该年" not in sign_in("cd_clerk").get("/profile").text
    assert "≈" in sign_in("cd_clerk").get(f"/cases/{case.number}").text
    assert 'class="unsure" title="该年放假安排尚未载入' in sign_in("cd_clerk").get("/cases").text
    confirm(admin, "/admin/calendars/cn/2027/notice", NOTICE)
    assert "已有期限落入该年" not in admin.get("/profile").text


def test_a_notice_is_uploaded_and_a_calendar_goes_out_as_ical(admin: FlaskClient) -> None:
    file = (BytesIO(NOTICE["text"].encode("gb18030")), "通知.txt")
    confirm(admin, "/admin/calendars/cn/2027/notice", {**NOTICE, "text": "", "file": file})
    out = admin.get("/admin/calendars/cn/calendar.ics")
    assert out.mimetype == "text/calendar"
    back = {"year": "2027", "source": "iCal", "file": (BytesIO(out.data), "cn.ics")}
    confirm(admin, "/admin/calendars/cn-exchange/2027/notice", back)
    own, others = (WorkCalendarRecord.get(key).definition for key in ("cn", "cn-exchange"))
    assert others["days_off"]["2027-02-06"] == own["days_off"]["2027-02-06"] == "春节"
    assert (own["makeup_days"]["2027-02-20"], others["makeup_days"]) == ("春节", {})
    page = admin.get("/admin/calendars/cn/2027").text
    assert "第 2 版" in page
    assert "国办发明电〔2026〕9号" in page
    wrong = {**NOTICE, "text": "", "file": (BytesIO(b"\xff\xfe\x00\x81"), "x.bin")}
    assert admin.post("/admin/calendars/cn/2027/notice", data=wrong).status_code == 409
