"""The desk, the list with its filters, the export, the supervision overview and the bell."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from documents.actions import notices
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.notice import Notice
from documents.person import Person, Post
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import SUPERVISED, UNSOLVED


def test_the_desk_shows_what_waits_for_me_with_the_next_step(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    mine, not_mine = sign_in("intake_clerk").get("/").text, sign_in("cd_clerk").get("/").text
    assert case.number in mine
    assert "出具督办表" in mine
    assert "还剩 2 个工作日" in mine
    assert case.number not in not_mine


def test_a_counter_of_the_desk_narrows_it(sign_in: SignIn, register: Register, perform: Perform) -> None:
    waiting = perform(register(), "report", "cd_clerk", **UNSOLVED)
    clerk = sign_in("intake_clerk")
    assert waiting.number in clerk.get("/?show=step:p01.supervise").text
    assert waiting.number not in clerk.get("/?show=overdue").text
    assert "这里没有事项" in clerk.get("/?show=overdue").text


def test_an_empty_desk_says_so(sign_in: SignIn) -> None:
    assert "都办完了" in sign_in("cd_clerk").get("/").text
    assert "都办完了" in sign_in("admin").get("/").text
    Person.objects(id__ne="admin").delete()  # the first administrator of a new house, alone
    assert "系统刚刚建立" in sign_in("admin").get("/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", {"fee", "atm"}, id="everything"),
        pytest.param("words=手续费", {"fee"}, id="Chinese words"),
        pytest.param("words=13800000000", {"fee", "atm"}, id="a telephone number"),
        pytest.param("category=violation", {"fee"}, id="a category with everything below it"),
        pytest.param("category=service&stage=received", {"atm"}, id="two filters"),
        pytest.param("status=closed", set(), id="a status"),
        pytest.param("unit=QH-HK", {"atm"}, id="a unit"),
        pytest.param("due=today", {"fee"}, id="due soon"),
        pytest.param("due=overdue", {"atm"}, id="overdue"),
        pytest.param("received_from=2026-02-24", {"fee"}, id="received from"),
        pytest.param("received_to=2026-02-23", {"atm"}, id="received to"),
        pytest.param("received_from=0001-01-01&received_to=9999-12-31", {"fee", "atm"}, id="no days of ours"),
        pytest.param("received_from=yesterday&sort=sideways&unknown=1", {"fee", "atm"}, id="nonsense"),
    ],
)
def test_filters_combine(sign_in: SignIn, register: Register, query: str, found: set[str]) -> None:
    cases = {
        "fee": register(),
        "atm": register(
            "hk_clerk",
            now=NOW - timedelta(hours=12),
            title="自助设备吞卡",
            category="service_machines",
            facts="卡被吞",
            received_at="2026-02-23T20:00:00+08:00",
        ),
    }
    page = sign_in("intake_clerk").get(f"/cases?{query}").text
    assert {name for name, case in cases.items() if case.number in page} == found


def test_the_list_of_another_unit_is_another_list(sign_in: SignIn, register: Register) -> None:
    case = register()
    assert case.number in sign_in("cd_clerk").get("/cases").text
    assert case.number not in sign_in("hk_clerk").get("/cases").text
    assert "还没有投诉" in sign_in("hk_clerk").get("/cases").text


def test_pages_follow_each_other_and_lead_back(sign_in: SignIn, register: Register) -> None:
    numbers = [register(title=f"第{index}件").number for index in range(53)]
    clerk = sign_in("intake_clerk")
    first = clerk.get("/cases").text
    following = clerk.get(_link(first, "next")).text
    back = clerk.get(_link(following, "prev")).text
    shown = [[number for number in numbers if number in page] for page in (first, following, back)]
    assert [len(page) for page in shown] == [50, 3, 50]
    assert set(shown[0]) | set(shown[1]) == set(numbers)
    assert shown[0] == shown[2]
    assert "共 53 件" in first


def _link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_a_cursor_that_cannot_be_read_means_the_first_page(sign_in: SignIn, register: Register) -> None:
    case = register()
    assert case.number in sign_in("cd_clerk").get("/cases?at=%00nonsense").text


def test_the_spreadsheet_holds_the_filtered_rows_and_no_formula(sign_in: SignIn, register: Register) -> None:
    register(title="=1+1|' /C calc'!A0")
    register(title="另一件", category="service_attitude")
    answer = sign_in("cd_clerk").get("/cases.xlsx?category=violation")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[2] for row in rows] == ["事由", "'=1+1|' /C calc'!A0"]
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert AuditEntry.objects(verb="export", by="cd_clerk").count() == 1


def test_nobody_finds_or_counts_by_what_he_may_not_read(sign_in: SignIn, register: Register) -> None:
    secret = "11010519491231002X"
    case = register(complainant_id_number=secret)
    asked = {"list": f"/cases?words={secret}", "similar": "/lookups/similar/p01/complaint"}
    asked["similar"] += f"?q_complainant_id_number={secret}"
    asked["number"] = f"/lookups/cases?begins={secret}"
    found = {
        person: {way for way, address in asked.items() if case.number in sign_in(person).get(address).text}
        for person in ("cd_clerk", "intake_clerk")
    }
    assert found == {"cd_clerk": set(), "intake_clerk": set(asked)}
    assert "13800000000" not in sign_in("cd_clerk").get(asked["list"]).text
    exported = sign_in("cd_clerk").get(f"/cases.xlsx?words={secret}")
    assert len(list(load_workbook(BytesIO(exported.data)).worksheets[0].iter_rows())) == 1


def two_posts(person: str, *posts: tuple[str, str]) -> None:
    found = Person.get(person)
    found.posts = [Post(role=role, unit=unit) for role, unit in posts]
    found.save()


def test_an_export_holds_the_cases_of_the_posts_that_may_export(sign_in: SignIn, register: Register) -> None:
    """A clerk of one outlet exports there; a handler of another reads there, and takes nothing away."""
    here, there = register("cd_clerk"), register("hk_clerk")
    two_posts("cd_clerk", ("clerk", "QH-CD"), ("handler", "QH-HK"))
    clerk = sign_in("cd_clerk")
    assert there.number in clerk.get("/cases").text
    rows = load_workbook(BytesIO(clerk.get("/cases.xlsx").data)).worksheets[0].iter_rows(values_only=True)
    assert [row[0] for row in rows][1:] == [here.number]


def test_who_may_not_export_has_no_button_and_no_file(sign_in: SignIn, register: Register) -> None:
    register()
    handler = sign_in("cd_handler")
    assert "导出 XLSX" not in handler.get("/cases").text
    assert handler.get("/cases.xlsx").status_code == 403


def test_what_is_overdue_stands_under_its_unit(sign_in: SignIn, register: Register, perform: Perform) -> None:
    then = NOW - timedelta(days=12)
    case = register(now=then, received_at="2026-02-12T08:40:00+08:00")
    case = perform(case, "report", "cd_clerk", now=then, **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", now=then, **SUPERVISED)
    page = sign_in("intake_head").get("/watch").text
    assert "清算中心" in page
    assert case.number in page
    assert case.number not in sign_in("hk_head").get("/watch").text


def say(person: str, number: str) -> None:
    title = {"zh": f"到期提醒 {number}", "en": f"Due {number}"}
    message = notices.Message(f"told-{number}", title, {"zh": "请办理", "en": "Please act"}, "x", number)
    notices.announce([person], message, now=NOW)


def test_the_bell_counts_and_opening_a_notice_reads_it(sign_in: SignIn, register: Register) -> None:
    case = register()
    say("cd_clerk", case.number)
    clerk = sign_in("cd_clerk")
    assert '<span class="count">1</span>' in clerk.get("/").text
    assert f"到期提醒 {case.number}" in clerk.get("/notices").text
    notice = Notice.objects.get()
    assert clerk.get(f"/notices/{notice.id}/open").location == f"/cases/{case.number}"
    assert '<span class="count">' not in clerk.get("/").text


def test_nobody_opens_or_reads_the_notice_of_another(sign_in: SignIn, register: Register) -> None:
    say("cd_clerk", register().number)
    other = sign_in("hk_clerk")
    assert "到期提醒" not in other.get("/notices").text
    assert other.get(f"/notices/{Notice.objects.get().id}/open").location == "/notices"
    other.post("/notices/read")
    assert Notice.objects.get().read_at is None


def test_what_was_told_is_covered_once_its_reader_is_recused(sign_in: SignIn, register: Register) -> None:
    case = register()
    say("cd_clerk", case.number)
    Complaint.collection().update_one({"number": case.number}, {"$set": {"recused": ["cd_clerk"]}})
    page = sign_in("cd_clerk").get("/notices").text
    assert "您已回避此件" in page
    assert case.number not in page


def test_all_notices_are_read_at_once(sign_in: SignIn, register: Register) -> None:
    for _ in range(3):
        say("cd_clerk", register().number)
    sign_in("cd_clerk").post("/notices/read")
    assert Notice.objects(read_at=None).count() == 0
