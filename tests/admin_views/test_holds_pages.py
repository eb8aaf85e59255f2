"""The pages of holds: freezing, the chips wherever a frozen case stands, lifting with a reason."""

from __future__ import annotations

from flask.testing import FlaskClient

from documents.complaint import Complaint
from documents.hold import Hold, held
from documents.person import Person
from tests.portal.conftest import Register, SignIn

FORM = {
    "name": "李某诉联社案",
    "reason": "诉讼保全",
    "basis": "（2026）粤18民初12号",
    "since": "2026-02-24",
    "review_on": "2026-08-24",
}


def test_a_hold_from_the_form_to_its_lifting(register: Register, sign_in: SignIn) -> None:
    case, kept = register(), register()
    archivist, clerk = sign_in("archivist"), sign_in("cd_clerk")
    assert "没有冻结的投诉" in archivist.get("/admin/holds/").text
    wrong = archivist.post("/admin/holds/new", data={**FORM, "numbers": f"{case.number}，TS-0", "unit": "QH"})
    assert wrong.status_code == 409
    assert "不在您的管理范围内：TS-0" in wrong.text
    assert FORM["reason"] in wrong.text  # what was typed is still there
    both = f"{case.number} {kept.number}"
    done = archivist.post("/admin/holds/new", data={**FORM, "numbers": both, "unit": "QH"})
    assert done.status_code == 302
    hold = Hold.objects.get()
    _its_words_are_for_who_may_know_of_each_case(archivist, hold, kept)
    assert "冻结" in clerk.get(f"/cases/{case.number}").text
    assert "诉讼保全等原因冻结，不能销毁" in clerk.get("/cases").text
    assert FORM["name"] in archivist.get("/admin/holds/").text
    for who in ("cd_clerk", "admin"):
        assert sign_in(who).get("/admin/holds/").status_code in (302, 403, 404)
    refused = archivist.post(f"/admin/holds/{hold.id}/lift", data={"reason": ""})
    assert refused.status_code == 409
    page = archivist.post(f"/admin/holds/{hold.id}/lift", data={"reason": "已判决"}, follow_redirects=True)
    assert "已判决" in page.text
    assert held([case.number, kept.number]) == set()
    Person.objects(id="archivist").update(language="en")
    assert "Appraisal and disposal" in archivist.get("/admin/holds/").text


def _its_words_are_for_who_may_know_of_each_case(archivist: FlaskClient, hold: Hold, kept: Complaint) -> None:
    Complaint.objects(id=kept.id).update(recused=["archivist"])
    for page in ("/admin/holds/", f"/admin/holds/{hold.id}"):
        shown = archivist.get(page).text
        assert not [FORM[name] for name in ("name", "reason", "basis") if FORM[name] in shown], page
        assert "保密，知悉范围内可查" in shown
    refused = archivist.post(f"/admin/holds/{hold.id}/lift", data={"reason": "已判决"})
    assert (refused.status_code, "请由能办理其中全部投诉的另一名档案人员办理" in refused.text) == (409, True)
    assert FORM["name"] not in refused.text
    Complaint.objects(id=kept.id).update(recused=[])
