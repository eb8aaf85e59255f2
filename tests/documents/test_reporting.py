"""Reports: counted as known on a day, edited, frozen – and the same for ever after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents.actions import duties, reporting
from documents.actions.reporting import Asked
from documents.complaint import Complaint
from documents.duty import Duty
from documents.person import Person
from documents.policy import Policy
from documents.report import Report
from documents.report_figures import Counting, cases_behind
from documents.report_paper import report_paper
from documents.rules.broken import RuleBroken
from documents.rules.figures import Span
from documents.rules.reading import Reading
from tests.documents.conftest import Perform, Register
from tests.documents.test_paths import RESULT, SUPERVISED, TREATED, UNSOLVED

JUNE = datetime(2026, 6, 8, 2, tzinfo=UTC)
ASKED = Asked("half_year", "QH", 2026)


def at(month: int, day: int, hour: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def received(moment: datetime) -> dict[str, Any]:
    return {"now": moment, "received_at": moment.isoformat()}


def solved(register: Register, perform: Perform, moment: datetime, **changes: Any) -> Complaint:
    case = perform(register(**received(moment), **changes), "solve", "cd_clerk", now=moment, **TREATED)
    return perform(case, "pass_filing", "intake_clerk", now=moment, review_opinion="同意。")


def handled(register: Register, perform: Perform, moment: datetime) -> Complaint:
    case = perform(register(**received(moment)), "report", "cd_clerk", now=moment, **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", now=moment, **SUPERVISED)
    return perform(case, "sign", "qs_handler", now=moment)


def drafted(policy: Policy, now: datetime = JUNE, who: str = "intake_head") -> Report:
    return reporting.draft(policy, ASKED, actor=Person.get(who), now=now)


def counted(policy: Policy, cut_off: datetime) -> Report:
    """As a policy with another cut-off would count."""
    view, first = policy.view(), datetime(2025, 12, 31, 16, tzinfo=UTC)
    span = Span("QH", first, cut_off, cut_off, Reading.of(view.definition), policy.key, drafter="intake_head")
    counting = Counting(view, view.report(ASKED.key), span)
    return Report(figures=counting.figures(), tables=counting.tables())


def values(report: Report) -> dict[str, str]:
    return {figure.key: figure.value for figure in report.figures}


def rows(report: Report, table: str) -> dict[str, list[str]]:
    return {row.label["zh"]: list(row.cells) for row in report.table(table).rows}


def frozen(policy: Policy) -> Report:
    report = drafted(policy)
    return reporting.freeze(report.id, actor=Person.get("intake_head"), now=JUNE, revision=report.revision)


def test_what_is_received_resolved_and_open_is_counted(
    policy: Policy, register: Register, perform: Perform
) -> None:
    solved(register, perform, at(2, 24))
    solved(register, perform, at(3, 2), category="service_waiting", channel="visit")
    handled(register, perform, at(5, 28))
    register(case_type="suggestion", **received(at(4, 1)))
    register("intake_clerk", **received(at(5, 29)), forwarded="yes", superior_body="省联社合规部",
             superior_due="2026-06-20")  # fmt: skip
    found = values(drafted(policy))
    assert (found["accepted"], found["resolved"], found["open"]) == ("4", "2", "2")
    assert (found["suggestions"], found["forwarded"]) == ("1", "1")


def test_the_cut_off_day_belongs_to_the_period_and_the_next_does_not(
    policy: Policy, register: Register
) -> None:
    register(**received(datetime(2026, 5, 31, 15, 59, tzinfo=UTC)))  # 23:59 in Guangdong
    register(**received(datetime(2026, 5, 31, 16, 0, tzinfo=UTC)))  # 1 June, 00:00
    assert values(drafted(policy))["accepted"] == "1"
    assert values(counted(policy, datetime(2026, 6, 1, 16, tzinfo=UTC)))["accepted"] == "2"


def test_what_happened_after_the_cut_off_is_not_known_yet(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = handled(register, perform, at(5, 28))
    before = values(drafted(policy, now=at(6, 1)))
    perform(case, "reply", "qs_handler", now=at(6, 2), **RESULT)
    perform(case, "pass_review", "intake_clerk", now=at(6, 2), review_opinion="同意。")
    perform(case, "account", "intake_head", now=at(6, 3), accountability_ground="other",
            accountability_facts="批评教育。")  # fmt: skip
    after = drafted(policy)
    assert values(after) == before
    assert values(after)["open"] == "1"
    assert rows(after, "open_cases") == {
        case.number: ["违反金融法规制度 / 收费与定价", "26-05-28", "26-06-08", "清算中心"]
    }


def test_a_late_registration_is_not_in_the_numbers_of_the_day(policy: Policy, register: Register) -> None:
    register(now=at(6, 2), received_at=at(5, 20).isoformat())
    assert values(drafted(policy))["accepted"] == "0"


def test_tables_add_up_and_are_sorted(policy: Policy, register: Register, perform: Perform) -> None:
    for day in (2, 3, 4):
        solved(register, perform, at(3, day))
    solved(register, perform, at(3, 5), category="service_waiting")
    report = drafted(policy)
    assert rows(report, "by_category") == {
        "违反金融法规制度 / 收费与定价": ["3", "75.0%"],
        "服务态度、质量与规范 / 排队等候": ["1", "25.0%"],
    }
    assert rows(report, "by_cause") == {"定价收费": ["4", "100.0%"]}
    assert rows(report, "by_unit") == {"城东信用社": ["4", "100.0%"]}


def test_limits_are_counted_by_what_became_of_them(
    policy: Policy, register: Register, perform: Perform
) -> None:
    solved(register, perform, at(3, 2))  # same day: in time
    late = register(**received(at(3, 3)))
    perform(late, "report", "cd_clerk", now=at(3, 6), **UNSOLVED)  # same day: late; supervise: missed
    register(**received(at(3, 10)))  # same day: missed
    found = rows(drafted(policy), "by_limit")
    #                              in time late missed running ended
    assert found["当天报处理表"] == ["1", "1", "1", "0", "0", "33.3%"]
    assert found["出具督办表"][2] == "1"
    assert found["最长办理期限"] == ["0", "0", "0", "2", "1", "—"]


def test_an_extension_decided_later_had_not_moved_the_deadline(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = handled(register, perform, at(5, 18))  # due 27 May
    perform(case, "ask_extension", "qs_handler", now=at(5, 26), extension_until="2026-06-20",
            extension_reason="需外部核查。")  # fmt: skip
    perform(case, "approve_extension", "intake_head", now=at(6, 3), decision_note="同意")
    found = drafted(policy)
    assert rows(found, "by_limit")["办理并答复"][2] == "1"  # missed, as it was on 31 May
    assert values(found)["extended"] == "0"
    assert rows(counted(policy, datetime(2026, 6, 5, 16, tzinfo=UTC)), "by_limit")["办理并答复"][3] == "1"


def test_other_unions_are_not_counted(policy: Policy, register: Register) -> None:
    case = register(**received(at(3, 2)))
    Complaint.collection().update_one({"_id": case.id}, {"$set": {"scope": ["t:OTHER", "u:OTHER-1"]}})
    assert values(drafted(policy))["accepted"] == "0"


def test_the_first_draft_is_written_from_the_numbers(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = handled(register, perform, at(3, 2))
    case = perform(case, "reply", "qs_handler", now=at(3, 3), **RESULT, measures="公示牌每月核对。")
    perform(case, "pass_review", "intake_clerk", now=at(3, 3), review_opinion="同意。")
    texts = {section.key: section.text for section in drafted(policy).sections}
    assert texts["overview"].startswith("本期受理投诉次数1件。\n其中：投诉解决次数1件（100.0%）")
    assert texts["main_issues"] == "本期1件投诉均属收费与定价1件（100.0%）。"
    assert texts["measures"] == f"1．公示牌每月核对（{case.number}）。"
    assert texts["open_cases"] == "截至统计截止日，本期受理的投诉均已办结。"


def test_each_number_leads_to_its_cases(policy: Policy, register: Register, perform: Perform) -> None:
    first = solved(register, perform, at(3, 2))
    solved(register, perform, at(3, 3), category="service_waiting")
    report = drafted(policy)
    for figure in report.figures:
        if figure.count:
            behind = cases_behind(report, figure.count)
            assert Complaint.collection().count_documents(behind) == int(figure.value), figure.key
    table = report.table("by_category")
    for row in table.rows:
        behind = cases_behind(report, table.count, (table.group, row.group))
        assert Complaint.collection().count_documents(behind) == int(row.cells[0])
    behind = cases_behind(report, table.count, ("category", "violation_fees"))
    assert [row["number"] for row in Complaint.collection().find(behind)] == [first.number]


def test_drafting_again_counts_anew_and_keeps_what_people_wrote(
    policy: Policy, register: Register, perform: Perform
) -> None:
    head = Person.get("intake_head")
    report = drafted(policy)
    report = reporting.edit(
        report.id, {"causes": "公示不清。"}, actor=head, now=JUNE, revision=report.revision
    )
    solved(register, perform, at(3, 2))
    report = drafted(policy)
    assert values(report)["accepted"] == "1"
    texts = {section.key: section.text for section in report.sections}
    assert texts["causes"] == "公示不清。"
    assert "收费与定价1件" in texts["main_issues"]


def test_a_frozen_report_gives_the_same_numbers_whatever_becomes_of_the_cases(
    policy: Policy, register: Register, perform: Perform
) -> None:
    case = solved(register, perform, at(3, 2))
    report = frozen(policy)
    paper = report_paper(report)
    Complaint.collection().update_one(
        {"_id": case.id}, {"$set": {"category": "other", "outcome": "declined"}}
    )
    solved(register, perform, at(3, 3))
    again = Report.get(report.id)
    assert report_paper(again) == paper
    assert again.to_mongo() == report.to_mongo()


def test_a_frozen_report_takes_no_other_draft_and_no_other_word(policy: Policy) -> None:
    report, head = frozen(policy), Person.get("intake_head")
    with pytest.raises(RuleBroken, match="report_frozen"):
        drafted(policy)
    with pytest.raises(RuleBroken, match="report_frozen"):
        reporting.edit(report.id, {"causes": "改"}, actor=head, now=JUNE, revision=report.revision)
    with pytest.raises(RuleBroken, match="report_frozen"):
        reporting.freeze(report.id, actor=head, now=JUNE, revision=report.revision)


def test_of_two_who_edit_the_second_is_told(policy: Policy) -> None:
    report = drafted(policy)
    clerk, head = Person.get("intake_clerk"), Person.get("intake_head")
    reporting.edit(report.id, {"causes": "甲"}, actor=clerk, now=JUNE, revision=report.revision)
    with pytest.raises(RuleBroken, match="report_changed_meanwhile"):
        reporting.edit(report.id, {"causes": "乙"}, actor=head, now=JUNE, revision=report.revision)


def test_freezing_fulfils_the_duty(policy: Policy) -> None:
    duties.plan(now=at(1, 5))
    frozen(policy)
    duty = Duty.objects.get(key="half_year_report", due_at__lt=at(12, 31))
    assert (duty.state, duty.completed_by) == ("done", "intake_head")
    assert duty.evidence["report"] == "p01:half_year:2026:QH"
    assert Duty.objects(key="annual_report", state="done").count() == 0


def test_who_does_not_own_the_duty_freezes_without_fulfilling_it(policy: Policy) -> None:
    duties.plan(now=at(1, 5))
    report = drafted(policy, who="intake_clerk")
    reporting.freeze(report.id, actor=Person.get("qh_senior"), now=JUNE, revision=report.revision)
    assert Duty.objects(key="half_year_report", state="done").count() == 0


def test_an_empty_section_is_not_frozen(policy: Policy) -> None:
    report, head = drafted(policy), Person.get("intake_head")
    report = reporting.edit(report.id, {"measures": " "}, actor=head, now=JUNE, revision=report.revision)
    with pytest.raises(RuleBroken, match="section_empty"):
        reporting.freeze(report.id, actor=head, now=JUNE, revision=report.revision)


@pytest.mark.parametrize(
    ("who", "code"), [("cd_clerk", "operation_not_granted"), ("bs_officer", "outside_scope")]
)
def test_only_who_may_report_on_the_unit_drafts(policy: Policy, who: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        drafted(policy, who=who)


def test_a_period_that_has_not_begun_is_refused(policy: Policy) -> None:
    with pytest.raises(RuleBroken, match="period_not_begun"):
        drafted(policy, now=at(1, 1) - timedelta(days=2))


def test_a_draft_before_the_cut_off_says_that_it_is_early(policy: Policy) -> None:
    zone = reporting.ZoneInfo("Asia/Shanghai")
    assert drafted(policy, now=at(5, 20)).is_early(zone)
    assert not drafted(policy).is_early(zone)
