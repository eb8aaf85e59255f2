"""A unit or a person is an answer only where the page offers it: a typed key opens no case to anybody."""

from __future__ import annotations

from typing import Any

import pytest

from documents.actions import registration
from documents.actions.filling import Filling
from documents.actions.surroundings import STORED
from documents.complaint import Complaint
from documents.person import Person, Post
from documents.policy import Policy, view_of
from documents.rules.broken import RuleBroken
from documents.unit import Unit
from tests.everything import field
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, SUPERVISED, UNSOLVED, sent


def problems(refused: pytest.ExceptionInfo[RuleBroken]) -> set[tuple[str, str]]:
    found: Any = refused.value.facts["problems"]
    return {(one.field, one.code) for one in found}


@pytest.fixture
def supervised(register: Register, perform: Perform) -> Complaint:
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    return perform(case, "supervise", "intake_clerk", **SUPERVISED)


@pytest.mark.parametrize("person", ["admin", "hk_clerk", "nobody"])
def test_nobody_is_named_who_is_not_offered(supervised: Complaint, perform: Perform, person: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        perform(supervised, "sign", "qs_handler", new_handler=person)
    assert problems(refused) == {("new_handler", "unknown_person")}
    assert Complaint.get(supervised.number).revision == supervised.revision


def test_who_has_no_post_that_opens_the_case_does_not_handle_it(
    supervised: Complaint, perform: Perform
) -> None:
    admin = Person.get("admin")
    admin.posts.append(Post(role="administrator", unit=supervised.units["handling"]))
    admin.save()
    with pytest.raises(RuleBroken, match="handler_unfit"):
        perform(supervised, "sign", "qs_handler", new_handler="admin")


@pytest.mark.parametrize("unit", ["GD", "QH", "nothing"])
def test_no_unit_is_named_that_is_not_offered(register: Register, perform: Perform, unit: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        register(respondent_unit=unit)
    assert problems(refused) == {("respondent_unit", "unknown_unit")}
    case = perform(register(), "report", "cd_clerk", **UNSOLVED)
    with pytest.raises(RuleBroken) as refused:
        perform(case, "supervise", "intake_clerk", **{**SUPERVISED, "handling_unit": unit})
    assert problems(refused) == {("handling_unit", "unknown_unit")}


def test_what_was_answered_before_may_stay(supervised: Complaint, perform: Perform) -> None:
    """Who asks the same unit again need not choose another because it was renumbered or closed since."""
    case = perform(supervised, "recall", "intake_clerk", return_reason="须补充材料。")
    Unit.objects(id="QH-QS").update(retired_on=NOW)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    assert case.units["handling"] == "QH-QS"


@pytest.mark.parametrize(
    ("earlier", "unknown"),
    [
        (None, [("lines", "at", 1)]),
        ([{"at": "GD"}], []),
        ([{"at": ["GD", "QH"]}], [("lines", "at", 1)]),  # of a version in which the column took several
    ],
)
def test_a_column_of_a_table_offers_the_same(
    policy: Policy, supervised: Complaint, earlier: Any, unknown: list[tuple[str, str, int]]
) -> None:
    at = field("at", "unit", "网点", "Outlet", kinds=["outlet"])
    table = field("lines", "table", "明细", "Lines", fields=[at])
    form = {"key": "lines", "sections": [{"key": "all", "fields": [table]}]}
    view, actor = view_of(policy.key, policy.version), Person.get("cd_clerk")
    filling = Filling(view, actor, NOW, {"lines": earlier}, STORED, case=supervised)
    found = filling.checked(form, {"lines": [{"at": "QH-CD"}, {"at": "GD"}]}).problems
    assert [(one.field, one.column, one.row) for one in found] == unknown
    assert filling.checked(form, {"lines": []}).problems == ()


def test_the_key_of_somebody_elses_form_tells_nothing_of_the_case(
    policy: Policy, register: Register, sign_in: SignIn
) -> None:
    """Sent twice it is one case for who sent it; for others it is no way to a number."""
    case = register()
    with pytest.raises(RuleBroken, match="submission_taken"):
        registration.register(
            policy, "complaint", COMPLAINT, actor=Person.get("hk_clerk"), now=NOW, submission=case.submission
        )
    other, address = sign_in("hk_clerk"), "/register/p01/complaint"
    form = {**sent(other.get(address).text, title="半截"), "submission": case.submission}
    assert other.post("/drafts", data=form).json == {"saved": True}
    page = other.get(address).text
    assert "半截" in page
    assert case.number not in page
    assert case.title not in page
