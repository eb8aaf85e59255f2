"""Volumes are inspected when they are sealed, on request and by the yearly sample; failures are told."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database

from documents import case_traces, files, virus_scans
from documents.actions import inspecting
from documents.actions.binding import bind
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.dossier import volume_content
from documents.inspection import Inspection, Sampling, inspection_rules, newest
from documents.inspection_paper import as_json, inspection_paper
from documents.notice import Notice
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.four_checks import FILING, KEEPING, RESULTS, VOLUME
from documents.rules.sampling import is_chosen
from documents.rules.volume import RenderedVolume
from documents.volume import Volume
from jobs import inspections, papers, sampling, surroundings
from tests import opened
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived, upload
from tests.scanner import VIRUS, scanner

_ = (perform, register)  # fixtures
MOMENT = NOW.isoformat()
LATER = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)


def results(found: Inspection) -> dict[str, str]:
    return {row["key"]: row["result"] for row in found.findings}


def sealed(register: Register, perform: Perform, **changes: Any) -> Volume:
    case = archived(register, perform, **changes)
    papers.render_volume(case.volume.number, MOMENT)
    return Volume.get(case.volume.number)


def shelved_in_name(register: Register, perform: Perform) -> Volume:
    """A volume on the shelf with a page of nothing for its file."""
    case = archived(register, perform)
    page = f"%PDF-1.7 {case.number}".encode()
    stored = files.store(io.BytesIO(page), f"{case.volume.number}.pdf", media_type="application/pdf")
    rendered = RenderedVolume(content=page, sha256=stored.sha256, pages=1, sheets=4)
    bind(volume_content(case, lambda _: b""), rendered, stored, now=NOW)
    return Volume.get(case.volume.number)


def test_a_life_of_inspections(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    volume = sealed(register, perform, papers=[upload("回单.txt", "收费五元 EICAR".encode())])

    # At sealing: everything passes or says why not, and the volume carries the summary.
    first = newest(VOLUME, volume.id)
    assert first is not None
    assert (first.stage, first.ok, first.sha256) == (FILING, True, volume.sha256)
    assert first.counts == {"passed": 25, "failed": 0, "not_applicable": 4, "by_hand": 0}
    assert volume.inspection["id"] == str(first.id)
    assert {key for key, found in results(first).items() if found == "not_applicable"} == {
        "fixed_signature", "scanner", "viruses", "process_safety",
    }  # fmt: skip

    # On request, with a scanner that knows the upload: the keepers of this archive hear of it.
    with scanner() as address:
        surroundings._told[:] = [replace(surroundings.current(), clamd=address)]
        assert inspections.inspect_volume(volume.id, MOMENT, by="archivist") == "failed"
        surroundings._told[:] = [replace(surroundings.current(), clamd="")]
    second = newest(VOLUME, volume.id)
    assert second is not None
    assert (results(second)["scanner"], results(second)["viruses"]) == ("passed", "failed")
    assert results(second)["process_safety"] == "passed"
    (told,) = Notice.objects(person="archivist")
    assert "病毒感染检测" in told.body["zh"]

    # The bytes are damaged: what rests on them fails, what does not stands.
    whole = files.read(volume.file_id)
    spoilt = whole[: len(whole) // 2] + bytes(64) + whole[len(whole) // 2 + 64 :]
    opened.exchange(volume.file_id, spoilt)
    assert inspections.inspect_volume(volume.id, MOMENT) == "failed"
    third = newest(VOLUME, volume.id)
    assert third is not None
    wrong = {key for key, found in results(third).items() if found == "failed"}
    assert "fixed_digest" in wrong
    assert {"metadata_types", "number_form", "fixed_history"}.isdisjoint(wrong)
    assert third.sha256 == hashlib.sha256(spoilt).hexdigest()

    # The report: paper, kept once, and JSON that is the same each time.
    assert (
        inspections.print_report(str(third.id), MOMENT)
        == hashlib.sha256(files.read(Inspection.get(str(third.id)).file_id)).hexdigest()
    )
    assert inspections.print_report(str(third.id), MOMENT) == "printed before"
    told_to_machines = json.loads(as_json(third))
    assert told_to_machines["ok"] is False
    assert set(told_to_machines["counts"]) == set(RESULTS)
    assert as_json(Inspection.get(str(third.id))) == as_json(third)
    assert inspection_paper(third).conclusion.startswith("检测不通过")

    # When the volume is destroyed its reports go with it.
    printed = Inspection.get(str(third.id)).file_id
    assert list(case_traces._inspections([volume.id])) == [printed]
    assert Inspection.objects(number=volume.id).count() == 0


def test_what_makes_a_sealed_file_wrong_keeps_it_from_being_sealed(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    lost, bad = archived(register, perform), archived(register, perform)
    ArchiveNumber.objects(id=lost.volume.number).delete()  # an earlier number of the series is nowhere
    before = database["fs.files"].count_documents({})
    assert papers.render_volume(bad.volume.number, MOMENT) == "set aside"
    problem = ArchiveNumber.get(bad.volume.number).problem
    assert problem.startswith("四性检测不通过，未封存：连续性元数据项")
    assert Complaint.get(bad.number).status == "closed"
    assert (Volume.objects.count(), Inspection.objects.count()) == (0, 0)
    assert database["fs.files"].count_documents({}) == before


def drawn(volumes: list[Volume], share: float) -> list[str]:
    return [one.id for one in volumes if is_chosen(2027, one.id, share)]


def test_the_yearly_sample_takes_the_same_volumes_and_catches_up(
    register: Register, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    volumes = [sealed(register, perform) for _ in range(3)]
    archivist = Person.get("archivist")
    share = next(one for one in range(1, 100) if len(drawn(volumes, one)) == 2)
    wanted = drawn(volumes, share)
    assert sampling.sample(MOMENT) == "finished"  # nothing was sealed before 2026
    monkeypatch.setattr(sampling, "INSPECTED_AT_ONCE", 1)
    inspecting.configure({}, share, actor=archivist, now=NOW)
    for step in range(6):  # nothing ran in January and February: it goes on until all are done
        sampling.sample((LATER + timedelta(minutes=10 * step)).isoformat())
    found = Inspection.objects(sampled=2027).order_by("number")
    assert [one.number for one in found] == wanted
    assert {one.stage for one in found} == {KEEPING}
    state = Sampling.objects.get(id=2027)
    assert (state.looked, state.chosen, state.failed, bool(state.finished_at)) == (3, len(wanted), 0, True)
    assert sampling.sample((LATER + timedelta(days=9)).isoformat()) == "finished"
    assert Inspection.objects(sampled=2027).count() == len(wanted)


def test_items_are_switched_off_with_a_reason_only(database: Database[dict[str, Any]]) -> None:
    actor = Person(id="archivist", name="苏文")
    with pytest.raises(RuleBroken, match="check_off_without_reason"):
        inspecting.configure({"viruses": " "}, 5, actor=actor, now=NOW)
    with pytest.raises(RuleBroken, match="unknown_check"):
        inspecting.configure({"no_such": "x"}, 5, actor=actor, now=NOW)
    with pytest.raises(RuleBroken, match="share_out_of_range"):
        inspecting.configure({}, 0, actor=actor, now=NOW)
    assert inspection_rules().share == 5.0
    inspecting.configure({"viruses": "由网关查毒"}, 10, actor=actor, now=NOW)
    assert (inspection_rules().off, inspection_rules().share) == ({"viruses": "由网关查毒"}, 10)


def test_a_scanner_is_asked_as_clamd_is() -> None:
    clean, eicar = ("a.pdf", [b"%PDF-", b"", b"1.7"]), ("b.txt", [b"X5O!P%@AP ", b"EICAR"])
    assert virus_scans.scan("", [clean]) is None
    with scanner() as address:
        found = virus_scans.scan(address, [clean, eicar])
        assert found is not None
        assert (found.version[:7], found.scanned) == ("ClamAV ", 2)
        assert found.infected == (f"b.txt：{VIRUS} FOUND",)
    silent = virus_scans.scan(address, [clean])
    assert silent is not None
    assert (silent.version, bool(silent.problem)) == ("", True)


def test_a_volume_that_cannot_be_inspected_does_not_end_the_round(
    register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> None:
    broken, torn, sound = (shelved_in_name(register, perform) for _ in range(3))
    database["volumes"].update_one({"_id": broken.id}, {"$set": {"file_id": "no file of ours"}})
    torn_file = ObjectId(torn.file_id)
    database["fs.chunks"].delete_many({"files_id": torn_file})
    inspecting.configure({}, 100, actor=Person.get("archivist"), now=NOW)
    Complaint.objects(number__in=[broken.case, torn.case]).update(recused=["intake_head"])
    assert sampling.sample(LATER.isoformat()) == "3 inspected"
    wrong, aside = "四性检测不通过", "年度抽检未能检测"
    for title in (f"{wrong}：{torn.id}", f"{aside}：{broken.id}"):
        assert {one.person for one in opened.notices(title)} == {"archivist"}  # not who is recused
    assert len(opened.notices(f"{wrong}：{sound.id}")) == 2
    assert sampling.sample((LATER + timedelta(minutes=10)).isoformat()) == "finished"
    state = Sampling.objects.get(id=2027)
    assert (state.looked, state.chosen, state.failed) == (3, 3, 2)  # a stand-in is no PDF
    assert [one["number"] for one in state.aside] == [broken.id]
    assert "no file of ours" in state.aside[0]["reason"]
    assert set(Inspection.objects(sampled=2027).distinct("number")) == {torn.id, sound.id}
    report = newest(VOLUME, torn.id)
    assert report is not None
    assert results(report)["fixed_digest"] == "failed"
    (told,) = opened.notices(f"年度抽检未能检测：{broken.id}", person="archivist")
    assert "no file of ours" in told.body["zh"]
