"""No log carries what somebody complained of: not at its most talkative, and not when something breaks."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from documents.actions import registration
from documents.complaint import Complaint
from tests.portal.conftest import SignIn
from tests.portal.samples import COMPLAINT, sent

ADDRESS = "/register/p01/complaint"
MARK = "zqlogx"
SAID = {**COMPLAINT, "title": f"标题{MARK}", "facts": f"事实{MARK}", "complainant_name": MARK}
PROJECT = Path(__file__).resolve().parents[2]


def ask_for_all(clerk: FlaskClient) -> None:
    """Register, be refused, read, search, change, hand in a file."""
    assert (
        clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **{**SAID, "channel": ""})).status_code == 422
    )
    assert clerk.post(ADDRESS, data=sent(clerk.get(ADDRESS).text, **SAID)).status_code == 302
    number = Complaint.objects.get().number
    assert MARK in clerk.get(f"/cases/{number}").text
    clerk.get("/cases", query_string={"words": MARK})
    clerk.post("/drafts", data={"q_title": MARK, "form": ADDRESS}, headers={"Accept": "application/json"})
    clerk.post(f"/cases/{number}/steps/solve", data={"q_treatment_result": MARK})


def test_no_log_says_what_the_complaint_is_about(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clerk = sign_in("cd_clerk")
    with caplog.at_level(logging.DEBUG):
        ask_for_all(clerk)
        page = sent(clerk.get(ADDRESS).text, **SAID)

        def breaks(*_: object, **given: object) -> None:
            try:
                int(str(given) + MARK)
            except ValueError as error:
                raise KeyError(f"{MARK} is unknown") from error

        monkeypatch.setattr(registration, "register", breaks)
        answer = clerk.post(ADDRESS, data=page)
    assert answer.status_code == 500
    assert "KeyError" in caplog.text
    assert "ValueError" in caplog.text
    assert re.search(r"test_logs\.py:\d+ breaks", caplog.text)
    assert MARK not in caplog.text


def test_no_line_of_a_log_can_be_forged(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("portal.views.cases.case_for_me", None)
    with caplog.at_level(logging.ERROR):
        assert sign_in("cd_clerk").get("/cases/x%0AERROR%20forged").status_code == 500
    assert "\nERROR forged" not in caplog.text


SECRET = re.compile(r"""(?i)(password|secret|token|api_?key)\w*\s*[:=]\s*["'][A-Za-z0-9+/_-]{12,}["']""")


def test_no_secret_stands_in_the_source() -> None:
    """They come from the environment or from files: the settings read them, nothing holds one."""
    found = []
    for folder in ("documents", "portal", "admin_views", "jobs", "pdf"):
        for path in (PROJECT / folder).rglob("*.py"):
            for line in path.read_text().splitlines():
                if SECRET.search(line) and "# a file" not in line:
                    found.append(f"{path.relative_to(PROJECT)}: {line.strip()[:80]}")
    assert found == []
