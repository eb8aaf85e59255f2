"""Signing in, being signed out in the middle of a form, and what strangers see."""

from __future__ import annotations

import json
from typing import ClassVar, Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from flask.testing import FlaskClient

from documents.actions.staffing import reset_password
from documents.complaint import Complaint
from documents.person import Person
from portal import attempts
from portal.views import signing_in
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT, hidden, sent

ADDRESS = "/register/p01/complaint"


def test_the_right_password_opens_the_desk(stranger: FlaskClient) -> None:
    answer = stranger.post("/sign-in", data={"login": " ChengDong ", "password": "juanzong"})
    assert answer.location == "/"
    assert "王敏" in stranger.get("/").text


@pytest.mark.parametrize(("login", "password"), [("chengdong", "wrong"), ("nobody", "juanzong"), ("", "")])
def test_a_wrong_pair_says_the_same_for_each(stranger: FlaskClient, login: str, password: str) -> None:
    answer = stranger.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 401
    assert "登录名或密码不正确" in answer.text


def test_a_closed_account_does_not_open(stranger: FlaskClient, policy: object) -> None:
    Person.objects(id="cd_clerk").update(set__active=False)
    assert stranger.post("/sign-in", data={"login": "chengdong", "password": "juanzong"}).status_code == 401


def test_after_many_failures_the_door_closes_even_for_the_right_password(
    stranger: FlaskClient, sign_in: SignIn
) -> None:
    for _ in range(10):
        stranger.post("/sign-in", data={"login": "chengdong", "password": "wrong"})
    admin = sign_in("admin")
    assert "最近 15 分钟登录失败 10 次" in admin.get("/admin/people/cd_clerk").text
    answer = stranger.post("/sign-in", data={"login": "chengdong", "password": "juanzong"})
    assert answer.status_code == 429
    assert "15 分钟后再试，或联系管理员重设密码" in answer.text
    assert "已暂停尝试" in admin.get("/admin/people/cd_clerk").text
    new = reset_password("cd_clerk", actor=Person.get("admin"), now=NOW)  # as the page says
    assert stranger.post("/sign-in", data={"login": "chengdong", "password": new}).status_code == 302
    assert "登录失败" not in admin.get("/admin/people/cd_clerk").text.partition("变更记录")[0]


def test_a_whole_outlet_signs_in_from_one_address(app: Flask, stranger: FlaskClient) -> None:
    for _ in range(12):
        answer = app.test_client().post("/sign-in", data={"login": "chengdong", "password": "juanzong"})
        assert answer.status_code == 302


def test_one_address_cannot_try_every_account(stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "FROM_AN_ADDRESS", 3)
    answers = [
        stranger.post("/sign-in", data={"login": f"somebody{number}", "password": "guess"}).status_code
        for number in range(5)
    ]
    assert answers == [401, 401, 401, 429, 429]


def test_an_address_has_a_hundred_attempts_in_a_quarter_of_an_hour(app: Flask) -> None:
    def attempt(login: str) -> int:
        sent = {"login": login, "password": "guess"}
        return (
            app.test_client()
            .post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": "203.0.113.9"})
            .status_code
        )

    assert attempt("somebody") == 401
    counters = app.extensions["attempts"]
    with app.app_context():
        kept = attempts._counter("signing-in:from:203.0.113.9")
    assert counters.get(kept) == b"1"
    assert 0 < counters.ttl(kept) <= 15 * 60
    counters.set(kept, 99, ex=60)  # as after 98 more
    assert [attempt(f"somebody{number}") for number in range(3)] == [401, 429, 429]
    assert 0 < counters.ttl(kept) <= 60  # beating on the door does not keep it closed
    counters.expire(kept, 0)
    assert attempt("somebody4") == 401


class CountingHasher(PasswordHasher):
    """Argon2 that remembers what it was asked."""

    asked: ClassVar[list[str]] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.asked.append(str(hash))
        return super().verify(hash, password)


def test_passwords_are_argon2id_and_nobody_costs_as_much_as_somebody(
    stranger: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {"old": "juanzong", "new": "another long one", "again": "another long one"}
    sign_in("cd_clerk").post("/profile/password", data=new)
    stored = Person.get("cd_clerk").password_hash
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    monkeypatch.setattr("portal.passwords.passwords", CountingHasher())
    Person.objects(id="hk_clerk").update(set__active=False)
    for login in ("chengdong", "nobody", "hekou", ""):
        CountingHasher.asked.clear()
        assert stranger.post("/sign-in", data={"login": login, "password": "x"}).status_code == 401
        (asked,) = CountingHasher.asked
        assert extract_parameters(asked) == extract_parameters(stored), login


def test_it_leads_to_the_page_that_was_asked_for_but_never_elsewhere(stranger: FlaskClient) -> None:
    pair = {"login": "chengdong", "password": "juanzong"}
    assert stranger.post("/sign-in", data={**pair, "next": "/cases"}).location == "/cases"
    stranger.post("/sign-out")
    assert stranger.post("/sign-in", data={**pair, "next": "//evil.example/"}).location == "/"
    stranger.post("/sign-out")
    assert stranger.post("/look", data={"theme": "dark", "next": "/sign-in\nx"}).location == "/sign-in"
    assert stranger.post("/sign-in", data={**pair, "next": "/\t/evil.example"}).location == "/"
    assert stranger.get("/sign-in", query_string={"next": "/\r/evil.example"}).location == "/"
    assert stranger.post("/look", data={"theme": "dark", "next": "/\n/x"}).location == "/"


def test_a_new_password_ends_other_sign_ins(sign_in: SignIn) -> None:
    here, elsewhere = sign_in("cd_clerk"), sign_in("cd_clerk")
    new = {"old": "juanzong", "new": "another long one", "again": "another long one"}
    assert "密码已更改" in here.post("/profile/password", data=new, follow_redirects=True).text
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_what_was_typed_survives_an_expired_sign_in(sign_in: SignIn, stranger: FlaskClient) -> None:
    form = sent(sign_in("cd_clerk").get(ADDRESS).text, **COMPLAINT)
    expired = stranger.post(ADDRESS, data=form)
    assert expired.status_code == 401
    assert "您填写的内容还在" in expired.text
    pair = {"login": "chengdong", "password": "juanzong", "next": ADDRESS}
    held = _unescaped(hidden(expired.text, "held"))
    held = json.dumps(
        {**json.loads(held), "q_half": ["\ud83d"], "q_\0": ["x"]}
    )  # as nobody's browser makes it
    page = stranger.post("/sign-in", data={**pair, "held": held}, follow_redirects=True)
    assert page.request.path == ADDRESS
    assert "已恢复您在登录过期前填写的内容" in page.text
    assert "转账手续费与公示不符" in page.text
    again = stranger.post(ADDRESS, data=sent(page.text, **COMPLAINT))
    assert again.status_code == 302
    assert Complaint.objects.count() == 1


def test_a_wrong_password_in_between_loses_nothing(sign_in: SignIn, stranger: FlaskClient) -> None:
    expired = stranger.post(ADDRESS, data=sent(sign_in("cd_clerk").get(ADDRESS).text, facts="还在"))
    held = _unescaped(hidden(expired.text, "held"))
    refused = stranger.post(
        "/sign-in", data={"login": "chengdong", "password": "x", "next": ADDRESS, "held": held}
    )
    assert _unescaped(hidden(refused.text, "held")) == held


def test_words_go_back_to_who_typed_them_and_to_nobody_else(sign_in: SignIn, stranger: FlaskClient) -> None:
    expired = stranger.post(ADDRESS, data=sent(sign_in("cd_clerk").get(ADDRESS).text, facts="城东社的内容"))
    held = _unescaped(hidden(expired.text, "held"))
    pair = {"login": "hekou", "password": "juanzong", "next": ADDRESS, "held": held}
    page = stranger.post("/sign-in", data=pair, follow_redirects=True)
    assert "属于另一位人员" in page.text
    assert "城东社的内容" not in page.text


def test_every_other_form_waits_to_be_sent_again_and_a_password_does_not(
    app: Flask, sign_in: SignIn, stranger: FlaskClient
) -> None:
    page, address = sign_in("cd_clerk").get("/retaliation").text, "/retaliation?original=x"
    told = {
        "form_owner": hidden(page, "form_owner"),
        "facts": "被调离岗位",
        "anonymous": "yes",
        "q_files": "an-upload",
    }
    expired = stranger.post(address, data=told)
    held = _unescaped(hidden(expired.text, "held"))
    pair = {"login": "chengdong", "password": "juanzong", "next": address, "held": held}
    another = app.test_client().post("/sign-in", data={**pair, "login": "hekou"}, follow_redirects=True)
    assert "属于另一位人员" in another.text
    assert "被调离岗位" not in another.text
    again = stranger.post("/sign-in", data=pair)
    assert f'action="{address}"' in again.text
    assert _unescaped(hidden(again.text, "facts")) == "被调离岗位"
    assert hidden(again.text, "q_files") == "an-upload"
    secret = {"form_owner": told["form_owner"], "old": "juanzong", "new": "my new secret 1", "again": "other"}
    for typed in (secret, {"facts": "nobody's own form"}):
        over = app.test_client().post("/profile/password", data=typed).text
        assert "刚才的操作没有完成" in over
        assert not any(value in over for value in ("my new secret 1", "nobody's own form"))
    app.config["WTF_CSRF_ENABLED"] = True
    stale = stranger.post(address, data=told)
    assert (stale.status_code, "被调离岗位" in stale.text) == (400, True)
    assert "被调离岗位" not in stranger.post(address, data={**told, "form_owner": "another site's"}).text


def test_words_that_no_form_sends_hinder_no_sign_in(stranger: FlaskClient) -> None:
    pair = {"login": "chengdong", "password": "juanzong", "held": "[" * 100_000}
    assert stranger.post("/sign-in", data=pair).status_code == 302


def _unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&")


def test_a_form_from_an_earlier_sign_in_is_kept_and_opened_afresh(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    clerk = sign_in("cd_clerk")
    form = sent(clerk.get(ADDRESS).text, facts="上次登录时写的")
    stale = clerk.post(ADDRESS, data={**form, "csrf_token": "from another session"})
    assert stale.location == ADDRESS
    page = clerk.get(ADDRESS).text
    assert "上一次登录时打开的" in page
    assert "上次登录时写的" in page


def test_nothing_is_changed_without_a_token(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert sign_in("cd_clerk").post("/look", data={"theme": "dark"}).status_code == 400
    assert Person.get("cd_clerk").theme == "light"


PAGES = [
    "/",
    "/cases",
    "/register",
    "/watch",
    "/notices",
    "/profile",
    "/drafts",
    "/cases.xlsx",
    "/admin/",
    "/lookups/cases",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_closed_to_strangers(stranger: FlaskClient, address: str) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_script_of_a_stranger_gets_a_status_not_a_page(stranger: FlaskClient) -> None:
    answer = stranger.post("/drafts", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": "signed_out"})


def test_every_address_is_open_on_purpose_or_closed(app: Flask) -> None:
    opened = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "open_to_strangers", False)
    }
    # /metrics asks for a token of its own: tests/portal/test_metrics.py
    watched = {"health.healthz", "health.readyz", "health.measures"}
    door = {f"signing_in.{name}" for name in ("sign_in", "sign_in_now", "ask_code", "code")}
    reset = {f"forgotten.{name}" for name in ("ask", "ask_now", "follow", "open_link", "choose")}
    assert opened == {*watched, *door, *reset, "profile.choose_look"}


def test_every_answer_carries_the_security_headers(stranger: FlaskClient, register: Register) -> None:
    answer = stranger.get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
