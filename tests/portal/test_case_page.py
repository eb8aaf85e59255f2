"""The case page: who may open it, what it shows to whom."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents.actions import pausing, registration, timers
from documents.actions.change import Change, Submission, write
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import Policy, publish, view_of
from documents.rules.fields import fields_of
from documents.rules.planning import TOLD
from documents.timer import Timer
from tests.portal.conftest import NOW, Perform, Register, SignIn
from tests.portal.samples import COMPLAINT, RESULT, SUPERVISED, UNSOLVED


def handled(register: Register, perform: Perform, **changes: object) -> Complaint:
    case = perform(register(**changes), "report", "cd_clerk", **UNSOLVED)
    case = perform(case, "supervise", "intake_clerk", **SUPERVISED)
    return perform(case, "sign", "qs_handler")


@pytest.mark.parametrize(
    ("person", "status"),
    [
        pytest.param("cd_clerk", 200, id="the clerk who registered it"),
        pytest.param("qs_handler", 200, id="the handler"),
        pytest.param("cd_head", 200, id="the head of the receiving unit"),
        pytest.param("intake_head", 200, id="the head of intake"),
        pytest.param("qh_senior", 200, id="senior management"),
        pytest.param("hk_clerk", 404, id="a clerk of another outlet"),
        pytest.param("xd_head", 404, id="the head of another department"),
        pytest.param("admin", 404, id="the administrator"),
    ],
)
def test_who_may_open_a_case(
    sign_in: SignIn, register: Register, perform: Perform, person: str, status: int
) -> None:
    case = handled(register, perform)
    answer = sign_in(person).get(f"/cases/{case.number}")
    assert answer.status_code == status
    assert (case.title in answer.text) is (status == 200)


def test_a_stranger_is_asked_to_sign_in(stranger: FlaskClient, register: Register) -> None:
    case = register()
    answer = stranger.get(f"/cases/{case.number}")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_a_case_that_does_not_exist_looks_like_one_out_of_sight(sign_in: SignIn) -> None:
    assert sign_in("cd_clerk").get("/cases/TS-1999-0101-0001").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/cases/{number}/steps/no_such_step", "/lookups/similar/p99/complaint", "/lookups/similar/p01/wish"],
)
def test_an_address_outside_the_policy_does_not_exist(
    sign_in: SignIn, register: Register, address: str
) -> None:
    number = register().number
    assert sign_in("cd_clerk").get(address.format(number=number)).status_code == 404


def test_opening_a_case_is_audited(sign_in: SignIn, register: Register) -> None:
    case = register()
    sign_in("cd_clerk").get(f"/cases/{case.number}")
    assert AuditEntry.objects(verb="read", subject=case.number, by="cd_clerk").count() == 1


def test_there_is_one_next_step_and_the_rest_is_explained(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = handled(register, perform)
    page = sign_in("qs_handler").get(f"/cases/{case.number}").text
    assert page.count("data-primary") == 1
    assert "答复投诉人并报审" in page
    assert "为什么我不能" in page
    assert "清算中心 单位负责人" in page


def test_nobody_but_its_people_gets_a_button(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    page = sign_in("qh_senior").get(f"/cases/{case.number}").text
    assert "data-primary" not in page


def test_every_limit_explains_its_day(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    page = sign_in("qs_handler").get(f"/cases/{case.number}").text
    clock = case.running("handle")
    assert clock is not None
    for line in clock.explanation:
        assert line["zh"] in page
    assert 'class="due-day"' in page
    assert 'title="2026-02-28 周六' in page  # a make-up working day, counted
    assert "counted makeup" in page


def test_a_restricted_answer_is_covered(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = handled(register, perform, complainant_id_number="11010519491231002X")
    clerk, page = sign_in("intake_clerk"), f"/cases/{case.number}"
    assert "110****002X" in clerk.get(page).text
    clerk.post(f"{page}/reveal", data={"fields": ["complainant_id_number"], "usual": "核对投诉人身份"})
    assert "11010519491231002X" in clerk.get(page).text
    covered = sign_in("qs_handler").get(f"/cases/{case.number}").text
    assert "11010519491231002X" not in covered
    assert "您的岗位不能查看此项" in covered


def test_the_note_of_an_event_is_as_secret_as_its_field(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = handled(register, perform)
    perform(
        case, "recuse", "intake_clerk2", recused_person="intake_clerk2", recusal_reason="与当事人系表兄弟"
    )
    assert "表兄弟" in sign_in("intake_head").get(f"/cases/{case.number}").text
    assert "表兄弟" not in sign_in("qs_handler").get(f"/cases/{case.number}").text


def test_the_person_complained_about_no_longer_sees_the_case(sign_in: SignIn, register: Register) -> None:
    case = register(respondent_name="李强", respondent_unit="QH-CD")
    assert sign_in("cd_handler").get(f"/cases/{case.number}").status_code == 404
    assert case.number not in sign_in("cd_handler").get("/cases").text
    assert sign_in("cd_clerk").get(f"/cases/{case.number}").status_code == 200


def test_a_letter_waits_for_its_paper(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = perform(handled(register, perform), "reply", "qs_handler", **RESULT)
    assert "正在生成 PDF" in sign_in("qs_handler").get(f"/cases/{case.number}").text
    assert sign_in("qs_handler").get(f"/cases/{case.number}/letters/1").status_code == 404


def test_the_strip_shows_where_the_case_is(sign_in: SignIn, register: Register, perform: Perform) -> None:
    case = handled(register, perform)
    page = sign_in("qs_handler").get(f"/cases/{case.number}").text
    assert '<li class="here" aria-current="step">办理答复' in page
    assert page.count('<li class="past">') == 3


def test_a_note_stays_as_closed_as_its_field_when_the_step_is_gone(
    policy: Policy, sign_in: SignIn, perform: Perform
) -> None:
    """The case moved to a version without the step: the version of the event says whose words they are."""
    made = copy.deepcopy(dict(policy.definition))
    every: list[Any] = [one for form in made["forms"] for one in fields_of(form)]
    next(one for one in every if one["key"] == "reason_unsolved")["class"] = "restricted"
    closed = publish(made, by="x", now=NOW)
    clerk = Person.get("cd_clerk")
    case = registration.register(closed, "complaint", COMPLAINT, actor=clerk, now=NOW, submission="gone")
    case = perform(case, "report", "cd_clerk", **UNSOLVED)
    flow = next(one for one in made["workflows"] if one["key"] == "complaint")
    flow["transitions"] = [one for one in flow["transitions"] if one["key"] != "report"]
    newest = publish(made, by="x", now=NOW).version
    moved = {"seq": case.events[-1].seq, "version": closed.version, "workflow": "complaint"}
    for moves in ([], [moved], [{**moved, "workflow": "gone"}]):
        Complaint.collection().update_one(
            {"_id": case.id}, {"$set": {"policy_version": newest, "moves": moves}}
        )
        shown = {
            person: UNSOLVED["reason_unsolved"] in noted_on(sign_in(person).get(f"/cases/{case.number}").text)
            for person in ("cd_clerk", "intake_head")
        }
        assert shown == {"cd_clerk": False, "intake_head": True}, moves


def noted_on(page: str) -> str:
    """The history on the page of a case, without the forms above it."""
    return page.partition('id="events-title"')[2]


def paused(case: Complaint) -> Complaint:
    """Every limit of the case stands still from now on; no shipped policy has a step for it."""
    person, view = Person.get("qs_handler"), view_of(case.policy, case.policy_version)
    label, why = {"zh": "暂停计时", "en": "Pause"}, {"return_reason": "等候司法鉴定"}
    step = {"key": "hold", "label": label}
    change = Change(Complaint.get(case.number), view, person, NOW, step, values=dict(why))
    pausing.pause(change, "all", {"reason": "return_reason"})
    pressed = Submission(person, NOW, "hold")
    return transaction(lambda: write(change, label=label, from_stage=case.stage, submission=pressed))


def test_a_pause_is_shown_with_its_interval_and_reason_and_nothing_is_overdue(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = paused(handled(register, perform))
    page = sign_in("qs_handler").get(f"/cases/{case.number}").text
    assert page.count("计时暂停中") >= 2  # in the head, and beside each paused limit
    assert "等候司法鉴定" in page
    assert "起暂停" in page
    listed = sign_in("qs_handler").get("/cases").text
    (row,) = [part for part in listed.split("<tr")[1:] if case.number in part]
    assert "计时暂停中" in row
    assert "逾期" not in row


def test_the_reminders_of_a_running_limit_stand_on_a_line_with_whom_they_told(
    sign_in: SignIn, register: Register, perform: Perform
) -> None:
    case = handled(register, perform)
    wanted = {"case": str(case.id), "limit": "handle"}
    before, due = (Timer.objects(**wanted, rung=rung).first() for rung in ("before", "due"))
    clock = case.running("handle")
    assert clock is not None
    Timer.objects(id=before.id).update(set__due=NOW)
    fired = timers.fire(timers.claim(NOW, 100, "worker"), "worker", now=NOW)
    assert fired.done >= 1
    off = {"set__state": "cancelled", "set__reason": {"zh": "时限已完成", "en": "met"}}
    Timer.objects(id=due.id).update(**off)
    page = sign_in("intake_head").get(f"/cases/{case.number}").text
    limit = page[page.index('class="ladder-line"') :]
    limit = limit[: limit.index("为什么是这一天")]
    assert "已发 1，待发 2" in limit
    assert "，已取消 1" in limit
    assert limit.count('<g class="is-') == 6, "start, four rungs, due"
    told = limit[limit.index("<strong>临期提醒</strong>") :][:700]
    assert Person.get(str(case.handler)).name in told
    assert "时限已完成" in limit
    # Counted again, the limit has a second round; what was told for the same moment stays told.
    row = Timer.collection().find_one({"_id": before.id})
    again = {"_id": f"{before.id}:again", "round": 2, "state": "cancelled", "reason": dict(TOLD)}
    Timer.collection().insert_one({**row, **again})
    Complaint.objects(id=case.id, clocks__match={"limit": "handle"}).update(set__clocks__S__round=2)
    assert "已发 1，待发 0" in sign_in("intake_head").get(f"/cases/{case.number}").text
    running = {one.limit for one in case.clocks if one.state == "running"}
    assert page.count('class="ladder-line"') == len(running), "a limit that is over has none"
    plan = Timer.objects(case=str(case.id)).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
