"""Units are created, renamed, moved and retired; their cases, people and secrets follow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents.actions import reorganising
from documents.actions.reorganising import NewUnit
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.events import broken_at
from documents.person import Person
from documents.queries import Filters, case_page
from documents.rules.broken import RuleBroken
from documents.sight import Sight
from documents.unit import Unit
from tests.portal.conftest import NOW, Perform, Register

NEW = {
    "code": "QH-XC",
    "kind": "outlet",
    "name_zh": "新城信用社",
    "name_en": "",
    "parent": "QH",
    "fonds_number": "0130",
}


def new_unit(code: str = "QH-XC", parent: str | None = "QH") -> NewUnit:
    return NewUnit(code, {"zh": "新城信用社"}, "outlet", parent)


def last(subject: str) -> AuditEntry:
    return AuditEntry.objects(subject=subject).order_by("-id").first()


def test_the_tree_shows_every_unit_with_its_head(admin: FlaskClient) -> None:
    page = admin.get("/admin/units/").text
    for text in ("清河县农村信用合作联社", "QH-CD", "周涛", "营业网点", "全宗 0128"):
        assert text in page


def test_a_unit_is_created_below_another(admin: FlaskClient) -> None:
    answer = admin.post("/admin/units/new", data=NEW)
    assert answer.location == "/admin/units/QH-XC"
    unit = Unit.get("QH-XC")
    assert unit.ancestors == ["QH-XC", "QH", "GD-BS", "GD"]
    assert (unit.name, unit.fonds_number) == ({"zh": "新城信用社", "en": "新城信用社"}, "0130")
    assert (last("unit:QH-XC").verb, last("unit:QH-XC").by) == ("create_unit", "admin")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": ""}, "请填写此项"),
        ({"code": "xin cheng"}, "单位代码只能用"),
        ({"code": "QH-CD"}, "已被使用"),
        ({"kind": "circus"}, "所选项已不存在"),
        ({"kind": ""}, "请填写此项"),
        ({"name_zh": "  "}, "请填写此项"),
        ({"name_zh": "长" * 61}, "最多 60 字"),
        ({"parent": "NOWHERE"}, "所选项已不存在"),
    ],
)
def test_a_wrong_unit_is_refused_and_nothing_typed_is_lost(
    admin: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = admin.post("/admin/units/new", data={**NEW, "fonds_number": "0777", **wrong})
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'value="0777"' in answer.text
    assert Unit.objects.count() == 12


def test_hostile_names_stay_text(admin: FlaskClient) -> None:
    admin.post("/admin/units/new", data={**NEW, "name_zh": "<script>alert(1)</script>𠮷😀"})
    page = admin.get("/admin/units/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;𠮷😀" in page


def test_name_and_head_are_changed_and_noted(admin: FlaskClient) -> None:
    sent = {
        "name_zh": "城东支行",
        "name_en": "East",
        "head": "cd_handler",
        "deputy": "cd_head",
        "fonds_number": "",
    }
    assert admin.post("/admin/units/QH-CD", data=sent).status_code == 302
    unit = Unit.get("QH-CD")
    assert (unit.name["zh"], unit.head, unit.deputy) == ("城东支行", "cd_handler", "cd_head")
    assert last("unit:QH-CD").facts["head"] == ["cd_head", "cd_handler"]


def test_a_unit_counts_in_the_calendar_that_it_or_its_superior_chose(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    before = perform(register(), "report", "cd_clerk", reason_unsolved="须核实", explained="true")
    admin.post("/admin/units/QH", data={"name_zh": "清河县联社", "calendar": "cn-exchange"})
    assert Unit.get("QH").calendar == "cn-exchange"
    assert "沿用上级“清河县联社”：交易日历（交易所）" in admin.get("/admin/units/QH-CD").text
    after = perform(register(), "report", "cd_clerk", reason_unsolved="须核实", explained="true")
    old, new = before.running("supervise"), after.running("supervise")
    assert old is not None
    assert new is not None
    assert old.explanation[0]["zh"] == "按“工作日历（营业日）”计算（制度指定）"
    told = "按“交易日历（交易所）”计算（清河县联社采用，城东信用社沿用）"
    assert (new.calendar, new.calendar_unit, new.explanation[0]["zh"]) == ("cn-exchange", "QH", told)
    # What runs keeps its calendar, also when the case goes to another unit.
    case = Complaint.get(before.number)
    assert [clock.calendar for clock in case.clocks if clock.state == "running"] == ["cn"] * 2
    sheet = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实"}
    case = perform(case, "supervise", "intake_clerk", **sheet)
    assert {clock.limit: clock.calendar for clock in case.clocks}["sign_for"] == "cn-exchange"
    assert {clock.limit: clock.calendar for clock in case.clocks}["cap"] == "cn"
    assert admin.post("/admin/units/QH", data={"name_zh": "清河", "calendar": "lunar"}).status_code == 422


def test_an_unknown_unit_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/admin/units/NOWHERE").status_code == 404
    assert admin.post("/admin/units/NOWHERE/retire").status_code == 404


def test_who_sees_a_case_follows_its_unit(admin: FlaskClient, register: Register) -> None:
    case = register()
    admin.post("/admin/units/new", data={**NEW, "code": "GD-NS", "kind": "provincial_office", "parent": "GD"})
    answer = admin.post(
        "/admin/units/QH/move", data={"parent": "GD-NS", "confirmed": "yes"}, follow_redirects=True
    )
    assert "1 件投诉的可见范围" in answer.text
    moved = Complaint.get(case.number)
    assert "t:GD-NS" in moved.scope
    assert "t:GD-BS" in moved.scope, "the relief body of the case is still the old office"
    assert moved.revision == case.revision + 1
    assert moved.turn == case.turn
    assert Unit.get("QH-CD").ancestors == ["QH-CD", "QH", "GD-NS", "GD"]


@pytest.mark.parametrize(
    ("unit", "parent", "words"),
    [
        ("QH", "QH-CD", "自己的下级"),
        ("QH", "QH", "自己的下级"),
        ("QH-CD", "QH", "没有需要保存的变更"),
        ("QH-CD", "NOWHERE", None),
    ],
)
def test_a_unit_cannot_be_moved_anywhere(
    admin: FlaskClient, unit: str, parent: str, words: str | None
) -> None:
    answer = admin.post(f"/admin/units/{unit}/move", data={"parent": parent, "confirmed": "yes"})
    assert answer.status_code == (409 if words else 404)
    assert words is None or words in answer.text
    assert Unit.get("QH").ancestors == ["QH", "GD-BS", "GD"]


def test_a_unit_with_open_cases_names_its_successor_first(admin: FlaskClient, register: Register) -> None:
    register()
    register()
    answer = admin.post("/admin/units/QH-CD/retire", data={"confirmed": "yes"})
    assert answer.status_code == 409
    assert "还有 2 件未办结的投诉" in answer.text
    assert Unit.get("QH-CD").retired_on is None


def test_the_successor_takes_cases_and_people(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    case = register()
    admin.post("/admin/units/QH-CD/retire", data={"successor": "QH-HK", "confirmed": "yes"})
    taken = Complaint.get(case.number)
    assert taken.units["received"] == "QH-HK"
    assert "u:QH-HK" in taken.scope
    assert "u:QH-CD" not in taken.scope
    assert (taken.events[-1].verb, taken.events[-1].note) == ("succeed_unit", "QH-CD → QH-HK")
    assert broken_at(taken.events) is None
    assert {post.unit for post in Person.get("cd_clerk").posts} == {"QH-HK"}
    assert Unit.get("QH-CD").retired_on == NOW
    assert (
        perform(taken, "report", "cd_clerk", reason_unsolved="须协调", explained="true").stage == "at_intake"
    )


def test_a_retired_unit_can_be_neither_chosen_nor_retired_again(admin: FlaskClient) -> None:
    admin.post("/admin/units/QH-CD/retire", data={"successor": "QH-HK", "confirmed": "yes"})
    assert "早已停用" in admin.post("/admin/units/QH-CD/retire", data={"confirmed": "yes"}).text
    sent = {**NEW, "parent": "QH-CD"}
    assert "所选项已不存在" in admin.post("/admin/units/new", data=sent).text
    refused = admin.post("/admin/units/QH-HK/retire", data={"successor": "QH-CD", "confirmed": "yes"})
    assert "承接单位不能" in refused.text


def test_units_below_come_first(admin: FlaskClient) -> None:
    answer = admin.post("/admin/units/QH/retire", data={"successor": "GD-BS", "confirmed": "yes"})
    assert "还有 9 个下级单位" in answer.text


def test_a_retirement_can_be_taken_back(admin: FlaskClient) -> None:
    admin.post("/admin/units/QH-SP/retire", data={"successor": "QH-HK", "confirmed": "yes"})
    assert admin.post("/admin/units/QH-SP/restore").status_code == 302
    assert Unit.get("QH-SP").retired_on is None


def test_what_the_successor_still_has_can_be_taken_back(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    case, closed = register(), register()
    admin.post("/admin/units/QH-CD/retire", data={"successor": "QH-HK", "confirmed": "yes"})
    perform(closed, "withdraw", "intake_clerk", withdrawal_reason="客户撤回")
    assert "收回仍在承接单位" in admin.get("/admin/units/QH-CD").text
    admin.post("/admin/units/QH-CD/restore", data={"take_back": "yes"})
    back = Complaint.get(case.number)
    assert (back.units["received"], back.events[-1].verb) == ("QH-CD", "return_unit")
    assert broken_at(back.events) is None
    assert Complaint.get(closed.number).units["received"] == "QH-HK"
    assert {post.unit for post in Person.get("cd_clerk").posts} == {"QH-CD"}
    unit = Unit.get("QH-CD")
    assert (unit.retired_on, unit.successor, unit.handed_over) == (None, None, {})


def test_the_consequences_of_a_merger_are_shown_first(admin: FlaskClient, register: Register) -> None:
    case = register()
    asked = admin.post("/admin/units/QH-CD/retire", data={"successor": "QH-HK", "on": "2026-02-01"})
    assert case.number in asked.text
    assert "1 件在办投诉和 3 名人员" in asked.text
    assert 'value="2026-02-01"' in asked.text
    assert Unit.get("QH-CD").retired_on is None


def test_a_merger_has_its_official_date(admin: FlaskClient) -> None:
    sent = {"successor": "QH-HK", "confirmed": "yes", "on": "2026-12-31"}
    assert "不能晚于今天" in admin.post("/admin/units/QH-CD/retire", data=sent).text
    admin.post("/admin/units/QH-CD/retire", data={**sent, "on": "2026-02-01"})
    page = admin.get("/admin/units/QH-CD").text
    assert "2026-02-01" in page
    assert "由“" in page
    assert Unit.get("QH-CD").successor == "QH-HK"


def test_a_list_of_the_successor_has_the_earlier_cases(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    closed = register(who="intake_clerk")
    perform(closed, "withdraw", "intake_clerk", withdrawal_reason="客户撤回")
    admin.post("/admin/units/QH-SL/retire", data={"successor": "QH-CD", "confirmed": "yes"})
    admin.post("/admin/units/QH-CD/retire", data={"successor": "QH-HK", "confirmed": "yes"})
    assert Unit.succession("QH-HK") == ["QH-HK", "QH-CD", "QH-SL"]
    sight = Sight(["t:QH"], "nobody")
    found = case_page(sight, Filters(unit="QH-HK"), now=NOW)
    assert [row["number"] for row in found.rows] == [closed.number]


def test_closed_cases_stay_with_the_retired_unit(
    admin: FlaskClient, register: Register, perform: Perform
) -> None:
    case = register(who="intake_clerk")
    done = perform(case, "withdraw", "intake_clerk", withdrawal_reason="客户撤回")
    admin.post("/admin/units/QH-SL/retire", data={"successor": "QH-CD", "confirmed": "yes"})
    assert Complaint.get(done.number).units["received"] == "QH-SL"


def both(first: Any, second: Any) -> list[str]:
    """Two clerks at once; the code of each refusal, or nothing."""

    def attempt(work: Any) -> str:
        try:
            work()
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(attempt, (first, second)))


def test_two_administrators_create_one_unit(policy: Any) -> None:
    actor = Person.get("admin")
    create = lambda: reorganising.create_unit(new_unit(), actor=actor, now=NOW)  # noqa: E731
    assert both(create, create) == ["", "unit_exists"]
    assert AuditEntry.objects(verb="create_unit").count() == 1


def test_two_administrators_retire_a_unit_once(register: Register) -> None:
    case, actor = register(), Person.get("admin")
    retire = lambda: reorganising.retire_unit("QH-CD", successor="QH-HK", actor=actor, now=NOW)  # noqa: E731
    assert both(retire, retire) == ["", "unit_already_retired"]
    assert [event.verb for event in Complaint.get(case.number).events] == ["register", "succeed_unit"]


def test_a_unit_shows_where_it_is_used(admin: FlaskClient, register: Register) -> None:
    register()
    page = admin.get("/admin/units/QH-CD").text
    uses = page.partition('id="uses-title"')[2].partition("</section>")[0]
    assert 'href="/cases?unit=QH-CD&amp;status=open"' in uses
    assert "1 件" in uses
    assert "已归档投诉" not in uses
    intake = admin.get("/admin/units/QH").text.partition('id="uses-title"')[2].partition("</section>")[0]
    assert "按单位类型担任" in intake
