"""Accounts, posts, absences: nobody leaves with open cases, no password is kept, somebody can administer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import confiding, staffing
from documents.actions.confiding import Asked
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.events import broken_at
from documents.person import Person, Post
from documents.rules.broken import RuleBroken
from portal.passwords import password_fits
from tests.portal.conftest import NOW, Perform, Register, SignIn


@pytest.fixture
def handled(register: Register, perform: Perform) -> Complaint:
    """A case that 赵晨 of the clearing centre handles."""
    case = perform(register(), "report", "cd_clerk", reason_unsolved="须清算中心核实", explained="true")
    sheet = {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实收费"}
    return perform(perform(case, "supervise", "intake_clerk", **sheet), "sign", "qs_handler")


ACCOUNT = {"name": "新来", "login": "xinlai", "email": "x@qinghe.example", "phone": "", "language": "zh"}
POSTS = {"post_role": ["handler", ""], "post_unit": ["QH-CD", ""]}


def shown_password(page: str) -> str:
    found = re.search(r"data-copy-source>([a-z0-9-]+)<", page)
    assert found
    return found[1]


def test_the_list_finds_people_by_name_unit_and_post(admin: FlaskClient) -> None:
    assert "王敏" in admin.get("/admin/people/?search=王").text
    page = admin.get("/admin/people/?flt0_0=QH-CD&flt1_1=handler").text
    assert "李强" in page
    assert "赵晨" not in page
    assert "没有符合条件的记录" in admin.get("/admin/people/?flt2_2=no").text


def test_a_new_account_shows_its_password_once(app: Flask, admin: FlaskClient) -> None:
    answer = admin.post("/admin/people/new", data={**ACCOUNT, **POSTS})
    password = shown_password(answer.text)
    person = Person.objects.get(login="xinlai")
    assert [(post.role, post.unit) for post in person.posts] == [("handler", "QH-CD")]
    with app.app_context():
        assert password_fits(person, password)
    assert password not in str(person.to_mongo())
    assert password not in str([entry.to_mongo() for entry in AuditEntry.objects])
    assert password not in admin.get(f"/admin/people/{person.id}").text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"login": "chengdong"}, "登录名 chengdong 已被使用"),
        ({"login": "New Person"}, "登录名只能用"),
        ({"login": "x" * 41}, "最多 40 字"),
        ({"name": ""}, "请填写此项"),
        ({"post_role": "king", "post_unit": "QH"}, "岗位角色 king 不存在"),
        ({"post_role": "handler", "post_unit": "NOWHERE"}, "没有找到单位 NOWHERE"),
        ({"post_role": ["handler", "handler"], "post_unit": ["QH-CD", "QH-CD"]}, "填写了两次"),
    ],
)
def test_a_wrong_account_is_refused_and_nothing_typed_is_lost(
    admin: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    before = Person.objects.count()
    answer = admin.post("/admin/people/new", data={**ACCOUNT, **POSTS, "phone": "0751-1", **wrong})
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'value="0751-1"' in answer.text
    assert Person.objects.count() == before


def test_an_account_is_changed_and_noted(admin: FlaskClient) -> None:
    sent = {**ACCOUNT, "name": "王敏敏", "login": "chengdong"}
    assert admin.post("/admin/people/cd_clerk", data=sent).status_code == 302
    assert Person.get("cd_clerk").name == "王敏敏"
    assert AuditEntry.objects.get(verb="change_person").facts["name"] == ["王敏", "王敏敏"]


def test_posts_take_effect_at_once(admin: FlaskClient, sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    assert clerk.get("/admin/units/").status_code == 403
    sent = {"post_role": ["administrator"], "post_unit": ["QH"]}
    assert admin.post("/admin/people/cd_clerk/posts", data=sent).status_code == 302
    assert clerk.get("/admin/units/").status_code == 200


def test_the_last_administrator_stays(admin: FlaskClient) -> None:
    answer = admin.post("/admin/people/admin/posts", data={"post_role": "clerk", "post_unit": "QH-CD"})
    assert "最后一名在岗的系统管理员" in answer.text
    assert Person.get("admin").posts[0].role == "administrator"
    Person.objects(id="cd_clerk").update(push__posts=Post(role="administrator", unit="QH"))
    assert (
        admin.post("/admin/people/admin/posts", data={"post_role": "clerk", "post_unit": "QH-CD"}).status_code
        == 302
    )


def test_nobody_closes_their_own_account(admin: FlaskClient) -> None:
    answer = admin.post("/admin/people/admin/deactivate", data={"confirmed": "yes"})
    assert "不能停用自己的账号" in answer.text


def test_who_holds_open_cases_hands_them_over_first(admin: FlaskClient, handled: Complaint) -> None:
    answer = admin.post("/admin/people/qs_handler/deactivate", data={"confirmed": "yes"})
    assert answer.status_code == 409
    assert "赵晨 名下还有 1 件未办结的投诉" in answer.text
    assert handled.number in answer.text
    assert Person.get("qs_handler").active


@pytest.mark.parametrize(("receiver", "handler"), [("qs_head", "qs_head"), (staffing.NOBODY, None)])
def test_the_cases_go_where_they_were_sent(
    admin: FlaskClient, sign_in: SignIn, handled: Complaint, receiver: str, handler: str | None
) -> None:
    leaving = sign_in("qs_handler")
    admin.post("/admin/people/qs_handler/deactivate", data={"receiver": receiver, "confirmed": "yes"})
    case = Complaint.get(handled.number)
    assert case.handler == handler
    assert case.events[-1].verb == "hand_over"
    assert broken_at(case.events) is None
    assert ("p:qs_head" in case.scope) is (handler is not None)
    assert not Person.get("qs_handler").active
    assert leaving.get("/profile").status_code == 302, "the sign-in ends with the account"


@pytest.mark.parametrize(
    ("receiver", "words"),
    [("qs_handler", "接手人须在岗"), ("admin", "接手人须在岗"), ("nobody_known", "没有找到这名人员")],
)
def test_the_receiver_must_fit(admin: FlaskClient, handled: Complaint, receiver: str, words: str) -> None:
    answer = admin.post(
        "/admin/people/qs_handler/deactivate", data={"receiver": receiver, "confirmed": "yes"}
    )
    assert words in answer.text
    assert Complaint.get(handled.number).handler == "qs_handler"


def test_a_confidential_case_goes_to_nobody_off_its_list(admin: FlaskClient, handled: Complaint) -> None:
    """Closing an account lets nobody in: who knows of such a case is for those on its list to say."""
    asked = Asked(Person.get("intake_head"), NOW, "涉及举报人。")
    confiding.confide(handled.number, asked)
    listed = set(Complaint.get(handled.number).known_to)
    assert "qs_head" in listed
    Complaint.objects(number=handled.number).update(pull__known_to="qs_head")
    closing = {"receiver": "qs_head", "confirmed": "yes"}
    admin.post("/admin/people/qs_handler/deactivate", data=closing)
    case = Complaint.get(handled.number)
    assert (case.handler, "qs_head" in case.known_to) == (None, False)


def test_who_is_recused_cannot_take_a_case_over(admin: FlaskClient, handled: Complaint) -> None:
    Complaint.objects(id=handled.id).update(set__recused=["qs_head"])
    answer = admin.post(
        "/admin/people/qs_handler/deactivate", data={"receiver": "qs_head", "confirmed": "yes"}
    )
    assert "须回避，不能接手" in answer.text
    assert Person.get("qs_handler").active


def test_an_account_is_opened_again(admin: FlaskClient) -> None:
    admin.post("/admin/people/cd_clerk/deactivate", data={"confirmed": "yes"})
    assert admin.post("/admin/people/cd_clerk/activate").status_code == 302
    assert Person.get("cd_clerk").active
    assert admin.post("/admin/people/cd_clerk/activate").status_code == 409


def test_a_new_password_ends_every_sign_in(app: Flask, admin: FlaskClient, sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    answer = admin.post("/admin/people/cd_clerk/password", data={"confirmed": "yes"})
    password = shown_password(answer.text)
    assert len(password) == 19
    assert clerk.get("/profile").status_code == 302
    with app.app_context():
        assert password_fits(Person.get("cd_clerk"), password)
    assert password not in str(AuditEntry.objects.get(verb="reset_password").to_mongo())


def test_an_absence_is_noted_and_cancelled(admin: FlaskClient) -> None:
    sent = {"starts": "2026-02-24", "ends": "2026-03-06", "deputy": "cd_head"}
    assert admin.post("/admin/people/cd_handler/absence", data=sent).status_code == 302
    away = Person.get("cd_handler").absences[0]
    assert (away.starts, away.deputy) == (datetime(2026, 2, 23, 16, tzinfo=UTC), "cd_head")
    assert "请假中" in admin.get("/admin/people/cd_handler").text
    admin.post("/admin/people/cd_handler/absence/cancel", data={"starts": away.starts.isoformat()})
    assert Person.get("cd_handler").absences == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"starts": "2026-03-06", "ends": "2026-02-24"}, "结束日期不能早于开始日期"),
        ({"starts": "tomorrow", "ends": "2026-02-24"}, "请填写日期"),
        ({"starts": "", "ends": ""}, "请填写此项"),
        ({"starts": "2026-02-24", "ends": "2026-02-25", "deputy": "cd_handler"}, "所选项已不存在"),
    ],
)
def test_a_wrong_absence_is_refused(admin: FlaskClient, sent: dict[str, str], words: str) -> None:
    answer = admin.post("/admin/people/cd_handler/absence", data=sent)
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert Person.get("cd_handler").absences == []


@pytest.mark.parametrize("starts", ["", "yesterday", "2026-02-24T00:00"])
def test_an_absence_that_is_gone_cannot_be_cancelled(admin: FlaskClient, starts: str) -> None:
    answer = admin.post("/admin/people/cd_handler/absence/cancel", data={"starts": starts})
    assert "这条请假记录已不存在" in answer.text


@pytest.mark.parametrize("page", ["", "/posts", "/password", "/deactivate", "/activate", "/absence"])
def test_an_unknown_person_is_not_found(admin: FlaskClient, page: str) -> None:
    assert admin.post(f"/admin/people/nobody_known{page}", data={"confirmed": "yes"}).status_code == 404


def test_ids_are_never_given_twice(policy: object) -> None:
    actor = Person.get("admin")
    first, _ = staffing.create_person(staffing.Account("wang", "王一"), [], actor=actor, now=NOW)
    staffing.change_account(first.id, staffing.Account("wang1", "王一"), actor=actor, now=NOW)
    second, _ = staffing.create_person(staffing.Account("wang", "王二"), [], actor=actor, now=NOW)
    assert first.id == "wang"
    assert second.id.startswith("wang.")


def test_two_administrators_close_an_account_once(policy: object, handled: Complaint) -> None:
    actor = Person.get("admin")

    def attempt(_: int) -> str:
        try:
            staffing.deactivate("qs_handler", receiver="qs_head", actor=actor, now=NOW)
        except RuleBroken as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["", "already_inactive"]
    assert [event.verb for event in Complaint.get(handled.number).events].count("hand_over") == 1


def test_a_page_says_what_a_person_can_see_and_another_who_can_see_a_field(
    admin: FlaskClient, register: Register
) -> None:
    """The administrator asks about others, and sees no case of theirs himself."""
    case = register()
    person = admin.get("/admin/rights/people/cd_clerk").text
    assert "王敏能看到什么" in person
    assert "岗位打开的投诉 1 件" in person
    assert "城东信用社的投诉" in person
    assert person.count("岗位不可读这一级别") == len(Person.get("cd_clerk").posts)
    assert case.title not in person
    assert "能看到什么" in admin.get("/admin/people/cd_clerk").text
    field = admin.get("/admin/rights/p01/1/intake?field=complainant_id_number").text
    rows = {part.split("</strong>")[0]: part for part in field.split("<strong>")[1:]}
    assert "岗位不可读这一级别" in rows["受理人员"]
    assert "岗位可读这一级别" in rows["受理岗"]
    assert "岗位不看投诉" in rows["系统管理员"]
    assert ">不可读<" in rows["承办人、登记人"]
    assert admin.get("/admin/rights/p01/1/intake?field=nothing").status_code == 404
    assert "/admin/rights/p01/1/intake" in admin.get("/admin/policies/p01/1/forms/intake").text
