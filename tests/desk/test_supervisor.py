"""The supervisor against real servers: what dies comes back, what is stopped is gone, nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from portal.supervisor import marked

pytestmark = pytest.mark.fault

PATIENCE = 60.0

# A supervisor with the two real servers, a sleeper, and one that forks a child and ignores SIGTERM.
PROGRAM = """
import json, os, sys
from pathlib import Path
from portal import programmes, supervisor
folder = Path(sys.argv[1])
environment = dict(os.environ)
lock = supervisor.hold(folder)
supervisor.end_marked(str(folder), patience=1.0)
servers = programmes.embedded_servers({}, folder)
listed = [programmes.server_programme(server) for _, server in servers]
once = (sys.executable, "-c", "print('loaded')")
listed.append(supervisor.Programme("once", once, 1, once=True, output=folder / "once.txt"))
listed.append(supervisor.Programme("sleeper", ("sleep", "1000"), 2))
deaf = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
stubborn = deaf + "; os.fork() or os.setsid(); time.sleep(1000)"
listed.append(supervisor.Programme("stubborn", (sys.executable, "-c", stubborn), 2, grace=0.5))
told = folder / "told.json"
def announce():
    told.write_text(json.dumps({name: server.url for name, server in servers}))
supervisor.Supervisor(listed, folder, environment).run(announce)
told.unlink()
"""


class Portal:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = str(folder)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self.told.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.folder)], start_new_session=True
        )
        wait_for(lambda: self.told.exists() or self.process.poll() is not None)
        assert self.process.poll() is None
        return self.process

    @property
    def told(self) -> Path:
        return self.folder / "told.json"

    def address(self, name: str) -> str:
        return str(json.loads(self.told.read_text())[name])

    def write(self, key: str) -> bool:
        """One write to each server."""
        try:
            with MongoClient[dict[str, Any]](
                self.address("MONGODB_URI"), serverSelectionTimeoutMS=1000
            ) as client:
                client.get_database("kept").things.replace_one({"_id": key}, {}, upsert=True)
            with Redis.from_url(self.address("REDIS_URL")) as valkey:
                return bool(valkey.set(key, "1"))
        except (PyMongoError, RedisError):
            return False

    def kept(self) -> set[str]:
        with MongoClient[dict[str, Any]](self.address("MONGODB_URI")) as client:
            return {row["_id"] for row in client.get_database("kept").things.find()}

    def processes(self, word: str) -> list[int]:
        """The supervised processes whose command line contains a word."""
        return [pid for pid in marked(self.mark) if word in command_line(pid)]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def running(folder: Path) -> Iterator[Portal]:
    """A supervisor that is gone at the end, with everything it started."""
    found = Portal(folder)
    yield found
    found.process.kill()
    found.process.wait()
    for pid in marked(found.mark):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with running(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One for all tests that leave it running."""
    with running(tmp_path_factory.mktemp("lasting")) as found:
        yield found


@pytest.mark.parametrize("victim", ["mongod", "valkey-server", "sleep 1000"])
def test_a_killed_process_comes_back(lasting: Portal, victim: str) -> None:
    assert lasting.write("before")
    (before,) = lasting.processes(victim)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: lasting.processes(victim) not in ([], [before]))
    wait_for(lambda: lasting.write("after"))
    assert {"before", "after"} <= lasting.kept()


def test_killing_the_supervisor_alone_ends_all(portal: Portal) -> None:
    wait_for(lambda: len(portal.processes("SIG_IGN")) == 2)
    portal.process.kill()
    # All but the grandchild, which has no leash; the next start ends it.
    wait_for(lambda: len(marked(portal.mark)) <= 1)


def test_after_killing_everything_at_once_the_next_start_works(portal: Portal) -> None:
    assert portal.write("before")
    for pid in [portal.process.pid, *marked(portal.mark)]:
        os.kill(pid, signal.SIGKILL)
    portal.process.wait()
    portal.start()
    assert portal.write("after")
    assert portal.kept() == {"before", "after"}


def test_a_start_ends_what_the_last_run_left_behind(portal: Portal) -> None:
    wait_for(lambda: len(portal.processes("SIG_IGN")) == 2)
    left = set(portal.processes("SIG_IGN"))
    portal.process.kill()
    portal.process.wait()
    portal.start()
    assert not left & set(marked(portal.mark))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(portal: Portal, number: signal.Signals) -> None:
    portal.process.send_signal(number)
    assert portal.process.wait(PATIENCE) == 0
    assert marked(portal.mark) == []


def test_a_second_supervisor_keeps_off(lasting: Portal) -> None:
    second = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(lasting.folder)], capture_output=True, text=True, check=False
    )
    assert "AlreadyRunning" in second.stderr
    assert lasting.write("still there")


def test_a_programme_that_runs_once_leaves_its_words(lasting: Portal) -> None:
    assert (lasting.folder / "once.txt").read_text() == "loaded\n"
    assert not lasting.processes("print('loaded')")


def test_a_server_port_that_is_taken_is_not_fought_over(
    lasting: Portal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Portal(tmp_path_factory.mktemp("other"))
    try:
        assert other.address("MONGODB_URI") != lasting.address("MONGODB_URI")
        assert other.write("a")
        assert lasting.write("a")
    finally:
        other.process.terminate()
        other.process.wait(PATIENCE)
