"""My account: absences, passwords, drafts; and that the portal answers who watches it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from documents.audit import AuditEntry
from documents.heartbeat import beat
from documents.person import Person
from portal.views.signing_in import FOR_AN_ACCOUNT
from tests.portal.conftest import NOW, SignIn


def test_the_account_shows_my_posts(sign_in: SignIn) -> None:
    page = sign_in("hk_clerk").get("/profile").text
    assert "受理人员" in page
    assert "河口信用社" in page


def test_an_absence_is_planned_and_taken_back(sign_in: SignIn) -> None:
    head = sign_in("qs_head")
    away = {"starts": "2026-03-02", "ends": "2026-03-04", "deputy": "qs_handler"}
    assert "请假已登记" in head.post("/profile/absence", data=away, follow_redirects=True).text
    (absence,) = Person.get("qs_head").absences
    assert (absence.deputy, absence.starts.isoformat()) == ("qs_handler", "2026-03-01T16:00:00+00:00")
    stale = {"starts": "2026-03-09T16:00:00+00:00"}  # of a page that is older than the list
    assert (
        "请假安排已有变动" in head.post("/profile/absence/0/delete", data=stale, follow_redirects=True).text
    )
    assert len(Person.get("qs_head").absences) == 1
    assert "请假已取消" in head.post("/profile/absence/0/delete", follow_redirects=True).text
    assert list(Person.get("qs_head").absences) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends": "2026-03-01"}, "结束日期不能早于开始日期"),
        ({"starts": ""}, "请填写请假的起止日期"),
        ({"starts": "next week"}, "请填写请假的起止日期"),
        ({"starts": "0001-01-01"}, "请填写请假的起止日期"),
        ({"deputy": "qs_head"}, "代办人须在岗"),
    ],
)
def test_a_wrong_absence_is_refused(sign_in: SignIn, change: dict[str, str], words: str) -> None:
    away = {"starts": "2026-03-02", "ends": "2026-03-04", "deputy": "qs_handler", **change}
    answer = sign_in("qs_head").post("/profile/absence", data=away, follow_redirects=True)
    assert words in answer.text
    assert f'name="starts" value="{away["starts"]}"' in answer.text  # what was typed stands in its form
    assert list(Person.get("qs_head").absences) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"old": "wrong"}, "现密码不正确"),
        ({"new": "short", "again": "short"}, "新密码至少 10 位"),
        ({"again": "something else"}, "两次输入的新密码不一致"),
    ],
)
def test_a_wrong_password_change_changes_nothing(sign_in: SignIn, change: dict[str, str], words: str) -> None:
    asked = {"old": "juanzong", "new": "a long new one", "again": "a long new one", **change}
    before = Person.get("cd_clerk").password_hash
    answer = sign_in("cd_clerk").post("/profile/password", data=asked, follow_redirects=True)
    assert words in answer.text
    assert Person.get("cd_clerk").password_hash == before


def test_the_present_password_cannot_be_guessed_without_end(sign_in: SignIn) -> None:
    clerk, right = sign_in("cd_clerk"), "a long new one"
    asked = {"new": right, "again": right}
    for _guess in range(FOR_AN_ACCOUNT):
        clerk.post("/profile/password", data={"old": "wrong", **asked})
    answer = clerk.post("/profile/password", data={"old": "juanzong", **asked}, follow_redirects=True)
    assert "尝试次数过多" in answer.text
    assert AuditEntry.objects(verb="password_failed", subject="person:cd_clerk").count() == FOR_AN_ACCOUNT
    assert AuditEntry.objects(verb="sign_in_failed", subject="person:cd_clerk").count() == 1
    assert not AuditEntry.objects(verb="change_password")


def test_a_password_change_is_audited_without_the_password(sign_in: SignIn) -> None:
    asked = {"old": "juanzong", "new": "a long new one", "again": "a long new one"}
    sign_in("cd_clerk").post("/profile/password", data=asked)
    entry = AuditEntry.objects.get(verb="change_password")
    assert entry.by == "cd_clerk"
    assert "long new" not in str(entry.to_mongo())


def test_the_theme_is_kept_on_the_account(sign_in: SignIn) -> None:
    clerk = sign_in("cd_clerk")
    clerk.post("/look", data={"theme": "dark"})
    assert 'data-theme="dark"' in clerk.get("/").text
    clerk.post("/look", data={"theme": "<script>"})
    assert 'data-theme="dark"' in clerk.get("/").text


def test_the_portal_says_that_it_is_well(stranger: FlaskClient) -> None:
    silent = {"status": "degraded", "clock": "silent", "clock_beat": None, "files": "whole"}
    assert stranger.get("/healthz").json == silent
    beat("clock:test:1", "clock", now=NOW - timedelta(minutes=2), facts={})
    assert '"clock":"alive"' in stranger.get("/healthz").text.replace(" ", "")
    beat("clock:test:1", "clock", now=NOW - timedelta(minutes=2, seconds=1), facts={})
    assert '"clock":"silent"' in stranger.get("/healthz").text.replace(" ", "")


def test_files_of_the_page_keep_for_a_year_and_change_their_address(stranger: FlaskClient) -> None:
    page = stranger.get("/sign-in").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert stranger.get("/assets/x/../../settings.py").status_code == 404
