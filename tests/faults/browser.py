"""A browser without scripts: real requests over real connections, cookies, and what a page lets one send."""

from __future__ import annotations

import html
import http.client
import re
import secrets
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

from portal.servers import LOOPBACK

PATIENCE: Final = 45.0  # seconds after which a person presses again
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
Fields = dict[str, str]


class NoAnswer(Exception):
    """The connection was refused or broke off, or nothing came for a long time."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str

    def hidden(self) -> Fields:
        """The first value of each hidden field, as the page's form would send it."""
        found: Fields = {}
        for name, value in HIDDEN.findall(self.text):
            found.setdefault(name, html.unescape(value))
        return found

    def shows(self, words: str) -> bool:
        """Whether the words stand on the page, or in one of its fields."""
        return words in html.unescape(self.text)


class Browser:
    """One person's browser."""

    def __init__(self, port: int, login: str) -> None:
        self.port, self.login = port, login
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, address: str) -> Answer:
        """Open a page."""
        return self._ask("GET", address, None, {})

    def post(self, address: str, fields: Fields) -> Answer:
        """Press the button of a form."""
        told = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(fields).encode(), told)

    def upload(self, token: str, name: str, content: bytes) -> Answer:
        """What the page's script does with a chosen file."""
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        told = {"Content-Type": f"multipart/form-data; boundary={mark}", "X-CSRFToken": token}
        return self._ask("POST", "/uploads", body, {**told, "Accept": "application/json"})

    def sign_in(self) -> bool:
        """Sign in anew; whether that went well."""
        self._cookies.clear()
        page = self.get("/sign-in")
        if page.status != http.client.OK:
            return False
        typed = {"login": self.login, "password": "juanzong"}
        return self.post("/sign-in", {**page.hidden(), **typed}).status == http.client.FOUND

    def _ask(self, method: str, address: str, body: bytes | None, told: dict[str, str]) -> Answer:
        kept = "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE)
        try:
            line.request(method, address, body, {**told, "Cookie": kept} if kept else told)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            self._cookies.load(cookie)
        return Answer(answer.status, answer.headers.get("Location", ""), text)
