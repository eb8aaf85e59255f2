"""Whoever is complained about is asked for a statement: sees what is opened for it, answers once, no more."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from documents.actions import confiding, hearing
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.dossier_forms import filled_forms
from documents.notice import Notice
from documents.person import Absence, Person
from documents.policy import roles_in_force
from documents.rules.access import STATEMENT, may
from documents.rules.broken import RuleBroken
from documents.upload import Draft
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, RESULT, SUPERVISED, UNSOLVED, sent
from tests.portal.test_recusal import shut_out

QUESTION = "有客户反映柜面收费与公示不符，请说明当时的经过。"
ASKED = {"heard_person": "cd_handler", "hearing_question": QUESTION}
STATED = "当日系统默认收费项目，我已口头说明。"
# What nobody who is asked may find on any page: all that the complainant said but for what is opened.
CLOSED = [COMPLAINT[name] for name in ("complainant_name", "complainant_phone", "title", "facts", "demand")]


def in_hand(register: Register, perform: Perform, **changes: str) -> Complaint:
    """A complaint about a handler, in the hands of his head."""
    about = {"respondent_unit": "QH-CD", "respondent_name": "李强", "happened_on": "2026-02-20"}
    case = register(**{**about, **changes})
    case = perform(case, "report", "cd_clerk", **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", **{**SUPERVISED, "handling_unit": "QH-CD"})
    return perform(case, "sign", "cd_head")


def ask(case: Complaint, perform: Perform, **changes: str) -> tuple[Complaint, str]:
    """Ask; the address of the page comes with the notice."""
    case = perform(case, "hear", "cd_head", **{**ASKED, **changes})
    return case, f"/statements/{case.hearings[-1].id}"


def test_who_is_asked_sees_the_question_and_what_is_opened(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case, address = ask(in_hand(register, perform), perform)
    asked = sign_in("cd_handler")
    shut_out(sign_in, case, "cd_handler")
    (notice,) = Notice.objects(person="cd_handler", statement__ne=None)
    assert case.number not in str(notice.to_mongo())
    assert notice.id in asked.get("/notices").text
    assert asked.get(f"/notices/{notice.id}/open").location == address
    assert address in asked.get("/").text
    page = asked.get(address).text
    for shown in (QUESTION, "事项类别", "城东信用社"):
        assert shown in page
    for closed in (*CLOSED, case.number):
        assert closed not in page
    # What is typed is kept, and comes back after a mistake.
    assert asked.post("/drafts", data=sent(page, statement_text="写了一半")).json == {"saved": True}
    assert "写了一半" in asked.get(address).text
    assert "情况说明" in asked.get("/drafts").text
    assert asked.post(address, data=sent(page)).status_code == 422
    assert asked.post(f"{address}/check", data=sent(page)).json == {}
    read = AuditEntry.objects(by="cd_handler", verb="read").first()
    assert (read.subject, read.facts["way"]) == (case.number, "statement")


def test_it_is_given_once_and_the_own_answer_is_read_again(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case, address = ask(in_hand(register, perform), perform)
    asked = sign_in("cd_handler")
    page = asked.get(address).text
    asked.post("/drafts", data=sent(page, statement_text="写了一半"))
    told = {**sent(page, statement_text=STATED), "q_statement_papers": (io.BytesIO(b"log\n"), "流水.txt")}
    assert asked.post(address, data=told, content_type="multipart/form-data").location == address
    again = sent(page, statement_text="第二次")
    assert asked.post(address, data=again).location == address  # the same form sent twice
    late = asked.post(address, data={**again, "submission": "another"})
    assert (late.status_code, "不能再次提交" in late.text) == (409, True)
    case = Complaint.get(case.number)
    given = [one.values["statement_text"] for one in case.answers if one.form == "statement"]
    assert given == [STATED]
    assert [one.state for one in case.clocks if one.limit == "statement"] == ["met"]
    assert Draft.objects(by="cd_handler").count() == 0
    # Afterwards: the question, one's own words, the file; what was opened is closed again.
    page = asked.get(address).text
    assert STATED in page
    assert QUESTION in page
    assert "事项类别" not in page
    assert address not in asked.get("/").text
    file = case.attachments[-1]
    assert asked.get(f"{address}/files/{file.file_id}").data == b"log\n"
    assert asked.get(f"/cases/{case.number}/files/{file.file_id}").status_code == 404
    shut_out(sign_in, case, "cd_handler")
    # Those on the case read it there, and on paper; whoever asked has heard of it.
    page = sign_in("cd_head").get(f"/cases/{case.number}").text
    assert STATED in page
    assert [one.form_key for one in filled_forms(case)][-1] == "statement"
    assert Notice.objects(person="cd_head", number=case.number, id__contains="stated").count() == 1


def test_nobody_answers_for_another(register: Register, perform: Perform, sign_in: SignIn) -> None:
    """A deputy, whoever asked, an administrator: for all of them it is not there; two have a page each."""
    case, address = ask(in_hand(register, perform), perform)
    away = Person.get("cd_handler")
    away.absences.append(Absence(starts=NOW, ends=NOW + timedelta(days=3), deputy="cd_clerk"))
    away.save()
    for person in ("cd_clerk", "cd_head", "intake_head", "admin"):
        browser = sign_in(person)
        assert browser.get(address).status_code == 404, person
        assert browser.post(address, data={"q_statement_text": "代答"}).status_code == 404, person
    case, second = ask(case, perform, heard_person="cd_clerk")
    one = sign_in("cd_clerk")
    assert one.get(address).status_code == 404
    assert one.post(second, data=sent(one.get(second).text, statement_text="我在场。")).location == second
    assert Complaint.get(case.number).running("statement") is not None  # it waits for both
    other = sign_in("cd_handler")
    assert "我在场。" not in other.get(address).text
    other.post(address, data=sent(other.get(address).text, statement_text=STATED))
    case = Complaint.get(case.number)
    assert [one.values["statement_text"] for one in case.answers[-2:]] == ["我在场。", STATED]
    assert case.running("statement") is None


def test_what_may_not_be_asked(register: Register, perform: Perform) -> None:
    case = in_hand(register, perform)
    name = COMPLAINT["complainant_name"]
    for refused, code in (
        ({"hearing_question": f"客户{name}反映收费有误。"}, "names_complainant"),
        ({"heard_person": "cd_head"}, "cannot_ask_yourself"),
    ):
        with pytest.raises(RuleBroken) as why:
            ask(case, perform, **refused)
        assert why.value.code == code
    case, _ = ask(case, perform)
    with pytest.raises(RuleBroken) as why:
        ask(case, perform)
    assert why.value.code == "already_asked"
    Person.collection().update_one({"_id": "cd_clerk"}, {"$set": {"active": False}})
    with pytest.raises(RuleBroken) as why:
        ask(case, perform, heard_person="cd_clerk")
    assert why.value.code == "asked_has_left"


def test_a_refusal_confirms_no_guess_at_what_the_asker_does_not_see(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """A masked number, a field that is not for the asker: left out for who is asked, and nothing is said."""
    case = in_hand(register, perform, respondent_name="赵晨", complainant_id_number="11010519491231002X")
    guesses = "13811111111、138 0000 0000、11010519491231002x、赵晨"
    case, address = ask(case, perform, hearing_question=f"请说明：{guesses}。")
    assert guesses in str(case.facts()["hearing_question"])
    page = sign_in("cd_handler").get(address).text
    assert "请说明：13811111111、（略）、（略）、（略）。" in page


def test_what_is_over_or_confidential_by_now_is_closed(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    case, first = ask(in_hand(register, perform), perform)
    asked = sign_in("cd_handler")
    typed = sent(asked.get(first).text, statement_text=STATED)
    case = perform(case, "unhear", "cd_head")
    assert case.running("statement") is None
    page = asked.get(first).text
    assert ("现已不需要您说明情况" in page, QUESTION in page) == (True, False)
    assert asked.post(first, data=typed).status_code == 409
    assert Notice.objects(person="cd_handler", id__contains="unheard").count() == 1
    case, again = ask(case, perform)
    asker = Person.get("cd_head")
    confiding.confide(case.number, Asked(asker, NOW, "涉及举报人。"))
    page = asked.get(again).text
    assert (QUESTION in page, "事项类别" in page) == (True, False)
    assert "cd_handler" not in Complaint.get(case.number).known_to
    withheld = {"$set": {"hearings.1.withheld": ["category"]}}
    Complaint.collection().update_one({"number": case.number}, withheld)
    assert "未向其展示：事项类别" in sign_in("cd_head").get(f"/cases/{case.number}").text
    confiding.end(case.number, Asked(asker, NOW, "不再需要。"))
    Person.collection().update_one({"_id": "cd_handler"}, {"$set": {"active": False}})
    assert "已离任" in sign_in("cd_head").get(f"/cases/{case.number}").text
    Person.collection().update_one({"_id": "cd_handler"}, {"$set": {"active": True}})
    case = perform(Complaint.get(case.number), "reply", "cd_head", **RESULT)
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    assert [one.state for one in case.hearings] == ["ended", "ended"]
    assert asked.post(again, data=typed).status_code == 409
    with pytest.raises(RuleBroken) as why:
        hearing.give(again.split("/")[-1], {}, actor=asker, now=NOW, submission="x")
    assert why.value.code == "unknown_statement"
    scope, roles = case.case_scope(), roles_in_force()
    assert may(Person.get("cd_handler").reach(roles), STATEMENT, scope, roles=roles).reason == "not_asked"
