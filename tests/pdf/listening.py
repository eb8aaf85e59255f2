"""A listener that no page, document or mail may ever reach."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    """A port, and what came in."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on the loopback, answer nothing, and keep the first line of whoever calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])
        threading.Thread(target=_listen, args=(server, listener), daemon=True).start()
        yield listener


def _listen(server: socket.socket, listener: Listener) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:  # closed
            return
        with caller:
            listener.heard.append(caller.recv(200))
