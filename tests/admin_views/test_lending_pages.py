"""Lending, page by page: a clerk asks, an archivist allows, the clerk reads in the portal, on record."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from gridfs import NoFile
from openpyxl import load_workbook

from documents import files
from documents.actions import confiding, lending, recalling
from documents.actions.confiding import Asked
from documents.actions.surroundings import STORED
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.loan import Loan
from documents.notice import Notice
from documents.person import Person
from documents.policy import view_of
from documents.volume import Volume
from jobs import queues
from tests.jobs.test_destructions import NAME, due
from tests.portal.conftest import NOW, Perform, Register, SignIn

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
    _what_becomes_hidden_is_lent_no_longer(volume, clerk, archivist)


def _lent(volume: Volume, client: FlaskClient) -> Loan:
    """Another loan, with a page of nothing as its copy."""
    client.post("/loans", data={**FORM, "number": volume.case})
    loan = Loan.objects.get(state="asked")
    lending.approve(str(loan.id), ["forms"], "", actor=Person.get("archivist"), now=NOW)
    stored = files.store(BytesIO(b"%PDF"), "x.pdf", media_type="application/pdf")
    assert lending.keep_copy(loan, stored, 1, now=NOW)
    return Loan.get(str(loan.id))


def _what_becomes_hidden_is_lent_no_longer(
    volume: Volume, clerk: FlaskClient, archivist: FlaskClient
) -> None:
    """A confidential case, and a later recusal, end the loan; the reader hears so, and of what not."""
    loan, asked = _lent(volume, clerk), Asked(Person.get("intake_head"), NOW, "涉及举报人")
    assert f"/loans/{loan.id}" in clerk.get("/loans").text
    confiding.confide(volume.case, asked, ["archivist"])
    for address in (f"/loans/{loan.id}", f"/loans/{loan.id}/pages/1.png"):
        assert clerk.get(address).status_code == 404
    ended = Loan.get(str(loan.id))
    assert (ended.state, ended.file_id, ended.ended_by) == ("recalled", None, "system")
    with pytest.raises(NoFile):
        files.read(loan.file_id)
    for page in ("/loans", "/notices"):
        text = clerk.get(page).text
        assert "已终止" in text
        assert volume.id not in text
        assert volume.case not in text
    (told,) = Notice.objects(id=f"loan:{loan.id}:recalled:hk_clerk")
    assert not re.search(r"\d", str([told.title, told.body, told.number]))
    last = Complaint.get(volume.case).events[-1]
    assert (last.verb, last.note) == ("loan_recalled", f"{loan.number} {loan.asked_name}")
    assert "收回借阅" in archivist.get(f"/admin/lending/readings/{quote(volume.id)}").text
    assert "系统自动收回" in archivist.get(f"/admin/lending/{loan.id}").text
    _asking_tells_nothing(volume, clerk)

    confiding.end(volume.case, asked)
    loan = _lent(volume, clerk)
    Complaint.objects(number=volume.case).update(push__recused="hk_clerk")  # as it was before loans followed
    assert clerk.get(f"/loans/{loan.id}").status_code == 404
    _asking_tells_nothing(volume, clerk)
    assert recalling.look_round(NOW) == 1
    assert (recalling.look_round(NOW), Loan.get(str(loan.id)).file_id) == (0, None)
    case = Complaint.get(volume.case)
    STORED.keep(case, view_of(case.policy, case.policy_version), is_new=False)
    assert Volume.get(volume.id).recused == ["hk_clerk"]


def _asking_tells_nothing(volume: Volume, clerk: FlaskClient) -> None:
    """Asked for by its numbers, it is as if there were none."""
    answers = set[str]()
    for number in (volume.id, volume.case, "0128-TS·2026-D10-9999"):
        text = clerk.post("/loans", data={**FORM, "number": number}).text.replace(number, "…")
        answers.add(re.sub(r'name="csrf_token" value="[^"]*"', "", text))
    assert len(answers) == 1, "an answer tells that there is something"
    assert "没有找到这个案卷" in answers.pop()
