"""Whatever breaks, what was typed stays on the page or in the draft, and is saved once."""

from __future__ import annotations

import io
from datetime import timedelta
from importlib import import_module

import pytest
from flask import Flask
from pymongo.errors import AutoReconnect

from documents.complaint import Complaint
from documents.upload import Draft
from portal.views import steps
from tests.faults.browser import HIDDEN
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import COMPLAINT, UNSOLVED, hidden, sent

intake = import_module("portal.views.intake")  # its blueprint bears the same name
FORM = "/register/p01/complaint"


def away(*_: object, **__: object) -> None:
    raise AutoReconnect("10.1.2.3:27017: connection closed")


def test_a_form_sent_while_the_database_is_away_stays_on_the_page_and_is_sent_from_there(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = sign_in("cd_clerk")
    page = browser.get(FORM).text
    fields = {**sent(page, **COMPLAINT, severity=["major"]), "csrf_token": hidden(page, "csrf_token")}
    with monkeypatch.context() as broken:
        broken.setattr(intake.registration, "register", away)
        answer = browser.post(FORM, data=fields)
        json = browser.post(FORM, data=fields, headers={"Accept": "application/json"})
        stolen = browser.post(FORM, data={**fields, "csrf_token": "another site's"})
        paper = (io.BytesIO(b"receipt"), "回单.txt")
        filed = browser.post(FORM, data={**fields, "q_papers": paper}, content_type="multipart/form-data")
        broken.setattr(intake, "sent_page", lambda *_: 1 / 0)
        crashed = browser.post(FORM, data=fields)
        broken.setattr("portal.signing_in.Person.objects", away)
        blind = browser.post(FORM, data={**fields, "csrf_token": "another site's"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "10.1.2.3" not in answer.text
    assert "同一份表单再次提交不会保存两次" in answer.text
    for kept in (answer, crashed):
        assert all(str(value) in kept.text for value in (COMPLAINT["title"], COMPLAINT["facts"]))
        assert 'name="q_severity" value="major"' in kept.text
    assert "请重新选择“回单.txt”" in filed.text
    assert crashed.status_code == 500
    assert (json.status_code, (json.json or {})["error"]) == (503, "away")
    for strange in (stolen, blind):
        assert COMPLAINT["facts"] not in strange.text
    again = browser.post(FORM, data=HIDDEN.findall(answer.text) and dict(HIDDEN.findall(answer.text)))
    assert again.status_code == 302
    assert Complaint.objects.get().submission == fields["submission"]


def test_a_password_never_stands_on_an_error_page(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = sign_in("cd_clerk")
    token = hidden(browser.get("/profile").text, "csrf_token")
    monkeypatch.setattr("portal.layout.unread", away)
    monkeypatch.setattr("portal.views.profile.password_fits", away)
    told = {"csrf_token": token, "current_password": "juanzong", "password": "a new one 123", "again": "x"}
    for address in ("/profile/password", "/sign-in"):
        assert "a new one 123" not in browser.post(address, data=told).text


def test_who_got_no_answer_and_opens_the_form_again_registers_once(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in("cd_clerk")
    fields = sent(browser.get(FORM).text, **COMPLAINT)
    assert browser.post("/drafts", data=fields).json == {"saved": True}
    page = browser.get(FORM).text
    assert COMPLAINT["facts"] in page
    assert hidden(page, "submission") == fields["submission"]
    with monkeypatch.context() as broken:
        broken.setattr(intake, "forget_draft", away)  # killed after the commit
        assert browser.post(FORM, data=fields).status_code == 503
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=1)
    assert "没有再登记一次" in browser.post(FORM, data=fields, follow_redirects=True).text
    browser.post("/drafts", data=fields)  # a save that was under way arrives late
    page = browser.get(FORM).text
    assert "您上次填写的表单已登记" in page
    assert COMPLAINT["facts"] not in page
    assert Complaint.objects.count() == 1


def test_who_got_no_answer_to_a_step_finds_no_draft_of_it(
    app: Flask, sign_in: SignIn, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, browser = register(), sign_in("cd_clerk")
    address = f"/cases/{case.number}/steps/report"
    fields = sent(browser.get(address).text, **UNSOLVED)
    browser.post("/drafts", data=fields)
    with monkeypatch.context() as broken:
        broken.setattr(steps, "forget_draft", away)
        assert browser.post(address, data=fields).status_code == 503
    assert Complaint.get(case.number).stage == "at_intake"
    assert "您上次填写的这一步已经完成" in browser.get(address, follow_redirects=True).text
    assert Draft.objects.count() == 0
