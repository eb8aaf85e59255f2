"""The four paths of Art. 17 and what may happen on the way, on the shipped policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.complaint import Complaint
from documents.events import broken_at
from documents.rules.broken import RuleBroken
from documents.timer import Timer
from tests.documents.conftest import NOW, Perform, Register

TREATED = {
    "treatment_result": "经核对系误收，当场退还五元并致歉。",
    "handled_outcome": "upheld",
    "cause": "pricing",
    "reply_method": "in_person",
    "replied_at": "2026-02-24T09:00:00+08:00",
}
RESULT = {
    "investigation": "经查系柜员误选收费项目。",
    "handling_opinion": "退还手续费五元，向客户致歉。",
    "handled_outcome": "upheld",
    "cause": "pricing",
    "reply_method": "written",
    "replied_at": "2026-02-24T09:00:00+08:00",
}
SUPERVISED = {
    "validity": "valid",
    "handling_unit": "QH-QS",
    "requirements": "核实收费依据，七个工作日内答复。",
}
UNSOLVED = {"reason_unsolved": "需清算中心核对流水。", "explained": "yes"}


def supervised(register: Register, perform: Perform) -> Complaint:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    return perform(case, "supervise", "intake_clerk", **SUPERVISED)


def handled(register: Register, perform: Perform) -> Complaint:
    return perform(supervised(register, perform), "sign", "qs_handler")


def test_a_registered_case_has_a_number_a_stage_and_its_clocks(register: Register) -> None:
    case = register()
    assert case.number == "TS-2026-0224-0001"
    assert case.stage == "received"
    assert {clock.limit for clock in case.clocks} == {"cap", "same_day"}
    assert case.units == {
        "received": "QH-CD",
        "union": "QH",
        "intake": "QH-SL",
        "senior": "QH-GC",
        "archive": "QH-DA",
        "relief": "GD-BS",
    }
    assert case.next_limit == "same_day"


def test_solved_on_the_spot_is_filed_with_intake_and_completed(register: Register, perform: Perform) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    assert (case.stage, case.running("same_day")) == ("filed", None)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="处理得当。")
    assert (case.stage, case.status, case.outcome) == ("completed", "closed", "upheld")
    assert [clock for clock in case.clocks if clock.state == "running"] == []


def test_unsolvable_goes_to_intake_is_supervised_signed_replied_reviewed_and_closed(
    register: Register, perform: Perform
) -> None:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    clock = case.running("supervise")
    assert clock is not None
    assert clock.due_at == datetime(2026, 2, 26, 15, 59, 59, tzinfo=UTC)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert case.numbers == {"supervision": "DB-2026-00001"}
    case = perform(case, "sign", "qs_handler")
    clock = case.running("handle")
    assert clock is not None
    # 25, 26, 27 February, 28 (make-up Saturday), 2, 3, 4 March
    assert clock.due_at == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
    assert clock.explanation
    case = perform(case, "reply", "qs_handler", **RESULT)
    assert [letter.number for letter in case.letters] == ["投诉意见〔2026〕1号"]
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    assert case.stage == "completed"
    assert broken_at(Complaint.get(case.number).events) is None
    assert Timer.objects(case=str(case.id), state__in=("pending", "claimed")).count() == 0


def test_forwarded_by_a_superior_runs_on_the_superiors_limit_and_is_reported(
    register: Register, perform: Perform
) -> None:
    case = register(
        "intake_clerk",
        forwarded="yes",
        superior_body="省联社合规部",
        superior_due="2026-03-10",
        superior_number="粤农信函7号",
    )
    assert case.stage == "at_intake"
    clock = case.running("superior")
    assert clock is not None
    assert clock.due_at == datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    case = perform(case, "sign", "qs_handler")
    assert case.running("handle") is None
    case = perform(case, "reply", "qs_handler", **RESULT)
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    assert case.stage == "report_up"
    case = perform(
        case,
        "report_superior",
        "intake_clerk",
        superior_report_text="已办结。",
        superior_reported_at="2026-02-24T09:00:00+08:00",
    )
    assert case.stage == "completed"


def test_refusal_needs_another_person_and_a_letter(register: Register, perform: Perform) -> None:
    case = register("intake_head")
    case = perform(
        case, "ask_decline", "intake_head", decline_reason="no_facts", decline_explanation="无事实依据。"
    )
    with pytest.raises(RuleBroken, match="four_eyes"):
        perform(case, "approve_decline", "intake_head", decline_decision_note="同意", explained_by="written")


def test_a_refused_case_is_closed_with_a_notice(register: Register, perform: Perform) -> None:
    case = register("intake_clerk")
    case = perform(
        case, "ask_decline", "intake_clerk", decline_reason="no_facts", decline_explanation="无事实依据。"
    )
    case = perform(
        case, "approve_decline", "intake_head", decline_decision_note="同意", explained_by="written"
    )
    assert (case.stage, case.outcome, case.letters[0].key) == ("declined", "declined", "decline")


def test_a_repeat_is_refused_and_the_appeal_path_told(register: Register, perform: Perform) -> None:
    case = register("intake_clerk")
    case = perform(
        case,
        "refuse_repeat",
        "intake_clerk",
        earlier_case="TS-2026-0101-0001",
        repeat_finding="同一事实。",
        told_appeal="yes",
    )
    assert (case.stage, case.letters[0].key) == ("repeat_refused", "repeat")


def test_an_extension_is_decided_by_another_and_keeps_both_dates(
    register: Register, perform: Perform
) -> None:
    case = handled(register, perform)
    case = perform(
        case, "ask_extension", "qs_handler", extension_until="2026-03-20", extension_reason="需外部核查。"
    )
    with pytest.raises(RuleBroken, match="not_your_role"):
        perform(case, "approve_extension", "qs_handler", decision_note="同意")
    case = perform(case, "approve_extension", "intake_head", decision_note="同意")
    extension = case.extensions[0]
    assert extension.old_due == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)
    assert extension.new_due == datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    assert case.letters[0].key == "extension"


def test_an_extension_never_passes_three_months(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    with pytest.raises(RuleBroken, match="extension_beyond_cap"):
        perform(
            case, "ask_extension", "qs_handler", extension_until="2026-05-26", extension_reason="很复杂。"
        )


def test_the_person_complained_about_is_recused_and_sees_nothing(
    register: Register, perform: Perform
) -> None:
    case = register(respondent_name="赵晨")
    assert case.recused == ["qs_handler"]
    case = perform(case, "report", "cd_clerk", **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    with pytest.raises(RuleBroken, match="recused"):
        perform(case, "sign", "qs_handler")
    assert perform(case, "sign", "qs_head").handler == "qs_head"


def test_a_declared_recusal_takes_the_handler_off(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    case = perform(case, "recuse", "qs_handler", recused_person="qs_handler", recusal_reason="亲属关系。")
    assert case.handler is None
    assert case.recused == ["qs_handler"]


def test_a_case_at_the_wrong_unit_is_recalled_and_goes_to_another(
    register: Register, perform: Perform
) -> None:
    case = perform(handled(register, perform), "recall", "intake_clerk", return_reason="应由信贷管理部承办。")
    assert (case.stage, case.handler, case.running("handle")) == ("at_intake", None, None)
    assert {clock.state for clock in case.clocks if clock.limit == "handle"} == {"stopped"}
    case = perform(case, "supervise", "intake_clerk", **{**SUPERVISED, "handling_unit": "QH-XD"})
    assert case.units["handling"] == "QH-XD"
    assert perform(case, "sign", "xd_handler").running("handle") is not None


def test_a_transfer_ends_the_case_with_its_record(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    case = perform(case, "transfer", "intake_clerk", transfer_to="police", transfer_reason="涉嫌犯罪。")
    assert (case.stage, case.status) == ("transferred", "closed")


def test_an_appeal_is_a_linked_case_that_no_former_handler_sees(register: Register, perform: Perform) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="同意。")
    case = perform(case, "appeal", "intake_head", appeal_grounds="对处理意见不服。")
    linked = Complaint.get(Complaint.get(case.number).links[0]["number"])
    assert linked.case_type == "appeal"
    assert linked.units["received"] == "GD-BS"
    assert {"cd_clerk", "intake_clerk"} <= set(linked.recused)
    with pytest.raises(RuleBroken, match="condition_not_met"):
        perform(case, "appeal", "intake_head", appeal_grounds="再次申诉。")


def test_a_returned_reply_runs_on_with_its_old_deadline(register: Register, perform: Perform) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    due = case.clocks[-2].due_at
    case = perform(case, "return_review", "intake_clerk", return_reason="请补充依据。")
    clock = case.running("handle")
    assert clock is not None
    assert clock.due_at == due


def test_a_suggestion_is_answered(register: Register, perform: Perform) -> None:
    case = register(case_type="suggestion")
    case = perform(
        case,
        "answer",
        "cd_clerk",
        suggestion_answer="已采纳。",
        suggestion_outcome="adopted",
        reply_method="phone",
    )
    assert (case.stage, case.outcome) == ("completed", "adopted")


def test_everything_wrong_is_told_at_once(register: Register) -> None:
    with pytest.raises(RuleBroken, match="form_incomplete") as caught:
        register(title="", channel="pigeon", facts="长" * 8_001)
    problems: Any = caught.value.facts["problems"]
    assert {problem.field for problem in problems} == {"title", "channel", "facts"}


def test_a_receipt_in_the_future_is_refused(register: Register) -> None:
    with pytest.raises(RuleBroken, match="received_in_future"):
        register(received_at=(NOW + timedelta(hours=1)).isoformat())
