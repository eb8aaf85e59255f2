"""From three cases to a year-end package that anybody can verify, and what becomes of one changed byte."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pymongo.database import Database

from documents import files
from documents.actions import printing, receiving, reporting, transferring
from documents.actions.reporting import Asked
from documents.actions.transferring import Receipt
from documents.complaint import Complaint
from documents.inspection import newest
from documents.person import Person
from documents.policy import Policy
from documents.print_order import PrintOrder
from documents.report import Report
from documents.transfer import TransferPackage
from documents.transfer_plan import plan
from documents.volume import Volume
from jobs import packages, papers, registers, reports
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from pdf import verifier
from pdf.packages import Writing
from tests import opened
from tests.conftest import Beginning
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import upload
from tests.documents.test_paths import RESULT, TREATED, handled
from tests.pdf import samples
from tests.validators.verapdf import verapdf

_ = (perform, register)  # fixtures
WINTER = datetime(2026, 12, 30, 2, tzinfo=UTC)
MOMENT = WINTER.isoformat()
RECEIPT = Receipt("县档案馆", "钱进", date(2026, 12, 31), medium="移动硬盘 1 个")


@pytest.fixture
def workshop(surroundings: Surroundings, tmp_path: Path) -> Path:
    """A house with scratch space of its own."""
    house._told[:] = [replace(surroundings, folder=tmp_path)]
    return tmp_path


def finish(case: Complaint, perform: Perform) -> Complaint:
    """Letters rendered, archived, sealed."""
    for letter in case.letters:
        papers.render_letter(case.number, letter.seq, NOW.isoformat())
    case = perform(case, "archive", "archivist")
    assert (
        papers.render_volume(case.volume.number, NOW.isoformat()) == Complaint.get(case.number).volume.sha256
    )
    return Complaint.get(case.number)


_three = Beginning[list[str]]()


@pytest.fixture
def three(
    policy: Policy, register: Register, perform: Perform, database: Database[dict[str, Any]]
) -> list[Complaint]:
    """Solved on the spot; supervised with papers; a suggestion. A fourth stays open."""
    numbers = _three.of(database, lambda: sealed(register, perform))
    return [Complaint.get(number) for number in numbers]


def sealed(register: Register, perform: Perform) -> list[str]:
    spot = perform(register(), "solve", "cd_clerk", **TREATED)
    spot = perform(spot, "pass_filing", "intake_clerk", review_opinion="同意。")
    scans = [upload("回单.pdf", samples.scanned_pdf(1)), upload("录音.mp3", b"ID3" + bytes(900))]
    long = perform(handled(lambda **_: register(papers=scans), perform), "reply", "qs_handler", **RESULT)
    long = perform(long, "pass_review", "intake_clerk", review_opinion="同意。")
    advice = perform(
        register(case_type="suggestion", title="建议增设老花镜"), "answer", "cd_clerk",
        suggestion_answer="已采纳。", suggestion_outcome="adopted", reply_method="phone",
    )  # fmt: skip
    register(title="尚在办理的一件")
    return [finish(case, perform).number for case in (spot, long, advice)]


def built(policy: Policy) -> TransferPackage:
    archivist = Person.get("archivist")
    package = transferring.ask_check(policy, "QH", 2026, actor=archivist, now=WINTER)
    assert packages.check(package.id, MOMENT) == "checked"
    transferring.ask_build(package.id, actor=archivist, now=WINTER)
    packages.build(package.id, MOMENT)
    return TransferPackage.get(package.id)


def unpacked(package: TransferPackage, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(files.read(package.built.file_id))) as archive:
        archive.extractall(folder)
    return folder / package.built.name


def test_three_cases_become_a_package_that_verifies_and_one_changed_byte_is_found(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    package = built(policy)
    assert (package.state, package.built.volumes, package.built.originals) == ("ready", 3, 2)
    report = newest("package", package.id)
    assert report is not None
    assert [row["key"] for row in report.findings if row["result"] == "failed"] == []
    assert (report.stage, report.sha256) == ("hand_over", package.built.sha256)
    folder = unpacked(package, tmp_path / "out")
    assert (folder / "data/其他/案卷检测汇总.pdf").is_file()
    assert verifier.verify(folder) == []
    volume = Volume.get(three[1].volume.number)
    path = next(folder.rglob(f"{volume.id}.pdf"))
    assert path.read_bytes() == files.read(volume.file_id)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = verifier.verify(folder)
    assert {finding.code for finding in found} >= {"changed"}
    assert any(volume.id in finding.path for finding in found)


def test_every_volume_is_pdf_a(three: list[Complaint], tmp_path: Path) -> None:
    paths = []
    for case in three:
        path = tmp_path / f"{case.number}.pdf"
        path.write_bytes(files.read(Volume.get(case.volume.number).file_id))
        paths.append(path)
        for letter in case.letters:
            letter_path = tmp_path / f"{case.number}-{letter.seq}.pdf"
            letter_path.write_bytes(files.read(letter.file_id))
            paths.append(letter_path)
    assert verapdf(paths) == {path: [] for path in paths}


def test_the_package_holds_the_register_the_report_and_the_reasons(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    head = Person.get("intake_head")
    report = reporting.draft(policy, Asked("annual", "QH", 2026), actor=head, now=WINTER)
    reporting.freeze(report.id, actor=head, now=WINTER, revision=report.revision)
    reports.render_report(report.id, MOMENT)
    folder = unpacked(built(policy), tmp_path / "out")
    others = {path.name for path in (folder / "data/其他").iterdir()}
    assert others >= {
        "2026年度登记册.pdf",
        "2026年度登记册.xlsx",
        "2026年度登记册.xml",
        "2026年全年投诉管理运行报告.pdf",
        "编号清单.xml",
    }
    numbers = ElementTree.parse(folder / "data/其他/编号清单.xml").getroot()  # noqa: S314 - our own
    absent = [row for row in numbers if row.get("去向") == "未归档"]
    assert [(row.get("原因"), row.get("说明")) for row in absent] == [("办理中", "当前环节：首接处置")]
    assert numbers.get("发出") == "4"


def test_the_same_year_gives_the_same_bytes(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    found = plan(policy.view(), "QH", 2026)
    package = transferring.ask_check(policy, "QH", 2026, actor=Person.get("archivist"), now=WINTER)
    first = packages.write(package, found, tmp_path / "one")
    second = packages.write(package, plan(policy.view(), "QH", 2026), tmp_path / "two")
    assert first.archive_sha256 == second.archive_sha256
    assert first.archive.read_bytes() == second.archive.read_bytes()


def test_an_unchanged_year_is_not_touched_on_another_day(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    package = transferring.ask_check(policy, "QH", 2026, actor=Person.get("archivist"), now=WINTER)
    packages.write(package, plan(policy.view(), "QH", 2026), tmp_path)
    package.made_at = WINTER + timedelta(days=3)
    again = packages.write(package, plan(policy.view(), "QH", 2026), tmp_path)
    assert (again.written, package.made_at) == (0, WINTER)


def test_an_interrupted_package_goes_on_where_it_stopped(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    found = plan(policy.view(), "QH", 2026)
    package = transferring.ask_check(policy, "QH", 2026, actor=Person.get("archivist"), now=WINTER)

    class Killed(BaseException):
        """Stands for a killed worker."""

    def stop_after_four(done: int, _total: int, _path: str) -> None:
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        packages.write(package, found, tmp_path / "out", Writing(on_progress=stop_after_four))
    written = packages.write(package, found, tmp_path / "out")
    assert written.written == written.files - 4
    assert verifier.verify(written.folder) == []


def test_a_damaged_volume_stops_its_package_with_its_name(
    policy: Policy, three: list[Complaint], workshop: Path
) -> None:
    Volume.objects(id=three[0].volume.number).update(sha256="0" * 64)
    package = built(policy)
    assert package.state == "building"
    assert package.problem.startswith("库存文件与登记的 SHA-256 不符：data/电子档案/2026/10年/")
    assert three[0].volume.number in package.problem
    (told,) = opened.notices("2026年度移交包", person="archivist")
    assert told.body["zh"].endswith(package.problem)


def test_building_twice_keeps_one_zip_and_leaves_no_scratch_files(
    policy: Policy, three: list[Complaint], workshop: Path
) -> None:
    package = built(policy)
    assert packages.build(package.id, MOMENT) == "nothing to do"
    again = built(policy)
    assert again.built.sha256 == package.built.sha256
    zips = [row for row in files.database()["fs.files"].find() if row["filename"].endswith(".zip")]
    assert [str(row["_id"]) for row in zips] == [again.built.file_id]
    assert [path for path in workshop.rglob("*") if path.is_file()] == []


def test_the_receivers_own_check_comes_back(
    policy: Policy, three: list[Complaint], workshop: Path, tmp_path: Path
) -> None:
    archivist = Person.get("archivist")
    package = transferring.hand_over(built(policy).id, RECEIPT, actor=archivist, now=WINTER)
    folder = unpacked(package, tmp_path / "out")
    outcome = tmp_path / "result.json"
    run = subprocess.run(
        [sys.executable, "-I", folder / "verifier.py", "--result", outcome], capture_output=True, check=True
    )
    assert "核验通过" in run.stdout.decode()
    package = receiving.take_result(package.id, outcome.read_bytes(), actor=archivist, now=WINTER)
    assert package.state == "confirmed"
    assert package.verified.counts["volumes"] == 3


# --- exports and reports ------------------------------------------------------------------------------


def order(form: str, kind: str = "register", **changes: object) -> PrintOrder:
    facts = {"kind": kind, "form": form, "policy": "p01", "unit": "QH", "year": 2026, "by": "archivist",
             "by_name": "苏文", "reads": ["public", "personal", "restricted"], "at": WINTER}  # fmt: skip
    return printing.place(PrintOrder(**{**facts, **changes}))


def made(asked: PrintOrder) -> bytes:
    registers.print_register(str(asked.id), MOMENT)
    found = PrintOrder.get(str(asked.id))
    assert found.problem is None
    return files.read(found.file_id)


def test_the_register_comes_as_pdf_xlsx_and_xml_with_the_same_lines(three: list[Complaint]) -> None:
    sheet = load_workbook(io.BytesIO(made(order("xlsx")))).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:4] == ["序号", "编号", "类型", "收到日期"]
    assert [row[1] for row in rows[1:4]] == sorted(row[1] for row in rows[1:4])
    root = ElementTree.fromstring(made(order("xml")))  # noqa: S314 - our own
    lines = [[cell.text or "" for cell in line] for line in root]
    assert lines == rows[1:]
    assert root.get("条数") == "4"
    archived = {case.number: case.volume.number for case in three}
    assert {line[1]: line[14] for line in lines if line[14]} == archived
    assert made(order("pdf")).startswith(b"%PDF-")


def test_a_name_is_covered_for_who_may_not_read_it(three: list[Complaint]) -> None:
    covered = made(order("xml", reads=["public"])).decode()
    assert "李小明" not in covered
    assert "※" in covered
    assert "李小明" in made(order("xml")).decode()


def test_who_is_recused_reads_the_number_only(register: Register) -> None:
    case = register(respondent_name="苏文")
    text = made(order("xml")).decode()
    assert case.number in text
    assert case.title not in text


def test_an_export_is_made_once(three: list[Complaint]) -> None:
    asked = order("xml")
    made(asked)
    assert registers.print_register(str(asked.id), MOMENT) == "made before"


def test_the_handover_form_is_printed_with_both_sides(
    policy: Policy, three: list[Complaint], workshop: Path
) -> None:
    transferring.hand_over(built(policy).id, RECEIPT, actor=Person.get("archivist"), now=WINTER)
    assert made(order("pdf", kind="handover")).startswith(b"%PDF-")


def test_a_handover_form_before_the_package_says_why_not(policy: Policy) -> None:
    transferring.ask_check(policy, "QH", 2026, actor=Person.get("archivist"), now=WINTER)
    asked = order("pdf", kind="handover")
    assert registers.print_register(str(asked.id), MOMENT) == "set aside"
    assert "package_not_ready" in PrintOrder.get(str(asked.id)).problem


def test_a_frozen_report_is_printed_once_and_is_pdf_a(
    policy: Policy, three: list[Complaint], tmp_path: Path
) -> None:
    head = Person.get("intake_head")
    report = reporting.draft(policy, Asked("annual", "QH", 2026), actor=head, now=WINTER)
    assert reports.render_report(report.id, MOMENT) == "nothing to do"
    reporting.freeze(report.id, actor=head, now=WINTER, revision=report.revision)
    digest = reports.render_report(report.id, MOMENT)
    report = Report.get(report.id)
    assert report.sha256 == digest
    assert reports.render_report(report.id, MOMENT) == "nothing to do"
    path = tmp_path / "report.pdf"
    path.write_bytes(files.read(report.file_id))
    assert verapdf([path]) == {path: []}


def test_everything_lost_is_found_again(policy: Policy, workshop: Path) -> None:
    head = Person.get("intake_head")
    report = reporting.draft(policy, Asked("annual", "QH", 2026), actor=head, now=WINTER)
    reporting.freeze(report.id, actor=head, now=WINTER, revision=report.revision)
    order("xml")
    transferring.ask_check(policy, "QH", 2026, actor=Person.get("archivist"), now=WINTER)
    assert papers.find_waiting(MOMENT) == 1  # the report; the others were asked for just now
    assert papers.find_waiting(datetime(2026, 12, 30, 3, tzinfo=UTC).isoformat()) == 3
    papers.queues.worker().work(burst=True, logging_level="WARNING")
    assert papers.find_waiting(datetime(2026, 12, 30, 4, tzinfo=UTC).isoformat()) == 0
    assert TransferPackage.objects.get().state == "checked"
