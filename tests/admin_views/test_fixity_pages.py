"""The page of fixity, and the alarm on every page of whoever must know."""

from __future__ import annotations

import io

from flask.testing import FlaskClient
from pymongo.database import Database

from documents import files
from documents.file_check import FileCheck
from documents.person import Person
from jobs import fixity, queues
from tests import opened
from tests.portal.conftest import NOW, SignIn


def test_a_lost_file_is_an_alarm_until_it_is_back(
    sign_in: SignIn, stranger: FlaskClient, database: Database[dict[str, object]]
) -> None:
    admin, clerk = sign_in("admin"), sign_in("cd_clerk")
    assert "没有损坏的文件" in admin.get("/admin/fixity/").text
    stored = files.store(io.BytesIO(b"whole"), "x.txt", media_type="text/plain")
    fixity.check(NOW.isoformat())
    page = sign_in("archivist").get("/admin/fixity/").text
    assert "1 / 1" in page
    database["fs.chunks"].update_one({}, {"$set": {"data": b"wrong"}})
    FileCheck.objects.update(next_at=NOW)
    fixity.check(NOW.isoformat())
    assert "内容不符" in admin.get("/admin/fixity/").text
    assert "1 个存档文件损坏或丢失" in admin.get("/admin/units/").text
    assert "存档文件损坏" not in clerk.get("/").text
    assert clerk.get("/admin/fixity/").status_code in (302, 403, 404)
    assert '"files":"damaged"' in stranger.get("/healthz").text.replace(" ", "")
    opened.exchange(stored.id, b"whole")
    admin.post("/admin/fixity/recheck", data={"file": stored.id})
    queues.worker().work(burst=True, logging_level="WARNING")
    assert "存档文件损坏或丢失" not in admin.get("/admin/units/").text
    Person.objects(id="admin").update(language="en")
    assert "No file is damaged" in admin.get("/admin/fixity/").text
