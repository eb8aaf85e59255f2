"""A one-time password opens one page: the one on which one chooses a password of one's own."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from documents.actions import staffing
from documents.audit import AuditEntry
from documents.person import Person
from tests.portal.conftest import NOW, SignIn


@pytest.fixture
def once(app: Flask) -> str:
    return staffing.reset_password("cd_clerk", actor=Person.get("admin"), now=NOW)


@pytest.fixture
def clerk(once: str, stranger: FlaskClient) -> FlaskClient:
    """Who has just signed in with it."""
    login = Person.get("cd_clerk").login
    answer = stranger.post("/sign-in", data={"login": login, "password": once, "next": "/cases?words=短信"})
    assert answer.status_code == 302
    return stranger


def test_every_page_leads_to_the_one_where_it_is_chosen(clerk: FlaskClient) -> None:
    for address in ("/", "/cases?words=短信", "/profile", "/admin/people/"):
        answer = clerk.get(address)
        assert answer.status_code == 302, address
        assert answer.location.startswith("/own-password"), address
    assert clerk.post("/profile/telling").location.startswith("/own-password")
    asked = clerk.get("/cases", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json) == (403, {"error": "own_password_first"})
    assert clerk.post("/sign-out").location == "/sign-in"


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [("short", "short", "至少 10 位"), ("long enough 1", "long enough 2", "不一致"), ("", "", "至少 10 位")],
)
def test_what_cannot_be_a_password_is_refused(clerk: FlaskClient, new: str, again: str, words: str) -> None:
    answer = clerk.post("/own-password", data={"new": new, "again": again})
    assert answer.status_code == 422
    assert words in answer.text
    assert Person.get("cd_clerk").password_once


def test_the_given_password_is_not_ones_own(clerk: FlaskClient, once: str) -> None:
    answer = clerk.post("/own-password", data={"new": once, "again": once})
    assert "换一个只有您知道的" in answer.text
    assert Person.get("cd_clerk").password_once


def test_with_a_password_of_ones_own_one_goes_where_one_wanted(
    clerk: FlaskClient, app: Flask, sign_in: SignIn
) -> None:
    elsewhere = sign_in("cd_clerk")
    page = clerk.get("/cases?words=x", follow_redirects=True).text
    assert 'name="next" value="/cases?words=x"' in page
    given = {"new": "a word of my own", "again": "a word of my own", "next": "/cases?words=x"}
    assert clerk.post("/own-password", data=given).location == "/cases?words=x"
    assert clerk.get("/cases").status_code == 200
    assert clerk.get("/own-password").location == "/"
    assert elsewhere.get("/own-password").location.startswith("/sign-in")
    assert AuditEntry.objects(verb="change_password", by="cd_clerk").count() == 1


def test_who_has_a_password_of_his_own_cannot_change_it_there(sign_in: SignIn) -> None:
    before = Person.get("cd_clerk").password_hash
    given = {"new": "a word of another", "again": "a word of another"}
    assert sign_in("cd_clerk").post("/own-password", data=given).status_code == 302
    assert Person.get("cd_clerk").password_hash == before
