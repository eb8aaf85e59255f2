"""Lending: asked, allowed by another, covered and marked, read until the day, every page on record."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pikepdf
import pypdfium2
import pytest
from pymongo.database import Database

from documents import files
from documents.actions import lending
from documents.actions.lending import Wanted
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.loan import Loan, unmade
from documents.person import Person
from documents.policy import roles_in_force
from documents.reading_copy import Reader, copy_content
from documents.rules.broken import RuleBroken
from documents.volume import Volume
from jobs import loans, papers
from pdf import sandbox
from tests import opened
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import upload
from tests.documents.test_paths import RESULT, handled
from tests.jobs.test_destructions import due

_ = (perform, register)  # fixtures
TODAY = date(2026, 2, 24)
UNTIL = date(2026, 3, 10)
NAME, PHONE = "欧阳长河", "13912345678"
SPOKEN = {
    "complainant_name": NAME,
    "complainant_phone": PHONE,
    "title": f"{NAME}反映排队过久",
    "facts": f"{NAME}（{PHONE}）说窗口的灯一直是灭的。",
}


def sealed(register: Register, perform: Perform) -> Volume:
    scan = upload("欧阳长河身份证.txt", f"{NAME} {PHONE}".encode())
    case = handled(lambda **_: register(**SPOKEN, papers=[scan]), perform)
    case = perform(case, "reply", "qs_handler", **RESULT)
    papers.render_letter(case.number, 1, NOW.isoformat())
    case = perform(case, "pass_review", "intake_clerk", review_opinion="同意。")
    case = perform(case, "archive", "archivist")
    papers.render_volume(case.volume.number, NOW.isoformat())
    return Volume.get(Complaint.get(case.number).volume.number)


def asked(number: str, who: str = "cd_handler", until: date = UNTIL) -> Loan:
    wanted = Wanted(number, "内部审计", "第 1 件", until)
    return lending.ask(wanted, actor=Person.get(who), now=NOW, today=TODAY)


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_stranger_reads_a_covered_and_marked_copy_until_the_day(
    register: Register, perform: Perform
) -> None:
    volume = sealed(register, perform)
    _who_may_read_a_class_sees_it(volume)
    stranger, archivist = Person.get("hk_clerk"), Person.get("archivist")
    loan = asked(volume.case, who=stranger.id)
    assert loan.volume == volume.id
    assert {one.person for one in opened.notices("借阅申请")} == {
        "archivist",
        "intake_head",
    }
    key = str(loan.id)
    lending.approve(key, ["forms", "letters", "history"], "", actor=archivist, now=NOW)
    assert unmade(NOW + timedelta(minutes=5)) == [key]
    loans.make_copy(key, NOW.isoformat())
    assert loans.make_copy(key, NOW.isoformat()) == "nothing to do"
    loan = Loan.get(key)
    content = files.read(loan.file_id)
    text = text_of(content)
    assert NAME not in text
    assert PHONE not in text
    assert "关于※※投诉“※※反映排队过久”" in text
    with pikepdf.open(io.BytesIO(content)) as copy:
        assert len(copy.pages) == loan.sheets
        assert "/Metadata" not in copy.Root
        pages = [text_of(_alone(copy, page)) for page in range(len(copy.pages))]
    assert all("不作凭证" in page and loan.number in page for page in pages)
    assert "附件 1 个" in text  # not among what was approved

    when = {"now": NOW, "today": TODAY}
    assert lending.open_copy(loan, None, actor=stranger, **when) == loan.file_id  # type: ignore[arg-type]
    lending.open_copy(loan, 3, actor=stranger, now=NOW, today=UNTIL)
    read = AuditEntry.objects(verb="read_copy", subject=volume.id, by=stranger.id)
    assert [one.facts.get("sheet") for one in read] == [None, 3]
    with pytest.raises(RuleBroken, match="unknown_loan"):
        lending.open_copy(loan, None, actor=archivist, now=NOW, today=TODAY)
    over = UNTIL + timedelta(days=1)
    with pytest.raises(RuleBroken, match="loan_over"):
        lending.open_copy(loan, None, actor=stranger, now=NOW, today=over)
    assert lending.remind(NOW, UNTIL) == 0
    assert lending.remind(NOW, over) == 3
    assert lending.remind(NOW, over) == 0
    lending.give_back(key, actor=archivist, now=NOW)
    assert (Loan.get(key).state, Loan.get(key).file_id, Loan.get(key).sha256) == (
        "returned",
        None,
        loan.sha256,
    )


def _who_may_read_a_class_sees_it(volume: Volume) -> None:
    """And attachments, which cannot be covered, lie in only when they were chosen."""
    roles, parts = roles_in_force(), frozenset({"forms", "attachments"})
    handler = Reader(Person.get("qs_handler"), roles, parts, "JY-1")
    content = copy_content(volume, handler, lambda one: files.read(one.file_id))
    assert NAME in repr(content.forms)
    assert (content.letters, content.events) == ((), ())
    assert PHONE.encode() in bytes(content.enclosures[0].content)
    outside = copy_content(volume, Reader(Person.get("hk_clerk"), roles, parts, "JY-2"), lambda _: b"")
    assert NAME not in repr(outside)
    assert PHONE not in repr(outside)


def _alone(copy: pikepdf.Pdf, page: int) -> bytes:
    with pikepdf.new() as one:
        one.pages.append(copy.pages[page])
        result = io.BytesIO()
        one.save(result)
    return result.getvalue()


def test_a_request_needs_a_purpose_a_day_and_somebody_else(
    register: Register, perform: Perform, database: Database[dict[str, object]]
) -> None:
    volume = due(register, perform)
    archivist, clerk = Person.get("archivist"), Person.get("cd_clerk")
    with pytest.raises(RuleBroken, match="unknown_volume"):
        asked("0128-TS")  # not a whole number
    with pytest.raises(RuleBroken, match="loan_until"):
        asked(volume.id, until=date(2026, 2, 23))
    own = asked(volume.id, who="archivist")
    with pytest.raises(RuleBroken, match="not_your_own_loan"):
        lending.approve(str(own.id), ["forms"], "", actor=archivist, now=NOW)
    with pytest.raises(RuleBroken, match="operation_not_granted"):
        lending.approve(str(own.id), ["forms"], "", actor=clerk, now=NOW)
    lending.refuse(str(own.id), "与工作无关", actor=Person.get("intake_head"), now=NOW)
    assert len(opened.notices("借阅未批准", person="archivist")) == 1
    with pytest.raises(RuleBroken, match="loan_moved_on"):
        lending.withdraw(str(own.id), actor=archivist, now=NOW)
    mine = asked(volume.id, who="cd_clerk")
    with pytest.raises(RuleBroken, match="unknown_loan"):
        lending.withdraw(str(mine.id), actor=archivist, now=NOW)
    case = Complaint.objects(number=volume.case)
    case.update(recused=["archivist"])
    for turn in (
        lambda: lending.approve(str(mine.id), ["forms"], "", actor=archivist, now=NOW),
        lambda: lending.refuse(str(mine.id), "因为", actor=archivist, now=NOW),
        lambda: lending.retry(mine, actor=archivist),
    ):
        with pytest.raises(RuleBroken, match="unknown_loan"):
            turn()
    case.update(recused=[])
    lending.approve(str(mine.id), ["forms"], "", actor=archivist, now=NOW)
    case.update(recused=["archivist"])
    with pytest.raises(RuleBroken, match="unknown_loan"):
        lending.give_back(str(mine.id), actor=archivist, now=NOW)
    before = Loan.get(str(mine.id))
    lending.give_back(str(mine.id), actor=clerk, now=NOW)  # while a worker was at it
    stored = files.store(io.BytesIO(b"%PDF"), "x.pdf", media_type="application/pdf")
    assert lending.keep_copy(before, stored, 1, now=NOW) is False


def test_of_a_volume_of_several_cases_each_is_covered_by_its_own_words(
    register: Register, perform: Perform
) -> None:
    first = due(register, perform)
    second = due(register, perform, complainant_name="司马青", title="司马青要求退费", facts="司马青来访。")
    Complaint.collection().update_one({"number": second.case}, {"$set": {"volume.number": first.id}})
    Volume.collection().update_one({"_id": first.id}, {"$push": {"cases": second.case}})
    reader = Reader(Person.get("hk_clerk"), roles_in_force(), frozenset({"forms", "history"}), "JY-1")
    content = copy_content(Volume.get(first.id), reader, lambda _: b"")
    assert [part.case_number for part in content.parts] == [first.case, second.case]
    assert content.title.endswith("等 2 件")
    assert [word for word in (NAME, "司马青", PHONE) if word in repr(content)] == []
    assert sandbox.shared().volume(content).sheets > 4
