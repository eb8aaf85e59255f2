"""The scratch house (临时环境): its own mongod and Valkey, a mailbox, and real rq workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from documents import database, policy
from documents.complaint import Complaint
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import clock, queues, surroundings
from jobs.surroundings import Surroundings
from portal.servers import LOOPBACK, free_port, leashed, scratch_servers, stop, tail

DATABASE = "juanzong"
SECONDS_PATIENT = 600
GLANCE = 0.004
BASE_URL = "http://127.0.0.1:8000"


class SimulationFailed(Exception):
    """The simulated year could not go on (模拟中断)."""


class House:
    """What runs while the year is played."""

    def __init__(self, folder: Path, told: Surroundings) -> None:
        self.folder = folder
        self.told = told
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> None:
        """Start one of our own programmes."""
        environment = {
            "MONGODB_URI": self.told.mongodb_uri,
            "REDIS_URL": self.told.redis_url,
            "JUANZONG_DATABASE": self.told.database_name,
            "JUANZONG_SMTP_URL": self.told.smtp_url,
            "JUANZONG_BASE_URL": self.told.base_url,
            "JUANZONG_FOLDER": str(self.folder),
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    leashed((sys.executable, "-m", "portal", *command)),
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    def tick(self, now: datetime) -> None:
        """Let the clock hand over what is due at this virtual moment, and wait until it is done."""
        while clock.sweep(now) + clock.relay(now):
            self.wait_for(lambda: _nothing_claimed(now))

    def wait_for_papers(self, look: Callable[[int], None] = lambda _: None) -> None:
        """Wait until every letter and case file is rendered or set aside."""

        def done() -> bool:
            left = Complaint.collection().count_documents({"papers": {"$gt": ""}})
            look(int(left))
            return left == 0

        self.wait_for(done)

    def wait_for(self, done: Callable[[], bool]) -> None:
        """Wait for the workers; a worker that ended or is stuck ends the simulation."""
        deadline = time.monotonic() + SECONDS_PATIENT
        while not done():
            if time.monotonic() > deadline or any(one.poll() is not None for one in self.processes):
                raise SimulationFailed(self._last_words())
            time.sleep(GLANCE)

    def failed_jobs(self) -> int:
        """Jobs that ended in an error."""
        return sum(queues.queue(name).failed_job_registry.count for name in queues.NAMES)

    def _last_words(self) -> str:
        logs = "\n".join(tail(path) for path in sorted(self.folder.glob("worker-*.log")))
        return f"后台作业没有完成。 The workers did not finish.\n{logs}"


def _nothing_claimed(now: datetime) -> bool:
    claimed = Timer.collection().count_documents({"state": "claimed"}, limit=1)
    underway = {"state": "waiting", "owner": {"$exists": True}, "next_at": {"$gt": now}, "last_error": None}
    return not claimed and not OutboxMessage.collection().count_documents(underway, limit=1)


@contextmanager
def open_house(folder: Path, workers: int) -> Iterator[House]:
    """Everything started; everything stopped at the end. Call it from the main thread."""
    with scratch_servers(folder) as addresses:
        smtp = f"smtp://{LOOPBACK}:{free_port()}"
        told = Surroundings(
            addresses.mongodb_uri, DATABASE, addresses.redis_url, smtp_url=smtp, base_url=BASE_URL
        )
        house = House(folder, told)
        policy.forget_views()
        surroundings.use(told)
        database.ensure_indexes()
        port = smtp.rpartition(":")[2]
        try:
            house.start("mail", "mail-sink", "--folder", str(folder / "mail"), "--port", port)
            for number in range(workers):
                house.start(f"worker-{number}", "worker")
            yield house
        finally:
            stop(house.processes)
            database.disconnect()
            policy.forget_views()
