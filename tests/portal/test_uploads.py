"""Attachments: good ones, and every kind of bad one."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from documents import files, virus_scans
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.upload import Upload
from portal import uploading
from portal.views.files import disposition
from tests.portal.conftest import Register, SignIn
from tests.portal.samples import COMPLAINT, PDF, sent
from tests.scanner import VIRUS, scanner

ADDRESS = "/register/p01/complaint"
JSON = {"Accept": "application/json"}


def upload(client: FlaskClient, content: bytes, name: str) -> Any:
    return client.post("/uploads", data={"file": (BytesIO(content), name)}, headers=JSON)


def test_an_upload_becomes_an_attachment_that_its_people_can_open(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    taken = upload(clerk, PDF, "回单 第1联.pdf").json
    form = {**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": [taken["id"]]}
    page = clerk.post(ADDRESS, data=form, follow_redirects=True).text
    assert "回单 第1联.pdf" in page
    kept = Complaint.objects.get().attachments[0]
    assert kept.sha256[:12] in page
    answer = clerk.get(f"/cases/{Complaint.objects.get().number}/files/{kept.file_id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "%E5%9B%9E%E5%8D%95" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/octet-stream"


def test_an_attachment_is_closed_to_who_may_not_see_the_case(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    taken = upload(clerk, PDF, "回单.pdf").json
    clerk.post(ADDRESS, data={**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": [taken["id"]]})
    case = Complaint.objects.get()
    file = case.attachments[0].file_id
    assert sign_in("hk_clerk").get(f"/cases/{case.number}/files/{file}").status_code == 404


def test_no_case_opens_a_file_of_another(sign_in: SignIn, register: Register) -> None:
    clerk, other = sign_in("cd_clerk"), register()
    taken = upload(clerk, PDF, "回单.pdf").json
    file = Upload.objects.get(id=taken["id"]).file_id
    assert clerk.get(f"/cases/{other.number}/files/{file}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        pytest.param(b"", "空.pdf", "是空文件（0 字节）", id="0 bytes"),
        pytest.param(b"MZ\x90\x00", "工具.exe", "程序或脚本文件", id="a program"),
        pytest.param(b"MZ\x90\x00", "发票.pdf", "程序或脚本文件", id="a program with a paper's name"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n....", "扫描.pdf", "扩展名与实际内容（PNG）不一致", id="wrongly named"
        ),
        pytest.param(b"<script>alert(1)</script>", "页面.html", "程序或脚本文件", id="a page with a script"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(
    sign_in: SignIn, content: bytes, name: str, words: str
) -> None:
    answer = upload(sign_in("cd_clerk"), content, name)
    assert answer.status_code == 409
    assert name in answer.json["message"]
    assert words in answer.json["message"]
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(PDF.replace(b"<<>>", b"<</Encrypt 3 0 R>>", 1), "文件已加密", id="encrypted"),
        pytest.param(PDF.replace(b"%%EOF", b""), "似乎不完整", id="truncated"),
    ],
)
def test_a_file_that_cannot_be_shown_is_kept_with_a_warning(
    sign_in: SignIn, content: bytes, words: str
) -> None:
    answer = upload(sign_in("cd_clerk"), content, "材料.pdf")
    assert answer.status_code == 200
    assert words in answer.json["warning"]


def test_a_file_over_the_limit_is_refused_in_words(sign_in: SignIn) -> None:
    answer = upload(sign_in("cd_clerk"), b"%PDF-" + b"x" * (51 * 1024**2), "大.pdf")
    assert answer.status_code == 409
    assert "大.pdf 超过 50 MB 的上限" in answer.json["message"]
    assert Upload.objects.count() == 0


def test_two_hundred_megabytes_are_refused_before_they_are_read(sign_in: SignIn) -> None:
    answer = sign_in("cd_clerk").post(
        "/uploads", data={"file": (BytesIO(b"x" * (200 * 1024**2)), "录像.mp4")}, headers=JSON
    )
    assert answer.status_code == 413
    assert "60 MB" in answer.get_data(as_text=True)


def test_without_scripts_a_bad_file_keeps_the_form_and_the_good_file(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    files = [(BytesIO(PDF), "好.pdf"), (BytesIO(b""), "坏.pdf")]
    form = {**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": files}
    answer = clerk.post(ADDRESS, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "坏.pdf 是空文件" in answer.text
    assert "好.pdf" in answer.text
    assert "转账手续费与公示不符" in answer.text
    assert Complaint.objects.count() == 0


def test_without_scripts_a_huge_file_keeps_the_form(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    huge = (BytesIO(b"%PDF-" + b"x" * (200 * 1024**2)), "巨大.pdf")
    form = {**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": huge}
    answer = clerk.post(ADDRESS, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "巨大.pdf 超过 50 MB 的上限" in answer.text
    assert "转账手续费与公示不符" in answer.text
    assert uploading.ROOM_OF_A_FORM > 200 * 1024**2


def test_an_upload_of_somebody_else_cannot_be_taken_along(sign_in: SignIn) -> None:
    theirs = upload(sign_in("hk_clerk"), PDF, "别人的.pdf").json
    clerk = sign_in("cd_clerk")
    form = {**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": [theirs["id"]]}
    answer = clerk.post(ADDRESS, data=form)
    assert answer.status_code == 409
    assert "附件已失效，请重新上传" in answer.text
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"),
        ('"; filename="b.exe', "_; filename=_b.exe"),
        ("发票\u202egpj.exe", "发票gpj.exe"),
        ("../../CON", "_.._CON"),
        ("nul.", "_nul"),
        ("长" * 300 + ".pdf", "长" * 38 + ".pdf"),
        ("\0", "未命名"),
    ],
)
def test_a_download_carries_no_tricks_in_its_name(name: str, said: str) -> None:
    header = disposition("attachment", name)
    assert unquote(header.rpartition("''")[2]) == said
    assert "\r" not in header
    assert header.isascii()


def test_a_virus_is_not_taken_and_a_silent_scanner_lets_nothing_in(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    with scanner(most=1) as address:
        virus_scans.use(address)
        try:
            infected = upload(clerk, b"text EICAR", "invoice.txt")
            clean = upload(clerk, PDF, "receipt.pdf")
            beyond = upload(clerk, b"0" * 2 * 1024**2, "large.txt")
        finally:
            virus_scans.use("")
    assert (infected.status_code, VIRUS in infected.json["message"]) == (409, True)
    assert (clean.status_code, files.read(Upload.objects.get().file_id)) == (200, PDF)
    assert (beyond.status_code, "large.txt" in beyond.json["message"]) == (409, True)
    told = AuditEntry.objects.get(verb="upload_infected")
    assert (told.by, told.facts["virus"]) == ("cd_clerk", VIRUS)
    virus_scans.use(address)
    try:
        form = {**sent(clerk.get(ADDRESS).text, **COMPLAINT), "q_papers": (BytesIO(PDF), "receipt.pdf")}
        page = clerk.post(ADDRESS, data=form, content_type="multipart/form-data")
    finally:
        virus_scans.use("")
    assert (page.status_code, COMPLAINT["title"] in page.text) == (422, True)
    assert "receipt.pdf" in page.text
    assert Complaint.objects.count() == 0
