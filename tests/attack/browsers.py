"""Browsers 浏览器 of the attack: one inside the process, one over real HTTP; both only ask and show."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from flask.testing import FlaskClient

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM_TYPE = "application/x-www-form-urlencoded"
Form = Mapping[str, str] | None


@dataclass(frozen=True)
class Answer:
    """What came back 应答."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def place(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")

    @property
    def kind(self) -> str:
        """Its media type."""
        return self.headers.get("Content-Type", "")


class Browser(Protocol):
    """Asks with the cookies that it was given; as a script it wants no pages."""

    def ask(self, method: str, path: str, form: Form = None, *, script: bool = False) -> Answer:
        """One request."""


class Inside:
    """A browser within the process."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def ask(self, method: str, path: str, form: Form = None, *, script: bool = False) -> Answer:
        """One request."""
        data = urlencode(form) if form is not None else None
        accepted = {"Accept": "application/json"} if script else {}
        kind = FORM_TYPE if data is not None else None
        got = self.client.open(path, method=method, data=data, content_type=kind, headers=accepted)
        return Answer(got.status_code, dict(got.headers), got.data)


class Outside:
    """A browser over HTTP; it keeps its connection and its cookies."""

    def __init__(self, base: str) -> None:
        self.host = urlsplit(base).netloc
        self.cookies: dict[str, str] = {}
        self.line = http.client.HTTPConnection(self.host, timeout=120)

    def ask(self, method: str, path: str, form: Form = None, *, script: bool = False) -> Answer:
        """One request; a connection that the server closed is opened again."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(form) if form is not None else None
        headers |= {"Content-Type": FORM_TYPE} if body is not None else {}
        headers |= {"Accept": "application/json"} if script else {}
        try:
            got = self._sent(method, path, body, headers)
        except (http.client.HTTPException, OSError):
            self.line.close()
            got = self._sent(method, path, body, headers)
        for one in got.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(one).items()}
        return Answer(got.status, dict(got.headers), got.read())

    def _sent(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        self.line.request(method, path, body=body, headers=dict(headers))
        return self.line.getresponse()


def sign_in(browser: Browser, login: str, password: str) -> None:
    """Sign in as a person does, through the page."""
    answer = browser.ask(
        "POST", "/sign-in", {"login": login, "password": password, "csrf_token": token(browser)}
    )
    assert answer.status == 302, f"{login} cannot sign in: {answer.status}"


def token(browser: Browser, page: str = "/sign-in") -> str:
    """The token of the browser's session."""
    answer = browser.ask("GET", page)
    if answer.status == 302:
        answer = browser.ask("GET", answer.place)
    found = TOKEN.search(answer.body.decode(errors="replace"))
    assert found, f"no token on {page}: {answer.status}"
    return found[1]
