"""Registering a complaint on the page."""

from __future__ import annotations

import pytest

from documents.complaint import Complaint
from documents.upload import Draft
from tests.portal.conftest import SignIn
from tests.portal.samples import COMPLAINT, sent

ADDRESS = "/register/p01/complaint"


def test_a_clerk_registers_a_complaint_and_lands_on_its_page(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    page = clerk.get(ADDRESS).text
    answer = clerk.post(ADDRESS, data=sent(page, **COMPLAINT), follow_redirects=True)
    case = Complaint.objects.get()
    assert answer.request.path == f"/cases/{case.number}"
    assert case.title in answer.text
    assert case.answers[0].values["complainant_name"] == "李小明"
    assert case.units["received"] == "QH-CD"


def test_a_double_click_registers_once(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    form = sent(clerk.get(ADDRESS).text, **COMPLAINT)
    first, second = clerk.post(ADDRESS, data=form), clerk.post(ADDRESS, data=form)
    assert first.location == second.location
    assert Complaint.objects.count() == 1


def test_missing_fields_are_named_and_everything_typed_is_kept(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    answer = clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, facts="只写了经过", demand="说法"))
    assert answer.status_code == 422
    assert "请填写此项" in answer.text
    assert "还没有提交" in answer.text
    assert "只写了经过" in answer.text
    assert Complaint.objects.count() == 0


def test_an_overlong_field_says_how_long_it_is(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    long = "长" * 9_000
    answer = clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **{**COMPLAINT, "facts": long}))
    assert answer.status_code == 422
    assert "最多 8000 字，现有 9000 字" in answer.text
    assert long in answer.text


def test_hostile_text_is_shown_as_text(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    values = {**COMPLAINT, "title": evil[:60], "facts": evil, "complainant_name": "{{ 7*7 }}' OR 1=1"}
    answer = clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **values), follow_redirects=True)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "{{ 7*7 }}" in answer.text


@pytest.mark.parametrize("name", ["𠮷野𡈽", "欧阳𬭚", "阿卜杜拉·买买提", "李😀明", "Ωμέγα żółć"])
def test_rare_characters_and_emoji_survive(sign_in: SignIn, name: str) -> None:
    clerk = sign_in("cd_clerk")
    values = {**COMPLAINT, "complainant_name": name}
    answer = clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **values), follow_redirects=True)
    assert Complaint.objects.get().answers[0].values["complainant_name"] == name
    assert name in answer.text


def test_a_receipt_in_the_future_is_refused_with_the_form_still_filled(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    values = {**COMPLAINT, "received_at": "2026-02-25T08:40:00+08:00"}
    answer = clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **values))
    assert answer.status_code == 409
    assert "收到时间不能晚于现在" in answer.text
    assert "转账手续费与公示不符" in answer.text


def test_the_forwarded_fields_show_for_the_intake_department_only(sign_in: SignIn) -> None:
    outlet, intake = sign_in("cd_clerk").get(ADDRESS).text, sign_in("intake_clerk").get(ADDRESS).text
    assert 'id="field-forwarded"' in outlet
    assert _is_hidden(outlet, "forwarded")
    assert not _is_hidden(intake, "forwarded")
    assert _is_hidden(intake, "superior_due")


def _is_hidden(page: str, key: str) -> bool:
    opening = page[page.index(f'id="field-{key}"') :]
    return " hidden" in opening[: opening.index(">")]


def test_separate_issues_become_rows_and_gaps_in_the_numbering_do_no_harm(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    rows = {
        "q_issues-0-issue": "收费",
        "q_issues-7-issue": "态度",
        "q_issues-7-issue_category": "service_attitude",
    }
    clerk.post(ADDRESS, data={**sent(clerk.get(ADDRESS).text, **COMPLAINT), **rows})
    values = Complaint.objects.get().answers[0].values["issues"]
    assert values == [{"issue": "收费"}, {"issue": "态度", "issue_category": "service_attitude"}]


def test_too_many_rows_are_refused_not_cut(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    rows = {f"q_issues-{index}-issue": f"问题{index}" for index in range(25)}
    answer = clerk.post(ADDRESS, data={**sent(clerk.get(ADDRESS).text, **COMPLAINT), **rows})
    assert answer.status_code == 422
    assert "最多 20 行" in answer.text
    assert "问题24" in answer.text


def test_a_wrong_cell_is_marked_at_the_cell(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    rows = {"q_issues-0-issue": "好的", "q_issues-1-issue": "", "q_issues-1-issue_category": "other"}
    answer = clerk.post(ADDRESS, data={**sent(clerk.get(ADDRESS).text, **COMPLAINT), **rows})
    assert answer.status_code == 422
    assert 'id="q_issues-1-issue-error"' in answer.text


def test_a_draft_is_shown_again_and_can_be_thrown_away(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    with clerk.session_transaction() as session:
        session.permanent = True  # as signing in makes it
    form = sent(clerk.get(ADDRESS).text, title="半截", facts="还没写完")
    answer = clerk.post("/drafts", data=form)
    assert answer.json == {"saved": True}
    # It runs beside other requests: a cookie would put the session back and lose their messages.
    assert "Set-Cookie" not in answer.headers
    page = clerk.get(ADDRESS).text
    assert "自动保存的草稿" in page
    assert "还没写完" in page
    assert "半截" in clerk.get("/drafts").text
    clerk.post("/drafts/discard", data={"form_owner": form["form_owner"]})
    assert "还没写完" not in clerk.get(ADDRESS).text


def test_registering_uses_the_draft_up(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    form = sent(clerk.get(ADDRESS).text, **COMPLAINT)
    clerk.post("/drafts", data=form)
    clerk.post(ADDRESS, data=form)
    assert Draft.objects.count() == 0


def test_a_draft_belongs_to_one_person(sign_in: SignIn) -> None:
    form = sent(sign_in("cd_clerk").get(ADDRESS).text, facts="别人看不到")
    assert sign_in("hk_clerk").post("/drafts", data=form).status_code == 403
    assert Draft.objects.count() == 0


def test_who_may_not_register_is_told_so(sign_in: SignIn) -> None:
    answer = sign_in("archivist").get(ADDRESS)
    assert answer.status_code == 409
    assert "您的岗位不能登记此类事项" in answer.text
    assert 'class="button filled"' not in sign_in("archivist").get("/").text


def test_similar_cases_of_the_same_complainant_are_shown(sign_in: SignIn, register: object) -> None:
    case = register()  # type: ignore[operator]
    clerk = sign_in("cd_clerk")
    found = clerk.get(
        "/lookups/similar/p01/complaint", query_string={"q_complainant_phone": "13800000000"}
    ).text
    assert case.number in found
    assert "同一投诉人" in found
    assert (
        case.number
        not in sign_in("hk_clerk")
        .get("/lookups/similar/p01/complaint", query_string={"q_complainant_phone": "13800000000"})
        .text
    )
