"""Three databases, the first among them killed while people register: nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from documents import audit_check, database
from documents.actions import organising, registration
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.rules.trail import Walk
from documents.timer import Timer
from portal import servers
from portal.servers import LOOPBACK, REPLICA_SET
from tests.faults.conftest import Tell
from tests.portal.samples import COMPLAINT

pytestmark = pytest.mark.fault
NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)
CLERKS, EACH, KILLS = 3, 40, 2
FASTER = {"electionTimeoutMillis": 1_500, "heartbeatIntervalMillis": 500, "catchUpTimeoutMillis": 1_000}


class Trio:
    """A replica set of three on this machine."""

    def __init__(self, folder: Path) -> None:
        self.members: dict[str, tuple[tuple[str, ...], subprocess.Popen[bytes]]] = {}
        for number in range(3):
            port = servers.free_port()
            (folder / str(number)).mkdir()
            made = servers.mongod(folder / str(number), folder / f"{number}.log", port)
            self.members[f"{LOOPBACK}:{port}"] = made.command, self._start(made.command)
        self.uri = f"mongodb://{','.join(self.members)}/?replicaSet={REPLICA_SET}"
        for address in self.members:
            self._wait(lambda address=address: self._hello(address) is not None)  # type: ignore[misc]
        hosts = [{"_id": number, "host": address} for number, address in enumerate(self.members)]
        config = {"_id": REPLICA_SET, "members": hosts, "settings": FASTER}
        with self._to(next(iter(self.members))) as client:
            client.admin.command("replSetInitiate", config)
        self._wait(lambda: self.primary() is not None)

    @staticmethod
    def _start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(servers.leashed(command), stdout=subprocess.DEVNULL)

    @staticmethod
    def _wait(there: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not there():
            assert time.monotonic() < until
            time.sleep(0.1)

    @staticmethod
    def _to(address: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(f"mongodb://{address}", directConnection=True, serverSelectionTimeoutMS=500)

    def _hello(self, address: str) -> dict[str, Any] | None:
        try:
            with self._to(address) as client:
                return client.admin.command("hello")
        except PyMongoError:
            return None

    def primary(self) -> str | None:
        """Who takes writes at the moment."""
        told = {address: self._hello(address) for address in self.members}
        return next((address for address, one in told.items() if one and one.get("isWritablePrimary")), None)

    def kill_primary(self) -> None:
        """kill -9; it comes back when another has taken over."""
        self._wait(lambda: self.primary() is not None)
        old = str(self.primary())
        command, process = self.members[old]
        process.kill()
        process.wait()
        self._wait(lambda: self.primary() is not None)
        self.members[old] = command, self._start(command)

    def close(self) -> None:
        for _command, process in self.members.values():
            process.kill()  # a polite end waits a quarter of a minute for others to take over
            process.wait()


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    found = Trio(tmp_path)
    forget_views()
    database.connect(found.uri, "failover")
    yield found
    database.disconnect()
    forget_views()
    found.close()


def clerk(number: int, policy: Policy, seen: list[str], troubles: list[str]) -> None:
    """Registers one complaint after the other; when the portal says no, presses the button again."""
    actor = Person.get("cd_clerk")
    for turn in range(EACH):
        submission = f"{number}-{turn}"
        while True:
            try:
                made = registration.register(
                    policy, "complaint", COMPLAINT, actor=actor, now=NOW, submission=submission
                )
            except PyMongoError as error:
                troubles.append(type(error).__name__)
                time.sleep(0.2)
            else:
                seen.append(made.number)
                break


def test_every_acknowledged_complaint_outlives_its_database(trio: Trio, tell: Tell) -> None:
    database.ensure_indexes()
    policy = organising.set_up("p01", password="x", now=NOW)
    seen, troubles = list[str](), list[str]()
    with ThreadPoolExecutor(CLERKS) as people:
        work = [people.submit(clerk, one, policy, seen, troubles) for one in range(CLERKS)]
        for _ in range(KILLS):
            time.sleep(1.0)
            trio.kill_primary()  # from here: a server dies with the thread that started it
        assert not all(one.done() for one in work)
        for one in work:
            one.result()

    found = Counter(case.number for case in Complaint.objects)
    submissions = Counter(case.submission for case in Complaint.objects)
    lost = set(seen) - set(found)
    doubled = [name for name, count in (found + submissions).items() if count > 1]
    tell(
        f"acknowledged {len(seen)}, found {len(found)}, lost {len(lost)}, doubled {len(doubled)}; "
        f"{KILLS} primaries killed, {len(troubles)} refusals seen by people"
    )
    assert not lost
    assert not doubled
    assert len(seen) == len(set(seen)) == sum(found.values()) == CLERKS * EACH
    noted = Counter(row.subject for row in AuditEntry.objects(verb="register"))
    assert noted == found
    timed = Counter(str(row.case) for row in Timer.objects)
    assert set(timed) == {str(case.id) for case in Complaint.objects}
    assert len(set(timed.values())) == 1
    assert list(audit_check.check(Walk())) == []
