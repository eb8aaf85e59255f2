"""Performing a step on its page; two people at once; pages that went stale."""

from __future__ import annotations

from documents.complaint import Complaint
from documents.upload import Draft
from tests.portal.conftest import Perform, Register, SignIn
from tests.portal.samples import RESULT, SUPERVISED, UNSOLVED, sent


def at_intake(register: Register, perform: Perform) -> Complaint:
    return perform(register(), "report", "cd_clerk", **UNSOLVED)


def supervised(register: Register, perform: Perform) -> Complaint:
    return perform(at_intake(register, perform), "supervise", "intake_clerk", **SUPERVISED)


def test_the_intake_clerk_issues_a_supervision_sheet(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/supervise"
    answer = clerk.post(address, data=sent(clerk.get(address).text, **SUPERVISED), follow_redirects=True)
    assert "“出具督办表”已完成" in answer.text
    assert Complaint.get(case.number).stage == "supervised"


def test_a_double_click_performs_once(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/supervise"
    form = sent(clerk.get(address).text, **SUPERVISED)
    assert clerk.post(address, data=form).status_code == 302
    assert clerk.post(address, data=form).status_code == 302
    events = Complaint.get(case.number).events
    assert [event.verb for event in events].count("supervise") == 1


def test_back_and_send_again_changes_nothing_and_says_why(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/supervise"
    old = sent(clerk.get(address).text, **SUPERVISED)
    clerk.post(address, data=old)
    fresh_submission = {**old, "submission": "another-press", "q_requirements": "改过的要求"}
    answer = clerk.post(address, data=fresh_submission)
    assert answer.status_code == 409
    assert "您填写期间，这件投诉有了变化" in answer.text
    assert "改过的要求" in answer.text
    assert Complaint.get(case.number).turn == 3


def test_missing_fields_keep_what_was_typed(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/supervise"
    answer = clerk.post(address, data=sent(clerk.get(address).text, requirements="要求已写"))
    assert answer.status_code == 422
    assert "要求已写" in answer.text
    assert "承办单位" in answer.text


def test_two_clerks_at_once_one_wins_and_the_other_sees_what_changed(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = at_intake(register, perform)
    address = f"/cases/{case.number}/steps/supervise"
    first, second = sign_in("intake_clerk"), sign_in("intake_clerk2")
    first_form = sent(first.get(address).text, **SUPERVISED)
    second_form = sent(second.get(address).text, **{**SUPERVISED, "requirements": "第二位写的要求"})
    assert first.post(address, data=first_form).status_code == 302
    answer = second.post(address, data=second_form)
    assert answer.status_code == 409
    assert "陈静" in answer.text
    assert "第二位写的要求" in answer.text
    assert "核实收费依据" in answer.text
    assert "这一步已经不能再办" in answer.text


def test_after_a_harmless_change_the_same_form_can_be_sent_again(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/supervise"
    form = sent(clerk.get(address).text, **SUPERVISED)
    perform(case, "note", "intake_clerk2", note_text="客户来电补充流水号。")
    merged = clerk.post(address, data=form)
    assert merged.status_code == 409
    assert "客户来电补充流水号" in merged.text
    assert "您填写的内容仍在下方，请核对后重新提交" in merged.text
    again = clerk.post(address, data=sent(merged.text, **SUPERVISED))
    assert again.status_code == 302
    assert Complaint.get(case.number).stage == "supervised"


def test_a_rule_of_the_action_is_told_with_the_form_still_filled(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = perform(supervised(register, perform), "sign", "qs_handler")
    handler, address = sign_in("qs_handler"), f"/cases/{case.number}/steps/ask_extension"
    form = sent(handler.get(address).text, extension_until="2026-12-31", extension_reason="需要很久")
    answer = handler.post(address, data=form)
    assert answer.status_code == 409
    assert "延期超过最长期限" in answer.text
    assert "需要很久" in answer.text


def test_what_is_filled_wrongly_is_told_before_the_form_is_sent(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = perform(supervised(register, perform), "sign", "qs_handler")
    handler, address = sign_in("qs_handler"), f"/cases/{case.number}/steps/ask_extension"
    page = handler.get(address).text
    assert f'data-check="{address}/check"' in page
    told = handler.post(f"{address}/check", data=sent(page, extension_until="soon", extension_reason=""))
    assert list(told.get_json()) == ["extension_until"], "what is not filled yet is no mistake"
    assert handler.post(f"{address}/check", data=sent(page, extension_until="2026-03-20")).json == {}
    unchanged = Complaint.get(case.number)
    assert (unchanged.revision, len(unchanged.events)) == (case.revision, len(case.events))
    closed = sign_in("intake_clerk").post(f"{address}/check", data={})
    assert closed.status_code == 409
    stranger = sign_in("hk_clerk")
    for number in (case.number, "TS-2026-9999-0001"):
        nothing = stranger.post(f"/cases/{number}/steps/ask_extension/check", data={})
        assert (nothing.status_code, "没有找到这个页面" in nothing.text) == (404, True)


def test_a_closed_step_says_whose_it_is(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = at_intake(register, perform)
    answer = sign_in("cd_clerk").get(f"/cases/{case.number}/steps/supervise")
    assert answer.status_code == 409
    assert "受理岗" in answer.text


def test_the_form_of_a_second_round_brings_the_last_answers(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = perform(supervised(register, perform), "sign", "qs_handler")
    case = perform(case, "reply", "qs_handler", **RESULT)
    perform(case, "return_review", "intake_clerk", return_reason="请补充依据。")
    assert RESULT["investigation"] in sign_in("qs_handler").get(f"/cases/{case.number}/steps/reply").text


def test_a_step_keeps_its_draft_for_this_person_only(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = at_intake(register, perform)
    address = f"/cases/{case.number}/steps/supervise"
    clerk = sign_in("intake_clerk")
    clerk.post("/drafts", data=sent(clerk.get(address).text, requirements="写到一半"))
    assert "写到一半" in clerk.get(address).text
    assert "写到一半" not in sign_in("intake_clerk2").get(address).text
    assert Draft.objects.count() == 1


def test_who_recuses_himself_lands_on_the_desk(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = at_intake(register, perform)
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/recuse"
    form = sent(clerk.get(address).text, recused_person="intake_clerk", recusal_reason="与投诉人系亲属")
    answer = clerk.post(address, data=form)
    assert answer.location == "/"
    assert clerk.get(f"/cases/{case.number}").status_code == 404


def test_who_works_at_an_outlet_can_be_withdrawn_too(sign_in: SignIn, register: Register) -> None:
    case = register()
    clerk, address = sign_in("intake_clerk"), f"/cases/{case.number}/steps/recuse"
    form = sent(clerk.get(address).text, recused_person="cd_clerk", recusal_reason="系投诉人亲属")
    assert clerk.post(address, data=form).status_code == 302
    assert sign_in("cd_clerk").get(f"/cases/{case.number}").status_code == 404
