"""The reading desk says whether the signature of a volume holds, and by whom; the room says what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from pymongo.database import Database

from documents import files
from documents.actions import signing as kept
from documents.rules.signatures import SigningOrder
from documents.signing_state import SigningState
from documents.volume import Volume
from jobs import queues, signing, surroundings
from jobs.surroundings import Surroundings
from tests import opened
from tests.admin_views.test_archive_room import desk, shelved
from tests.conftest import DATABASE_NAME
from tests.portal.conftest import NOW, Perform, Register, SignIn


@pytest.fixture
def signing_house(app: object, mongo_uri: str, valkey_url: str, tmp_path: Path) -> Iterator[None]:
    order = SigningOrder(key="test", authority="test", folder=tmp_path)
    surroundings._told[:] = [Surroundings(mongo_uri, DATABASE_NAME, valkey_url, signing=order)]
    yield
    surroundings._told.clear()


def test_a_signature_is_told_in_words_and_what_is_wrong_with_it(
    register: Register, perform: Perform, sign_in: SignIn, signing_house: None, database: Database[dict]
) -> None:
    volume = shelved(register, perform)
    archivist = sign_in("archivist")
    page = archivist.get(desk(volume)).text
    assert "由测试机构签发（TEST），仅供演示" in page
    assert "卷宗测试根证书 TEST ROOT" in page
    assert "卷宗测试时间戳 TEST TIME STAMP（测试机构）" in page
    assert volume.signature["unsigned_sha256"] in page

    opened.exchange(volume.file_id, files.read(volume.file_id).replace(b"/Type", b"/Tipe", 1))
    asked = archivist.post(f"/admin/signatures/{quote(volume.id)}/check")
    assert asked.status_code == 302
    assert queues.backlog(queues.PAPER) >= 1
    assert "签名之后文件内容被改动" in signing.recheck(volume.id, NOW.isoformat())
    page = archivist.get(desk(volume)).text
    assert "系统签名无效" in page
    assert "签名之后文件内容被改动。" in page
    assert "文件开头与封存时生成的案卷不同。" in page
    assert sign_in("cd_clerk").post(f"/admin/signatures/{quote(volume.id)}/check").status_code in (302, 403)


def test_a_volume_without_a_signature_says_so_and_the_room_says_what_waits(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = shelved(register, perform)
    archivist = sign_in("archivist")
    assert "封存时没有系统签名" in archivist.get(desk(volume)).text
    assert "等待签名" not in archivist.get("/admin/filing/").text
    kept.delay("Z109-1", "时间戳机构 tsa.example 没有给出时间戳（HTTP 503）", begun=True, now=NOW)
    page = archivist.get("/admin/filing/").text
    assert "1 卷等待封存" in page
    assert "tsa.example 没有给出时间戳（HTTP 503）" in page


def test_the_end_of_a_certificate_is_told_in_the_room(sign_in: SignIn) -> None:
    SigningState(
        subject="联社系统签名",
        fingerprint="0",
        level="PAdES-B-T",
        not_after=NOW + timedelta(days=20),
        signed_at=NOW,
    ).save()
    page = sign_in("archivist").get("/admin/archive/").text
    assert "系统签名证书 联社系统签名 将于 2026-03-16 到期" in page
    later = {"$set": {"not_after": NOW + timedelta(days=80)}}
    SigningState.collection().update_one({"_id": "house"}, later)
    assert "到期" not in sign_in("archivist").get("/admin/archive/").text
    assert Volume.objects.count() == 0
