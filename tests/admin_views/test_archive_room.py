"""The archive room: the shelf, the pages, and nothing for who may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from documents import files
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.person import Person
from documents.unit import Unit
from documents.volume import Volume
from jobs import page_pictures, papers
from tests.documents.test_dossier import upload
from tests.documents.test_paths import TREATED
from tests.pdf.reading import whole_text
from tests.portal.conftest import NOW, Perform, Register, SignIn

MOMENT = NOW.isoformat()


def closed(register: Register, perform: Perform, **changes: Any) -> Complaint:
    case = perform(register(**changes), "solve", "cd_clerk", **TREATED)
    return perform(case, "pass_filing", "intake_clerk", review_opinion="处理得当。")


def shelved(register: Register, perform: Perform, **changes: Any) -> Volume:
    case = perform(closed(register, perform, **changes), "archive", "archivist")
    papers.render_volume(case.volume.number, MOMENT)
    return Volume.get(Complaint.get(case.number).volume.number)


def desk(volume: Volume, **more: Any) -> str:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/admin/archive/?volume={quote(volume.id)}{asked}"


def test_an_empty_shelf_says_what_will_stand_there(sign_in: SignIn) -> None:
    page = sign_in("archivist").get("/admin/archive/")
    assert page.status_code == 200
    assert "案卷架还是空的" in page.text


def test_the_shelf_goes_from_year_to_retention_to_unit(
    register: Register, perform: Perform, sign_in: SignIn, tmp_path: Path
) -> None:
    usual = shelved(register, perform)
    major = shelved(register, perform, severity=["major"])
    archivist = sign_in("archivist")
    page = archivist.get("/admin/archive/").text
    assert usual.id in page
    assert major.id in page
    narrow = archivist.get("/admin/archive/?shelf_year=2026&keep=30年&shelf_unit=QH-CD").text
    assert major.id in narrow
    assert usual.id not in narrow
    assert usual.id in archivist.get(f"/admin/archive/?words={usual.case}").text
    assert "没有符合条件的案卷" in archivist.get("/admin/archive/?words=TS-9").text
    sheet = archivist.get("/admin/archive/spines.pdf?shelf_year=2026&keep=30年&width=30")
    told = AuditEntry.objects.get(verb="export", by="archivist").facts
    assert (told["way"], told["cases"]) == ("spines", [major.id])
    printed = whole_text(sheet.data, tmp_path)
    assert major.id.split("-")[-1] in printed
    assert printed.count("保管期限") == 1
    assert archivist.get("/admin/archive/spines.pdf?shelf_year=1999").status_code == 404


def test_a_volume_lies_open_with_its_contents_and_its_digest(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = shelved(register, perform)
    archivist = sign_in("archivist")
    archivist.get(desk(volume, sheet=2))  # however it is opened
    page = archivist.get(desk(volume)).text
    assert "SHA-256 与封存时一致" in page
    assert "1. 客户投诉处理表（登记部分）" in page
    assert f"第 1 / {volume.sheets} 面" in page
    assert AuditEntry.objects(verb="read_volume", subject=volume.id, by="archivist").count() == 2
    archivist.get(desk(volume, sheet=2))  # turning a page is the same reading
    assert AuditEntry.objects(verb="read_volume").count() == 2
    picture = archivist.get(f"/admin/archive/volumes/{quote(volume.id)}/pages/1.png")
    assert picture.data.startswith(b"\x89PNG")
    assert archivist.get(f"/admin/archive/volumes/{quote(volume.id)}/pages/99.png").status_code == 404


def test_a_changed_byte_is_shown_when_the_volume_is_opened(
    register: Register, perform: Perform, sign_in: SignIn, database: Database[dict[str, Any]]
) -> None:
    volume = shelved(register, perform)
    Volume.objects(id=volume.id).update(sha256="0" * 64)
    archivist = sign_in("archivist")
    assert "与封存时的 SHA-256 不符" in archivist.get(desk(volume)).text
    database["fs.chunks"].update_many({}, {"$set": {"data": b"x"}})  # so that nothing can be drawn
    page_pictures._content.cache_clear()
    assert "与封存时的 SHA-256 不符" in archivist.get(desk(volume)).text
    assert archivist.get(f"/admin/archive/volumes/{quote(volume.id)}/pages/1.png").status_code == 404


def test_the_sealed_file_and_the_originals_come_byte_for_byte(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = shelved(register, perform, papers=[upload("回单.txt", "收费五元".encode())])
    archivist = sign_in("archivist")
    sealed = archivist.get(f"/admin/archive/volumes/{quote(volume.id)}/file.pdf")
    assert sealed.data == files.read(volume.file_id)
    assert sealed.headers["Content-Type"] == "application/pdf"
    place = f"/admin/archive/volumes/{quote(volume.id)}/originals/"
    original = archivist.get(place + volume.originals[0]["file_id"])
    assert original.data == "收费五元".encode()
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert archivist.get(place + "0" * 24).status_code == 404


@pytest.mark.parametrize("who", ["cd_clerk", "cd_handler", "qh_senior", "admin"])
def test_who_may_not_archive_finds_no_archive_room(sign_in: SignIn, who: str) -> None:
    for address in ("/admin/archive/", "/admin/filing/", "/admin/transfers/"):
        assert sign_in(who).get(address).status_code in (302, 403, 404), address


def test_a_stranger_is_asked_to_sign_in(stranger: FlaskClient) -> None:
    assert "/sign-in" in stranger.get("/admin/archive/").headers["Location"]


def test_another_units_archivist_sees_nothing_of_it(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = shelved(register, perform)
    Person.objects(id="archivist").update(posts=[{"role": "relief_officer", "unit": "GD-BS"}])
    other = sign_in("archivist")
    assert volume.id not in other.get("/admin/archive/").text
    assert other.get(f"/admin/archive/?unit=QH&volume={quote(volume.id)}").status_code == 404


def test_who_is_recused_cannot_open_the_volume(register: Register, perform: Perform, sign_in: SignIn) -> None:
    volume = shelved(register, perform)
    Volume.objects(id=volume.id).update(recused=["archivist"])
    archivist = sign_in("archivist")
    assert archivist.get(desk(volume)).status_code == 404
    assert archivist.get(f"/admin/archive/volumes/{quote(volume.id)}/pages/1.png").status_code == 404
    assert volume.id not in archivist.get("/admin/archive/").text


def test_an_archivist_without_a_fonds_is_told_what_is_missing(sign_in: SignIn) -> None:
    Unit.objects(id="QH").update(unset__fonds_number=1)
    for address in ("/admin/archive/", "/admin/filing/", "/admin/transfers/", "/admin/register/"):
        assert "您的查看范围内没有立档单位" in sign_in("archivist").get(address).text, address


def test_the_page_speaks_english(register: Register, perform: Perform, sign_in: SignIn) -> None:
    volume = shelved(register, perform)
    Person.objects(id="archivist").update(language="en")
    archivist = sign_in("archivist")
    assert "its SHA-256 is unchanged" in archivist.get(desk(volume)).text
    assert "Nothing waits to be archived" in archivist.get("/admin/filing/").text


def test_no_machine_path_is_in_a_page(register: Register, perform: Perform, sign_in: SignIn) -> None:
    page = sign_in("archivist").get(desk(shelved(register, perform))).text
    assert str(Path.cwd()) not in page
