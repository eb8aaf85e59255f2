"""The year-end assistant and the register: four steps, a live bar, exports – and clear refusals."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.person import Person
from documents.print_order import PrintOrder
from documents.report import Report
from documents.transfer import TransferPackage
from documents.volume import Volume
from documents.who_has_seen import Asked as Looked
from documents.who_has_seen import seen
from jobs import queues
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from pdf import verifier
from tests.admin_views.test_archive_room import shelved
from tests.conftest import DATABASE_NAME, Beginning
from tests.portal.conftest import Perform, Register, SignIn

YEAR = {"unit": "QH", "year": "2026"}
HANDED = {
    **YEAR,
    "receiver": "县档案馆",
    "received_by": "钱进",
    "received_on": "2026-02-24",
    "medium": "光盘",
}


@pytest.fixture(autouse=True)
def workshop(mongo_uri: str, valkey_url: str, tmp_path: Path) -> Iterator[None]:
    """Jobs of this process have scratch space of their own."""
    house._told[:] = [Surroundings(mongo_uri, DATABASE_NAME, valkey_url, folder=tmp_path)]
    yield
    house._told.clear()


def work() -> None:
    queues.worker().work(burst=True, logging_level="WARNING")


def page(client: FlaskClient) -> str:
    return client.get("/admin/transfers/?unit=QH&year=2026").text


def result(built: TransferPackage, **changes: Any) -> dict[str, Any]:
    facts = {
        "checker": "juanzong-verifier",
        "package": f"{built.built.name}.zip",
        "checked_at": "2026-03-01T00:00:00+00:00",
        "ok": True,
        "counts": {"volumes": 1, "files": 9},
        "findings": [],
    }
    content = json.dumps({**facts, **changes}).encode()
    return {**YEAR, "result": (io.BytesIO(content), "result.json")}


_shelf = Beginning[str]()


@pytest.fixture
def archivist(register: Register, perform: Perform, sign_in: SignIn, database: Any) -> FlaskClient:
    """One case on the shelf, one still open."""
    _shelf.of(database, lambda: shelved(register, perform).id + register().number)
    return sign_in("archivist")


def built(client: FlaskClient) -> TransferPackage:
    client.post("/admin/transfers/check", data=YEAR)
    work()
    client.post("/admin/transfers/build", data=YEAR)
    work()
    return TransferPackage.objects.get()


def test_before_the_first_step_the_page_says_what_it_will_do(archivist: FlaskClient) -> None:
    text = page(archivist)
    assert "开始检查" in text
    assert "制作移交包" in text
    assert 'aria-current="step"' in text


def test_the_check_shows_every_number_and_its_reason(archivist: FlaskClient) -> None:
    archivist.post("/admin/transfers/check", data=YEAR)
    assert "正在逐号核对" in page(archivist)
    assert (
        'data-progress-state="working"' in archivist.get("/admin/transfers/progress?unit=QH&year=2026").text
    )
    work()
    text = page(archivist)
    assert "2026 年度共发出 2 个编号，1 个已在案卷中，1 个未归档并注明原因。" in text
    assert "编号流水连续，没有缺号，没有重号。" in text
    assert "已入包<b>1</b>" in text
    assert "办理中<b>1</b>" in text


def test_a_lost_number_is_named_and_stops_the_package(archivist: FlaskClient, register: Register) -> None:
    lost = register()
    Complaint.collection().delete_one({"number": lost.number})
    archivist.post("/admin/transfers/check", data=YEAR)
    work()
    text = page(archivist)
    assert "1 个编号去向不明，不能制作移交包" in text
    assert lost.number in text
    answer = archivist.post("/admin/transfers/build", data=YEAR)
    assert answer.status_code == 409
    assert lost.number in answer.text


def test_the_package_is_built_downloaded_and_verifies(archivist: FlaskClient, tmp_path: Path) -> None:
    package = built(archivist)
    text = page(archivist)
    assert package.built.sha256 in text
    zipped = archivist.get("/admin/transfers/package.zip?unit=QH&year=2026").data
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(tmp_path / "out")
    assert verifier.verify(tmp_path / "out" / package.built.name) == []
    assert AuditEntry.objects(verb="export", subject=package.id).count() == 1
    # Its register and a report tell of a case without a volume, which becomes confidential.
    (other,) = Complaint.objects(status="open")
    moments = dict.fromkeys(("first_at", "after_at", "known_at", "drafted_at"), other.registered_at)
    head: dict[str, Any] = {"policy": "p01", "policy_version": 1, "key": "annual", "unit": "QH", "year": 2026}
    days = {"first": "2026-01-01", "cut_off": "2026-12-31", "drafted_by": "intake_head", **moments}
    Report(id="r", state="frozen", file_id="f", listed=[other.number], **head, **days).save()
    confiding.confide(other.number, Asked(Person.get("cd_head"), other.registered_at, "举报人要求"))
    refused = archivist.get("/admin/transfers/package.zip?unit=QH&year=2026")
    assert (refused.status_code, "载有 1 件现在保密" in refused.text) == (409, True)


def test_the_handover_is_recorded_and_the_result_taken_back(archivist: FlaskClient) -> None:
    package = built(archivist)
    archivist.post("/admin/transfers/hand-over", data=HANDED)
    text = page(archivist)
    assert "县档案馆 · 钱进" in text
    answer = archivist.post("/admin/receiving/result", data=result(package), follow_redirects=True)
    assert "接收方核验通过：1 卷、9 个文件全部相符。" in answer.text
    assert TransferPackage.objects.get().state == "confirmed"


def test_what_was_typed_stays_when_the_handover_is_refused(archivist: FlaskClient) -> None:
    built(archivist)
    answer = archivist.post("/admin/transfers/hand-over", data={**HANDED, "received_by": ""})
    assert answer.status_code == 409
    assert "请填写接收单位和接收人" in answer.text
    assert 'value="县档案馆"' in answer.text


def test_a_strange_result_is_refused_with_words(archivist: FlaskClient) -> None:
    package = built(archivist)
    archivist.post("/admin/transfers/hand-over", data=HANDED)
    other = archivist.post("/admin/receiving/result", data=result(package, package="0999-x.zip"))
    assert other.status_code == 409
    assert "0999-x.zip" in other.text
    nothing = archivist.post("/admin/receiving/result", data=YEAR)
    assert "这不是核验程序写出的结果文件" in nothing.text
    deep = archivist.post(
        "/admin/receiving/result", data={**YEAR, "result": (io.BytesIO(b"[" * 500_000), "result.json")}
    )
    assert (deep.status_code, "这不是核验程序写出的结果文件" in deep.text) == (409, True)
    strange = {"code": ["x"], "path": "\ud800\0", "zh": "半个字 \udfff", "en": None}
    odd = result(package, ok=False, findings=[strange], counts={"a.b": "x", "$x": 1 << 70}, rejected=7)
    assert archivist.post("/admin/receiving/result", data=odd).status_code == 302
    assert "半个字 ?" in page(archivist)


def test_findings_of_the_receiver_send_the_package_back(archivist: FlaskClient) -> None:
    package = built(archivist)
    archivist.post("/admin/transfers/hand-over", data=HANDED)
    found = [{"code": "changed", "path": "data/x.pdf", "zh": "data/x.pdf：<b>被改动</b>", "en": "changed"}]
    archivist.post("/admin/receiving/result", data=result(package, ok=False, findings=found))
    text = page(archivist)
    assert "接收方核验发现 1 处不符，移交包已退回。" in text
    assert "&lt;b&gt;被改动" in text


def test_the_handover_form_is_printed(archivist: FlaskClient) -> None:
    built(archivist)
    archivist.post("/admin/transfers/form", data=YEAR)
    assert "正在生成登记表" in page(archivist)
    work()
    assert archivist.get("/admin/transfers/form.pdf?unit=QH&year=2026").data.startswith(b"%PDF-")


def test_a_year_or_unit_out_of_reach_does_not_exist(archivist: FlaskClient) -> None:
    assert archivist.get("/admin/transfers/?unit=GD&year=2026").status_code == 404
    assert archivist.get("/admin/transfers/?unit=QH&year=1999").status_code == 404
    assert archivist.get("/admin/transfers/?unit=QH&year=x").status_code == 404
    assert archivist.get("/admin/transfers/package.zip?unit=QH&year=2026").status_code == 404


# --- the register -------------------------------------------------------------------------------------


def test_the_register_shows_its_lines_and_gives_its_files(archivist: FlaskClient) -> None:
    text = archivist.get("/admin/register/?unit=QH&year=2026").text
    assert "共 2 个编号" in text
    assert "李小明" in text
    for form in ("pdf", "xlsx", "xml"):
        archivist.post("/admin/register/export", data={**YEAR, "form": form})
    assert "正在生成 XML" in archivist.get("/admin/register/?unit=QH&year=2026").text
    work()
    fresh = archivist.get("/admin/register/progress?unit=QH&year=2026").text
    assert 'data-progress-state="done"' in fresh
    for order in PrintOrder.objects:
        content = archivist.get(f"/admin/register/exports/{order.id}").data
        assert len(content) == order.size
    assert archivist.post("/admin/register/export", data={**YEAR, "form": "exe"}).status_code == 404
    for case in Complaint.objects:  # who has seen who complained: on the page, in each export, in each file
        looks = Counter(seen_of(case.number, "complainant_name"))
        assert looks == {
            ("read_list", "archivist"): 2,
            ("export", "archivist"): 3,
            ("read_file", "archivist"): 3,
        }


def seen_of(number: str, field: str) -> list[tuple[str, str]]:
    """How, and by whom."""
    return [(row["verb"], row["by"]) for row in seen(Looked([number], field=field)).rows]


def test_an_export_is_its_owners_alone(archivist: FlaskClient, sign_in: SignIn) -> None:
    archivist.post("/admin/register/export", data={**YEAR, "form": "xml"})
    work()
    order = PrintOrder.objects.get()
    assert sign_in("intake_head").get(f"/admin/register/exports/{order.id}").status_code == 404
    assert archivist.get("/admin/register/exports/none").status_code == 404
    Person.objects(id="archivist").update(posts=[{"role": "none", "unit": "QH-DA"}])
    assert archivist.get(f"/admin/register/exports/{order.id}").status_code == 403


def test_a_reader_without_the_class_sees_no_name(archivist: FlaskClient, sign_in: SignIn) -> None:
    Person.objects(id="qh_senior").update(posts=[{"role": "senior", "unit": "QH-GC"}])
    assert "李小明" in sign_in("qh_senior").get("/admin/register/?unit=QH&year=2026").text
    Complaint.collection().update_many({}, {"$set": {"recused": ["qh_senior"]}})
    numbers = [one.number for one in Complaint.objects]
    assert [seen_of(one, "complainant_name") for one in numbers] == [[("read_list", "qh_senior")]] * 2
    assert "李小明" not in sign_in("qh_senior").get("/admin/register/?unit=QH&year=2026").text
    assert [seen_of(one, "complainant_name") for one in numbers] == [[("read_list", "qh_senior")]] * 2
    assert [len(seen_of(one, "")) for one in numbers] == [2, 2]  # the number alone is noted, too


def test_an_empty_year_says_so(archivist: FlaskClient) -> None:
    assert "2025 年度没有登记" in archivist.get("/admin/register/?unit=QH&year=2025").text


# --- parts, rounds, what comes back --------------------------------------------------------------------


def test_a_package_goes_in_parts_comes_back_and_goes_again(
    archivist: FlaskClient, register: Register, perform: Perform, tmp_path: Path
) -> None:
    shelved(register, perform)
    one, two = sorted(volume.id for volume in Volume.objects)
    archivist.post("/admin/transfers/check", data=YEAR)
    work()
    archivist.post("/admin/transfers/build", data={**YEAR, "most_volumes": "1", "sm3": "yes"})
    work()
    package = TransferPackage.objects.get()
    assert [part.volumes for part in package.built.parts] == [1, 1]
    assert "SHA-256 + SM3" in page(archivist)
    for part in package.built.parts:
        (tmp_path / f"{part.name}.zip").write_bytes(
            archivist.get(f"/admin/transfers/package.zip?unit=QH&year=2026&part={part.number}").data
        )
    assert verifier.verify(tmp_path) == []
    assert archivist.get("/admin/transfers/package.zip?unit=QH&year=2026&part=3").status_code == 404

    archivist.post("/admin/transfers/hand-over", data={**HANDED, "carriers": "QH-01"})
    said = {**YEAR, "number": two, "decision": "rejected"}
    assert "须写明原因" in archivist.post("/admin/receiving/opine", data=said).text
    archivist.post("/admin/receiving/opine", data={**said, "reason": "缺签字页"})
    assert archivist.post("/admin/receiving/opine", data={**said, "decision": "maybe"}).status_code == 400
    archivist.post("/admin/receiving/accept-rest", data=YEAR)
    scan = (io.BytesIO(b"%PDF-1.7 signed"), "回执.pdf")
    archivist.post("/admin/receiving/receipt", data={**YEAR, "receipt": scan})
    text = page(archivist)
    for words in (
        "已接收 1 卷，退回 1 卷",
        "缺签字页",
        "检查第 2 次",
        "载体序号",
        "至少保存至移交满 5 年",
        "回执.pdf",
    ):
        assert words in text, words
    (kept,) = TransferPackage.objects.get().received
    receipt = archivist.get(f"/admin/receiving/received/{kept.file_id}?unit=QH&year=2026")
    assert receipt.data.endswith(b"signed")
    assert archivist.get("/admin/receiving/received/0?unit=QH&year=2026").status_code == 404
    listed = archivist.get("/admin/receiving/?unit=QH&year=2026").text
    assert one in listed
    assert "缺签字页" in listed

    archivist.post("/admin/transfers/check", data=YEAR)
    work()
    text = page(archivist)
    for words in ("第 2 次移交", "历次移交", "已先行移交", "round=1"):
        assert words in text, words
    earlier = archivist.get("/admin/transfers/package.zip?unit=QH&year=2026&round=1&part=1")
    assert earlier.data.startswith(b"PK")
    archivist.post("/admin/transfers/form", data={**YEAR, "kind": "handover_list", "round": "1"})
    work()
    assert archivist.get("/admin/transfers/form.pdf?unit=QH&year=2026").data.startswith(b"%PDF-")
    assert archivist.post("/admin/transfers/form", data={**YEAR, "kind": "other"}).status_code == 400


def test_a_volume_is_kept_back_and_let_in_again(archivist: FlaskClient) -> None:
    archivist.post("/admin/transfers/check", data=YEAR)
    work()
    (volume,) = Volume.objects
    kept = {**YEAR, "volume": volume.id, "reason": "内部事项"}
    archivist.post("/admin/receiving/keep-back", data=kept)
    work()
    text = page(archivist)
    assert "封存，暂不移交" in text
    assert "内部事项" in text
    archivist.post("/admin/receiving/keep-back", data={**kept, "reason": ""})
    work()
    assert "内部事项" not in page(archivist)
    assert archivist.post("/admin/receiving/keep-back", data={**kept, "volume": "x"}).status_code == 404
