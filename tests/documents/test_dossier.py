"""The dossier: what goes on paper says what people filled in, in words."""

from __future__ import annotations

import copy
import io
from datetime import date
from typing import Any

import pytest

from documents import dossier, files
from documents.actions import holding
from documents.complaint import Complaint
from documents.hold import Hold
from documents.person import Person
from documents.policy import Policy, forget_views, view_in_force, view_of
from documents.register import COVERED, YearAsked
from documents.register import register as register_book
from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.papers import FilledForm
from documents.upload import Upload
from tests.documents.conftest import NOW, Perform, Register
from tests.documents.test_holds import frozen
from tests.documents.test_paths import RESULT, SUPERVISED, TREATED, UNSOLVED, handled


def answers_of(form: FilledForm) -> dict[str, str]:
    """The printed answers by label."""
    return {field.label: field.value for section in form.sections for field in section.fields}


def upload(name: str, content: bytes, by: str = "cd_clerk") -> str:
    stored = files.store(io.BytesIO(content), name, media_type="text/plain")
    Upload(
        id=f"u-{name}",
        file_id=stored.id,
        name=name,
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
        by=by,
        at=NOW,
    ).save()
    return f"u-{name}"


def archived(register: Register, perform: Perform, **changes: Any) -> Complaint:
    """A case that was solved on the spot and handed to the archive."""
    case = perform(register(**changes), "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="处理得当。")
    return perform(case, "archive", "archivist", archive_note="无缺件。")


def test_a_form_prints_options_units_and_moments_in_words(register: Register, perform: Perform) -> None:
    case = perform(register(respondent_unit="QH-CD"), "report", "cd_clerk", **UNSOLVED)
    intake, report = dossier.filled_forms(case)
    printed = answers_of(intake)
    assert printed["投诉方式"] == "电话"
    assert printed["事项类别"] == "违反金融法规制度 / 收费与定价"
    assert printed["被投诉单位"] == "城东信用社"
    assert printed["收到时间"] == "2026-02-24 08:40"
    assert (intake.title, intake.number, intake.filled_by) == (
        "客户投诉处理表（登记部分）",
        case.number,
        "王敏",
    )
    assert intake.note == "依据第三条、第十四条、第十七条，栏目与版式为本系统自定"
    assert answers_of(report)["已向客户说明原因"] == "是"


def test_a_hidden_field_is_not_printed_and_an_empty_one_is(register: Register) -> None:
    printed = answers_of(dossier.filled_forms(register())[0])
    assert "交办单位" not in printed
    assert printed["涉及金额（元）"] == ""
    assert printed["附件"] == "无"


def test_a_table_is_printed_row_by_row(register: Register) -> None:
    rows = [{"issue": "多收手续费", "issue_category": "violation_fees"}, {"issue": "无人解释"}]
    (table,) = dossier.filled_forms(register(issues=rows))[0].sections[3].tables
    assert table.columns == ("序号", "问题", "类别")
    assert table.rows == (("1", "多收手续费", "违反金融法规制度 / 收费与定价"), ("2", "无人解释", ""))


def test_the_supervision_sheet_carries_its_own_number(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    sheet = next(form for form in dossier.filled_forms(case) if form.form_key == "supervision")
    assert sheet.number == f"{case.number}　DB-2026-00001"


def test_the_decision_letter_merges_the_facts(register: Register, perform: Perform) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    letter = dossier.letter_paper(case, case.letters[0])
    assert letter.title == "投诉处理意见书"
    assert letter.document_number == "投诉意见〔2026〕1号"
    assert (letter.addressee, letter.signed_by) == ("李小明", "清河县农村信用合作联社")
    assert letter.paragraphs[0] == (
        f"您于2026年2月24日以电话方式反映的“转账手续费与公示不符”（{case.number}），"
        "我社已受理并办理完毕，现将处理意见答复如下。"
    )
    assert "经查系柜员误选收费项目。" in letter.paragraphs
    assert letter.signed_on == date(2026, 2, 24)
    assert letter.appeal_path.startswith("如对本处理意见不服，可凭本意见书向滨山办事处")


def test_a_paragraph_stands_only_where_its_condition_holds(register: Register, perform: Perform) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    assert "二、处理依据" not in dossier.letter_paper(case, case.letters[0]).paragraphs
    case = perform(
        handled(register, perform), "reply", "qs_handler", **RESULT, legal_basis="《收费管理办法》第五条。"
    )
    assert "二、处理依据" in dossier.letter_paper(case, case.letters[0]).paragraphs


def test_the_extension_letter_names_both_days_and_the_reason(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    case = perform(
        case, "ask_extension", "qs_handler", extension_until="2026-03-20", extension_reason="需外部核查。"
    )
    case = perform(case, "approve_extension", "intake_head", decision_note="同意")
    letter = dossier.letter_paper(case, case.letters[0])
    assert "办理期限由2026年3月4日延长至2026年3月20日。" in letter.paragraphs[0]
    assert letter.paragraphs[1] == "延期理由：需外部核查。"


def test_the_refusal_names_its_ground_in_words(register: Register, perform: Perform) -> None:
    case = register("intake_clerk")
    case = perform(
        case, "ask_decline", "intake_clerk", decline_reason="no_facts", decline_explanation="无事实依据。"
    )
    case = perform(
        case, "approve_decline", "intake_head", decline_decision_note="同意", explained_by="written"
    )
    assert "属于“缺乏事实依据”的情形" in dossier.letter_paper(case, case.letters[0]).paragraphs[0]


def test_no_letter_of_the_pack_leaves_a_merge_field_empty(register: Register, perform: Perform) -> None:
    case = register(
        "intake_clerk", forwarded="yes", superior_body="省联社合规部", superior_due="2026-03-10",
        superior_number="粤农信函7号",
    )  # fmt: skip
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    case = perform(perform(case, "sign", "qs_handler"), "reply", "qs_handler", **RESULT)
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    case = perform(
        case, "report_superior", "intake_clerk", superior_report_text="已办结。",
        superior_reported_at="2026-02-24T09:00:00+08:00",
    )  # fmt: skip
    for letter in case.letters:
        assert "——" not in repr(dossier.letter_paper(case, letter))


def test_a_letter_reads_the_same_after_the_case_went_on(register: Register, perform: Perform) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    before = dossier.letter_paper(case, case.letters[0])
    case = perform(case, "return_review", "intake_clerk", return_reason="请补充依据。")
    case = perform(case, "reply", "qs_handler", **{**RESULT, "handling_opinion": "退还十元。"})
    assert dossier.letter_paper(case, case.letters[0]) == before
    assert "退还十元。" in dossier.letter_paper(case, case.letters[1]).paragraphs


def test_the_volume_holds_everything_with_names_and_reasons(register: Register, perform: Perform) -> None:
    case = archived(register, perform)
    content = dossier.volume_content(case, lambda _: b"")
    assert content.volume_number == "0128-TS·2026-D10-0001"
    assert content.fonds_name == "清河县农村信用合作联社"
    assert content.title == "关于李小明投诉“转账手续费与公示不符”的处理材料"
    assert [form.form_key for form in content.forms] == ["intake", "treatment", "review", "archiving"]
    assert content.events[0].who == "王敏"
    assert content.events[1].what == "当场解决并报备（首接处置 → 报备待核）"
    same_day = next(line for line in content.deadlines if line.name == "当天报处理表")
    assert same_day.state == "按期完成"
    assert same_day.explanation
    assert same_day.basis == "第十八条（一）"
    assert (content.closing_note.filed_by, content.closing_note.checked_by) == ("陈静", "苏文")
    situation = content.closing_note.situation
    assert situation.startswith("无缺件。")
    assert case.events[-1].hash in situation
    assert "（姓名或名称、联系电话）" in situation


def test_enclosures_stand_in_order_and_the_form_names_them(register: Register, perform: Perform) -> None:
    papers = [upload("回单.txt", "五元".encode()), upload("说明.txt", "误收".encode())]
    case = archived(register, perform, papers=papers)
    content = dossier.volume_content(case, lambda one: files.read(one.file_id))
    assert [(one.name, one.content) for one in content.enclosures] == [
        ("回单.txt", "五元".encode()),
        ("说明.txt", "误收".encode()),
    ]
    assert answers_of(content.forms[0])["附件"] == "附件 1　回单.txt\n附件 2　说明.txt"


def test_a_late_limit_says_by_how_much_and_names_the_extension(register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    case = perform(
        case, "ask_extension", "qs_handler", extension_until="2026-03-06", extension_reason="需外部核查。"
    )
    case = perform(case, "refuse_extension", "intake_head", decision_note="理由不足")
    late = NOW.replace(month=3, day=9)
    case = perform(case, "reply", "qs_handler", now=late, **RESULT)
    case = perform(case, "pass_review", "intake_clerk", now=late, review_opinion="同意。")
    case.letters[0].file_id = "0" * 24
    case.save()
    case = perform(case, "archive", "archivist", now=late)
    content = dossier.volume_content(case, lambda _: b"")
    line = next(line for line in content.deadlines if line.name == "办理并答复")
    assert line.state.startswith("逾期 2 个工作日")
    assert line.state.endswith("完成")
    assert "赵晨申请延至 2026-03-06，理由：需外部核查；" in line.explanation[-1]
    assert line.explanation[-1].endswith("黄伟不同意：理由不足")


def test_the_same_case_gives_the_same_content_whenever_it_is_asked(
    register: Register, perform: Perform
) -> None:
    case = archived(register, perform)
    first = dossier.volume_content(case, lambda _: b"")
    Person.objects(id="cd_clerk").update(email="other@qinghe.example")
    assert dossier.volume_content(Complaint.get(case.number), lambda _: b"") == first


def test_a_case_that_was_not_handed_over_has_no_volume(register: Register) -> None:
    with pytest.raises(RuleBroken, match="not_submitted"):
        dossier.volume_content(register(), lambda _: b"")


def test_the_closing_note_says_what_stood_against_the_filing(register: Register, perform: Perform) -> None:
    case = perform(register(), "solve", "cd_clerk", **TREATED)
    case = perform(case, "pass_filing", "intake_clerk", review_opinion="处理得当。")
    frozen(case.number)
    Complaint.collection().update_one({"number": case.number}, {"$set": {"clocks.0.state": "running"}})
    open_one, recusing, secret = register(), register(), register()
    Complaint.objects(id=recusing.id).update(recused=["cd_handler"])
    Complaint.objects(id=secret.id).update(known_to=["intake_head"])
    links = [{"kind": "appeal_of", "number": one.number} for one in (open_one, recusing, secret)]
    Complaint.objects(number=case.number).update(links=links)
    case = perform(Complaint.get(case.number), "archive", "archivist", archive_note="无缺件。")
    lines = dossier.volume_content(case, lambda _: b"").closing_note.situation.splitlines()
    limit = view_of(case.policy, case.policy_version).limit(case.clocks[0].limit)
    assert lines[:3] == [
        "无缺件。",
        "本件归档时处于冻结（诉讼保全）中，解除冻结以前不得销毁。",
        f"归档时还有 1 个时限未结束（“{limit['label']['zh']}”），归档以后不再提醒。",
    ]
    related = [line for line in lines if "关联" in line]  # paper asks nobody who reads it
    assert related == [f"关联编号：{open_one.number}。", "另有关联案件 2 件，不列编号。"]
    (hold,) = Hold.objects(cases=case.number)
    holding.lift(str(hold.id), "判决已生效", actor=Person.get("archivist"), now=NOW)
    again = dossier.volume_content(Complaint.get(case.number), lambda _: b"").closing_note.situation
    assert again.splitlines() == lines  # as it was then, whatever happens later


def test_a_sealed_name_stands_in_no_title(policy: Policy, register: Register) -> None:
    case = register()
    told = dossier.titles_of(case)
    assert (told.whole.replace("李小明", ""), told.closed) == (told.open, ("personal",))
    assert told.whole != told.open
    definition: dict[str, Any] = copy.deepcopy(dict(policy.definition))
    asked = (each for form in definition["forms"] for each in fields_of(form))
    one: dict[str, Any] = dict(next(each for each in asked if each["key"] == dossier.NAME))
    sealed = {**one, "sealed_to": ["intake_head"], "class": "restricted"}
    definition["forms"][0]["sections"][0]["fields"].append(sealed)
    Policy.collection().update_one({"_id": policy.id}, {"$set": {"definition": definition}})
    forget_views()
    assert dossier.titles_of(case) == dossier.Titles(told.open, told.open, ())
    (line,) = register_book(view_in_force("p01"), YearAsked("QH", 2026), made_by="苏文", made_at=NOW).rows
    assert line[5] == COVERED  # nor in a register, whoever reads it
