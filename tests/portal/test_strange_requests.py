"""Cookies, headers and places in lists that no browser of ours sends 异常请求: none is answered 500."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from admin_views.base import RecordList
from tests.portal.conftest import SignIn

# The name under which Flask-Login would look for somebody whom it remembers; and our own.
COOKIES = ("remember_token=x|é", "remember_token=|", "session=é.é.é", "session=..", 'session="\\377"', "=x|é")
HEADERS = {
    "Authorization": ("Bearer ²", "Basic !", "Digest =,", "é"),
    "Accept": ("text/html;q=²", "a/b;q=1e999", ";;;", "é"),
    "Range": ("bytes=²-", "bytes=99999999999999999999-", "bytes=-", "é=1-"),
    "If-Modified-Since": ("Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 01 Jan 0001 00:00:00 +1400", "²"),
    "If-None-Match": ('"', "é"),
    "Referer": ("http://[", "é"),
    "X-CSRFToken": ("é.é.é",),
    "X-Forwarded-For": ("é", "["),
    "User-Agent": ("é" * 4_000,),
    "Content-Type": ("multipart/form-data", "multipart/form-data; boundary=é", "application/json; charset=²"),
    "Content-Length": ("²", "-1"),
}
# A moment that only its own zone can write; and a number that is larger than the database has.
PLACES = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "²", "2026-02-24T09:00:00")
CURSOR = "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAsICIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAiLCBmYWxzZV0"


def test_strange_cookies_and_headers_are_answered(app: Flask) -> None:
    plain = app.test_client(use_cookies=False)
    asked = [{"Cookie": one} for one in COOKIES]
    asked += [{name: value} for name, values in HEADERS.items() for value in values]
    for headers in asked:
        sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        for method, path in (("GET", "/sign-in"), ("POST", "/look")):
            assert plain.open(path, method=method, headers=sent).status_code < 500, headers


def test_a_strange_place_in_a_list_is_the_first_page(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for path, asked in places():
        assert admin.get(path, query_string=asked).status_code == 200, asked
    for url in ("/admin/\n", "//evil.example", "/\t/evil.example", "https://evil.example"):
        assert admin.get("/admin/timers/details/", query_string={"url": url}).status_code == 404
    told(admin)


def places() -> Iterator[tuple[str, dict[str, str]]]:
    """Each place in each list."""
    for one in PLACES:
        yield "/notices", {"before": f"{one}|x"}
        yield "/admin/seen/", {"what": "TS-1", "after": f"{one}/{'0' * 24}"}
    yield "/cases", {"at": CURSOR}


def test_every_filter_of_every_list_takes_whatever_is_asked(app: Flask, sign_in: SignIn) -> None:
    views = [one for one in app.extensions["admin"][0]._views if isinstance(one, RecordList)]
    with app.test_request_context():
        filters = [
            (view.address(), f"flt0_{number}", [key for key, _label in one.offered()[:1]])
            for view in views
            for number, one in enumerate(view._filters or ())
        ]
    assert len(filters) > 10
    admin = sign_in("admin")
    for address, name, offered in filters:
        for value in offered or ("\0²", "9999-12-31"):
            asked = {name: value, "search": "\0("}
            assert admin.get(address, query_string=asked).status_code == 200, (address, asked)


def told(admin: FlaskClient) -> None:
    """A refusal repeats what was typed also where it looks like a day."""
    for value in ("2026-99-99", "2026-02-30 x"):
        sent = {"operations": [{"do": "set", "path": "policy.zone", "value": value}], "section": "policy"}
        admin.post("/admin/designer/p01/start")
        answer = admin.post("/admin/designer/p01/edit", json=sent)
        assert (answer.status_code, value in answer.text) == (409, True)
