"""From the due list over a released list to the certificate, page by page; nobody else gets in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from documents.blind_index import called
from documents.complaint import Complaint
from documents.destruction import Destruction
from documents.person import Person
from documents.volume import Volume
from jobs import queues
from tests.jobs.test_destructions import DUE, due
from tests.portal.conftest import Perform, Register, SignIn

WAITED = datetime(2037, 1, 20, 2, tzinfo=UTC)


def tells_no_kept_number(archivist: FlaskClient, volume: Volume) -> None:
    """Why a volume stays is told without the number of a case on whose list the person is not."""
    shut: dict[str, Any] = {"known_to": ["cd_head"], "status": "closed"}
    open_again: dict[str, Any] = {"known_to": [], "status": "archived"}
    for change in (shut, open_again):
        Complaint.collection().update_one({"number": volume.case}, {"$set": change})
        Volume.objects(id=volume.id).update(known_to=change["known_to"])
        if change is shut:
            shown = archivist.get("/admin/disposal/").text
            assert (volume.case in shown, called(volume.case) in shown) == (False, True)


def _what_keeps_it_is_named_to_who_may_see_it(
    volume: Volume, register: Register, archivist: FlaskClient
) -> None:
    """An open linked case is called by its number where it may be seen, else no number is told."""
    appeal, case = register(), Complaint.objects(number=volume.case)
    case.update(links=[{"kind": "appeal_of", "number": appeal.number}])
    assert f"关联的申诉或投诉 {appeal.number} 尚未办结归档" in archivist.get("/admin/disposal/").text
    for hidden in ({"recused": ["archivist"]}, {"recused": [], "scope": ["u:GD-BS"]}):
        Complaint.objects(id=appeal.id).update(**hidden)
        page = archivist.get("/admin/disposal/").text
        assert "有不在您查看范围内的原因" in page
        assert appeal.number not in page
    case.update(links=[])


def test_from_the_due_list_to_the_certificate(
    app: Flask, register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = due(register, perform)
    app.config["CLOCK"] = lambda: DUE
    archivist, head = sign_in("archivist"), sign_in("intake_head")
    page = archivist.get("/admin/disposal/").text
    assert volume.id in page
    assert "可以鉴定" in page
    tells_no_kept_number(archivist, volume)
    _what_keeps_it_is_named_to_who_may_see_it(volume, register, archivist)
    assert "没有到期的案卷" in archivist.get("/admin/disposal/?due=2038").text
    assert archivist.post("/admin/disposal/list", data={"unit": "QH"}).status_code == 409
    archivist.post("/admin/disposal/list", data={"unit": "QH", "volume": volume.id})
    one = Destruction.objects.get()
    here = f"/admin/destructions/{one.id}"
    Volume.objects(id=volume.id).update(recused=["archivist"])
    assert archivist.get(here).status_code == 404
    assert one.number not in archivist.get("/admin/destructions/").text
    Volume.objects(id=volume.id).update(recused=[])
    chosen = {"volume": volume.id, "decision": "destroy"}
    assert "请写明理由" in archivist.post(f"{here}/appraise", data=chosen).text
    archivist.post(f"{here}/appraise", data={**chosen, "reason": "期满"})
    archivist.post(f"{here}/submit")
    assert "不能恢复" in archivist.post(f"{here}/release").text  # it asks first
    for browser in (archivist, head):
        browser.post(f"{here}/release", data={"confirmed": "yes"})
    assert "已批准，等待期" in head.get(here).text
    app.config["CLOCK"] = lambda: WAITED
    names = {"confirmed": "yes", "witness_1": "甲", "witness_2": "乙"}
    head.post(f"{here}/start", data=names)
    queues.worker().work(burst=True, logging_level="WARNING")
    assert head.get(f"{here}/certificate.pdf").data.startswith(b"%PDF-")
    again = archivist.post(f"{here}/check-signature", follow_redirects=True)
    assert "正在重新验签" in again.text
    assert "已执行" in archivist.get("/admin/destructions/").text
    assert "按清册" in archivist.get(f"/admin/archive/?volume={volume.id}").text
    assert archivist.get(f"/admin/archive/volumes/{volume.id}/file.pdf").status_code == 404
    gone = sign_in("cd_clerk").get(f"/cases/{volume.case}").text
    assert "本件已于" in gone
    assert volume.title not in gone
    for who in ("cd_clerk", "admin"):
        assert sign_in(who).get(here).status_code in (302, 403, 404)
    Person.objects(id="archivist").update(posts=[{"role": "relief_officer", "unit": "GD-BS"}])
    assert sign_in("archivist").get(here).status_code == 404
