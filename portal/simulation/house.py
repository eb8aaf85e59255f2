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

from documents import database, keyring, papers, policy
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import clock, queues, surroundings
from jobs.surroundings import Surroundings
from portal.servers import LOOPBACK, free_port, leashed, scratch_servers, stop, tail
from portal.settings import data_key_in

DATABASE = "juanzong"
SECONDS_PATIENT = 300
MOST_COUNTED = 5_000
SHORTEST_GLANCE, LONGEST_GLANCE = 0.003, 0.2
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
            self.wait_for(lambda: _claimed(now))

    def wait_for_papers(self, look: Callable[[int], None] = lambda _: None) -> None:
        """Wait until every letter and case file is rendered or set aside."""

        def left() -> int:
            waiting = sum(1 for _ in papers.waiting(MOST_COUNTED))
            look(waiting)
            return waiting

        self.wait_for(left)

    def wait_for(self, left: Callable[[], int]) -> None:
        """Wait until nothing is left; workers that ended or do nothing any more end the simulation."""
        before, changed, glance = None, time.monotonic(), SHORTEST_GLANCE
        while still := left():
            if still != before:
                before, changed, glance = still, time.monotonic(), SHORTEST_GLANCE
            if time.monotonic() - changed > SECONDS_PATIENT or self._ended():
                raise SimulationFailed(self._last_words())
            time.sleep(glance)
            glance = min(glance * 1.5, LONGEST_GLANCE)

    def _ended(self) -> bool:
        return any(one.poll() is not None for one in self.processes)

    def failed_jobs(self) -> int:
        """Jobs that ended in an error."""
        return sum(queues.queue(name).failed_job_registry.count for name in queues.NAMES)

    def _last_words(self) -> str:
        logs = "\n".join(
            tail(path) for path in sorted(self.folder.glob("*.log")) if "mongod" not in path.name
        )
        return f"后台作业没有完成。 The workers did not finish.\n{logs}"


def _claimed(now: datetime) -> int:
    """Timers and mails that a worker has been given and is not done with."""
    underway = {"state": "waiting", "owner": {"$exists": True}, "next_at": {"$gt": now}, "last_error": None}
    mails = OutboxMessage.collection().count_documents(underway)
    return int(Timer.collection().count_documents({"state": "claimed"}) + mails)


@contextmanager
def open_house(folder: Path, workers: int) -> Iterator[House]:
    """Everything started; everything stopped at the end. Call it from the main thread."""
    with scratch_servers(folder) as addresses:
        smtp = f"smtp://{LOOPBACK}:{free_port()}"
        key = keyring.master_from(data_key_in(os.environ, folder))  # the workers are told the same folder
        told = Surroundings(
            *(addresses.mongodb_uri, DATABASE, addresses.redis_url),
            smtp_url=smtp,
            base_url=BASE_URL,
            data_key=key,
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
