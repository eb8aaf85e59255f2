"""Lending, page by page: a clerk asks, an archivist allows, the clerk reads in the portal, on record."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from openpyxl import load_workbook

from documents.audit import AuditEntry
from documents.loan import Loan
from documents.person import Person
from jobs import queues
from tests.jobs.test_destructions import NAME, due
from tests.portal.conftest import Perform, Register, SignIn

FORM = {"purpose": "内部审计", "pages": "", "until": "2026-03-10"}


def test_from_the_request_to_the_record(register: Register, perform: Perform, sign_in: SignIn) -> None:
    volume = due(register, perform)
    clerk, archivist = sign_in("hk_clerk"), sign_in("archivist")
    assert 'href="/loans"' in clerk.get("/").text
    assert "没有找到这个案卷" in clerk.post("/loans", data={**FORM, "number": "0128"}).text
    asked = clerk.post("/loans", data={**FORM, "number": volume.id}, follow_redirects=True).text
    assert "申请待批" in asked
    assert NAME not in asked
    loan = Loan.objects.get()
    here = f"/admin/lending/{loan.id}"
    assert loan.number in archivist.get("/admin/lending/").text
    assert "附件不能遮盖" in archivist.get(here).text
    assert archivist.post(f"{here}/approve", data={}).status_code == 409
    archivist.post(f"{here}/approve", data={"part": ["forms", "history"]})
    queues.worker().work(burst=True, logging_level="WARNING")
    page = clerk.get(f"/loans/{loan.id}")
    assert "不作凭证" in page.text
    picture = clerk.get(f"/loans/{loan.id}/pages/1.png")
    assert picture.data.startswith(b"\x89PNG")
    assert picture.headers["Cache-Control"] == "no-store"
    assert AuditEntry.objects(verb="read_copy", by="hk_clerk").count() == 2
    for who in ("archivist", "cd_clerk"):
        assert sign_in(who).get(f"/loans/{loan.id}").status_code == 404
    assert sign_in("cd_clerk").get(here).status_code in (302, 403, 404)
    record = archivist.get(f"/admin/lending/readings/{quote(volume.id)}").text
    assert Person.get("hk_clerk").name in record
    sheet = archivist.get(f"/admin/lending/readings/{quote(volume.id)}/export.xlsx")
    rows = list(load_workbook(BytesIO(sheet.data)).active.values)
    assert ["翻阅阅览件", loan.number, "1"] in [list(row[2:5]) for row in rows]
    clerk.post(f"/loans/{loan.id}/return")
    assert clerk.get(f"/loans/{loan.id}").status_code == 409
