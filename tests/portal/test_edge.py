"""What every kind of answer carries over HTTPS, and what is given out as a file and how."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin_views.downloads import download, paper
from documents import files
from documents.case_parts import Attachment
from documents.complaint import Complaint
from documents.work_calendar import WorkCalendarRecord
from portal.application import configuration
from portal.views.files import pdf, picture, streamed
from tests.portal.conftest import NOW, Register, SignIn
from tests.portal.samples import PDF
from tests.portal.test_hosts import settings

PROJECT = Path(__file__).resolve().parents[2]
HTTPS = "https://localhost"
WANTED = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture
def https(app: Flask) -> Flask:
    """The portal as a house with an address of its own sets it."""
    told = configuration(settings())
    app.config.update({name: told[name] for name in told if name.startswith("SESSION_COOKIE_")})
    return app


def wanting(answer: TestResponse) -> list[str]:
    """What an answer lacks."""
    lacks = [name for name, value in WANTED.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    needed = ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
    lacks += [one for one in needed if one not in policy]
    lacks += ["unsafe"] if "unsafe" in policy else []
    for text in answer.headers.getlist("Set-Cookie"):
        for name, cookie in SimpleCookie(text).items():
            whole = cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
            lacks += [] if whole and cookie["path"] == "/" else [name]
    return lacks


def test_every_kind_of_answer_carries_the_headers_over_https(
    https: Flask, sign_in: SignIn, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, kept = register(), files.store(BytesIO(PDF), "回单.pdf", media_type="application/pdf")
    told = {"file_id": str(kept.id), "sha256": kept.sha256, "size": len(PDF)}
    attached = Attachment(name="回单.pdf", media_type="application/pdf", by="cd_clerk", at=NOW, **told)
    Complaint.objects(id=case.id).update(push__attachments=attached)
    calendar = WorkCalendarRecord.objects.first().id
    clerk, admin, stranger = sign_in("cd_clerk"), sign_in("admin"), https.test_client()
    https.config["PROPAGATE_EXCEPTIONS"] = False
    pair = {"login": "chengdong", "password": "juanzong"}
    answers = {
        "page": clerk.get(f"/cases/{case.number}", base_url=HTTPS),
        "administration": admin.get("/admin/people/", base_url=HTTPS),
        "file": clerk.get(f"/cases/{case.number}/files/{kept.id}", base_url=HTTPS),
        "spreadsheet": clerk.get("/cases.xlsx", base_url=HTTPS),
        "table": admin.get("/admin/people/export/csv/", base_url=HTTPS),
        "calendar": admin.get(f"/admin/calendars/{calendar}.ics", base_url=HTTPS),
        "JSON": clerk.get("/lookups/cases", base_url=HTTPS),
        "JSON refused": stranger.post("/drafts", headers={"Accept": "application/json"}, base_url=HTTPS),
        "redirect": stranger.get("/", base_url=HTTPS),
        "signed in": stranger.post("/sign-in", data=pair, base_url=HTTPS),
        "moved": clerk.get("/admin", base_url=HTTPS),
        "asset": stranger.get(asset_of(clerk.get("/").text), base_url=HTTPS),
        "watcher": stranger.get("/healthz", base_url=HTTPS),
        "not there": clerk.get("/nothing", base_url=HTTPS),
        "forbidden": clerk.get("/admin/people/", base_url=HTTPS),
        "wrong method": clerk.post("/cases", base_url=HTTPS),
        "moved on": clerk.get(f"/cases/{case.number}/", base_url=HTTPS),
    }
    monkeypatch.setattr("portal.views.cases.all_rows", None)
    answers["broken"] = clerk.get("/cases.xlsx", base_url=HTTPS)
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert {name: lacks for name, answer in answers.items() if (lacks := wanting(answer))} == {}
    assert {200, 302, 401, 403, 404, 405, 500} <= set(statuses.values()), statuses
    assert "Set-Cookie" in answers["signed in"].headers
    stored = {name for name, answer in answers.items() if "no-store" in answer.headers["Cache-Control"]}
    assert set(answers) - stored == {"asset"}
    assert answers["file"].headers["Content-Disposition"].startswith("attachment")
    assert "Strict-Transport-Security" not in stranger.get("/sign-in").headers


def asset_of(page: str) -> str:
    """The first style sheet of a page."""
    return page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]


GIVES_OUT = re.compile(r"\bfiles\.(blocks|read)\(|\b(pdf|paper)\(")
# What sends bytes of stored files: as a download that no browser opens, a picture that we drew, or our paper.
SENDERS = {
    ("portal/views/files.py", "streamed"): (streamed, "application/octet-stream", "attachment"),
    ("portal/views/files.py", "picture"): (lambda file, _name: picture(file), "image/png", ""),
    ("portal/views/files.py", "pdf"): (pdf, "application/pdf", "inline"),
    ("admin_views/downloads.py", "download"): (download, "application/octet-stream", "attachment"),
    ("admin_views/downloads.py", "paper"): (paper, "application/pdf", "inline"),
}
READERS = {("admin_views/shelf.py", "is_intact")}  # which looks at a file and gives none of it out
# Paper of our own making: letters, sealed files, certificates, reports, inspections.
OWN_PAPER = {
    ("portal/views/files.py", "letter"),
    ("portal/views/files.py", "volume"),
    ("admin_views/archive_room.py", "file"),
    ("admin_views/destructions.py", "certificate"),
    ("admin_views/inspections.py", "printed"),
    ("admin_views/reports.py", "file"),
}


def calls() -> Iterator[tuple[str, str, str]]:
    """Every call in the edge: the file, the function, and what is called."""
    for folder in ("portal", "admin_views"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            source = path.read_text("utf-8")
            tree = ast.parse(source if GIVES_OUT.search(source) else "")
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    for one in ast.walk(function):
                        if isinstance(one, ast.Call):
                            yield str(path.relative_to(PROJECT)), function.name, ast.unparse(one.func)


def test_only_our_own_paper_is_shown_and_every_other_file_is_a_download(app: Flask) -> None:
    found: dict[str, set[Any]] = {"reads": set(), "shows": set()}
    for file, function, called in calls():
        if called in {"files.blocks", "files.read"} and not file.startswith(
            ("portal/commands", "portal/simulation")
        ):
            found["reads"].add((file, function))
        if called in {"pdf", "paper"}:
            found["shows"].add((file, function))
    assert found["reads"] == {*SENDERS, *READERS}
    assert found["shows"] == OWN_PAPER
    kept = files.store(BytesIO(PDF), "页面.html", media_type="text/html")
    for send, kind, how in SENDERS.values():
        with app.test_request_context("/"):
            answer = app.process_response(send(str(kept.id), "页面.html"))
        assert answer.mimetype == kind
        assert answer.headers.get("Content-Disposition", "").split(";")[0] == how
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
