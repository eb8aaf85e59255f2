"""Whoever is complained about, is kin, or worked on the matter before is kept away, by every way."""

from __future__ import annotations

import io

import pytest

from documents.actions import confiding, kin, reorganising, retaliation, staffing
from documents.actions.kin import Declared
from documents.actions.retaliation import Report
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.dossier_history import event_lines
from documents.dossier_words import Names
from documents.filing_batch import FilingEntry
from documents.notice import Notice
from documents.person import Person
from documents.policy import Policy, forget_views, roles_in_force
from documents.rules.access import ARCHIVE, may
from documents.rules.broken import RuleBroken
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import RESULT, SUPERVISED, TREATED, UNSOLVED
from tests.portal.test_leaks import cells_of


def shut_out(sign_in: SignIn, case: Complaint, person: str) -> None:
    """Page, list, search, autocomplete, export, step, files: nothing of the case."""
    browser = sign_in(person)
    assert browser.get(f"/cases/{case.number}").status_code == 404
    assert browser.get(f"/cases/{case.number}/steps/report").status_code == 404
    for address in ("/cases", f"/cases?words={case.title}", f"/lookups/cases?begins={case.title}", "/"):
        assert case.number not in browser.get(address).text
    export = browser.get("/cases.xlsx")
    assert export.status_code == 403 or case.number not in cells_of(export.data)
    assert Notice.objects(person=person, number=case.number, sent=True).count() == 0


def named_to_readers_alone(sign_in: SignIn, case: Complaint) -> None:
    """Who was named is restricted, and so is the history; of before, too, when no source was kept."""
    (found,) = [one for one in case.events if one.verb == "recused_found"]
    assert found.facts == {"source": ["respondent_name"]}
    for kept in (True, False):
        for person, reads in {"intake_head": True, "cd_clerk": False, "cd_handler": False}.items():
            page = sign_in(person).get(f"/cases/{case.number}").text
            assert ("周涛：投诉中被点名" in page, "一人须回避" in page) == (reads, not reads), (person, kept)
        stored = {"_id": case.id, "events.seq": found.seq}
        Complaint.collection().update_one(stored, {"$unset": {"events.$.facts": 1}})
    facts = {"$set": {"events.$.facts": found.facts}}
    Complaint.collection().update_one({"_id": case.id, "events.seq": found.seq}, facts)


def test_the_head_of_the_unit_who_is_complained_about_is_kept_away(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """He is named in the complaint and its unit's head: one higher stands in for him, visibly."""
    case = register(respondent_unit="QH-CD", respondent_name="城东社柜员周 涛主任，赵六和钱七")
    assert case.recused == ["cd_head"]
    unknown = next(one for one in case.events if one.verb == "named_unknown")
    assert unknown.note == "“赵六”“钱七”：未找到同名员工，请申报回避"
    assert unknown.note in sign_in("intake_clerk").get(f"/cases/{case.number}").text
    told = {one.verb: one.note for one in case.events if one.by == "system"}
    assert told["recused_found"] == "周涛：投诉中被点名"
    assert "由梁志远办理" in told["stand_in"]
    shut_out(sign_in, case, "cd_head")
    named_to_readers_alone(sign_in, case)
    assert {(one["role"], one["person"]) for one in case.stand_ins} == {("unit_head", "qh_senior")}
    case = perform(case, "report", "qh_senior", **UNSOLVED)
    assert case.events[-1].acting["zh"] == "代行城东信用社单位负责人"
    assert AuditEntry.objects(verb="report", by="qh_senior").first().facts["post"] == "unit_head@QH-CD"
    case = perform(case, "supervise", "intake_clerk", **{**SUPERVISED, "handling_unit": "QH-CD"})
    assert case.number in sign_in("qh_senior").get("/").text
    case = perform(case, "sign", "cd_handler")
    perform(case, "reply", "cd_handler", **RESULT)
    shut_out(sign_in, case, "cd_head")


def test_nobody_stands_in_who_has_left(register: Register, perform: Perform, sign_in: SignIn) -> None:
    """Open cases go to the next one higher at that moment, new ones at once; somebody is always left."""
    case, admin = register(respondent_unit="QH-CD", respondent_name="周涛"), Person.get("admin")
    staffing.deactivate("qh_senior", receiver=None, actor=admin, now=NOW)
    case = Complaint.get(case.number)
    assert {(one["role"], one["person"]) for one in case.stand_ins} == {("unit_head", "bs_head")}
    assert [one.note for one in case.events if one.verb == "reroute"] == ["梁志远离任"]
    assert case.number in sign_in("bs_head").get("/").text
    another = register(respondent_unit="QH-CD", respondent_name="周涛")
    assert {one["person"] for one in another.stand_ins} == {"bs_head"}
    staffing.deactivate("cd_head", receiver=None, actor=admin, now=NOW)  # the post is vacant, and stays his
    assert {one["person"] for one in Complaint.get(case.number).stand_ins} == {"bs_head"}
    staffing.deactivate("gd_head", receiver=None, actor=admin, now=NOW)
    with pytest.raises(RuleBroken, match="nobody_stands_in"):
        staffing.deactivate("bs_head", receiver=None, actor=admin, now=NOW)
    assert Person.get("bs_head").active
    perform(case, "report", "bs_head", **UNSOLVED)


def test_kin_are_found_and_the_case_goes_to_another(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    page = sign_in("qs_handler").post(
        "/profile/kin", data={"name": "王五", "relation": "配偶", "phone": "138 0000 0000"}
    )
    assert page.status_code == 302
    shown = sign_in("qs_handler").get("/profile/kin").text
    assert "王五" in shown
    assert "配偶" in shown
    assert sign_in("cd_clerk").get("/profile/kin?person=qs_handler").status_code == 403
    kin_page, admin = "/profile/kin?person=qs_handler", sign_in("admin")
    masked = admin.get(kin_page).text
    assert "王五" in masked
    assert "138****0000" in masked
    assert "138 0000 0000" in shown  # his own list
    assert "138 0000 0000" not in masked
    refused = admin.post(kin_page, data={"reveal": " "})
    assert (refused.status_code, "请写明理由" in refused.text) == (409, True)
    assert "138 0000 0000" not in refused.text
    assert "138 0000 0000" in admin.post(kin_page, data={"reveal": "核对同名"}).text
    assert "138 0000 0000" not in admin.get(kin_page).text
    noted = AuditEntry.objects(subject="person:qs_handler", by="admin").order_by("id")
    assert [one.verb for one in noted] == ["read", "read", "reveal_kin", "read", "read"]
    assert noted[2].facts["reason"] == "核对同名"
    assert "王五" not in str([one.to_mongo() for one in AuditEntry.objects])
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    assert case.recused == []
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert case.recused == ["qs_handler"]
    assert "赵晨：与亲属名单相符" in [one.note for one in case.events]
    shut_out(sign_in, case, "qs_handler")
    perform(case, "sign", "qs_head")
    (one,) = kin.Kinship.of("qs_handler")
    sign_in("qs_handler").post("/profile/kin", data={"remove": str(one.id)})
    assert kin.Kinship.of("qs_handler") == []


def test_who_worked_on_the_matter_is_kept_from_a_registered_appeal(
    register: Register, perform: Perform, policy: object
) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    appeal = register(
        who="bs_officer",
        case_type="appeal",
        title="对处理不服",
        facts="同上。",
        appealed_number=case.number,
    )
    assert "cd_clerk" in appeal.recused
    kin.declare("bs_head", Declared("李小明"), actor=Person.get("bs_head"), now=NOW)


def test_who_worked_on_a_case_that_is_kept_from_others_is_recused_without_a_word(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """Neither name nor number: who may not see the earlier case does not learn that it is there."""
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    facts = {"title": "对处理不服", "facts": "同上。", "appealed_number": case.number}
    first = register(who="bs_officer", case_type="appeal", **facts)
    (told,) = [one for one in first.events if one.verb == "recused_found"]
    assert told.facts["earlier"] == case.number
    assert Person.get("cd_clerk").name in told.note
    assert told.note in sign_in("bs_officer").get(f"/cases/{first.number}").text
    hidden = register()
    asked = confiding.Asked(Person.get("intake_head"), NOW, "举报人怕报复")
    perform(hidden, "solve", "cd_clerk", **TREATED)
    confiding.confide(hidden.number, asked, [])
    appeal, none = (
        register(who="bs_officer", case_type="appeal", **{**facts, "appealed_number": number})
        for number in (hidden.number, None)
    )
    assert "cd_clerk" in appeal.recused
    assert [one.verb for one in appeal.events] == [one.verb for one in none.events]
    shown = sign_in("bs_officer").get(f"/cases/{appeal.number}").text
    assert Person.get("cd_clerk").name not in shown
    assert "有人回避" not in shown
    confiding.confide(case.number, asked, [])  # from now on it is kept from the officer, too
    first = Complaint.get(first.number)
    page = sign_in("bs_officer").get(f"/cases/{first.number}").text
    assert told.note not in page
    assert "一人须回避" in page
    assert told.note not in str(event_lines(first, Names()))


def test_a_report_of_retaliation_goes_past_whom_it_is_about(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """To the relief body, as a confidential case; nobody who is reported or worked on the matter sees it."""
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    reporter = sign_in("cd_handler")
    page = reporter.get(f"/cases/{case.number}").text
    assert f"/retaliation?original={case.number}" in page
    assert case.number in reporter.get(f"/retaliation?original={case.number}").text
    told = {"facts": "投诉后被调离岗位。", "about": "周涛", "about_unit": "QH-CD", "original": case.number}
    assert "请写明发生了什么" in reporter.post("/retaliation", data={**told, "facts": " "}).text
    sent = reporter.post("/retaliation", data={**told, "submission": "one"}, follow_redirects=True)
    assert "举报已登记" in sent.text
    made = Complaint.objects.get(case_type="retaliation")
    assert made.units["received"] == "GD-BS"
    assert set(made.known_to) == {"bs_head", "bs_officer", "cd_handler"}
    assert {"cd_head", "cd_clerk"} <= set(made.recused)
    assert made.number not in reporter.get(f"/cases/{case.number}").text  # the original does not tell of it
    assert sign_in("bs_officer").get(f"/cases/{made.number}").status_code == 200
    for person in ("cd_head", "cd_clerk", "intake_head", "qh_senior", "gd_head", "archivist", "admin"):
        browser = sign_in(person)
        assert browser.get(f"/cases/{made.number}").status_code == 404, person
        assert made.number not in browser.get("/cases").text, person
        assert Notice.objects(person=person, number=made.number).count() == 0, person
    assert "没有人因此回避" not in sent.text
    reporter.post("/retaliation", data={**told, "submission": "one"})
    assert Complaint.objects(case_type="retaliation").count() == 1
    slip = {**told, "about": "周滔", "original": "TS-2026-9999-0001", "submission": "two"}
    page = reporter.post("/retaliation", data=slip, follow_redirects=True).text
    assert "没有姓名为“周滔”的人员" in page  # whoever believes him recused is told that he is not
    assert "没有关联到原投诉“TS-2026-9999-0001”" in page


def test_who_reports_without_a_name_is_named_nowhere_and_files_go_along(
    register: Register, perform: Perform, sign_in: SignIn, policy: Policy
) -> None:
    """Not in the case, its history, its list or the trail; all who worked on the original are kept off."""
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    reporter, paper = sign_in("cd_clerk"), (io.BytesIO("调令".encode()), "调令.txt")
    told = {
        "facts": "投诉后被调离岗位。",
        "about": "周 涛主任、钱七",
        "original": case.number,
        "anonymous": "yes",
    }
    refused = reporter.post("/retaliation", data={**told, "q_files": (io.BytesIO(b"MZ\0"), "a.exe")})
    assert (refused.status_code, "投诉后被调离岗位。" in refused.text) == (409, True)
    before = AuditEntry.objects(verb="register").count()
    sent = reporter.post(
        "/retaliation", data={**told, "q_files": paper, "submission": "one"}, follow_redirects=True
    )
    made = Complaint.objects.get(case_type="retaliation")
    assert f"举报已匿名登记，编号 {made.number}" in sent.text
    assert "没有姓名为“钱七”的人员" in sent.text
    assert {"cd_head", "cd_clerk"} <= set(made.recused)
    assert reporter.get(f"/cases/{made.number}").status_code == 404
    assert (made.registrar, set(made.known_to)) == (None, {"bs_head", "bs_officer"})
    assert {one.by for one in made.events} == {"system"}
    stored = {**made.to_mongo(), "recused": [], "events": [one.to_mongo() for one in made.events[:1]]}
    assert [one for one in ("cd_clerk", Person.get("cd_clerk").name) if one in str(stored)] == []
    noted = list(AuditEntry.objects(subject=made.number))
    assert noted
    assert {one.by for one in noted} == {"system"}
    assert AuditEntry.objects(verb="register").count() == before + 1
    officer = sign_in("bs_officer")
    page = officer.get(f"/cases/{made.number}").text
    assert "匿名" in page
    assert "调令.txt" in page
    (one,) = made.attachments
    assert officer.get(f"/cases/{made.number}/files/{one.file_id}").status_code == 200
    definition = {**policy.definition, "policy": {**policy.definition["policy"], "retaliation": None}}
    Policy.collection().update_one({"key": policy.key}, {"$set": {"definition": definition}})
    forget_views()
    closed = reporter.get("/retaliation")
    assert (closed.status_code, "系统中没有这一渠道" in closed.text) == (200, True)
    assert "policy.retaliation" not in closed.text
    assert "policy.retaliation" in sign_in("admin").get("/retaliation").text
    assert reporter.post("/retaliation", data=told).status_code == 404


def test_the_head_of_the_relief_body_is_passed_by_when_reported(policy: Policy) -> None:
    told = Report("以辞退相威胁。", about="曹毅", about_unit="GD-BS")
    made = retaliation.report(policy, told, actor=Person.get("cd_handler"), now=NOW, submission="1")
    assert made.units["received"] == "GD"
    assert set(made.known_to) == {"gd_head", "cd_handler"}
    assert "bs_head" in made.recused


def test_where_all_archivists_step_aside_one_higher_files_the_case(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """Visibly: the history says so, the case waits on his desk, and later papers come in through him."""
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    kin = {"recusal_reason": "与投诉人系亲属。"}
    with pytest.raises(RuleBroken, match="stands_above"):
        perform(case, "recuse", "intake_clerk", recused_person="intake_head", **kin)
    for person, says_so in (("archivist", "intake_clerk"), ("intake_head", "intake_head")):
        case = perform(case, "recuse", says_so, recused_person=person, **kin)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="同意备案。")
    told = [one.note for one in case.events if one.verb == "stand_in"]
    assert any("档案管理员须回避，由梁志远办理" in one for one in told)
    scope, roles = case.case_scope(), roles_in_force()
    allowed = {
        person: may(Person.get(person).reach(roles), ARCHIVE, scope, roles=roles).reason
        for person in ("qh_senior", "archivist", "intake_head", "cd_head")
    }
    assert allowed == {
        "qh_senior": "granted",
        "archivist": "recused",
        "intake_head": "recused",
        "cd_head": "operation_not_granted",
    }
    senior = sign_in("qh_senior")
    desk = senior.get("/").text
    assert case.number in desk
    assert "归档" in desk
    assert senior.get(f"/cases/{case.number}/steps/archive").status_code == 200
    case = perform(case, "archive", "qh_senior", archive_note="本卷材料齐全。")
    assert case.stage == "archiving"
    assert case.number not in senior.get("/").text
    page = f"/admin/later/{case.number}"
    assert sign_in("cd_head").get(page).status_code == 403
    assert case.number in senior.get(page).text


def test_who_stands_in_still_finds_the_case_after_its_unit_moved(register: Register) -> None:
    case = register(respondent_unit="QH-CD", respondent_name="周涛")
    (instead,) = {one["person"] for one in case.stand_ins}
    assert f"p:{instead}" in case.scope
    assert reorganising.refresh_scopes(["QH-CD"]) == 1
    assert set(Complaint.get(case.number).scope) == set(case.scope)


def test_who_closed_the_case_does_not_file_it_as_stand_in_and_who_leaves_is_followed(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """Four eyes: he who stood in and closed leaves the filing to the next one higher, and he to his next."""
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    for person in ("archivist", "intake_head", "intake_clerk2", "intake_clerk"):
        # Nobody else takes the head off.
        says_so = "intake_head" if person == "intake_head" else "intake_clerk"
        case = perform(case, "recuse", says_so, recused_person=person, recusal_reason="系亲属。")
    assert filing(case) == {"qh_senior"}
    case = perform(case, "pass_filing", "qh_senior", review_opinion="同意备案。")
    assert (case.status, filing(case)) == ("closed", {"bs_head"})
    with pytest.raises(RuleBroken, match="second_person_needed"):
        perform(case, "archive", "qh_senior", archive_note="本卷材料齐全。")
    assert case.number in sign_in("bs_head").get("/").text
    waiting = {"case": case.number, "open": True, "stand_ins": list(case.stand_ins), "scope": ["p:bs_head"]}
    FilingEntry.collection().insert_one(waiting)  # of a batch that is being prepared
    staffing.deactivate("bs_head", receiver=None, actor=Person.get("admin"), now=NOW)
    case = Complaint.get(case.number)
    assert filing(case) == {"gd_head"}
    entry = FilingEntry.collection().find_one({"case": case.number})
    assert (entry["stand_ins"], "p:bs_head" in entry["scope"]) == (case.stand_ins, False)
    FilingEntry.collection().delete_many({})
    assert [one.note for one in case.events if one.verb == "reroute"] == ["曹毅离任"]
    assert case.number in sign_in("gd_head").get("/").text
    with pytest.raises(RuleBroken, match="nobody_stands_in"):
        staffing.deactivate("gd_head", receiver=None, actor=Person.get("admin"), now=NOW)
    perform(case, "archive", "gd_head", archive_note="本卷材料齐全。")


def filing(case: Complaint) -> set[str]:
    """Who stands in for the archivist."""
    return {one["person"] for one in case.stand_ins if one["role"] == "archivist"}
