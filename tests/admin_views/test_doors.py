"""Who may open what; and every door that Flask-Admin leaves open by itself is shut."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from admin_views.base import RecordList
from admin_views.units import UnitsView
from documents import files
from documents.actions import duties
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.duty import Duty
from documents.outbox import OutboxMessage
from documents.person import Person
from documents.policy import Policy
from documents.timer import Timer
from tests.portal.conftest import NOW, Register, SignIn

# Page -> who may open it: the administrator, the head of intake, the head of an outlet, a clerk.
ADMINISTRATOR, REACH, WATCH = {"admin"}, {"admin", "intake_head"}, {"intake_head", "cd_head"}
PAGES = {
    "/admin/units/": ADMINISTRATOR,
    "/admin/units/new": ADMINISTRATOR,
    "/admin/units/QH-CD": ADMINISTRATOR,
    "/admin/people/": ADMINISTRATOR,
    "/admin/people/new": ADMINISTRATOR,
    "/admin/people/cd_clerk": ADMINISTRATOR,
    "/admin/people/export/csv/": ADMINISTRATOR,
    "/admin/rights/people/cd_clerk": ADMINISTRATOR,
    "/admin/rights/p01/1/intake": ADMINISTRATOR,
    "/admin/rights/p01/1/intake?field=complainant_phone": ADMINISTRATOR,
    "/admin/calendars/cn/2026": ADMINISTRATOR,
    "/admin/ways/": ADMINISTRATOR,
    "/admin/policies/p01/1/": ADMINISTRATOR,
    "/admin/policies/p01/1/forms": ADMINISTRATOR,
    "/admin/policies/p01/1/forms/treatment": ADMINISTRATOR,
    "/admin/policies/p01/1/lists": ADMINISTRATOR,
    "/admin/policies/p01/1/lists/categories": ADMINISTRATOR,
    "/admin/policies/p01/1/workflows": ADMINISTRATOR,
    "/admin/policies/p01/1/workflows/appeal": ADMINISTRATOR,
    "/admin/policies/p01/1/limits": ADMINISTRATOR,
    "/admin/policies/p01/1/limits/superior": ADMINISTRATOR,
    "/admin/policies/p01/1/letters": ADMINISTRATOR,
    "/admin/policies/p01/1/letters/relief": ADMINISTRATOR,
    "/admin/policies/p01/1/roles": ADMINISTRATOR,
    "/admin/policies/p01/1/more": ADMINISTRATOR,
    "/admin/policies/p01/1/versions": ADMINISTRATOR,
    "/admin/clock/": ADMINISTRATOR,
    "/admin/timers/": ADMINISTRATOR,
    "/admin/outbox/": ADMINISTRATOR,
    "/admin/audit/": ADMINISTRATOR,
    "/admin/duties/": {*REACH, *WATCH},
    "/admin/supervision/": WATCH,
}
PEOPLE = ("admin", "intake_head", "cd_head", "cd_clerk")


@pytest.mark.parametrize("person", PEOPLE)
def test_each_page_opens_for_those_it_is_for(sign_in: SignIn, person: str) -> None:
    client = sign_in(person)
    answers = {page: client.get(page).status_code for page in PAGES}
    assert answers == {page: 200 if person in those else 403 for page, those in PAGES.items()}


def test_a_stranger_is_asked_to_sign_in(stranger: FlaskClient) -> None:
    answers = {page: stranger.get(page) for page in PAGES}
    assert {answer.status_code for answer in answers.values()} == {302}
    assert [page for page, answer in answers.items() if not answer.location.startswith("/sign-in")] == []


@pytest.mark.parametrize(
    ("person", "first"), [("admin", "/admin/duties/"), ("intake_head", "/admin/supervision/")]
)
def test_the_way_in_leads_to_the_first_page_one_may_open(sign_in: SignIn, person: str, first: str) -> None:
    assert sign_in(person).get("/admin/").location == first


def test_the_menu_offers_only_what_opens(sign_in: SignIn) -> None:
    page = sign_in("intake_head").get("/admin/duties/").text
    side = page[page.index('class="side-menu"') : page.index("</nav>", page.index('class="side-menu"'))]
    offered = re.findall(r'<a href="([^"]+)"', side)
    assert offered[:2] == ["/admin/supervision/", "/admin/duties/"]
    assert not {"/admin/units/", "/admin/people/", "/admin/clock/", "/admin/audit/"} & set(offered)


RECORDS = ("people", "timers", "outbox", "audit")
DOORS = ("new/", "edit/?id=1", "delete/", "action/", "ajax/update/", "ajax/lookup/?name=x&query=y")


@pytest.mark.parametrize("record", RECORDS)
def test_generic_writing_has_no_address(sign_in: SignIn, record: str) -> None:
    client = sign_in("admin")
    answers = {
        (door, method): client.open(f"/admin/{record}/{door}", method=method).status_code
        for door in DOORS
        for method in ("GET", "POST")
    }
    assert {door: code for door, code in answers.items() if code not in (404, 405)} == {}


def test_bulk_delete_deletes_nobody(sign_in: SignIn) -> None:
    before = Person.objects.count()
    sign_in("admin").post("/admin/people/action/", data={"action": "delete", "rowid": ["cd_clerk"]})
    assert Person.objects.count() == before


@pytest.mark.parametrize("record", RECORDS)
def test_no_list_serves_stored_files(sign_in: SignIn, record: str) -> None:
    stored = files.store(io.BytesIO(b"secret"), "secret.txt", media_type="text/plain")
    answer = sign_in("admin").get(f"/admin/{record}/api/file/?id={stored.id}&coll=fs")
    assert answer.status_code == 404
    assert b"secret" not in answer.data


def test_flask_admins_own_scripts_and_styles_are_not_served(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/admin/static/vendor/jquery.min.js")
    assert answer.status_code == 404


POSTS = {
    "/admin/units/new": {"code": "QH-XX", "kind": "outlet", "name_zh": "新社", "parent": "QH"},
    "/admin/units/QH-CD/retire": {"successor": "QH-HK", "confirmed": "yes"},
    "/admin/units/QH-CD/move": {"parent": "GD-BS", "confirmed": "yes"},
    "/admin/people/cd_clerk/deactivate": {"confirmed": "yes"},
    "/admin/people/cd_clerk/password": {"confirmed": "yes"},
    "/admin/people/cd_clerk/posts": {"post_role": "administrator", "post_unit": "QH"},
    "/admin/calendars/cn/2026/day": {"day": "2026-03-04", "kind": "off", "confirmed": "yes"},
    "/admin/designer/p01/start": {},
    "/admin/gate/p01/publish": {"revision": "1", "confirmed": "yes"},
}


@pytest.mark.parametrize("page", POSTS)
def test_a_post_without_a_token_changes_nothing(app: Flask, sign_in: SignIn, page: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    before = state_of_the_house()
    assert sign_in("admin").post(page, data=POSTS[page]).status_code in (302, 400)
    assert state_of_the_house() == before


@pytest.mark.parametrize("page", POSTS)
@pytest.mark.parametrize("person", ["intake_head", "cd_clerk"])
def test_a_wrong_role_changes_nothing(sign_in: SignIn, page: str, person: str) -> None:
    before = state_of_the_house()
    assert sign_in(person).post(page, data=POSTS[page]).status_code == 403
    assert state_of_the_house() == before


def state_of_the_house() -> tuple[int, list[Any]]:
    people = [person.to_mongo().to_dict() for person in Person.objects.order_by("id")]
    return AuditEntry.objects.count() + Policy.objects.count(), people


def test_a_view_that_fails_is_not_called_a_second_time() -> None:
    calls: list[object] = []

    def view(page: object, **given: object) -> None:
        calls.append(given)
        raise TypeError("from inside the view")

    with pytest.raises(TypeError, match="from inside"):
        UnitsView(name="x", endpoint="x", url="/x")._run_view(view)
    assert calls == [{}]


def test_a_grave_step_asks_first_where_no_script_runs(sign_in: SignIn) -> None:
    asked = sign_in("admin").post("/admin/people/cd_clerk/deactivate")
    assert 'name="confirmed" value="yes"' in asked.text
    assert Person.get("cd_clerk").active
    sign_in("admin").post("/admin/people/cd_clerk/deactivate", data={"confirmed": "yes"})
    assert not Person.get("cd_clerk").active


def test_no_page_needs_an_inline_script_or_style(sign_in: SignIn) -> None:
    clients = {person: sign_in(person) for person in ("admin", "intake_head")}
    for page in (*PAGES, "/admin/timers/?flt0_0=pending"):
        person = "admin" if "admin" in PAGES.get(page, ADMINISTRATOR) else "intake_head"
        answer = clients[person].get(page)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"], page
        text = answer.text if answer.mimetype == "text/html" else ""
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", text), page
        assert not re.findall(r"<script(?![^>]*\ssrc=)", text), page
        assert "bootstrap" not in text.lower(), page


def test_the_persons_theme_reaches_the_page(sign_in: SignIn) -> None:
    Person.objects(id="admin").update(set__theme="dark")
    assert 'data-theme="dark"' in sign_in("admin").get("/admin/units/").text


QUERIES = (
    "page=-1",
    "page=999999",
    "page=x",
    "sort=-5",
    "sort=99",
    "desc=x",
    "flt0_0=",
    "flt99_99=1",
    "flt=x",
)


@pytest.mark.parametrize("record", RECORDS)
def test_a_strange_address_is_a_page_not_a_crash(sign_in: SignIn, record: str) -> None:
    client = sign_in("admin")
    answers = {query: client.get(f"/admin/{record}/?{query}").status_code for query in QUERIES}
    assert answers == dict.fromkeys(QUERIES, 200)


@pytest.mark.parametrize("record", ["timers", "outbox", "audit"])
def test_details_of_nothing_are_not_found(sign_in: SignIn, record: str) -> None:
    client = sign_in("admin")
    for key in ("", "nothing", "0" * 24, "{}", "%00", "a" * 500):
        assert client.get(f"/admin/{record}/details/?id={key}").status_code in (302, 404), key


def test_searching_takes_words_as_words(sign_in: SignIn) -> None:
    client = sign_in("admin")
    for words in ("(", ".*", "[", "\\", "$where", "王" * 300):
        answer = client.get("/admin/people/", query_string={"search": words})
        assert answer.status_code == 200, words
        assert "没有符合条件的记录" in answer.text, words


@pytest.mark.parametrize("start", ["=", "\n", "＝"])
def test_an_export_cannot_become_a_formula(sign_in: SignIn, start: str) -> None:
    Person.objects(id="cd_clerk").update(set__name=f"{start}1+1|cmd")
    answer = sign_in("admin").get("/admin/people/export/csv/")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert f"'{start}1+1|cmd" in answer.data.decode("utf-8-sig")


def test_an_export_is_noted(sign_in: SignIn) -> None:
    sign_in("admin").get("/admin/people/export/csv/")
    entry = AuditEntry.objects(verb="export").first()
    assert (entry.subject, entry.by, entry.facts["rows"]) == ("people", "admin", Person.objects.count())


@pytest.mark.parametrize("kind", ["xlsx", "json", "../csv"])
def test_only_known_exports_exist(sign_in: SignIn, kind: str) -> None:
    assert sign_in("admin").get(f"/admin/people/export/{kind}/").status_code in (302, 404)


def test_a_list_that_may_not_be_exported_is_not(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/admin/outbox/export/csv/")
    assert answer.status_code == 302
    assert answer.mimetype != "text/csv"


def test_no_details_tell_all_that_is_stored(app: Flask, sign_in: SignIn) -> None:
    """Flask-Admin shows every stored value of a record where nobody said which: a password's hash too."""
    lists = [one for one in app.extensions["admin"][0]._views if isinstance(one, RecordList)]
    assert len(lists) >= 4
    for view in lists:
        assert not view.can_view_details or view.column_details_list, view.endpoint
    client = sign_in("admin")
    for address in ("/admin/people/details/?id=cd_clerk", "/admin/people/cd_clerk", "/admin/people/"):
        assert "$argon2" not in client.get(address).text, address
    assert client.get("/admin/people/details/?id=cd_clerk").status_code == 404


def test_every_record_has_its_details(sign_in: SignIn, register: Register) -> None:
    case = register()
    OutboxMessage(id="m:1:mail", to="a@b.c", subject="主题", body="正文<b>", created_at=NOW).save()
    Complaint.objects(id=case.id).update(push__scope="p:admin")  # who may see it is shown the subject
    client = sign_in("admin")
    timer = Timer.objects(case=str(case.id)).first()
    entry = AuditEntry.objects(subject=case.number).first()
    assert case.number in client.get(f"/admin/timers/details/?id={timer.id}").text
    assert "正文&lt;b&gt;" in client.get("/admin/outbox/details/?id=m:1:mail").text
    assert case.number in client.get(f"/admin/audit/details/?id={entry.id}").text
    client.get(f"/admin/audit/?flt0_0={case.number}")
    assert client.get("/admin/people/cd_clerk").status_code == 200
    client.get("/admin/people/")
    looked = [
        (one.verb, one.subject, one.facts["way"]) for one in AuditEntry.objects(by="admin").order_by("id")
    ]
    assert looked == [
        ("read_list", "cases", "timers"),
        ("read", "message:m:1:mail", "message"),
        ("read", f"entry:{entry.id}", "audit"),
        ("read_list", "audit", "audit"),
        ("read", "person:cd_clerk", "people"),
        ("read_list", "people", "people"),
    ]


def test_a_duty_out_of_reach_looks_like_none(sign_in: SignIn) -> None:
    duties.plan(now=NOW)
    duty = Duty.objects(unit="QH-DA").first()
    assert sign_in("archivist").get(f"/admin/duties/{duty.id}/complete").status_code == 200
    assert sign_in("bs_officer").get(f"/admin/duties/{duty.id}/complete").status_code == 404
    sent = {"paper": FileStorage(io.BytesIO(b"x"), filename="x.txt"), "words": "好"}
    assert sign_in("bs_officer").post(f"/admin/duties/{duty.id}/complete", data=sent).status_code == 404
