"""Two versions of two policies at once: every case is found, named and handled under its own."""

from __future__ import annotations

import copy
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from documents.actions import registration
from documents.complaint import Complaint
from documents.desk import tasks_of
from documents.person import Person
from documents.policy import Policy, publish, view_of
from documents.queries import Filters, all_rows
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.renaming import rename
from documents.sight import Sight
from documents.standing_cases import governing, versions_with_cases
from documents.upload import Draft
from tests.conftest import Beginning
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, UNSOLVED

STAGE = "workflows[complaint].stages[at_intake].label.zh"


def changed(definition: Any, *operations: Any) -> dict[str, Any]:
    return apply(copy.deepcopy(definition), operations).definition


def put(path: str, value: Any) -> dict[str, Any]:
    return {"do": "set", "path": path, "value": value}


def newer(old: Policy) -> Policy:
    """The next version: a stage and a channel have other keys, a field another name."""
    named = changed(
        old.definition,
        put(STAGE, "受理台"),
        put("workflows[complaint].transitions[supervise].label.zh", "转交督办"),
    )
    moved = changed(named, *rename(named, Name("stage", "at_intake", "complaint"), "desk_stage"))
    return publish(
        changed(moved, *rename(moved, Name("option", "fax", "channels"), "telefax")), by="x", now=NOW
    )


_four = Beginning[dict[str, str]]()


@pytest.fixture
def four(policy: Policy, perform: Perform, database: Any) -> dict[str, Complaint]:
    """One case at intake under each of two versions of each of two policies."""
    numbers = _four.of(database, lambda: filled_four(policy, perform))
    return {name: Complaint.get(number) for name, number in numbers.items()}


def filled_four(policy: Policy, perform: Perform) -> dict[str, str]:
    other = changed(
        policy.definition,
        put("policy.key", "p90"),
        put("numbering[case].pattern", "XX-{yyyy}-{mm}{dd}-{seq:4}"),
        put("policy.short.zh", "第二制度"),
        put("case_types[complaint].label.zh", "二类投诉"),
    )
    found: dict[str, str] = {}
    for first in (policy, publish(other, by="x", now=NOW)):
        for version, channel in ((first, "fax"), (None, "telefax")):
            used = version or newer(first)
            case = registration.register(
                used,
                "complaint",
                {**COMPLAINT, "channel": channel},
                actor=Person.get("cd_clerk"),
                now=NOW,
                submission=f"{used.key}{used.version}",
            )
            perform(case, "report", "cd_clerk", **UNSOLVED)
            found[f"{used.key}@{used.version}"] = str(case.number)
    return found


def test_each_case_follows_its_own_version(four: dict[str, Complaint]) -> None:
    assert {name: case.stage for name, case in four.items()} == {
        "p01@1": "at_intake",
        "p01@2": "desk_stage",
        "p90@1": "at_intake",
        "p90@2": "desk_stage",
    }
    assert versions_with_cases("p01", status="open") == [1, 2]


def test_the_desk_holds_the_cases_of_every_version_once(four: dict[str, Complaint]) -> None:
    clerk = Person.get("intake_clerk")
    for policy in ("p01", "p90"):
        tasks = tasks_of(clerk, governing(policy, 2))
        found = {(task.row["number"], task.step["label"]["zh"]) for task in tasks}
        assert found == {
            (four[f"{policy}@1"].number, "出具督办表"),
            (four[f"{policy}@2"].number, "转交督办"),
        }


def test_the_pages_show_each_under_its_own_words(four: dict[str, Complaint], sign_in: SignIn) -> None:
    clerk = sign_in("intake_clerk")
    desk = clerk.get("/").text
    for case in four.values():
        assert case.number in desk
        assert clerk.get(f"/cases/{case.number}").status_code == 200
    assert desk.count("step:p01.supervise") >= 1
    assert desk.count("step:p90.supervise") >= 1
    only = clerk.get("/?show=step:p90.supervise").text
    assert four["p90@1"].number in only
    assert four["p01@1"].number not in only


def test_filters_offer_a_renamed_stage_once_and_find_every_version(
    four: dict[str, Complaint], sign_in: SignIn
) -> None:
    clerk = sign_in("intake_clerk")
    page = clerk.get("/cases").text
    for text in ('value="desk_stage"', "第二制度", "受理台"):
        assert text in page
    assert 'value="at_intake"' not in page
    for stage in ("desk_stage", "at_intake"):
        narrowed = clerk.get(f"/cases?policy=p90&stage={stage}").text
        found = {name for name, case in four.items() if case.number in narrowed}
        assert found == {"p90@1", "p90@2"}, stage


def test_one_may_register_under_either_policy(four: dict[str, Complaint], sign_in: SignIn) -> None:
    page = sign_in("cd_clerk").get("/register").text
    assert page.count('class="things-head"') == 2
    assert "二类投诉" in page
    assert sign_in("cd_clerk").get("/register/p90/complaint").status_code == 200


def test_lists_and_exports_cross_policies(four: dict[str, Complaint]) -> None:
    clerk = Person.get("intake_clerk")
    sight = Sight(clerk.keys(view_of("p01", 2).definition["roles"]), clerk.id)
    assert len(all_rows(sight, Filters(), now=NOW, most=10)) == 4
    assert len(all_rows(sight, Filters(policy="p01"), now=NOW, most=10)) == 2


def test_a_draft_of_an_older_version_keeps_what_was_typed_and_says_so(
    policy: Policy, sign_in: SignIn
) -> None:
    clerk = sign_in("cd_clerk")
    page = clerk.get("/register/p01/complaint").text
    owner = page.split('name="form_owner" value="')[1].split('"')[0]
    assert 'name="policy_version" value="1"' in page
    typed = {"form_owner": owner, "policy_version": "1", "q_title": "排队两小时", "q_demand": "请道歉"}
    assert clerk.post("/drafts", data=typed).status_code == 200
    assert Draft.objects().first().version == 1
    assert "表单已改版" not in clerk.get("/register/p01/complaint").text
    without = changed(
        policy.definition, {"do": "remove", "path": "forms[intake].sections[matter].fields[demand]"}
    )
    publish(without, by="x", now=NOW)
    page = clerk.get("/register/p01/complaint").text
    for text in ("表单已改版", "排队两小时", "投诉诉求", "请道歉"):
        assert text in page


CLOSED = {"complainant_id_number": "11010519491231002X", "respondent_name": "周外人"}
NAME, ID, RESPONDENT = COMPLAINT["complainant_name"], *CLOSED.values()
EVERYTHING = {"personal", "restricted", "revealed", "found by name", "found by number", "in the sheet"}


def rights(role: str, reads: list[str], may: list[str]) -> list[dict[str, Any]]:
    return [put(f"roles[{role}].reads", reads), put(f"roles[{role}].may", may)]


def told(client: FlaskClient, number: str) -> set[str]:
    """What somebody reads, finds and carries away of a case."""
    asked = {"fields": ["complainant_id_number"], "usual": "核对投诉人身份"}
    revealed = client.post(f"/cases/{number}/reveal", data=asked).status_code == 302
    page, sheet = client.get(f"/cases/{number}").text, client.get("/cases.xlsx")
    by_name, by_number = (client.get("/cases", query_string={"words": one}).text for one in (NAME, ID))
    rows = list(load_workbook(BytesIO(sheet.data)).active.values) if sheet.status_code == 200 else []
    found = {
        "personal": NAME in page,
        "restricted": RESPONDENT in page,
        "revealed": revealed and ID in page,
        "found by name": number in by_name,
        "found by number": number in by_number,
        "in the sheet": NAME in str(rows),
    }
    return {name for name, is_told in found.items() if is_told}


def test_what_a_role_may_is_what_the_version_in_force_says(
    policy: Policy, register: Register, sign_in: SignIn
) -> None:
    """A case keeps its fields and steps; rights taken and given count for it at once (decision 020)."""
    number = str(register("hk_clerk", **CLOSED).number)
    clerk, senior = sign_in("intake_clerk"), sign_in("qh_senior")
    assert told(clerk, number) == EVERYTHING
    assert told(senior, number) == {"personal", "found by name", "in the sheet"}

    taken = rights("intake_clerk", ["public"], ["register"])
    given = rights("senior", ["public", "personal", "restricted"], ["export"])
    publish(changed(policy.definition, *taken, *given), by="x", now=NOW)
    assert told(clerk, number) == set()
    assert told(senior, number) == EVERYTHING
    assert clerk.get(f"/cases/{number}").status_code == 200
    assert sign_in("admin").get("/admin/rights/people/intake_clerk").text.count(">不可读<") == 2
    asked = "/admin/rights/p01/1/intake?field=respondent_name"
    line = sign_in("admin").get(asked).text.partition("受理岗")[2].partition("</tr>")[0]
    assert ">不可读<" in line

    gone = [one for one in policy.definition["roles"] if one["key"] != "intake_clerk"]
    publish({**policy.definition, "roles": gone}, by="x", now=NOW)
    assert told(clerk, number) == set()
    assert clerk.get(f"/cases/{number}").status_code == 404
    assert number not in clerk.get("/cases").text
