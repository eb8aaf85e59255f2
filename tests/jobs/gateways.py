"""A real HTTP server on loopback that takes messages, with moods, and checks their signature."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from portal.servers import LOOPBACK


@dataclass
class Taken:
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, list[str]]:
        """What the address said."""
        return parse_qs(urlsplit(self.path).query)

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver checks it, by the documentation alone."""
        signed = f"{self.headers['X-Juanzong-Timestamp']}.".encode() + self.body
        wanted = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, self.headers.get("X-Juanzong-Signature", ""))


@dataclass
class Gateway:
    """Answers in today's moods, one a message: a status, a JSON text, `drop`, `sleep`, `hold`, `drip`,
    `flood`."""

    moods: list[str] = field(default_factory=list)
    usual: str = '{"errcode": 0}'
    taken: list[Taken] = field(default_factory=list)
    url: str = ""

    def keys(self) -> list[str]:
        """The idempotency keys in the order of arrival."""
        return [one.headers["Idempotency-Key"] for one in self.taken]


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            gateway.taken.append(Taken(self.path, dict(self.headers), body))
            mood = gateway.moods.pop(0) if gateway.moods else gateway.usual
            if mood == "drop":
                self.connection.close()
            elif mood == "sleep":
                time.sleep(1)
            elif mood == "hold":
                self.connection.recv(1)  # says nothing until the other side is gone
                self.close_connection = True
            elif mood == "drip":
                self._drip()
            elif mood == "flood":
                self._answer(200, b"x" * 1_000_000)
            elif mood.isdigit():
                self._answer(int(mood), b"in no mood")
            else:
                self._answer(200, mood.encode())

        do_PUT = do_GET = do_POST  # noqa: N815 - http.server's names

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{gateway.url}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # who asked may have read enough
                self.wfile.write(body)

        def _drip(self) -> None:
            """A byte now and then, for ever."""
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for _ in range(100):
                    self.wfile.write(b"X-More: 1\r\n")
                    time.sleep(0.05)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def open_gateway(*moods: str) -> Iterator[Gateway]:
    """A server that listens until the end of the block."""
    gateway = Gateway(list(moods))
    server = ThreadingHTTPServer((LOOPBACK, 0), _handler(gateway))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    gateway.url = f"http://{LOOPBACK}:{server.server_address[1]}"
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
