"""Deputies 代办人 act visibly for somebody who is away, see no more than he would, and only meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from documents.actions import absences, confiding, duties, duty_settling, registration, steps
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.dossier_history import event_lines
from documents.dossier_words import Names
from documents.duty import Duty
from documents.events import broken_at
from documents.notice import Notice
from documents.person import Absence, Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.sign_in import SignIn as SignInRow
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, RESULT, SUPERVISED, TREATED, UNSOLVED
from tests.portal.stand_ins import away, back
from tests.portal.test_leaks import cells_of


def test_a_deputy_sees_and_handles_for_the_absent_and_says_so(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case = register()
    browser = sign_in("hk_clerk")
    assert browser.get(f"/cases/{case.number}").status_code == 404
    away("cd_clerk", "hk_clerk")
    page = browser.get(f"/cases/{case.number}").text
    assert "您代王敏办理" in page
    assert COMPLAINT["complainant_name"] in page  # as the clerk reads it
    desk = browser.get("/").text
    assert desk.index("代王敏办理") < desk.index(case.number)
    assert case.number in browser.get("/cases").text
    assert case.number in browser.get(f"/cases?words={case.title}").text
    assert case.number in browser.get(f"/cases?words={COMPLAINT['complainant_name']}").text
    assert case.number not in cells_of(browser.get("/cases.xlsx").data)  # exporting does not pass
    assert "将记明代王敏" in browser.get(f"/cases/{case.number}/steps/report").text

    absent = sign_in("cd_clerk")  # looks, and takes no step
    page = absent.get(f"/cases/{case.number}").text
    assert "由何莉代办" in page
    assert "/steps/report" not in page
    assert case.number not in absent.get("/").text
    with pytest.raises(RuleBroken, match="absent"):
        perform(case, "report", "cd_clerk", **UNSOLVED)

    case = perform(case, "report", "hk_clerk", **UNSOLVED)
    event = case.events[-1]
    assert (event.by, event.instead_of, event.unit) == ("hk_clerk", "cd_clerk", "QH-CD")
    assert broken_at(case.events) is None
    assert event_lines(case, Names("zh"))[-1].who == "何莉（代王敏）"
    assert "何莉（代王敏）" in sign_in("intake_clerk").get(f"/cases/{case.number}").text
    browser.post("/look", data={"language": "en"})
    assert "何莉 (for 王敏)" in browser.get(f"/cases/{case.number}").text
    entry = AuditEntry.objects(verb="report", subject=case.number).first()
    assert (entry.by, entry.facts["instead_of"]) == ("hk_clerk", "cd_clerk")
    rights = sign_in("admin").get("/admin/rights/people/hk_clerk").text
    assert "代王敏办理" in rights
    assert "03-05" in rights

    back("cd_clerk")
    assert browser.get(f"/cases/{case.number}").status_code == 404
    assert case.number not in browser.get("/cases").text
    assert absent.get(f"/cases/{case.number}").status_code == 200


def test_the_trail_says_for_whom_a_deputy_read(register: Register, sign_in: SignIn) -> None:
    """Page, lists, searches and files; what is his own to see is his own, and exporting passes no field."""
    case, browser = register(complainant_id_number="11010519491231002X"), sign_in("hk_clerk")
    away("cd_clerk", "hk_clerk")
    for address in ("/", "/cases", f"/cases?words={case.title}", f"/lookups/cases?begins={case.number}"):
        browser.get(address)
    for address in (f"/cases/{case.number}", f"/cases/{case.number}/steps/report"):
        browser.get(address)
    seen = AuditEntry.objects(verb="read", subject=case.number, by="hk_clerk").order_by("seq").first()
    assert seen.facts["instead_of"] == "cd_clerk"
    lists = list(AuditEntry.objects(facts__cases=case.number, by="hk_clerk"))
    assert {one.verb for one in lists} == {"read_list", "search"}
    assert [one.facts.get("instead_of") for one in lists] == ["cd_clerk"] * 4  # desk, list, two searches
    browser.get(f"/cases?words={register(who='hk_clerk', title='本人可见的一件').number}")
    assert "instead_of" not in AuditEntry.objects(verb="search", by="hk_clerk").order_by("-id").first().facts
    admin = sign_in("admin")
    for address in ("/admin/seen/", "/admin/seen/export", "/admin/audit/", "/admin/audit/export/csv/"):
        told = admin.get(address, query_string={"what": case.number}).data.decode("utf-8-sig")
        assert told.count("何莉（代王敏）") >= 6, address  # lists, pages and searches alike
    back("cd_clerk")

    clerk = sign_in("cd_clerk")
    away("intake_clerk", "cd_clerk")
    assert "110****002X" in clerk.get(f"/cases/{case.number}").text
    assert "110****002X" not in cells_of(clerk.get("/cases.xlsx").data)
    entries = AuditEntry.objects(by="cd_clerk", verb__in=("read", "export")).order_by("id")
    assert [one.facts.get("instead_of") for one in entries] == ["intake_clerk", None]


def test_the_handler_stays_the_handler_and_gets_everything_back(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    away("qs_handler", "xd_handler")
    case = perform(case, "sign", "xd_handler")
    assert case.handler == "qs_handler"
    with pytest.raises(RuleBroken, match="cannot_ask_yourself"):  # nor whom he represents
        perform(case, "hear", "xd_handler", heard_person="qs_handler", hearing_question="请说明经过。")
    away("xd_handler", "hk_clerk")
    with pytest.raises(RuleBroken, match="not_your_role"):  # a deputy's deputy inherits nothing
        perform(case, "reply", "hk_clerk", **RESULT)
    with pytest.raises(RuleBroken, match="not_your_role"):  # and who is away himself is nobody's deputy
        perform(case, "reply", "xd_handler", **RESULT)
    back("qs_handler")
    perform(case, "reply", "qs_handler", **RESULT)


def test_nobody_deputises_in_a_circle(policy: Policy) -> None:
    away("cd_clerk", "hk_clerk")
    with pytest.raises(RuleBroken, match="deputy_in_circle"):
        away("hk_clerk", "cd_clerk")


def test_for_whom_a_case_was_closed_does_not_file_it(register: Register, perform: Perform) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    away("intake_head", "cd_handler")
    case = perform(case, "pass_filing", "cd_handler", review_opinion="同意备案。")
    back("intake_head")
    with pytest.raises(RuleBroken, match="second_person_needed"):  # two people, one pair of eyes
        perform(case, "archive", "intake_head", archive_note="本卷材料齐全。")


def test_a_deputy_registers_for_the_absent(policy: Policy) -> None:
    away("cd_clerk", "archivist")
    case = registration.register(
        policy, "complaint", COMPLAINT, actor=Person.get("archivist"), now=NOW, submission="deputy"
    )
    assert (case.registrar, case.units["received"]) == ("cd_clerk", "QH-CD")
    assert (case.events[0].by, case.events[0].instead_of) == ("archivist", "cd_clerk")
    with pytest.raises(RuleBroken, match="absent"):
        registration.register(
            policy, "complaint", COMPLAINT, actor=Person.get("cd_clerk"), now=NOW, submission="x"
        )


@pytest.mark.parametrize(
    ("deputy", "actor"),
    [("admin", "cd_clerk"), ("cd_clerk", "cd_clerk"), ("cd_head", "cd_head")],
)
def test_nobody_is_let_in_as_a_deputy(app: Flask, deputy: str, actor: str) -> None:
    """Not who may read no cases, not oneself, not whoever notes it."""
    absence = Absence(starts=NOW, ends=NOW + timedelta(days=1), deputy=deputy)
    with pytest.raises(RuleBroken, match="stand_in_unfit"):
        absences.add_absence("cd_clerk", absence, actor=Person.get(actor), now=NOW)
    assert not Person.get("cd_clerk").absences


def test_whoever_is_said_to_be_away_hears_of_it(app: Flask) -> None:
    absence = Absence(starts=NOW, ends=NOW + timedelta(days=1), deputy="hk_clerk")
    absences.add_absence("cd_clerk", absence, actor=Person.get("admin"), now=NOW)
    told = {one.person: one.title["zh"] for one in Notice.objects(person__in=["cd_clerk", "cd_head"])}
    assert told == dict.fromkeys(("cd_clerk", "cd_head"), f"已登记请假：{Person.get('cd_clerk').name}")


def test_what_is_kept_from_either_is_kept_from_the_deputy(register: Register, sign_in: SignIn) -> None:
    """Recusal and the need-to-know list of both; the work of the archive and of administrators stays."""
    browser = sign_in("hk_clerk")
    his = register(respondent_unit="QH-CD", respondent_name="王敏", title="被代办人须回避")
    mine = register(respondent_unit="QH-CD", respondent_name="何莉", title="代办人须回避")
    secret = register(title="保密的一件")
    confiding.confide(secret.number, Asked(Person.get("intake_head"), NOW, "涉密"), people=["cd_clerk"])
    away("cd_clerk", "hk_clerk")
    for case in (his, mine, secret):
        assert browser.get(f"/cases/{case.number}").status_code == 404, case.title
        assert browser.get(f"/cases/{case.number}/steps/report").status_code == 404, case.title
        for address in ("/cases", "/", f"/cases?words={case.title}"):
            assert case.number not in browser.get(address).text, case.title
        with pytest.raises(RuleBroken):
            steps.perform(
                case.number, "report", UNSOLVED, actor=Person.get("hk_clerk"), now=NOW, turn=1, submission="1"
            )
    assert sign_in("cd_clerk").get(f"/cases/{secret.number}").status_code == 200
    for person in ("admin", "archivist"):
        away(person, "hk_clerk")
        assert browser.get("/admin/people/").status_code == 403
        assert browser.get("/admin/filing/").status_code == 403
    assert not SignInRow.objects(person="hk_clerk", idle__lt=10**6)  # what is asked at the door does not pass


def test_a_deputy_does_the_duties_of_the_absent(policy: Policy, sign_in: SignIn) -> None:
    """List, page, noting it done, its undoing and waiving say for whom; whoever is away looks on."""
    duties.plan(now=NOW)
    duty: Duty = Duty.objects(key="half_year_report", unit="QH-SL").order_by("due_at").first()
    page, done = f"/admin/duties/one/{duty.id}", {"words": "已报送"}
    browser, head = sign_in("hk_clerk"), sign_in("intake_head")
    assert browser.get(page).status_code == 403
    assert "周期事项" not in browser.get("/").text
    away("intake_head", "hk_clerk")
    assert "周期事项" in browser.get("/").text
    name = Person.get("intake_head").name
    assert f"代{name}" in browser.get("/admin/duties/?month=6").text
    assert f"将记明代{name}" in browser.get(page).text
    assert "您正在请假" in head.post(f"/admin/duties/{duty.id}/complete", data=done).text
    assert Duty.objects.get(id=duty.id).state == "open"
    assert browser.post(f"/admin/duties/{duty.id}/complete", data=done).status_code == 302
    assert Duty.objects.get(id=duty.id).settled_for == "intake_head"
    noted = AuditEntry.objects.get(verb="complete_duty", subject=duty.id)
    assert (noted.by, noted.facts["instead_of"]) == ("hk_clerk", "intake_head")
    assert head.get(page).text.count(f"何莉（代{name}）") == 2
    browser.get("/admin/duties/export?month=6")
    assert AuditEntry.objects.get(subject="duties", by="hk_clerk").facts["instead_of"] == "intake_head"
    back("intake_head")
    with pytest.raises(RuleBroken, match="not_your_duty"):
        duty_settling.reopen(duty.id, "报错了", actor=Person.get("hk_clerk"), now=NOW)
    assert browser.get(page).status_code == 403
