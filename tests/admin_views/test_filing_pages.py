"""The filing wizard: chosen, appraised, checked by another person, made – and nothing for who may not."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from admin_views import filing_sheet
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.filing_batch import FilingBatch, FilingEntry
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.volume import Volume
from jobs import papers, queues
from portal.forms.compile import marked
from tests.admin_views.test_archive_room import MOMENT, closed, shelved
from tests.documents.test_paths import RESULT, handled
from tests.everything import field
from tests.portal.conftest import Perform, Register, SignIn
from tests.portal.stand_ins import deputising

DESK = "/admin/filing/"


def begun(browser: FlaskClient, *cases: Complaint, note: str = "") -> str:
    """The address of a batch with these cases, after the job has checked them."""
    form = {"number": [case.number for case in cases], "note": note}
    answer = browser.post(f"{DESK}prepare", data=form)
    assert answer.status_code == 302, answer.text
    work()
    return str(answer.headers["Location"])


def work() -> None:
    queues.worker().work(burst=True, logging_level="WARNING")


def post(browser: FlaskClient, address: str, **form: Any) -> str:
    answer = browser.post(address, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_whole_way_from_the_desk_to_the_shelf(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    cases = [closed(register, perform) for _ in range(2)]
    su, huang = sign_in("archivist"), sign_in("intake_head")
    assert all(f'value="{case.number}"' in su.get(DESK).text for case in cases)
    place = begun(su, *cases, note="无缺件。")
    page = su.get(place).text
    assert "2 件，2 卷" in page
    assert page.count("无问题") == 2
    assert cases[0].number not in su.get(DESK).text
    refused = su.post(f"{place}/appraise", data={"number": cases[0].number, "code": "Y"})
    assert refused.status_code == 409
    assert "鉴定为永久，与提议的10年不同，请写明理由。" in refused.text
    page = post(su, f"{place}/appraise", number=cases[0].number, code="Y", reason="本社首例")
    assert re.search(r"<s class=\"muted\">10年</s>.*<strong>永久</strong>.*延长.*本社首例", page, re.DOTALL)
    page = post(su, f"{place}/submit")
    assert "立卷人与检查人不能是同一人" in page
    assert "核准归档" not in page
    assert su.post(f"{place}/approve").status_code == 409
    assert "待您检查" in huang.get(DESK).text
    page = huang.get(place).text
    assert "核准归档" in page
    assert "本社首例" in page
    assert "正在编号" in post(huang, f"{place}/approve")
    assert 'data-progress-state="working"' in huang.get(f"{place}/progress").text
    work()
    page = huang.get(place).text
    assert page.count("已封存") == 2
    assert "0128-TS·2026-Y-0001" in page
    assert Volume.objects.count() == 2
    assert "封存 2 卷" in su.get(DESK).text
    assert {Complaint.get(case.number).facts()["archive_note"] for case in cases} == {"无缺件。"}
    Person.objects(id="archivist").update(language="en")
    assert "Batch of filing" in sign_in("archivist").get(place).text


def test_a_check_that_ends_while_the_page_is_made_is_asked_for_once_more(
    register: Register, perform: Perform, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, su = closed(register, perform), sign_in("archivist")
    place = su.post(f"{DESK}prepare", data={"number": case.number}).headers["Location"]
    read = filing_sheet.entries_in_sight

    def read_just_before_the_job(batch: FilingBatch) -> list[FilingEntry]:
        found = read(batch)
        work()
        return found

    monkeypatch.setattr(filing_sheet, "entries_in_sight", read_just_before_the_job)
    page = su.get(place).text
    assert "预检中" in page
    assert f'data-progress="{place}/progress"' in page
    assert 'data-progress-state="working"' in page
    monkeypatch.undo()
    page = su.get(f"{place}/progress").text
    assert "无问题" in page
    assert 'data-progress-state="done"' in page


def test_the_second_person_sends_back_and_the_first_takes_back(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    one, two = closed(register, perform), closed(register, perform)
    su, huang = sign_in("archivist"), sign_in("intake_head")
    place = begun(su, one, two)
    _what_the_preparer_may_not_file_any_more_another_takes_out(place, two, su, huang)
    post(su, f"{place}/put_back", number=two.number)
    work()
    post(su, f"{place}/submit")
    assert "已撤回，可以继续修改。" in post(su, f"{place}/take_back")
    post(su, f"{place}/submit")
    assert huang.post(f"{place}/send_back", data={}).status_code == 409
    assert "已移出 1 件" in post(huang, f"{place}/send_back", number=two.number, do="out", reason="缺回执")
    post(huang, f"{place}/send_back", reason="请补回执")
    page = su.get(place).text
    assert "黄伟 退回了这个批次" in page
    assert "请补回执" in page
    assert "缺回执" in page
    post(su, f"{place}/discard")
    assert one.number in su.get(DESK).text
    assert FilingBatch.objects.get().state == "discarded"


def _what_the_preparer_may_not_file_any_more_another_takes_out(
    place: str, two: Complaint, su: FlaskClient, huang: FlaskClient
) -> None:
    out = {"number": two.number, "do": "out", "reason": "另行归档"}
    assert "移出所选" not in huang.get(place).text
    Complaint.objects(id=two.id).update(recused=["archivist"])
    page = su.get(place).text
    assert (two.number in page, "其中 1 件由另一名档案人员在本页移出后，才能提交" in page) == (False, True)
    refused = su.post(f"{place}/submit")
    assert (refused.status_code, "请由能办理其中全部投诉的另一名档案人员办理" in refused.text) == (409, True)
    page = huang.get(place).text
    assert "立卷人不能再办理其中 1 件" in page
    assert page.count('type="checkbox" name="number"') == 1
    assert "已移出 1 件" in post(huang, f"{place}/appraise", **out)
    Complaint.objects(id=two.id).update(recused=[])


def test_what_must_be_put_right_is_left_out_and_the_rest_goes_on(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    good, bad = closed(register, perform), closed(register, perform)
    Complaint.collection().update_one({"number": bad.number}, {"$set": {"events.1.note": "改过"}})
    letters = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    letters = perform(letters, "pass_review", "intake_clerk", review_opinion="同意。")
    su = sign_in("archivist")
    page = su.get(DESK).text
    assert f'name="number" value="{letters.number}"' not in page
    assert "正在生成 1 份" in page
    assert "请先勾选要归档的投诉。" in post(su, f"{DESK}prepare")
    refused = su.post(f"{DESK}prepare", data={"number": ["TS-none"]})
    assert refused.status_code == 409
    assert "1 件没有列入" in refused.text
    place = begun(su, good, bad)
    page = su.get(place).text
    assert "办理经过第 2 条与其哈希值不符" in page
    assert su.post(f"{place}/submit").status_code == 409
    post(su, f"{place}/submit", without="yes")
    assert {one.case: one.state for one in FilingEntry.objects} == {good.number: "in", bad.number: "out"}


def test_what_could_not_be_made_is_tried_again_or_taken_back(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    cases = [perform(closed(register, perform), "archive", "archivist") for _ in range(2)]
    for case in cases:
        Complaint.collection().update_one({"number": case.number}, {"$set": {"events.1.note": "改过"}})
        papers.render_volume(case.volume.number, MOMENT)
    su = sign_in("archivist")
    page = su.get(DESK).text
    assert "制卷未成功" in page
    assert "办理经过第 2 条与其哈希值不符" in page
    Complaint.collection().update_many({}, {"$unset": {"events.1.note": 1}})
    assert "已重新开始制作 1 项" in post(su, f"{DESK}retry", number=cases[0].number)
    assert su.post(f"{DESK}retry", data={"number": cases[1].number, "do": "release"}).status_code == 409
    post(su, f"{DESK}retry", number=cases[1].number, do="release", reason="先查清改动")
    work()
    first, second = (Complaint.get(case.number) for case in cases)
    assert (first.stage, second.stage, second.volume) == ("archived", "completed", None)
    assert second.events[-1].verb == "release"
    page = su.get("/admin/numbers/?year=2026").text
    assert "连续，无缺号、无重号" in page
    assert "先查清改动（办理经过第 2 条与其哈希值不符" in page
    assert page.count(">作废</span>") == 1
    assert su.get(f"/admin/numbers/?year=2026&words={first.number}").text.count("已用</span>") == 1
    assert "没有符合条件的档号" in su.get("/admin/numbers/?year=2026&words=9").text
    ArchiveNumber.objects(state="void").delete()
    assert "缺号：2" in su.get("/admin/numbers/?year=2026").text
    assert "还没有发出档号" in su.get("/admin/numbers/?year=2025").text


@pytest.mark.parametrize("who", ["cd_clerk", "cd_handler", "qh_senior", "admin"])
def test_who_may_not_archive_finds_no_desk(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get(DESK).status_code in (302, 403, 404)


def test_a_batch_out_of_sight_looks_like_none(register: Register, perform: Perform, sign_in: SignIn) -> None:
    place = begun(sign_in("archivist"), closed(register, perform))
    FilingEntry.collection().update_many({}, {"$set": {"scope": ["u:OTHER"]}})
    Complaint.collection().update_many({}, {"$set": {"scope": ["u:OTHER"]}})
    other = sign_in("intake_head")
    assert other.get(place).status_code == 404
    assert other.post(f"{place}/approve").status_code == 404
    assert other.get("/admin/filing/0").status_code == 404
    assert "没有待归档的投诉" in other.get(DESK).text


def test_later_papers_get_a_supplement_that_the_first_volume_and_the_case_name(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    main = shelved(register, perform)
    su, huang = sign_in("archivist"), sign_in("intake_head")
    later = f"/admin/later/{main.case}"
    assert f'href="{later}"' in su.get(f"/cases/{main.case}").text
    assert f'href="{later}"' not in sign_in("cd_clerk").get(f"/cases/{main.case}").text
    assert sign_in("cd_clerk").get(later).status_code in (302, 403, 404)
    assert su.post(later, data={"note": "申诉结果"}).status_code == 409
    paper = (io.BytesIO("维持原处理意见".encode()), "申诉决定.txt")
    form = {"note": "收到申诉处理决定", "files": paper, "submission": "l1"}
    page = su.post(later, data=form, follow_redirects=True, content_type="multipart/form-data").text
    assert "待归入补充卷的材料" in page
    assert "申诉决定.txt" in page
    assert f"{main.id} 的补充材料" in su.get(DESK).text
    place = begun(su, Complaint.get(main.case))
    assert "同原卷" in su.get(place).text
    post(su, f"{place}/submit")
    post(huang, f"{place}/approve")
    work()
    number = Complaint.get(main.case).supplements[0].number
    assert f"本卷是补充卷，原卷 {main.id}" in su.get(f"/admin/archive/?volume={number}").text
    assert f"封存后的材料见补充卷 {number}" in su.get(f"/admin/archive/?volume={main.id}").text
    page = su.get(f"/cases/{main.case}").text
    assert f"/cases/{main.case}/volumes/{quote(number)}" in page
    assert su.get(f"/cases/{main.case}/volumes/{quote(number)}").data.startswith(b"%PDF-")
    clerk = sign_in("cd_clerk")  # who may not read every field may not open the file that shows them all
    assert clerk.get(f"/cases/{main.case}/volumes/{quote(number)}").status_code == 404
    assert number in clerk.get(f"/cases/{main.case}").text
    with deputising("archivist", "cd_clerk"):  # who reads what the archivist would
        assert f"/cases/{main.case}/volumes/{quote(number)}" in clerk.get(f"/cases/{main.case}").text
        assert clerk.get(f"/cases/{main.case}/volumes/{quote(number)}").data.startswith(b"%PDF-")
        assert clerk.get(later).status_code in (302, 403, 404)  # the work of the archive does not pass
    noted = AuditEntry.objects.get(verb="read_file", by="cd_clerk")
    assert (noted.facts["volume"], noted.facts["instead_of"]) == (number, "archivist")


ASKED: list[dict[str, Any]] = [
    {"key": "all_material", "type": "bool", "label": {"zh": "材料已齐", "en": "All in"}, "required": True},
    {
        "key": "box_number",
        "type": "number",
        "label": {"zh": "盒号", "en": "Box"},
        "places": 0,
        "required": "'major' in severity",
    },
    {"key": "checked_by_hand", "type": "signature", "label": {"zh": "手签", "en": "Signed"}},
]


def asking(policy: Policy, *fields: dict[str, Any]) -> str:
    """Let the archiving step ask for more than a note; the address of the form within a batch."""
    forms = policy.definition["forms"]
    place = next(number for number, one in enumerate(forms) if one["key"] == "archiving")
    path = f"definition.forms.{place}.sections.0.fields"
    Policy.collection().update_one({"_id": policy.id}, {"$push": {path: {"$each": list(fields)}}})
    forget_views()
    return f"forms/{policy.key}/{policy.version}/archiving"


def test_a_form_is_filled_once_for_every_case_that_asks_for_it(
    policy: Policy, register: Register, perform: Perform, sign_in: SignIn
) -> None:
    form = asking(policy, *ASKED)
    one, two, major = (closed(register, perform, **more) for more in ({}, {}, {"severity": ["major"]}))
    su, huang = sign_in("archivist"), sign_in("intake_head")
    place = begun(su, one, two, major, note="无缺件。")
    page = su.get(place).text
    assert "有必填栏目，尚未填写" in page
    assert page.count("的“材料已齐”必须填写。请在本页“归档表单”处一次填写") == 3
    assert su.post(f"{place}/submit").status_code == 409
    assert huang.get(f"{place}/{form}").status_code == 409
    sheet = su.get(f"{place}/{form}").text
    assert "用于 3 件" in sheet
    assert "无缺件。</textarea>" in sheet
    assert 'name="q_checked_by_hand"' not in sheet  # what is signed belongs to one case
    refused = su.post(f"{place}/{form}", data={"q_box_number": "3"})
    assert refused.status_code == 422
    assert 'value="3"' in refused.text
    assert "已填写，用于 3 件" in post(su, f"{place}/{form}", q_all_material="true", q_archive_note="齐全。")
    work()
    page = su.get(place).text
    assert page.count("无问题") == 2
    assert page.count("的“盒号”按本批所填不适用于本件。请修改，或移出本件") == 1
    assert re.search("材料已齐</dt><dd>是</dd>.*苏文 填写", page, re.DOTALL)
    assert "checked>" in su.get(f"{place}/{form}").text  # opened again, it shows what was filled in
    post(su, f"{place}/submit", without="yes")
    assert re.search("材料已齐</dt><dd>是</dd>", huang.get(place).text)
    assert su.post(f"{place}/{form}", data={"q_all_material": "true"}).status_code == 409
    post(huang, f"{place}/approve")
    work()
    facts = [Complaint.get(case.number).facts() for case in (one, two)]
    assert [(fact["all_material"], fact["archive_note"]) for fact in facts] == [(True, "齐全。")] * 2
    assert Volume.objects.count() == 2
    assert Complaint.get(major.number).status == "closed"
    assert su.get(f"{place}/forms/p01/9/archiving").status_code in (404, 409)
    Person.objects(id="archivist").update(language="en")
    assert "All in" in sign_in("archivist").get(place).text


CLOSED: list[dict[str, Any]] = [
    field("reached", "phone", "经手人电话", "Telephone", **{"class": "personal"}),
    field("account", "text", "账号", "Account", mask="account", reveal="release", **{"class": "personal"}),
    field(
        *("people", "table", "移交人", "People"),
        **{"class": "personal"},
        fields=[field("who", "text", "姓名", "Name"), field("number", "phone", "电话", "Telephone")],
    ),
    field("tip", "text", "线索", "Tip", sealed_to=["intake_head"], **{"class": "restricted"}),
    field("again", "computed", "电话（抄）", "Again", value="reached", **{"as": "text", "class": "personal"}),
]
REACHED, ACCOUNT, OTHER, TIP = "13800000000", "6222000012345678901", "13733334444", "会计知情"
IN_FULL = re.compile(r"\d{19}|(?<!\d)1[3-9]\d{9}(?!\d)|会计知情")
FILLED = {
    **{"q_reached": REACHED, "q_account": ACCOUNT, "q_tip": TIP},
    **{"q_people-0-who": "周会计", "q_people-0-number": OTHER},
}
OPENED_AGAIN = {"q_reached-kept": "", "q_people-kept": "", "q_account": "", "q_tip": ""}


def test_what_was_filled_in_once_lies_under_its_masks_and_stays(
    policy: Policy, register: Register, perform: Perform, sign_in: SignIn
) -> None:
    form, case = asking(policy, *CLOSED), closed(register, perform)
    su, huang = sign_in("archivist"), sign_in("intake_head")
    place = begun(su, case)
    address, ask = f"{place}/{form}", f"{place}/reveal"
    where = dict(zip(("policy", "version", "form"), form.split("/")[1:], strict=True))
    page = post(su, address, **FILLED)
    assert IN_FULL.findall(page) == []
    assert all(one in page for one in ("138****0000", "**** 8901", "周会计，137****4444", "※"))
    sheet = su.get(address).text
    assert IN_FULL.findall(sheet) == []
    assert marked(re.findall(r'name="([^"]*)"', sheet)) == {"q_reached", "q_people"}
    assert f'href="{place}#answers"' in sheet
    refused = su.post(address, data={**OPENED_AGAIN, "q_archive_note": "长" * 1001})
    assert (refused.status_code, IN_FULL.findall(refused.text)) == (422, [])
    post(su, address, **OPENED_AGAIN, q_archive_note="齐全。")
    assert su.post(ask, data=where).status_code == 409  # no reason
    assert IN_FULL.findall(post(su, ask, **where, reason="核对电话")) == [REACHED, OTHER]
    noted = AuditEntry.objects.get(verb="reveal")
    assert (noted.subject, noted.facts["fields"]) == (case.number, ["people.number", "reached"])
    seen = AuditEntry.objects(verb="read_list", subject="cases").order_by("-id").first().facts
    assert {"reached", "people.number"} <= set(seen["fields"])
    assert "account" not in seen["fields"]
    assert set(IN_FULL.findall(su.get(address).text)) == {REACHED, OTHER}
    changed = {**FILLED, "q_reached": "13555556666", "q_account": "", "q_tip": "", "q_archive_note": "齐全。"}
    post(su, address, **changed)
    work()
    post(su, f"{place}/submit")
    page = huang.get(place).text
    assert IN_FULL.findall(page) == [TIP]  # which is sealed to him; what su had revealed is not
    post(huang, f"{place}/approve")
    work()
    facts = Complaint.get(case.number).facts()
    assert (facts["reached"], facts["account"], facts["tip"]) == ("13555556666", ACCOUNT, TIP)
    assert (facts["people"], facts["archive_note"]) == ([{"who": "周会计", "number": OTHER}], "齐全。")


def test_what_is_signed_in_the_form_is_filled_on_the_page_of_the_case(
    policy: Policy, register: Register, perform: Perform, sign_in: SignIn
) -> None:
    asking(policy, {**ASKED[-1], "required": True})
    page = sign_in("archivist").get(begun(sign_in("archivist"), closed(register, perform))).text
    assert "归档表单的“手签”必须逐件填写" in page
    assert "batch-forms" not in page


def test_who_has_nobody_to_check_is_told_whom_to_ask_for(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    su, case = sign_in("archivist"), closed(register, perform)
    place = begun(su, case)
    alarm = "没有第二个人可以归档这些案件"
    assert alarm not in su.get(place).text
    Person.objects(posts__role="intake_head").update(active=False)
    page = su.get(place).text
    assert f"{alarm}：{case.number}。" in page
    assert "请系统管理员在“人员”页给另一位人员分派岗位：档案管理员（档案室）、受理部门负责人（" in page
    # Two people who hold the same role are two people.
    made = {"id": "second", "login": "second", "name": "第二人", "password_hash": "-"}
    Person(**made, posts=[{"role": "archivist", "unit": "QH-DA"}]).save()
    assert alarm not in su.get(place).text
    FilingEntry.collection().update_many({}, {"$push": {"recused": "second"}})
    assert alarm in su.get(place).text
