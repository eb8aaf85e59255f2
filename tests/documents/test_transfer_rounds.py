"""Rounds of a hand-over: opinions case by case, what is sent back comes again; every number has its fate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from documents import files, handed
from documents.actions import receiving, reporting, transferring
from documents.actions.binding import bind
from documents.actions.reporting import Asked
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.dossier import volume_content
from documents.files import StoredFile
from documents.handover_form import handover_form
from documents.handover_list import handover_list
from documents.hold import Hold
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.opinions import read_table
from documents.rules.volume import RenderedVolume
from documents.transfer import Built, BuiltPart, TransferPackage
from documents.transfer_content import package_content
from documents.transfer_plan import Plan, plan
from documents.volume import Volume
from documents.volume_metadata import metadata_of
from pdf.verifier import OPINION_COLUMNS
from tests import opened
from tests.conftest import Beginning
from tests.documents.conftest import NOW, Perform, Register
from tests.documents.test_dossier import archived
from tests.documents.test_transferring import RECEIPT, WINTER

NAME = "0128-2026-农信社客户投诉"


def sealed(register: Register, perform: Perform, **changes: Any) -> str:
    """The archive number of a case whose file is stood in for by one page of nothing."""
    case = archived(register, perform, **changes)
    rendered = RenderedVolume(content=b"%PDF-1.7", sha256="0" * 64, pages=1, sheets=4)
    stored = StoredFile("0" * 24, "x.pdf", 8, "0" * 64, "application/pdf")
    bind(volume_content(case, lambda _: b""), rendered, stored, now=NOW)
    return str(Complaint.get(case.number).volume.number)


def planned(policy: Policy) -> Plan:
    return plan(policy.view(), "QH", 2026)


@pytest.fixture
def archivist(policy: Policy) -> Person:
    return Person.get("archivist")


_three = Beginning[list[str]]()


@pytest.fixture
def three(policy: Policy, register: Register, perform: Perform, database: Any) -> list[str]:
    return _three.of(database, lambda: [sealed(register, perform) for _ in range(3)])


def made(policy: Policy, archivist: Person, name: str = NAME) -> TransferPackage:
    """Checked and built, with a ZIP that is not there."""
    package = transferring.ask_check(policy, "QH", 2026, actor=archivist, now=WINTER)
    found = planned(policy)
    transferring.keep_check(package.id, found, now=WINTER)
    transferring.ask_build(package.id, actor=archivist, now=WINTER)
    part = BuiltPart(name=name, sha256="1" * 64, volumes=len(found.volumes))
    built = Built(name=name, parts=[part], sha256="1" * 64, volumes=len(found.volumes), at=WINTER)
    transferring.keep_built(package.id, built, found, now=WINTER)
    return TransferPackage.get(package.id)


def away(policy: Policy, archivist: Person, name: str = NAME) -> TransferPackage:
    return transferring.hand_over(made(policy, archivist, name).id, RECEIPT, actor=archivist, now=WINTER)


def result(**changes: Any) -> bytes:
    facts = {"checker": "juanzong-verifier", "package": NAME, "checked_at": "2026-12-31T09:00:00+00:00"}
    return json.dumps({**facts, "ok": True, "counts": {}, "findings": [], **changes}).encode()


def opinions(rows: list[tuple[str, str, str]], *, package: str = NAME) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(OPINION_COLUMNS)
    for number, verdict, reason in rows:
        case = Volume.get(number).case if Volume.objects(id=number) else ""
        table.writerow((package, "1", number, case, "题名", verdict, reason))
    return text.getvalue().encode("utf-8-sig")


def test_a_volume_that_is_sent_back_comes_again_in_a_second_round(
    policy: Policy, archivist: Person, three: list[str], register: Register, perform: Perform
) -> None:
    package = away(policy, archivist)
    table = [(three[0], "接收", ""), (three[1], "退回", "缺附件"), (three[2], "接收", "")]
    package = receiving.take_opinions(package.id, opinions(table), actor=archivist, now=WINTER)
    assert (package.state, handed.tally(package.id, 1)) == (
        "returned",
        {"accepted": 2, "rejected": 1, "undecided": 0},
    )
    (told,) = opened.notices("2026年度移交包被退回", person="archivist")
    assert "退回" in told.body["zh"]
    later = sealed(register, perform)
    second = made(policy, archivist, f"{NAME}-第2次")
    assert (second.round, [one.number for one in second.rounds]) == (2, [1])
    found = planned(policy)
    assert [volume.id for volume in found.volumes] == sorted([three[1], later])
    earlier = {one.number: (one.code, one.note) for one in found.absent}
    assert earlier[Volume.get(three[0]).case] == ("handed_over", "第 1 次移交，2026-12-31")
    content = package_content(second, found)
    assert [one.name for one in content.earlier] == [NAME]
    case = Volume.get(three[1]).case
    assert [one.note for one in content.volumes] == [f"第 1 次移交退回：{case}：缺附件", ""]
    reasons = {one.number: one.reason for one in content.archive_numbers}
    assert reasons == {three[0]: "已先行移交", three[1]: "", three[2]: "已先行移交", later: ""}
    listed = handover_list(second, 1)
    assert [row[6] for row in listed.rows] == ["接收", "退回", "接收"]
    form = str(handover_form(second, 1)) + str(handover_form(second))
    for words in ("接收 2 卷，退回 1 卷", "缺附件", "第 2 次移交", "第 1 次 2026-12-31", "载体起止顺序号"):
        assert words in form
    package = transferring.hand_over(second.id, RECEIPT, actor=archivist, now=WINTER)
    package = receiving.accept_rest(package.id, actor=archivist, now=WINTER)
    assert package.state == "confirmed"
    with pytest.raises(RuleBroken, match="nothing_to_hand_over"):
        transferring.ask_check(policy, "QH", 2026, actor=archivist, now=WINTER)
    Volume.objects(id=sealed(register, perform)).update(destroyed_at=WINTER)
    with pytest.raises(RuleBroken, match="nothing_to_hand_over"):
        transferring.ask_check(policy, "QH", 2026, actor=archivist, now=WINTER)


def test_opinions_are_entered_from_paper_one_by_one(
    policy: Policy, archivist: Person, three: list[str]
) -> None:
    package = made(policy, archivist)
    case = Volume.get(three[2]).case
    _what_is_kept_from_him_he_does_not_hand_over(package, three[2], archivist)
    package = away(policy, archivist)
    _nor_says_what_became_of_it(package, three[2], archivist)
    with pytest.raises(RuleBroken, match="opinion_without_reason"):
        receiving.opine(package.id, case, "rejected", reason=" ", actor=archivist, now=WINTER)
    with pytest.raises(RuleBroken, match="opinion_on_another_volume"):
        receiving.opine(package.id, "TS-none", "accepted", reason="", actor=archivist, now=WINTER)
    package = receiving.opine(package.id, case, "rejected", reason="题名有误", actor=archivist, now=WINTER)
    assert package.state == "returned"
    package = receiving.opine(package.id, three[2], "accepted", reason="", actor=archivist, now=WINTER)
    assert package.state == "handed_over"
    assert receiving.accept_rest(package.id, actor=archivist, now=WINTER).state == "confirmed"


@contextmanager
def kept_from_him(volume: str) -> Iterator[None]:
    """While the archivist is recused from a case in the volume."""
    cases = Complaint.objects(number__in=Volume.get(volume).cases)
    cases.update(recused=["archivist"])
    yield
    cases.update(recused=[])


def _what_is_kept_from_him_he_does_not_hand_over(
    package: TransferPackage, volume: str, archivist: Person
) -> None:
    with kept_from_him(volume):
        with pytest.raises(RuleBroken, match="withheld_from_you"):
            transferring.hand_over(package.id, RECEIPT, actor=archivist, now=WINTER)
        with pytest.raises(RuleBroken, match="withheld_from_you"):
            receiving.keep_back(package.id, volume, "因为", actor=archivist, now=WINTER)


def _nor_says_what_became_of_it(package: TransferPackage, volume: str, archivist: Person) -> None:
    his: dict[str, Any] = {"actor": archivist, "now": WINTER}
    with kept_from_him(volume):
        for number in (volume, Volume.get(volume).case):
            with pytest.raises(RuleBroken, match="opinion_on_another_volume"):
                receiving.opine(package.id, number, "accepted", reason="", **his)
        for turn in (
            lambda: receiving.accept_rest(package.id, **his),
            lambda: receiving.take_result(package.id, result(), **his),
            lambda: receiving.take_opinions(package.id, opinions([(volume, "接收", "")]), **his),
            lambda: receiving.keep_receipt(package.id, b"%PDF-1.7", "回执.pdf", **his),
        ):
            with pytest.raises(RuleBroken, match="withheld_from_you"):
                turn()


def test_what_the_checker_found_in_single_volumes_sends_back_these(
    policy: Policy, archivist: Person, three: list[str]
) -> None:
    package = away(policy, archivist)
    path = f"data/电子档案/2026/10年/{three[0]}/x.pdf"
    finding = {"code": "changed", "path": path, "zh": f"{path}：改动", "en": "changed"}
    found = {"ok": False, "findings": [finding], "rejected": [{"volume": three[0], "reason": "改动"}]}
    receiving.opine(package.id, three[1], "rejected", reason="人工退回", actor=archivist, now=WINTER)
    receiving.take_result(package.id, result(**found), actor=archivist, now=WINTER)
    rows = {row.volume: (row.decision, row.reason) for row in handed.rows_of(package.id, 1)}
    assert rows == {
        three[0]: ("rejected", "改动"),
        three[1]: ("rejected", "人工退回"),
        three[2]: ("accepted", ""),
    }
    elsewhere = {**finding, "path": "data/案卷目录.xml", "zh": "data/案卷目录.xml：改动"}
    found["findings"] = [finding, elsewhere]
    receiving.take_result(package.id, result(**found), actor=archivist, now=WINTER)
    assert handed.tally(package.id, 1)["rejected"] == 3
    package = receiving.take_result(package.id, result(), actor=archivist, now=WINTER)
    assert (package.state, handed.tally(package.id, 1)["rejected"]) == ("returned", 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(lambda _: b"a,b\n1,2\n", "opinions_unreadable", id="another table"),
        pytest.param(lambda one: opinions([(one, "也许", "")]), "opinions_unreadable", id="a third verdict"),
        pytest.param(lambda one: opinions([(one, "退回", " ")]), "opinion_without_reason", id="no reason"),
        pytest.param(
            lambda _: opinions([("0128-none", "接收", "")]), "opinion_on_another_volume", id="another volume"
        ),
        pytest.param(
            lambda one: opinions([(one, "接收", "")], package="0999-x"),
            "result_of_another_package",
            id="another package",
        ),
    ],
)
def test_a_table_that_is_none_of_ours_is_refused_and_not_kept(
    policy: Policy, archivist: Person, three: list[str], content: Any, code: str
) -> None:
    package = away(policy, archivist)
    with pytest.raises(RuleBroken, match=code):
        receiving.take_opinions(package.id, content(three[0]), actor=archivist, now=WINTER)
    assert TransferPackage.get(package.id).received == []
    assert "接收意见.csv" not in {files.told_of(row)["name"] for row in files.database()["fs.files"].find()}


def test_a_table_saved_by_a_chinese_spreadsheet_is_read() -> None:
    text = f"{','.join(OPINION_COLUMNS)}\r\n{NAME},1,0128-1,TS-1,题名,退回,缺附件\r\n"
    assert read_table(text.encode("gb18030"))[0]["退回原因"] == "缺附件"


def test_receipts_are_kept_with_their_digest(policy: Policy, archivist: Person, three: list[str]) -> None:
    package = away(policy, archivist)
    with pytest.raises(RuleBroken, match="receipt_unreadable"):
        receiving.keep_receipt(package.id, b"MZ", "x.exe", actor=archivist, now=WINTER)
    receiving.keep_receipt(package.id, b"%PDF-1.7 scan", "回执.pdf", actor=archivist, now=WINTER)
    package = receiving.take_result(package.id, result(), actor=archivist, now=WINTER)
    assert [(one.kind, one.round) for one in package.received] == [("scan", 1), ("result", 1)]
    assert files.read(package.received[0].file_id) == b"%PDF-1.7 scan"
    assert len(package.received[0].sha256) == 64


def test_held_and_kept_back_volumes_stay_out_with_their_reasons(
    policy: Policy, archivist: Person, three: list[str]
) -> None:
    package = transferring.ask_check(policy, "QH", 2026, actor=archivist, now=WINTER)
    held = Volume.get(three[0]).case
    facts = {
        "name": "诉讼",
        "reason": "诉讼",
        "basis": "函",
        "since": "2026-12-01",
        "review_on": "2027-01-01",
    }
    Hold(cases=[held], by="archivist", at=WINTER, **facts).save()
    receiving.keep_back(package.id, three[1], "涉密", actor=archivist, now=WINTER)
    found = planned(policy)
    assert [volume.id for volume in found.volumes] == [three[2]]
    codes = {one.number: (one.code, one.note) for one in found.absent}
    assert codes == {held: ("held", held), Volume.get(three[1]).case: ("sealed", "涉密")}
    receiving.keep_back(package.id, three[1], "", actor=archivist, now=WINTER)
    assert len(planned(policy).volumes) == 2


def test_void_and_waiting_archive_numbers_are_listed_with_their_reasons(
    policy: Policy, three: list[str], register: Register, perform: Perform
) -> None:
    waiting = archived(register, perform)
    row = ArchiveNumber.get(three[0])
    ArchiveNumber.collection().insert_one(
        {
            **row.to_mongo(),
            "_id": "0128-TS·2026-D10-0006",
            "sequence": 6,
            "state": "void",
            "reason": "制作失败",
        }
    )
    found = {one.number: (one.sequence, one.reason, one.note) for one in planned(policy).archive_numbers}
    assert found[waiting.volume.number] == (4, "制卷中", "")
    assert found["0128-TS·2026-D10-0006"] == (6, "档号作废", "制作失败")
    assert next(one for one in found.values() if one[0] == 5)[1] == "跳号"
    assert found[three[1]] == (2, "", "")


def test_the_annual_report_agrees_or_every_difference_has_its_reason(
    policy: Policy, three: list[str], register: Register, perform: Perform
) -> None:
    register(case_type="suggestion", title="增设老花镜")
    head = Person.get("intake_head")
    early = datetime(2026, 12, 1, tzinfo=UTC)
    report = reporting.draft(policy, Asked("annual", "QH", 2026), actor=head, now=early)
    reporting.freeze(report.id, actor=head, now=WINTER, revision=report.revision)
    register(now=WINTER, received_at="2026-12-29T09:00:00+08:00")
    (totals,) = planned(policy).totals
    assert (totals.reported, totals.issued, totals.unexplained) == (3, 5, 0)
    assert {(one.reason, one.count) for one in totals.differences} == {
        ("建议不计入该指标", -1),
        ("报告统计之后登记", -1),
    }
    Complaint.collection().delete_one({"number": Volume.get(three[0]).case})
    (totals,) = planned(policy).totals
    assert totals.unexplained == 1


def test_metadata_describe_a_volume_and_tell_what_was_done(policy: Policy, three: list[str]) -> None:
    found = metadata_of(Volume.get(three[0]))
    items = dict(found.items)
    assert (items["档号"], items["聚合层次"], items["类别号"]) == (three[0], "案卷", "TS")
    (case,) = found.cases
    assert case.events[0].what.startswith("登记")
    assert case.forms[0].title == "客户投诉处理表（登记部分）"
