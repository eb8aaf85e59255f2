"""Filing in batches: one prepares, another checks; a bad case stays behind, the rest is sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from documents.actions import filing, supplementing
from documents.archive_number import ArchiveNumber
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.dossier_forms import filled_forms
from documents.filing_batch import FilingBatch, FilingEntry, entries_of, lost_batches
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.rules.broken import RuleBroken
from documents.transfer_plan import plan
from documents.volume import Volume
from jobs import filing as filing_jobs
from jobs import papers, queues
from jobs.surroundings import Surroundings
from tests import opened
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import upload
from tests.documents.test_paths import TREATED
from tests.jobs.houses import open_house, wait_for

_ = (perform, register)  # fixtures
MOMENT = NOW.isoformat()
Closed = Callable[..., Complaint]


@pytest.fixture
def closed(register: Register, perform: Perform, surroundings: Surroundings) -> Closed:
    def run(**changes: Any) -> Complaint:
        case = perform(register(**changes), "solve", "cd_clerk", **TREATED)
        return perform(case, "pass_filing", "intake_clerk", review_opinion="处理得当。")

    return run


@pytest.fixture
def su(policy: Policy) -> Person:
    return Person.get("archivist")


@pytest.fixture
def huang(policy: Policy) -> Person:
    return Person.get("intake_head")


def prepared(su: Person, *cases: Complaint, note: str = "") -> FilingBatch:
    batch, left = filing.prepare([case.number for case in cases], note, actor=su, now=NOW)
    assert batch is not None
    assert left == []
    filing_jobs.advance(str(batch.id), MOMENT)
    return FilingBatch.get(batch.id)


def approved(batch: FilingBatch, su: Person, huang: Person) -> FilingBatch:
    batch = filing.approve(filing.submit(batch, actor=su, now=NOW), actor=huang, now=NOW)
    filing_jobs.advance(str(batch.id), MOMENT)
    queues.worker().work(burst=True, logging_level="WARNING")
    return FilingBatch.get(batch.id)


def joined(policy: Policy, **arrangement: Any) -> None:
    """Let the policy put several cases into a volume."""
    written = {"mode": "joined", **arrangement}
    Policy.collection().update_one({"_id": policy.id}, {"$set": {"definition.archive.arrangement": written}})
    forget_views()


def test_one_prepares_another_checks_and_the_files_are_sealed(
    closed: Closed, su: Person, huang: Person
) -> None:
    cases = [closed() for _ in range(3)]
    batch = prepared(su, *cases, note="无缺件。")
    entries = entries_of(batch.id)
    assert [(one.kept["code"], one.findings) for one in entries] == [("D10", [])] * 3
    with pytest.raises(RuleBroken, match="retention_without_reason"):
        filing.appraise(batch, [cases[0].number], "Y", " ", actor=su, now=NOW)
    filing.appraise(batch, [cases[0].number], "Y", "本社首例", actor=su, now=NOW)
    batch = filing.submit(batch, actor=su, now=NOW)
    with pytest.raises(RuleBroken, match="second_person_needed"):
        filing.approve(batch, actor=su, now=NOW)
    batch = filing.approve(batch, actor=huang, now=NOW)
    with pytest.raises(RuleBroken, match="batch_not_submitted"):
        filing.send_back(batch, "太晚", actor=huang, now=NOW)
    filing_jobs.advance(str(batch.id), MOMENT)
    assert {Complaint.get(case.number).stage for case in cases} == {"archiving"}
    queues.worker().work(burst=True, logging_level="WARNING")
    first = Complaint.get(cases[0].number)
    opinion = first.volume.appraisal
    assert (opinion.code, opinion.years, opinion.proposed, opinion.by) == ("Y", None, "D10", "archivist")
    assert (first.volume.number, first.volume.submitted_by) == ("0128-TS·2026-Y-0001", "intake_head")
    assert first.facts()["archive_note"] == "无缺件。"
    assert filled_forms(first)[-1].filled_by == su.name  # who prepared it, not who let it through
    assert Volume.get(first.volume.number).retention == {
        "zh": "永久", "en": "For ever", "code": "Y", "years": None,
    }  # fmt: skip
    assert FilingBatch.get(batch.id).state == "done"
    assert len(opened.notices("归档批次已完成", person__in=["archivist", "intake_head"])) == 2
    assert {one.state for one in ArchiveNumber.objects(batch=batch.id)} == {"used"}
    assert AuditEntry.objects(verb="appraise", subject=first.number).count() == 1


def test_until_it_is_approved_everything_can_be_taken_back(closed: Closed, su: Person, huang: Person) -> None:
    one, two = closed(), closed()
    batch = prepared(su, one, two)
    refused = filing.prepare([one.number, "TS-none"], "", actor=huang, now=NOW)[1]
    assert [left.refused.code for left in refused] == ["in_another_batch", "unknown_case"]
    _a_case_that_is_closed_to_the_preparer_is_taken_out_by_another(batch, one, su, huang)
    filing.take_out(batch, [two.number], "", actor=su, now=NOW)
    batch = filing.submit(batch, actor=su, now=NOW)
    Complaint.objects(id=one.id).update(recused=["archivist", "intake_head"])
    for turn in (filing.take_back, filing.approve):
        with pytest.raises(RuleBroken, match="withheld_from_all"):
            turn(batch, actor=su if turn is filing.take_back else huang, now=NOW)
    Complaint.objects(id=one.id).update(recused=[])
    with pytest.raises(RuleBroken, match="batch_submitted"):
        filing.appraise(batch, [one.number], "D30", "更正", actor=su, now=NOW)
    batch = filing.take_back(batch, actor=su, now=NOW)
    filing.put_back(batch, [two.number], actor=su, now=NOW)
    filing_jobs.advance(str(batch.id), MOMENT)
    batch = filing.submit(batch, actor=su, now=NOW)
    with pytest.raises(RuleBroken, match="reason_missing"):
        filing.send_back(batch, "", actor=huang, now=NOW)
    filing.take_out(batch, [two.number], "缺回执", actor=huang, now=NOW)
    batch = filing.send_back(batch, "请补回执", actor=huang, now=NOW)
    assert (batch.state, batch.returned["reason"]) == ("preparing", "请补回执")
    assert filing.discard(batch, actor=su, now=NOW).state == "discarded"
    assert prepared(huang, one, two).state == "preparing"  # free again, for anybody
    assert {Complaint.get(case.number).stage for case in (one, two)} == {"completed"}


def _a_case_that_is_closed_to_the_preparer_is_taken_out_by_another(
    batch: FilingBatch, one: Complaint, su: Person, huang: Person
) -> None:
    case = Complaint.objects(id=one.id)
    his: dict[str, Any] = {"actor": su, "now": NOW}
    with pytest.raises(RuleBroken, match="not_your_batch"):
        filing.take_out(batch, [one.number], "须回避", actor=huang, now=NOW)
    for hides in ({"recused": ["archivist"]}, {"recused": [], "known_to": ["intake_head"]}):
        case.update(**hides)
        (left,) = filing.prepare([one.number], "", **his)[1]
        assert left.refused.code == "unknown_case"  # not: in another batch
        for turn in (
            lambda: filing.take_out(batch, [one.number], "", **his),
            lambda: filing.appraise(batch, [one.number], "Y", "因为", **his),
            lambda: filing.check_again(batch, **his),
            lambda: filing.submit(batch, **his),
            lambda: filing.discard(batch, **his),
        ):
            with pytest.raises(RuleBroken, match="withheld_from_you"):
                turn()
    with pytest.raises(RuleBroken, match="reason_missing"):
        filing.take_out(batch, [one.number], "", actor=huang, now=NOW)
    assert filing.take_out(batch, [one.number], "另行归档", actor=huang, now=NOW) == 1
    for number, code in ((one.number, "withheld_from_you"), ("TS-none", "unknown_case")):
        with pytest.raises(RuleBroken, match=code):
            filing.put_back(batch, [number], **his)
    other = filing.prepare([one.number], "", actor=huang, now=NOW)[0]
    assert other is not None
    filing.discard(other, actor=huang, now=NOW)
    case.update(known_to=[])
    filing.put_back(batch, [one.number], **his)
    filing_jobs.advance(str(batch.id), MOMENT)


def test_the_precheck_tells_what_must_be_put_right_and_what_is_good_to_know(
    closed: Closed, su: Person, database: Any
) -> None:
    bad = closed(papers=[upload("单.txt", b"1"), upload("空.pdf", b"%PDF-1.4 /Encrypt cut off")])
    odd = closed(title="投诉\U0001f600服务态度", papers=[upload("甲.txt", b"2"), upload("乙.txt", b"2")])
    other = closed()
    Complaint.objects(id=other.id).update(status="open", registered_at=NOW + timedelta(hours=1))
    linked = [{"kind": "appeal_of", "number": other.number}]
    changes = {"events.1.note": "改过", "links": linked}
    Complaint.collection().update_one({"number": odd.number}, {"$set": changes})
    opened.exchange(bad.attachments[0].file_id, b"9")
    batch = prepared(su, bad, odd)
    codes = {
        one.case: [(row["code"], row["blocking"]) for row in one.findings] for one in entries_of(batch.id)
    }
    assert codes[bad.number] == [
        ("file_altered", True), ("file_encrypted", False), ("file_damaged", False),
    ]  # fmt: skip
    assert codes[odd.number] == [
        ("history_broken", True), ("linked_open", True), ("file_twice", False), ("no_glyph", False),
    ]  # fmt: skip
    assert other.number not in str([row for one in entries_of(batch.id) for row in one.findings])
    with pytest.raises(RuleBroken, match="batch_has_problems"):
        filing.submit(batch, actor=su, now=NOW)
    Complaint.collection().update_one({"number": odd.number}, {"$unset": {"events.1.note": 1, "links": 1}})
    filing.take_out(batch, [bad.number], "附件待恢复", actor=su, now=NOW)
    filing.check_again(batch, actor=su, now=NOW)
    filing_jobs.advance(str(batch.id), MOMENT)
    assert filing.submit(FilingBatch.get(batch.id), actor=su, now=NOW).state == "submitted"


def test_a_case_that_cannot_be_handed_over_stays_behind_and_a_lost_job_goes_on(
    closed: Closed, su: Person, huang: Person, perform: Perform
) -> None:
    good, gone = closed(), closed()
    batch = filing.submit(prepared(su, good, gone), actor=su, now=NOW)
    batch = filing.approve(batch, actor=huang, now=NOW)
    perform(gone, "archive", "archivist")  # somebody was faster
    assert lost_batches(NOW.replace(hour=5)) == [str(batch.id)]
    filing_jobs.advance(str(batch.id), MOMENT)
    filing_jobs.advance(str(batch.id), MOMENT)  # twice does no harm
    left = FilingEntry.objects.get(case=gone.number)
    assert (left.state, left.refused["code"]) == ("failed", "case_handed_over")
    assert ArchiveNumber.objects(batch=batch.id).count() == 1
    queues.worker().work(burst=True, logging_level="WARNING")
    assert Complaint.get(good.number).status == "archived"
    assert FilingBatch.get(batch.id).state == "done"


def test_cases_that_share_a_volume_are_sealed_together_and_the_bad_one_is_left_out(
    policy: Policy, closed: Closed, su: Person, huang: Person, database: Any
) -> None:
    joined(policy, most=3)
    cases = [closed(papers=[upload(f"{n}.txt", f"第{n}份".encode())]) for n in range(4)]
    batch = filing.submit(prepared(su, *cases), actor=su, now=NOW)
    batch = filing.approve(batch, actor=huang, now=NOW)
    chunk = {"files_id": ObjectId(cases[1].attachments[0].file_id)}
    database["fs.chunks"].update_one(chunk, {"$set": {"data": b"?"}})
    filing_jobs.advance(str(batch.id), MOMENT)
    queues.worker().work(burst=True, logging_level="WARNING")
    first, bad, third, fourth = (Complaint.get(case.number) for case in cases)
    volume = Volume.get(first.volume.number)
    assert volume.cases == [first.number, third.number]
    assert first.volume.sha256 == third.volume.sha256 == volume.sha256
    assert {entry["case"] for entry in volume.contents} == {first.number, third.number}
    assert [one["name"] for one in volume.originals] == ["0.txt", "2.txt"]
    assert (bad.stage, fourth.volume.number) == ("archiving", "0128-TS·2026-D10-0002")
    assert bad.volume.problem == "附件“1.txt”的原件不完整，可能已损坏"
    assert ArchiveNumber.get(volume.id).left_out == [{"case": bad.number, "reason": bad.volume.problem}]


def test_later_papers_go_into_a_supplement_and_the_first_volume_stays_as_it_is(
    closed: Closed, su: Person, huang: Person, perform: Perform, policy: Policy
) -> None:
    case = perform(closed(), "archive", "archivist")
    late = upload("申诉决定.txt", "维持原处理意见".encode(), by="archivist")
    with pytest.raises(RuleBroken, match="case_handed_over"):
        supplementing.add(case.number, [late], "申诉结果", actor=su, now=NOW, submission="l1")
    papers.render_volume(case.volume.number, MOMENT)
    before = Volume.get(case.volume.number).to_mongo()
    for _twice in range(2):
        case = supplementing.add(case.number, [late], "申诉结果", actor=su, now=NOW, submission="l1")
    assert (case.later, case.events[-1].verb, len(case.attachments)) == (True, "later_papers", 1)
    batch = prepared(su, case)
    (entry,) = entries_of(batch.id)
    assert (entry.supplement, entry.kept["code"]) == (True, "D10")
    assert approved(batch, su, huang).state == "done"
    case = Complaint.get(case.number)
    number = case.supplements[0].number
    volume = Volume.get(number)
    assert (volume.supplement_to, volume.cases) == (case.volume.number, [case.number])
    assert [one["title"] for one in volume.contents][-1] == "附件 1　申诉决定.txt"
    assert [one["name"] for one in volume.originals] == ["申诉决定.txt"]
    assert Volume.get(case.volume.number).to_mongo() == before
    assert (case.stage, case.later) == ("archived", None)
    found = plan(policy.view(), "QH", 2026)
    assert (found.gaps, found.strays) == ((), ())
    assert {one.id for one in found.volumes} == {case.volume.number, number}


@pytest.mark.fault
def test_a_worker_killed_while_handing_over_gives_no_number_twice_and_loses_none(
    closed: Closed, su: Person, huang: Person, surroundings: Surroundings, tmp_path: Path
) -> None:
    numbers = _copies(closed(), 40)
    batch = filing.prepare(numbers, "", actor=su, now=NOW)[0]
    assert batch is not None
    FilingEntry.collection().update_many({}, {"$set": {"checked_at": NOW}})
    batch = filing.approve(filing.submit(batch, actor=su, now=NOW), actor=huang, now=NOW)
    queues.file_batch(str(batch.id), now=NOW)

    def handed(least: int) -> bool:
        return bool(FilingEntry.objects(state="handed").count() >= least)

    with open_house(surroundings, tmp_path) as house:
        worker = house.start("worker")
        wait_for(lambda: handed(5), seconds=60, house=house)
        house.kill(worker)
        assert not handed(len(numbers))
        assert filing_jobs.find_lost(NOW.replace(hour=5).isoformat()) == 1
        house.start("worker")
        wait_for(lambda: handed(len(numbers)), seconds=120, house=house)
    given = ArchiveNumber.objects(batch=batch.id)
    assert sorted(one.sequence for one in given) == list(range(1, len(numbers) + 1))
    assert sorted(number for one in given for number in one.cases) == sorted(numbers)
    assert all(
        [event.verb for event in case.events].count("archive") == 1
        for case in Complaint.objects.only("events")
    )


def _copies(case: Complaint, count: int) -> list[str]:
    """The case and copies of it, for a batch of many."""
    row = Complaint.collection().find_one({"number": case.number})
    names = [f"{case.number[:-4]}{number:04}" for number in range(2, count + 1)]
    rows = [{**row, "_id": ObjectId(), "number": name, "submission": name} for name in names]
    Complaint.collection().insert_many(rows)
    return [case.number, *names]
