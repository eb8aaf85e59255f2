"""Letters and case files are rendered once, sealed, and never lost – whoever is killed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from documents import events, files
from documents.actions import binding, lettering
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.notice import Notice
from documents.papers import waiting
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.volume import Volume
from jobs import making, papers, queues, volume_parts
from jobs.press import queue_papers
from jobs.surroundings import Surroundings
from pdf.sandbox import Limits, Sandbox
from tests import opened
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived, upload
from tests.documents.test_paths import RESULT, handled
from tests.jobs.houses import open_house, wait_for
from tests.pdf import samples

_ = (perform, register)  # fixtures
LATER = (NOW + timedelta(hours=1)).isoformat()


def replied(register: Register, perform: Perform) -> Complaint:
    return perform(handled(register, perform), "reply", "qs_handler", **RESULT)


def stored_files(database: Database[dict[str, Any]]) -> int:
    return int(database["fs.files"].count_documents({}))


def test_a_letter_gets_its_pdf_an_event_and_an_audit_entry(register: Register, perform: Perform) -> None:
    case = replied(register, perform)
    assert papers.render_letter(case.number, 1, LATER) == Complaint.get(case.number).letters[0].sha256
    case = Complaint.get(case.number)
    content = files.read(case.letters[0].file_id)
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == case.letters[0].sha256
    assert (case.events[-1].verb, case.events[-1].facts["sha256"]) == ("letter", case.letters[0].sha256)
    assert events.broken_at(case.events) is None
    assert AuditEntry.objects(verb="letter", subject=case.number).count() == 1
    assert case.papers == []


def test_a_letter_is_not_rendered_twice(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    case = replied(register, perform)
    papers.render_letter(case.number, 1, LATER)
    before = Complaint.get(case.number).to_mongo()
    assert papers.render_letter(case.number, 1, LATER) == "rendered before"
    assert Complaint.get(case.number).to_mongo() == before
    assert stored_files(database) == 1


def test_of_two_workers_one_keeps_its_letter_and_the_other_leaves_nothing(
    register: Register, perform: Perform, database: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = replied(register, perform)
    slow = Complaint.get(case.number)  # loaded before the other worker was done
    papers.render_letter(case.number, 1, LATER)
    monkeypatch.setattr(Complaint, "get", _first_then_real(slow))
    assert papers.render_letter(case.number, 1, LATER) == "another worker was first"
    assert stored_files(database) == 1


def _first_then_real(first: Complaint) -> Any:
    handed = [first]
    real = Complaint.get.__func__  # type: ignore[attr-defined]
    return classmethod(lambda cls, number: handed.pop() if handed else real(cls, number))


def test_a_person_may_go_on_while_a_letter_is_attached(register: Register, perform: Perform) -> None:
    case = replied(register, perform)
    turn = case.turn
    papers.render_letter(case.number, 1, LATER)
    assert Complaint.get(case.number).turn == turn
    assert perform(case, "pass_review", "intake_clerk", review_opinion="同意。").stage == "completed"


def test_archiving_waits_for_the_letters(register: Register, perform: Perform) -> None:
    case = perform(replied(register, perform), "pass_review", "intake_clerk", review_opinion="同意。")
    with pytest.raises(RuleBroken, match="letters_not_rendered"):
        perform(case, "archive", "archivist")
    papers.render_letter(case.number, 1, LATER)
    assert perform(case, "archive", "archivist").stage == "archiving"


def test_a_case_file_is_sealed_and_shelved(register: Register, perform: Perform) -> None:
    case = archived(register, perform, papers=[upload("回单.txt", "收费五元".encode())])
    papers.render_volume(case.volume.number, LATER)
    case = Complaint.get(case.number)
    assert (case.stage, case.status, case.papers) == ("archived", "archived", [])
    volume = Volume.get(case.volume.number)
    content = files.read(volume.file_id)
    assert hashlib.sha256(content).hexdigest() == volume.sha256 == case.volume.sha256
    assert (volume.owner, volume.unit, volume.case) == ("QH", "QH-CD", case.number)
    assert [entry["title"] for entry in volume.contents][:2] == [
        "客户投诉处理表（登记部分）",
        "客户投诉处理表",
    ]
    assert sum(entry["pages"] for entry in volume.contents) == volume.pages
    assert volume.originals[0]["name"] == "回单.txt"
    assert events.broken_at(case.events) is None
    assert case.events[-1].facts["sha256"] == volume.sha256


def test_a_sealed_file_never_changes(register: Register, perform: Perform) -> None:
    case = archived(register, perform)
    sealed = papers.render_volume(case.volume.number, LATER)
    assert papers.render_volume(case.volume.number, LATER) == "used before"
    assert Complaint.get(case.number).volume.sha256 == sealed
    assert Volume.objects.count() == 1


def test_rendering_again_after_a_crash_gives_the_same_bytes(register: Register, perform: Perform) -> None:
    case = archived(register, perform, papers=[upload("回单.txt", "收费五元".encode())])
    first = volume_parts.volume(ArchiveNumber.get(case.volume.number), now=NOW)[1]
    with Sandbox() as other:
        content = papers.dossier.volume_content(
            Complaint.get(case.number), lambda one: files.read(one.file_id)
        )
        assert other.volume(content).sha256 == first.sha256


def test_a_damaged_original_sets_its_case_aside_and_the_next_is_made(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    bad = archived(register, perform, papers=[upload("回单.txt", "收费五元".encode())])
    good = archived(register, perform)
    opened.exchange(bad.attachments[0].file_id, "收费九元".encode())
    assert papers.render_volume(bad.volume.number, LATER) == "set aside"
    assert papers.render_volume(good.volume.number, LATER) != "set aside"
    problem = Complaint.get(bad.number).volume.problem
    assert problem == "附件“回单.txt”与登记的 SHA-256 不符，原件可能已损坏"
    notice = Notice.objects.get(person="archivist")
    assert notice.body["zh"].startswith(problem)
    assert [paper.number for paper in waiting(10)] == []


def test_a_case_whose_history_was_changed_is_not_sealed(register: Register, perform: Perform) -> None:
    case = archived(register, perform)
    changes = {"events.1.note": "改过", "recused": ["archivist"]}
    Complaint.collection().update_one({"number": case.number}, {"$set": changes})
    assert papers.render_volume(case.volume.number, LATER) == "set aside"
    assert "第 2 条" in Complaint.get(case.number).volume.problem
    told = {one.person for one in opened.notices(f"案卷未能生成：{case.number}")}
    assert told == {"intake_head"}  # who handed it over is recused by now


def test_what_was_set_aside_is_made_after_a_retry(register: Register, perform: Perform) -> None:
    case = archived(register, perform)
    Complaint.collection().update_one({"number": case.number}, {"$set": {"events.1.note": "改过"}})
    papers.render_volume(case.volume.number, LATER)
    Complaint.collection().update_one({"number": case.number}, {"$unset": {"events.1.note": 1}})
    assert binding.retry([case.volume.number], actor=Person.get("archivist"), now=NOW) == 1
    assert [paper.number for paper in waiting(10)] == [case.volume.number]
    papers.render_volume(case.volume.number, LATER)
    assert Complaint.get(case.number).stage == "archived"


def test_a_paper_that_is_begun_again_and_again_is_set_aside(register: Register, perform: Perform) -> None:
    case = replied(register, perform)
    for _once in range(making.MOST_TRIES):
        lettering.begin(case.number, 1)
    assert papers.render_letter(case.number, 1, LATER) == "set aside"
    letter = Complaint.get(case.number).letters[0]
    assert letter.problem == making.NEVER_FINISHED
    with pytest.raises(RuleBroken, match="unknown_case"):
        lettering.retry(case.number, 1, actor=Person.get("admin"), now=NOW)
    lettering.retry(case.number, 1, actor=Person.get("archivist"), now=NOW)
    papers.render_letter(case.number, 1, LATER)
    assert Complaint.get(case.number).letters[0].file_id


def test_a_letter_too_long_to_lay_out_says_so(
    register: Register, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = replied(register, perform)
    Complaint.collection().update_one(
        {"number": case.number}, {"$set": {"letters.0.values.investigation": "长" * 1_500_000}}
    )
    with Sandbox(Limits(cpu_seconds=1)) as small:
        monkeypatch.setattr(papers.sandbox, "shared", lambda: small)
        assert papers.render_letter(case.number, 1, LATER) == "set aside"
    assert Complaint.get(case.number).letters[0].problem.startswith("无法排版：计算超过 1 秒")


def test_the_timetable_finds_what_nobody_queued(
    register: Register, perform: Perform, surroundings: Surroundings
) -> None:
    letter, volume = replied(register, perform), archived(register, perform)
    assert papers.find_waiting(LATER) == 2
    queues.worker().work(burst=True, logging_level="WARNING")
    assert Complaint.get(letter.number).letters[0].file_id
    assert Complaint.get(volume.number).stage == "archived"
    assert papers.find_waiting(LATER) == 0


def test_an_action_may_queue_its_papers_at_once(
    register: Register, perform: Perform, surroundings: Surroundings
) -> None:
    assert queue_papers(replied(register, perform), now=NOW) == 1
    assert queues.backlog(queues.PAPER) == 1
    assert papers.find_waiting(LATER) == 1  # one job too many does no harm


@pytest.mark.fault
def test_a_worker_killed_while_rendering_loses_nothing(
    register: Register, perform: Perform, surroundings: Surroundings, tmp_path: Path
) -> None:
    scans = upload("扫描件.pdf", samples.scanned_pdf(60))
    case = archived(register, perform, papers=[scans])
    queues.render_volume(case.volume.number, now=NOW)
    with open_house(surroundings, tmp_path) as house:
        worker = house.start("worker")
        wait_for(lambda: ArchiveNumber.get(case.volume.number).attempts == 1, seconds=60, house=house)
        house.kill(worker)
        assert Complaint.get(case.number).volume.sealed_at is None
        assert papers.find_waiting(LATER) == 1
        house.start("worker")
        wait_for(lambda: Complaint.get(case.number).stage == "archived", seconds=120, house=house)
    case = Complaint.get(case.number)
    assert [event.verb for event in case.events].count("seal") == 1
    assert Volume.objects.count() == 1


def test_the_sandbox_gets_the_originals_one_by_one(register: Register, perform: Perform) -> None:
    case = archived(register, perform, papers=[upload("一.txt", b"1"), upload("二.txt", b"2")])
    content, _rendered = volume_parts.volume(ArchiveNumber.get(case.volume.number), now=NOW)
    assert all(isinstance(one.content, Path) for one in content.enclosures)
