"""Real processes of the house: workers and clocks, started as the supervisor starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pymongo import MongoClient

from jobs.surroundings import Surroundings
from portal.servers import leashed

PATIENCE, IMPATIENCE = 20, 3  # seconds


def give_up(uri: str, *, after: int) -> None:
    """When this database gives up what a killed process left open: 20 seconds are long for a test."""
    with MongoClient[dict[str, object]](uri) as client:
        client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": after})


@dataclass
class House:
    """The processes of one test, all told the same addresses."""

    told: Surroundings
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start `juanzong` with these arguments."""
        return self.run(command[0], (sys.executable, "-m", "portal", *command))

    def run(self, name: str, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """Start any process that reads the portal's settings."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                leashed(command),
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        return {
            "MONGODB_URI": self.told.mongodb_uri,
            "REDIS_URL": self.told.redis_url,
            "JUANZONG_DATABASE": self.told.database_name,
            "JUANZONG_SMTP_URL": self.told.smtp_url,
            "JUANZONG_BASE_URL": self.told.base_url,
            "JUANZONG_FOLDER": str(self.folder),
        }

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of the process and of what it has started."""
        started = children(process.pid)
        process.kill()
        process.wait()
        for child in started:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.running.remove(process)

    def logs(self) -> str:
        """What the processes said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


def children(pid: int) -> list[int]:
    """The processes that a process has forked."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


@contextmanager
def open_house(told: Surroundings, folder: Path) -> Iterator[House]:
    """A house whose processes are all gone at the end."""
    house = House(told, folder)
    give_up(told.mongodb_uri, after=IMPATIENCE)
    try:
        yield house
    finally:
        for process in list(house.running):
            house.kill(process)
        give_up(told.mongodb_uri, after=PATIENCE)


def wait_for(condition: Callable[[], bool], *, seconds: float, house: House) -> None:
    """Wait until something has happened; what the processes said is shown when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, house.logs()
        time.sleep(0.1)
