"""Whoever asks too often is turned away for a while; what was typed stays, and the trail knows."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from documents.audit import AuditEntry
from documents.complaint import Complaint
from portal.settings import USUAL_PACE, Settings
from tests.portal.conftest import SignIn
from tests.portal.samples import COMPLAINT, hidden, sent

ADDRESS = "/register/p01/complaint"
SHEET = re.compile(r"/assets/[^\"]+\.css")


def test_an_account_in_a_hurry_is_turned_away_and_its_words_are_kept(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    clerk, other = sign_in("cd_clerk"), sign_in("hk_clerk")
    page = clerk.get(ADDRESS).text
    form = {**sent(page, **COMPLAINT), "csrf_token": hidden(page, "csrf_token")}
    app.config["REQUESTS_A_MINUTE"] = 3
    answers = [clerk.get("/cases").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    told = clerk.post(ADDRESS, data=form)
    assert (told.status_code, told.headers["Retry-After"]) == (429, "60")
    assert COMPLAINT["title"] in told.text
    assert Complaint.objects.count() == 0
    asked = clerk.get("/cases", headers={"Accept": "application/json"})
    assert (asked.status_code, (asked.json or {})["error"]) == (429, "too_fast")
    assert other.get("/cases").status_code == 200
    assert [one.by for one in AuditEntry.objects(verb="too_fast")] == ["cd_clerk"]
    app.extensions["attempts"].flushall()
    assert clerk.post(ADDRESS, data=form, follow_redirects=True).status_code == 200
    assert Complaint.objects.count() == 1


def test_strangers_are_counted_by_address_and_watchers_are_not(app: Flask, stranger: FlaskClient) -> None:
    app.config["REQUESTS_A_MINUTE"] = 2
    assert [stranger.get("/sign-in").status_code for _ in range(3)] == [200, 200, 429]
    assert stranger.get("/cases").status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert stranger.get("/sign-in", environ_base=elsewhere).status_code == 200
    assert [stranger.get("/healthz").status_code for _ in range(4)] == [200] * 4
    sheet = SHEET.search(stranger.get("/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.10"}).text)
    assert sheet
    assert [stranger.get(sheet.group()).status_code for _ in range(4)] == [200] * 4


def test_the_pace_is_a_setting() -> None:
    def pace(**told: str) -> int:
        return Settings.from_environment({"JUANZONG_FOLDER": "/nowhere", **given, **told}).requests_a_minute

    given = {"JUANZONG_SECRET": "s", "JUANZONG_DATA_KEY": "x"}
    assert pace() == USUAL_PACE
    assert pace(JUANZONG_REQUESTS_A_MINUTE="90") == 90
    assert pace(JUANZONG_REQUESTS_A_MINUTE="0") == 0
    assert pace(JUANZONG_REQUESTS_A_MINUTE="many") == USUAL_PACE
