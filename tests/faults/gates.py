"""A network that can be cut: every connection to a server goes through a gate of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Final

from portal.servers import LOOPBACK, free_port

OPEN, CUT, STALLED = "open", "cut", "stalled"
BLOCK: Final = 65_536


class Network:
    """The thread in which all gates pass bytes on."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._gates: list[Gate] = []
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def gate(self, to: int) -> Gate:
        """A gate before the server on this port."""
        gate = Gate(self.loop, to)
        self._gates.append(gate)
        asyncio.run_coroutine_threadsafe(gate.open(), self.loop).result(10)
        return gate

    def close(self) -> None:
        """No byte passes from now on."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)

    async def _end(self) -> None:
        for gate in self._gates:
            gate.switch(CUT)
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        if passing:
            await asyncio.wait(passing, timeout=5)


class Gate:
    """One server's line: open, cut (refused, broken off), or stalled (nothing arrives, nothing breaks)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, to: int) -> None:
        self.to, self.port = to, free_port()
        self.state = OPEN
        self._loop = loop
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Begin to listen."""
        await asyncio.start_server(self._pass, LOOPBACK, self.port, limit=BLOCK)

    def become(self, state: str) -> None:
        """Open, cut or stall the line."""
        self._loop.call_soon_threadsafe(self.switch, state)

    def switch(self, state: str) -> None:
        """The same, in the thread of the network."""
        self.state = state
        (self._flowing.clear if state == STALLED else self._flowing.set)()
        for end in list(self._ends) if state == CUT else ():
            end.transport.abort()

    async def _pass(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.state == CUT:
            back.transport.abort()
            return
        try:
            far, forth = await asyncio.open_connection(LOOPBACK, self.to, limit=BLOCK)
        except OSError:
            back.transport.abort()
            return
        for end in (back, forth):
            self._ends.add(end)
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(self._pour(near, forth), self._pour(far, back))

    async def _pour(self, source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await source.read(BLOCK):
                await self._flowing.wait()
                goal.write(block)
                await goal.drain()
        goal.transport.abort()
        self._ends.discard(goal)
