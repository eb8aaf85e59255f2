"""What slices cost 变更片: `python -m tests.benchmarks.bench_changes [CASES]`.

Registering with somebody who follows the changes all the time, and without, in turns; then a slice of many
registrations, and redoing it, against the time that they took.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from documents import backup, database, keyring
from documents.actions import organising, registration
from documents.backup_marks import Tie, keep_backup
from documents.backup_redo import Redo
from documents.backup_slices import Following, Span, ties
from documents.person import Person
from documents.policy import Policy
from portal.servers import leashed, scratch_servers
from tests.benchmarks.bench_audit import quick_fifth
from tests.data_key import DATA_KEY
from tests.portal.samples import COMPLAINT

NAME, RESTORED = "juanzong", "juanzong_restored"
CASES = 300
MOST = 0.05


def registering() -> Callable[[], object]:
    """One more complaint each time."""
    policy, clerk, numbers = Policy.current("p01"), Person.get("cd_clerk"), count()
    received = (datetime.now(UTC) - timedelta(days=1)).isoformat()

    def run() -> object:
        words = f"第{next(numbers)}件"
        told = {**COMPLAINT, "title": words, "received_at": received}
        now = datetime.now(UTC)
        return registration.register(policy, "complaint", told, actor=clerk, now=now, submission=words)

    return run


def sliced(source: backup.Rows, tie: Tie) -> tuple[Following, bytes]:
    """One slice from there to now."""
    following, content = Following(source, tie, datetime.now(UTC)), BytesIO()
    with tarfile.open(fileobj=content, mode="w") as out:
        following.write(out)
    return following, content.getvalue()


def follow(uri: str) -> None:
    """Slice after slice, until killed."""
    with MongoClient[dict[str, Any]](uri, w="majority") as client:
        (tie,) = ties(client[NAME], None)
        print("begun", flush=True)
        while True:
            following, _content = sliced(client[NAME], tie)
            tie = following.end or tie


@contextmanager
def awake(follower: subprocess.Popen[bytes]) -> Any:
    """Let it work for a moment."""
    os.kill(follower.pid, signal.SIGCONT)
    try:
        yield
    finally:
        os.kill(follower.pid, signal.SIGSTOP)


def load(uri: str, register: Callable[[], object]) -> None:
    """How a registration fares while slice after slice is made; in life it is one in ten minutes."""
    line = (sys.executable, "-m", "tests.benchmarks.bench_changes", "--follow", uri)
    with subprocess.Popen(leashed(line), stdout=subprocess.PIPE) as follower:
        assert follower.stdout is not None
        follower.stdout.readline()

        def followed() -> None:
            with awake(follower):
                register()

        os.kill(follower.pid, signal.SIGSTOP)
        taken = quick_fifth({"alone": register, "followed": followed})
        follower.kill()
    alone, followed_all = taken["alone"], taken["followed"]
    share = (followed_all - alone) / followed_all
    print(f"  registering {alone:.1f} ms, followed all the time {followed_all:.1f} ms: {share:.1%}")


def slices(register: Callable[[], object], cases: int) -> bool:
    """A slice of many registrations, and redoing it; whether it takes little of the time that they took."""
    source, folder = database.database(), BytesIO()
    with tarfile.open(fileobj=folder, mode="w") as out:
        tie, _found = backup.dump(source, out, made_at=datetime.now(UTC), look=_unseen)
    started = time.perf_counter()
    for _ in range(cases):
        register()
    wrote = time.perf_counter() - started
    started = time.perf_counter()
    following, content = sliced(source, tie)
    took = time.perf_counter() - started
    print(f"  {cases} registrations in {wrote:.1f} s; their slice in {took:.2f} s: {took / wrote:.1%}")
    print(f"  {following.events:,} events, {len(content) / cases / 1024:.0f} KB a case before packing")
    target = source.client[RESTORED]

    def then(shape: backup.Shape, _manifest: backup.Row) -> None:
        began = time.perf_counter()
        redo = Redo(target, shape, tie.time, None)
        with tarfile.open(fileobj=BytesIO(content)) as stream:
            redo.slice(stream, _span(following, tie), lambda _name, _content: None)
        print(f"  redone in {time.perf_counter() - began:.2f} s, {redo.events:,} events")

    with tarfile.open(fileobj=BytesIO(folder.getvalue())) as stream:
        backup.load(stream, target, look=_unseen, aside=lambda _name, _content: None, then=then)
    return took / wrote <= MOST


def _span(following: Following, tie: Tie) -> Span:
    assert following.end is not None
    return Span(tie.time, following.end)


def _unseen(_count: int) -> None:
    """Nobody looks."""


def main() -> None:
    """Print what it costs; end with 1 when a slice takes more than its share."""
    if sys.argv[1:2] == ["--follow"]:
        return follow(sys.argv[2])
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, NAME, keyring.master_from(DATA_KEY))
        database.ensure_indexes()
        organising.set_up("p01", password="juanzong", now=datetime.now(UTC) - timedelta(days=30))
        register = registering()
        with tarfile.open(fileobj=BytesIO(), mode="w") as out:
            tie, _found = backup.dump(database.database(), out, made_at=datetime.now(UTC), look=_unseen)
        keep_backup(database.database(), tie)
        load(addresses.mongodb_uri, register)
        well = slices(register, cases)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
