"""Reminders and escalations happen exactly once, whatever is killed and whenever."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from documents import database, events, policy
from documents.actions import timers
from documents.complaint import Complaint
from documents.database import Stored
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import queues
from jobs import surroundings as jobs_surroundings
from jobs.surroundings import Surroundings
from portal import servers
from tests.faults.hasty import MARK
from tests.jobs import world
from tests.jobs.houses import House, open_house, wait_for

pytestmark = pytest.mark.fault
CASES = 150
RUNGS = 6
SECONDS = 40


class Mongod:
    """A mongod that can be killed and comes back on its old port with its old data."""

    def __init__(self, folder: Path) -> None:
        self.server = servers.mongod(folder, folder / "mongod.log", servers.free_port())
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(servers.leashed(self.server.command), stdout=subprocess.DEVNULL)
        servers.wait_until_ready(self.server, process)
        return process

    def kill(self) -> None:
        """kill -9, and start again."""
        self.process.kill()
        self.process.wait()
        self.process = self._start()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A database of its own, because other tests would not like to see theirs killed."""
    found = Mongod(tmp_path)
    yield found
    servers.stop([found.process])


@pytest.fixture
def house(mongod: Mongod, valkey_url: str, tmp_path: Path) -> Iterator[House]:
    """A small world on that database, and processes that work for it."""
    told = Surroundings(mongod.server.url, "faults", valkey_url)
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


def counted(document: type[Stored]) -> int:
    """How many there are, by counting: an estimate sees what is not committed."""
    return int(document.collection().count_documents({}))


def all_told_once() -> None:
    """Every rung of every case left exactly one trace in each place."""
    assert Counter(timer.state for timer in Timer.objects) == {"done": CASES * RUNGS}
    assert counted(Notice) == counted(OutboxMessage) == CASES * 7
    for case in Complaint.objects:
        told = [event.facts["timer"] for event in case.events if event.by == "system"]
        assert len(told) == len(set(told)) == RUNGS
        assert case.escalation == 3
        assert events.broken_at(case.events) is None


def hasty(house: House, what: str) -> subprocess.Popen[bytes]:
    """One of the hurried processes."""
    return house.run(f"hasty-{what}", (sys.executable, "-m", "tests.faults.hasty", what))


def test_a_worker_killed_before_the_commit_has_done_nothing(house: House, mongod: Mongod) -> None:
    # The server gives up what a killed worker left open; its usual 60 seconds are long for a test.
    database.database().client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 3})
    case = world.open_case()
    stalled = hasty(house, "stall")
    wait_for(lambda: MARK in house.logs(), seconds=60, house=house)
    house.kill(stalled)
    assert counted(Notice) == 0
    later = world.DUE + timedelta(days=3650)
    ids = timers.claim(later, 100, "next")
    assert timers.fire(ids, "next", now=later).done == RUNGS
    case.reload()
    assert sorted(event.facts["timer"] for event in case.events if event.by == "system") == sorted(ids)


def test_nothing_is_lost_or_told_twice_while_everything_is_killed(house: House, mongod: Mongod) -> None:
    for number in range(CASES):
        world.open_case(f"TS-{number}")
    chance = random.Random(20261123)
    starts: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
        "worker-1": lambda: house.start("worker"),
        "worker-2": lambda: house.start("worker"),
        "worker-3": lambda: house.start("worker"),
        "clock-1": lambda: hasty(house, "clock"),
        "clock-2": lambda: hasty(house, "clock"),
    }
    alive = {name: start() for name, start in starts.items()}
    until, kills = time.monotonic() + SECONDS, Counter[str]()
    while time.monotonic() < until:
        time.sleep(chance.uniform(1.0, 3.0))
        victim = chance.choice([*starts, "mongod"])
        kills[victim.partition("-")[0]] += 1
        if victim == "mongod":
            mongod.kill()
            continue
        house.kill(alive[victim])
        alive[victim] = starts[victim]()
    wait_for(lambda: Timer.objects(state__ne="done").count() == 0, seconds=120, house=house)
    all_told_once()
    assert kills["worker"] > 0
    assert kills["clock"] > 0
    print(f"killed: {dict(kills)}; claimed again: {Timer.objects(attempts__gt=1).count()}")
