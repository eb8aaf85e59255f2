"""Servers that can be killed, and a small world on them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents import database, policy
from jobs import queues
from jobs import surroundings as jobs_surroundings
from jobs.surroundings import Surroundings
from portal import servers
from portal.servers import Server
from tests.jobs import world
from tests.jobs.houses import IMPATIENCE, House, give_up, open_house

Tell = Callable[[str], None]


class Killable:
    """A server that can be killed and comes back on its old port with its old data."""

    def __init__(self, make: Callable[[Path, Path, int], Server], folder: Path) -> None:
        self.server = make(folder, folder / f"{make.__name__}.log", servers.free_port())
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(servers.leashed(self.server.command), stdout=subprocess.DEVNULL)
        servers.wait_until_ready(self.server, process)
        if self.server.url.startswith("mongodb:"):
            give_up(self.server.url, after=IMPATIENCE)
        return process

    def kill(self) -> None:
        """kill -9, and start again."""
        self.end()
        self.process = self._start()

    def end(self) -> None:
        """kill -9; a polite end would take mongod a second."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Killable]:
    """A database of its own, because other tests would not like to see theirs killed."""
    found = Killable(servers.mongod, tmp_path)
    yield found
    found.end()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Killable]:
    """A Valkey of its own."""
    found = Killable(servers.valkey, tmp_path)
    yield found
    found.end()


@pytest.fixture
def house(mongod: Killable, valkey: Killable, tmp_path: Path) -> Iterator[House]:
    """A small world on these servers, and processes that work for it."""
    told = Surroundings(mongod.server.url, "faults", valkey.server.url)
    policy.forget_views()
    jobs_surroundings.use(told)
    database.ensure_indexes()
    world.found()
    with open_house(told, tmp_path) as opened:
        yield opened
    queues.connection().flushall()
    database.disconnect()
    jobs_surroundings._told.clear()
    policy.forget_views()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keep what a test counted; `./check` prints it at its end."""

    def run(words: str) -> None:
        print(words)
        record_property("counted", words)

    return run
