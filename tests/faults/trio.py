"""A replica set of three on this machine, each member behind a gate, each of them killable."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from portal import servers
from portal.servers import LOOPBACK, REPLICA_SET
from tests.faults.gates import Gate, Network

FASTER = {"electionTimeoutMillis": 1_500, "heartbeatIntervalMillis": 500, "catchUpTimeoutMillis": 1_000}
# A portal that is to notice a silent server sooner than in half a minute; docs/operations.md advises it.
NOTICING = "connectTimeoutMS=3000&heartbeatFrequencyMS=2000"
PATIENCE = 90.0


@dataclass
class Member:
    """One mongod, reached by everybody, the others too, through its gate."""

    command: tuple[str, ...]
    port: int
    gate: Gate
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """What the set calls it."""
        return f"{LOOPBACK}:{self.gate.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def start(self) -> None:
        """Start it again; only from the thread that started the others, for they die with it."""
        self.process = start(self.command)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def freeze(self, still: bool) -> None:
        """SIGSTOP, or SIGCONT: a machine or a disk that hangs."""
        os.kill(self.process.pid, signal.SIGSTOP if still else signal.SIGCONT)

    def fill_disk(self) -> None:
        """From now on no file of it grows beyond a kilobyte."""
        subprocess.run(["prlimit", "--pid", str(self.process.pid), "--fsize=1024"], check=True)


class Trio:
    """The set."""

    def __init__(self, folder: Path) -> None:
        self.network = Network()
        self.members: list[Member] = []
        for number in range(3):
            port = servers.free_port()
            (folder / str(number)).mkdir()
            made = servers.mongod(folder / str(number), folder / f"{number}.log", port)
            self.members.append(Member(made.command, port, self.network.gate(port), start(made.command)))
        addresses = [member.address for member in self.members]
        self.uri = f"mongodb://{','.join(addresses)}/?replicaSet={REPLICA_SET}&{NOTICING}"
        for member in self.members:
            wait(lambda member=member: hello(member) is not None)  # type: ignore[misc]
        hosts = [{"_id": number, "host": address} for number, address in enumerate(addresses)]
        config = {"_id": REPLICA_SET, "members": hosts, "settings": FASTER}
        with to(self.members[0]) as client:
            client.admin.command("replSetInitiate", config)
        self.wait_for_primary()

    def primary(self) -> Member | None:
        """Who takes writes at the moment."""
        told = {number: hello(member) for number, member in enumerate(self.members) if member.alive}
        leading = [number for number, one in told.items() if one and one.get("isWritablePrimary")]
        return self.members[leading[0]] if len(leading) == 1 else None

    def wait_for_primary(self) -> Member:
        """The one that takes writes, as soon as there is one."""
        wait(lambda: self.primary() is not None)
        return self.primary() or self.wait_for_primary()

    def secondary(self) -> Member:
        """One of the others."""
        first = self.wait_for_primary()
        return next(member for member in self.members if member is not first and member.alive)

    def close(self) -> None:
        """End all; a polite end would wait a quarter of a minute for others to take over."""
        for member in self.members:
            member.kill()
        self.network.close()


def start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A server that dies with this thread, and is told when a file may not grow, as by a full disk."""
    told = ("env", "--ignore-signal=XFSZ", *command)
    return subprocess.Popen(servers.leashed(told), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait(there: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


def to(member: Member) -> MongoClient[dict[str, Any]]:
    """A client of this member alone, past its gate."""
    return MongoClient(
        LOOPBACK, member.port, directConnection=True, serverSelectionTimeoutMS=500, socketTimeoutMS=1_000
    )


def hello(member: Member) -> dict[str, Any] | None:
    """What it says of itself, when it answers."""
    try:
        with to(member) as client:
            return client.admin.command("hello")
    except PyMongoError:
        return None
