"""Lists that a job or somebody else made show a case to whom it is open, and to others that there is one."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.blind_index import called
from documents.complaint import Complaint
from documents.hold import Hold
from documents.person import Person
from documents.policy import view_of
from documents.rename_samples import holders, samples
from documents.rules.identity import Name
from documents.sight import number_in
from documents.unit import Unit
from documents.unit_uses import uses
from documents.what_if import Ledger, Shift, WhatIf
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import UNSOLVED

MARK = "刘大年实名反映"
SEER = "intake_clerk"


@pytest.fixture
def both(register: Register, perform: Perform) -> tuple[Complaint, Complaint]:
    """A case that everybody of its units knows, and one that its list alone knows."""
    plain = perform(register(), "report", "cd_clerk", **UNSOLVED)
    kept = perform(register(title=MARK), "report", "cd_clerk", **UNSOLVED)
    confiding.confide(kept.number, Asked(Person.get(SEER), NOW, "涉及举报人"))
    return plain, Complaint.get(kept.number)


def test_a_forecast_names_cases_in_sight_only(both: tuple[Complaint, Complaint], sign_in: SignIn) -> None:
    plain, kept = both
    told = WhatIf(kind="policy", subject="p01", base=1, by="admin", at=NOW, beat_at=NOW).save()
    ledger = Ledger(told, NOW)
    for case in both:
        began, later = case.received_at, case.received_at + timedelta(days=3)
        ledger.take(Shift(case.number, case.title, began, {"zh": "办理", "en": "Handling"}, began, later))
    ledger.close(NOW)
    admin = sign_in("admin")
    page = admin.get(f"/admin/what_ifs/{told.id}").text
    book = load_workbook(BytesIO(admin.get(f"/admin/what_ifs/{told.id}/list.xlsx").data)).active
    sheet = " ".join(str(cell.value) for row in book.iter_rows() for cell in row)
    for text in (page, sheet):
        assert plain.number in text
        assert "不在您的查看范围内" not in text
        assert not any(words in text for words in (MARK, kept.number, plain.title))
    assert (page.count('<td class="subject">'), '<span class="value">1</span>' in page) == (1, True)
    assert [one.facts["cases"] for one in AuditEntry.objects(verb="export")] == [[plain.number]]
    assert plain.number not in admin.get("/cases").text, "an administrator reads no cases"


def test_the_page_of_a_person_names_open_cases_in_sight_only(
    both: tuple[Complaint, Complaint], sign_in: SignIn
) -> None:
    plain, kept = both
    Complaint.objects.update(handler="cd_clerk")
    page = sign_in("admin").get("/admin/people/cd_clerk").text
    assert plain.number in page
    assert ("不在您的查看范围内" in page, "名下有 1 件在办投诉" in page) == (False, True)
    assert not any(words in page for words in (MARK, kept.number, plain.title))
    Complaint.objects(number=kept.number).update(recused=["cd_head"])
    closing = {"receiver": "cd_head", "confirmed": "yes"}
    refused = sign_in("admin").post("/admin/people/cd_clerk/deactivate", data=closing).text
    assert not any(words in refused for words in (kept.number, called(kept.number)))
    handlers = {one.number: one.handler for one in Complaint.objects}
    assert handlers == {plain.number: "cd_head", kept.number: None}


def test_a_hold_lists_cases_in_sight_only(both: tuple[Complaint, Complaint], sign_in: SignIn) -> None:
    plain, kept = both
    days = {"since": "2026-02-24", "review_on": "2026-08-24"}
    told = {"name": "诉讼", "reason": "诉讼", "basis": "法院通知", "by": "archivist", "at": NOW}
    hold = Hold(cases=[plain.number, kept.number], **told, **days).save()
    page = sign_in("archivist").get(f"/admin/holds/{hold.id}").text
    assert plain.number in page
    assert MARK not in page
    assert kept.number not in page
    assert "另有 1 件不在您的查看范围内" in page


def test_timers_tell_the_subject_to_whom_the_case_is_open(
    both: tuple[Complaint, Complaint], sign_in: SignIn
) -> None:
    plain, _kept = both
    admin = sign_in("admin")
    pages = [admin.get(one).text for one in ("/admin/timers/", "/admin/clock/", "/admin/clock/rehearsal")]
    assert any(plain.number in page for page in pages)
    assert not any(words in page for page in pages for words in (MARK, plain.title))


def test_samples_of_a_rename_say_nothing_of_what_people_wrote(both: tuple[Complaint, Complaint]) -> None:
    definition = view_of("p01", both[0].policy_version).definition
    assert {one.held for one in samples("p01", definition, Name("field", "facts"))} == {"text"}
    facts = Name("field", "facts")
    assert [holders("p01", definition, facts, who) for who in ("admin", SEER)] == [1, 2]


def test_what_an_administrator_counts_leaves_out_what_is_kept_from_him(
    both: tuple[Complaint, Complaint], sign_in: SignIn
) -> None:
    unit = Unit.get(both[0].units["received"])
    for who, count in (("admin", 1), (SEER, 2)):
        assert [one.count for one in uses(unit, [], who) if one.kind == "cases"] == [count]
    # Of two holders of one post, one on the list, the other recused: counting tells neither.
    Complaint.objects(id=both[0].id).update(set__recused=["intake_clerk2"])
    for who in (SEER, "intake_clerk2"):
        assert "岗位打开的投诉 1 件" in sign_in("admin").get(f"/admin/rights/people/{who}").text
    Complaint.objects(id=both[1].id).update(push__known_to="admin")
    assert "岗位打开的投诉 2 件" in sign_in("admin").get("/admin/rights/people/intake_clerk2").text


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("ts-2026", "TS-2026"),
        ("LK-TS-2026-0213-0001", "LK-TS-2026-0213-0001"),
        ("wyts-20260213-001", "WYTS-20260213-001"),
        ("440100-TS-2026", "440100-TS-2026"),
        ("0755-12345678", ""),
        ("13800138000", ""),
        ("转账手续费", ""),
        ("", ""),
    ],
)
def test_what_is_taken_for_a_number(policy: object, words: str, number: str) -> None:
    assert number_in(words) == number


def test_a_number_of_any_shape_is_found_whole(register: Register, sign_in: SignIn) -> None:
    case = register()
    Complaint.collection().update_one({"number": case.number}, {"$set": {"number": "投诉〔2026〕7号"}})
    clerk = sign_in("cd_clerk")
    assert case.title in clerk.get("/cases", query_string={"words": " 投诉〔2026〕7号 "}).text
    assert case.title not in clerk.get("/cases", query_string={"words": "投诉〔2026〕8号"}).text
    assert [one.facts.get("number") for one in AuditEntry.objects(verb="search")] == ["投诉〔2026〕7号", None]
