"""Reports of inspections are listed, read, taken away as JSON and PDF – by who may see the volume."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from documents.inspection import Inspection, inspection_rules
from documents.volume import Volume
from jobs import inspections, queues
from tests.admin_views.test_archive_room import desk, shelved
from tests.portal.conftest import NOW, Perform, Register, SignIn


def test_a_report_is_read_printed_and_made_again(
    register: Register, perform: Perform, sign_in: SignIn
) -> None:
    volume = shelved(register, perform)
    archivist, stranger = sign_in("archivist"), sign_in("cd_clerk")
    assert "四性检测通过" in archivist.get(desk(volume)).text
    (found,) = Inspection.objects(number=volume.id)
    place = f"/admin/inspections/{found.id}"

    page = archivist.get("/admin/inspections/").text
    assert volume.id in page
    assert "本年度抽检尚未开始，比例 5%" in page
    page = archivist.get(place).text
    assert "固化信息有效性：办理经过哈希链" in page
    assert "末条与备考表一致" in page
    assert "未与标准原文逐条核对" in page

    told = json.loads(archivist.get(f"{place}/report.json").data)
    assert (told["number"], told["ok"], len(told["findings"])) == (volume.id, True, 29)
    assert archivist.get(f"{place}/report.pdf").status_code == 404
    assert archivist.post(f"{place}/print").status_code == 302
    inspections.print_report(str(found.id), NOW.isoformat())
    assert archivist.get(f"{place}/report.pdf").data.startswith(b"%PDF-")
    assert "生成 PDF" not in archivist.get(f"{place}/progress").text

    before = queues.backlog(queues.PAPER)
    assert archivist.post(f"/admin/inspections/volumes/{quote(volume.id)}").status_code == 302
    assert queues.backlog(queues.PAPER) == before + 1
    inspections.inspect_volume(volume.id, NOW.isoformat(), by="archivist")
    assert Inspection.objects(number=volume.id).count() == 2

    for address in (place, f"{place}/report.json", f"{place}/report.pdf", "/admin/inspections/"):
        assert stranger.get(address).status_code in (302, 403, 404), address
    Volume.objects(id=volume.id).update(recused=["archivist"])
    assert archivist.get(place).status_code == 404
    assert volume.id not in archivist.get("/admin/inspections/").text


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"share": "10", "off": "viruses", "reason-viruses": "由网关统一查毒"}, 302, ""),
        ({"share": "10", "off": "viruses", "reason-viruses": " "}, 409, "请写明停用“病毒感染检测”的理由"),
        ({"share": "0"}, 409, "抽检比例须大于 0"),
        ({"share": "many"}, 409, "抽检比例须大于 0"),
    ],
)
def test_what_is_checked_is_set_with_reasons(
    sign_in: SignIn, form: dict[str, str], status: int, words: str
) -> None:
    archivist = sign_in("archivist")
    answer = archivist.post("/admin/inspections/settings?unit=QH", data=form)
    assert answer.status_code == status
    assert words in answer.text
    saved = inspection_rules()
    if status == 302:
        assert (saved.share, saved.off) == (10, {"viruses": "由网关统一查毒"})
        assert "由网关统一查毒" in archivist.get("/admin/inspections/settings").text
    else:
        assert (saved.share, saved.off) == (5, {})
