"""A case moves while somebody fills in a form: what was renamed goes along, what is gone is told and kept."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from documents.actions import moving
from documents.case_move import CaseMove
from documents.complaint import Complaint
from documents.moved_cases import filled
from documents.policy import Policy, publish
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.renaming import rename
from documents.upload import Draft
from portal.forms.told import Marks
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, UNSOLVED

TYPED = {
    "q_validity": "valid",
    "q_handling_unit": "QH-QS",
    "q_requirements": "核实收费依据，七日内答复。",
    "q_remark": "已电话告知网点。",
}
REMARK = {"key": "remark", "type": "text", "label": {"zh": "备注", "en": "Remark"}}
FIELDS = "forms[supervision].sections[order].fields"
RENAMED = (
    (Name("field", "requirements"), "orders"),
    (Name("step", "supervise", "complaint"), "oversee"),
    (Name("option", "valid", "validity"), "well_founded"),
    (Name("field", "demand"), "request"),
    (Name("option", "phone", "channels"), "call"),
)


def changed(definition: Any, *operations: Any) -> dict[str, Any]:
    return apply(copy.deepcopy(definition), operations).definition


def moved_to(definition: dict[str, Any]) -> Policy:
    """The definition published, and every open case under it."""
    newest = publish(definition, by="x", now=NOW)
    move = CaseMove.begin("p01", newest.version, {}, actor="admin", now=NOW)
    while moving.advance(str(move.id), now=NOW):
        pass
    assert not CaseMove.get(str(move.id)).listed
    return newest


@pytest.fixture
def case(policy: Policy, register: Register, perform: Perform) -> Complaint:
    """A case at intake, its policy asking for a remark on the supervision sheet."""
    moved_to(changed(policy.definition, {"do": "add", "path": FIELDS, "value": REMARK}))
    case = register()
    perform(case, "report", "cd_clerk", **UNSOLVED)
    moved_to(changed(Policy.current("p01").definition))
    return Complaint.get(case.number)


def renamed() -> dict[str, Any]:
    found = copy.deepcopy(Policy.current("p01").definition)
    for name, new in RENAMED:
        found = apply(found, rename(found, name, new)).definition
    return changed(found, {"do": "remove", "path": f"{FIELDS}[remark]"})


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def opened(client: Any, case: Complaint, step: str) -> dict[str, str]:
    """What the open form says of itself."""
    page = client.get(f"/cases/{case.number}/steps/{step}").text
    names = ("form_owner", "policy_version", "submission", "turn", "seen")
    return {name: hidden(page, name) for name in names}


def test_a_draft_goes_along_and_what_has_no_place_stays(case: Complaint, sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    form = opened(clerk, case, "supervise")
    assert clerk.post("/drafts", data={**form, **TYPED}).status_code == 200
    moved_to(renamed())
    assert "备注" not in clerk.get("/drafts").text
    old = clerk.get(f"/cases/{case.number}/steps/supervise")
    assert old.location == f"/cases/{case.number}/steps/oversee"
    page = clerk.get(old.location).text
    for text in ("表单已改版", TYPED["q_requirements"], 'name="q_orders"', "备注", TYPED["q_remark"]):
        assert text in page, text
    assert 'value="well_founded" id="q_validity" checked' in page

    again = {
        **opened(clerk, case, "oversee"),
        "q_orders": "改写的要求",
        "q_validity": "well_founded",
    }
    assert clerk.post("/drafts", data=again).status_code == 200
    page = clerk.get(old.location).text
    assert "改写的要求" in page
    assert TYPED["q_remark"] in page
    assert Draft.objects.count() == 1

    sent = {**again, "q_handling_unit": "QH-QS"}
    done = clerk.post(old.location, data=sent)
    assert done.status_code == 302
    assert Draft.objects.count() == 0
    assert Complaint.get(case.number).answers[-1].values["orders"] == "改写的要求"


def test_a_form_that_was_open_meanwhile_comes_back_with_everything(case: Complaint, sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    form = opened(clerk, case, "supervise")
    moved_to(renamed())
    page = clerk.post(f"/cases/{case.number}/steps/supervise", data={**form, **TYPED})
    assert page.status_code == 422
    for text in (TYPED["q_requirements"], TYPED["q_remark"], 'name="q_orders"'):
        assert text in page.text
    assert Draft.objects.get().values["q_remark"] == [TYPED["q_remark"]]
    assert len(Complaint.get(case.number).answers) == len(case.answers)


def test_a_step_that_is_gone_leaves_what_was_typed_in_the_drafts(case: Complaint, sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    form = opened(clerk, case, "supervise")
    phone = COMPLAINT["complainant_phone"]  # as the page had shown it while it was revealed
    shown = {
        "q_complainant_phone": phone,
        "q_complainant_phone-shown": str(Marks.of({"type": "phone"}, phone)),
    }
    clerk.post("/drafts", data={**form, **TYPED, **shown})
    gone = {"do": "remove", "path": "workflows[complaint].transitions[supervise]"}
    moved_to(changed(Policy.current("p01").definition, gone))
    assert clerk.get(f"/cases/{case.number}/steps/supervise").location == "/drafts"
    page = clerk.get("/drafts").text
    for text in ("已没有这一环节", "备注", TYPED["q_remark"], TYPED["q_requirements"], "※"):
        assert text in page
    assert phone not in page


def test_what_was_filled_before_is_proposed_by_its_new_name(case: Complaint) -> None:
    before = filled(case, "intake")
    moved_to(renamed())
    found = Complaint.get(case.number)
    after = filled(found, "intake")
    assert before is not None
    assert after is not None
    assert (after["request"], after["channel"]) == (before["demand"], "call")
    assert "demand" not in after
    assert found.channel == "call"


def test_a_registration_that_was_open_while_the_form_changed_loses_nothing(
    policy: Policy, sign_in: SignIn
) -> None:
    clerk = sign_in("cd_clerk")
    page = clerk.get("/register/p01/complaint").text
    form = {name: hidden(page, name) for name in ("form_owner", "policy_version", "submission")}
    typed = {f"q_{name}": value for name, value in {**COMPLAINT, "complainant_email": "li@a.cn"}.items()}
    found = apply(policy.definition, rename(policy.definition, Name("field", "demand"), "request"))
    kind = rename(found.definition, Name("case_type", "complaint"), "grievance")
    gone = {"do": "remove", "path": "forms[intake].sections[complainant].fields[complainant_email]"}
    publish(changed(found.definition, *kind, gone), by="x", now=NOW)
    back = clerk.post("/register/p01/complaint", data={**form, **typed})
    assert back.status_code == 422
    for text in ("表单已改版", 'name="q_request"', COMPLAINT["demand"], "电子邮箱", "li@a.cn"):
        assert text in back.text, text
    assert Complaint.objects.count() == 0
    again = {**form, **typed, "q_request": typed["q_demand"], "policy_version": "2"}
    assert clerk.post("/register/p01/complaint", data=again).status_code == 302
    assert Complaint.objects.get().answers[0].values["request"] == COMPLAINT["demand"]
