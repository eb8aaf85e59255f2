"""A virus scanner on loopback that speaks as clamd does, and knows one virus: the word EICAR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from portal.servers import LOOPBACK

VERSION = "ClamAV 1.4.3/27700/Thu Feb 26 09:00:00 2026"


class Handler(StreamRequestHandler):
    def handle(self) -> None:
        command = self._until_nought()
        if command == b"zVERSION":
            self.wfile.write(VERSION.encode() + b"\0")
        elif command == b"zINSTREAM":
            found = b"EICAR" in self._streamed()
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")

    def _until_nought(self) -> bytes:
        said = b""
        while not said.endswith(b"\0"):
            said += self.rfile.read(1)
        return said[:-1]

    def _streamed(self) -> bytes:
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        return content


@contextmanager
def scanner() -> Iterator[str]:
    """Its address, until the end."""
    with ThreadingTCPServer((LOOPBACK, 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"{LOOPBACK}:{server.server_address[1]}"
        server.shutdown()
