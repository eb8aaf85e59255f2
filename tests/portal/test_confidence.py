"""A confidential case is known to its list only; the list grows visibly and never loses its last decider."""

from __future__ import annotations

from datetime import timedelta

import pytest

from documents.actions import confiding, staffing
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.blind_index import called
from documents.complaint import Complaint
from documents.dossier_history import LIST_ONLY, event_lines
from documents.dossier_words import Names
from documents.notice import Notice
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from portal.forms.compile import PREFIX
from portal.forms.page import Around, blank_page
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import SUPERVISED, TREATED, UNSOLVED
from tests.portal.test_leaks import cells_of


def asked(who: str, reason: str = "涉及举报人") -> Asked:
    return Asked(Person.get(who), NOW, reason)


def test_the_life_of_a_confidential_case(register: Register, perform: Perform, sign_in: SignIn) -> None:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    address = f"/cases/{case.number}/confidence"
    intake = sign_in("intake_clerk")
    assert "设为保密…" in intake.get(f"/cases/{case.number}").text
    assert sign_in("cd_clerk").get(address).status_code == 403
    refused = intake.post(address, data={"do": "confide", "reason": " "})
    assert refused.status_code == 409
    assert "请写明理由" in refused.text
    assert intake.post(address, data={"do": "confide", "reason": "涉及举报人"}).status_code == 302
    case = Complaint.get(case.number)
    assert case.known_to == ["intake_clerk", "intake_head"]
    for person in ("cd_clerk", "intake_clerk2", "cd_head", "qh_senior", "archivist", "admin"):
        browser = sign_in(person)
        assert browser.get(f"/cases/{case.number}").status_code == 404, person
        assert case.number not in browser.get("/cases").text, person
    assert "保密" in intake.get(f"/cases/{case.number}").text

    # The unit that takes over is let in by its head, the handler when he is assigned: visibly.
    Notice.objects.delete()
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert case.known_to == ["intake_clerk", "intake_head", "qs_head"]
    assert [one.note for one in case.events if one.verb == "let_know"] == ["韩冰"]
    assert {one.person for one in Notice.objects(sent=True)} <= set(case.known_to)
    intake.post(
        address, data={"do": "change", "reason": "承办", "add": ["qs_handler"], "remove": ["intake_head"]}
    )
    case = perform(Complaint.get(case.number), "sign", "qs_handler")
    assert case.known_to == ["intake_clerk", "qs_head", "qs_handler"]
    page = sign_in("qs_head").get(address).text
    assert "列入：赵晨；移出：黄伟" in page
    assert sign_in("qs_handler").get(address).status_code == 200  # on the list, but it is not his to change
    gone = sign_in("qs_head").post(address, data={"do": "change", "reason": "x", "remove": ["qs_handler"]})
    assert "承办人赵晨须在知悉名单上" in gone.text

    # Undone, ended, and each with its audit entry.
    head = sign_in("qs_head")
    head.post(address, data={"do": "change", "reason": "y", "remove": ["intake_clerk"]})
    head.post(address, data={"do": "undo", "reason": "误操作"})
    assert set(Complaint.get(case.number).known_to) == {"intake_clerk", "qs_head", "qs_handler"}
    head.post(address, data={"do": "end", "reason": "已公开"})
    assert Complaint.get(case.number).known_to == []
    reasons_stay_with_the_list(sign_in, case.number)
    noted = [
        one.verb for one in AuditEntry.objects(subject=case.number, verb__in=confiding.VERBS).order_by("id")
    ]
    assert noted == ["confide", "change_list", "change_list", "undo_confidence", "end_confidence"]


def reasons_stay_with_the_list(sign_in: SignIn, number: str) -> None:
    """Who stood on it knows why; nobody else ever will, on the page, on that of the list or on paper."""
    told = {}
    for person in ("intake_clerk", "intake_clerk2", "qs_head"):
        addresses = (f"/cases/{number}", f"/cases/{number}/confidence")
        told[person] = [sign_in(person).get(one).text for one in addresses]
    assert "误操作" in told["intake_clerk"][0]
    assert "已公开" in told["qs_head"][1]
    for page in told["intake_clerk2"]:
        assert "解除保密" in page
        assert [word for word in ("误操作", "已公开", "列入：") if word in page] == []
    printed = str(event_lines(Complaint.get(number), Names()))
    assert ("已公开" in printed, LIST_ONLY in printed) == (False, True)


def test_somebody_can_always_decide(register: Register, perform: Perform) -> None:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    confiding.confide(case.number, asked("intake_clerk"))
    with pytest.raises(RuleBroken, match="nobody_decides"):
        confiding.change_list(case.number, asked("intake_clerk"), remove=["intake_clerk", "intake_head"])
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        confiding.end(case.number, asked("admin"))
    confiding.change_list(case.number, asked("intake_clerk"), remove=["intake_head"])
    assert confiding.keep_watched(NOW) == 0
    staffing.deactivate("intake_clerk", receiver=None, actor=Person.get("admin"), now=NOW)
    assert confiding.keep_watched(NOW + timedelta(hours=1)) == 1
    case = Complaint.get(case.number)
    assert case.known_to == ["intake_clerk", "intake_head"]
    assert case.events[-1].by == "system"


def test_a_case_that_is_opened_from_it_is_as_confidential(register: Register, perform: Perform) -> None:
    """Who worked on it is recused from the appeal, so the head of the relief body is let in."""
    case = register()
    case = perform(case, "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="同意。")
    confiding.confide(case.number, asked("intake_head"))
    case = perform(Complaint.get(case.number), "appeal", "intake_head", appeal_grounds="对处理意见不服。")
    appeal = Complaint.get(next(one["number"] for one in case.links if one["kind"] == "appeal_of"))
    assert "cd_clerk" in appeal.recused
    assert "bs_head" in appeal.known_to
    assert not confiding.may_confide(Person.get("cd_head"), appeal)  # the list opens nothing to anybody


def test_a_linked_case_stands_where_it_may_be_seen(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    """Who is recused from an appeal, or does not reach it, finds no word of it on the page of the case."""
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="同意。")
    perform(case, "appeal", "intake_head", appeal_grounds="对处理意见不服。")
    appeal = Complaint.get(Complaint.get(case.number).links[-1]["number"])
    opens = {}
    for person in ("cd_clerk", "cd_handler", "intake_clerk", "bs_head", "gd_head", "qh_senior"):
        browser = sign_in(person)
        page, other = (browser.get(f"/cases/{one.number}") for one in (case, appeal))
        if page.status_code == 200:
            opens[person] = other.status_code == 200
            assert (appeal.number in page.text) == opens[person], person
    assert set(opens.values()) == {True, False}, opens
    # It stands as an answer, too: once it is hidden from whom the appeal is open to, under its mark.
    assert case.number in sign_in("bs_head").get(f"/cases/{appeal.number}").text
    Complaint.objects(number=case.number).update(set__known_to=["intake_head"])
    head = sign_in("bs_head")
    shown, sheet = head.get(f"/cases/{appeal.number}"), head.get("/cases.xlsx")
    assert (case.number in shown.text, called(case.number) in shown.text) == (False, True)
    assert sheet.status_code == 200, "the sheet"
    told = "".join(cells_of(sheet.data))
    assert (case.number in told, appeal.number in told) == (False, True)
    # A form that opens the answer again shows no input with it, and keeps it where nothing is typed.
    view, form = view_of(appeal.policy, appeal.policy_version), "appeal_intake"
    answers, around = appeal.answers[0].values, Around(view, appeal.policy_version, appeal)
    with head:
        head.get("/cases")
        opened = blank_page(around, form, values=answers)
        assert opened.form[f"{PREFIX}appealed_number"].data in (None, "")
        assert opened.kept["appealed_number"] == case.number
        assert "appealed_number" in opened.covered_keys
