"""A real time-stamp authority on loopback: RFC 3161 over HTTP, in today's mood."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from asn1crypto import tsp
from pyhanko.sign.timestamps import DummyTimeStamper

from portal.servers import LOOPBACK

# A TimeStampResp without a token; asn1crypto cannot write one: { { status: rejection (2) } }.
REJECTION = bytes.fromhex("30053003020102")


@dataclass
class Authority:
    """Stamps what it is asked to; `mood` is granted, refused, busy, garbage, another or drop."""

    stamper: DummyTimeStamper
    mood: str = "granted"
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, query: bytes) -> tuple[int, bytes]:
        """The status and the reply to a query."""
        request = tsp.TimeStampReq.load(query)
        if self.mood == "busy":
            return 503, b"try later"
        if self.mood == "garbage":
            return 200, b"<html>Please sign in to the hotel network</html>"
        if self.mood == "refused":
            return 200, REJECTION
        if self.mood == "another":
            request["message_imprint"]["hashed_message"] = bytes(32)
        return 200, self.stamper.request_tsa_response(request).dump()


@contextmanager
def authority(stamper: DummyTimeStamper) -> Iterator[Authority]:
    """The authority, listening until the end."""
    kept = Authority(stamper)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            kept.asked.append(self.headers["Content-Type"])
            if kept.mood == "drop":
                self.close_connection = True
                return
            status, reply = kept.answer(query)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    kept.url = f"http://{LOOPBACK}:{server.server_port}/tsa"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
