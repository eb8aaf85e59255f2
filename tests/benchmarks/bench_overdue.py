"""The overdue run: how many cases a second escalate, with everything that belongs to it.

Each case has one rung due. Firing it writes the notices, the mail in the outbox, the event in the case's
hash chain, the audit entry and the case's level. `python -m tests.benchmarks.bench_overdue [CASES]` prints
our batches beside a plain loop with one transaction for each timer – same code, same data, same run – and
beside the best of three peers, measured on such a machine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from documents import database
from documents.actions import timers
from documents.complaint import Complaint
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs.timetable import TIMERS_PER_JOB
from portal.servers import scratch_servers
from tests.jobs import world

PEERS_BEST = 68
NOW = world.DUE + timedelta(days=2)


def fill(cases: int) -> None:
    """So many cases with a single rung due: handler and head are told."""
    case = world.open_case("TS-0")
    row = Complaint.collection().find_one({"_id": case.id})
    timer = Timer.collection().find_one({"rung": "at_due"})
    Timer.collection().delete_many({})
    Complaint.collection().delete_many({})
    for start in range(0, cases, 1000):
        numbers = range(start, min(start + 1000, cases))
        copies = [{**row, "number": f"TS-{n}", "submission": f"s-{n}"} for n in numbers]
        for copy in copies:
            del copy["_id"]
        ids = Complaint.collection().insert_many(copies).inserted_ids
        Timer.collection().insert_many(
            [{**timer, "_id": f"{key}:reply:1:at_due:1", "case": str(key), "due": world.DUE} for key in ids]
        )


def measure(cases: int, fire: Callable[[list[str], str], object]) -> float:
    """Cases a second over a fresh set of overdue cases."""
    for document in (Complaint, Timer, Notice, OutboxMessage):
        document.collection().delete_many({})
    fill(cases)
    started = time.perf_counter()
    while ids := timers.claim(NOW, TIMERS_PER_JOB, "bench"):
        fire(ids, "bench")
    seconds = time.perf_counter() - started
    assert Notice.objects.count() == OutboxMessage.objects.count() == 2 * cases
    assert Complaint.objects(escalation=1).count() == cases
    return cases / seconds


def in_batches(ids: list[str], owner: str) -> None:
    """As the workers do it."""
    timers.fire(ids, owner, now=NOW)


def one_by_one(ids: list[str], owner: str) -> None:
    """One transaction for each timer."""
    for timer in ids:
        timers.fire([timer], owner, now=NOW)


def main(cases: int) -> None:
    """Measure both, and print them beside the peers."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        world.found()
        measure(min(cases, 300), in_batches)  # warm
        ours, plain = measure(cases, in_batches), measure(cases // 4, one_by_one)
        database.disconnect()
    print(f"overdue run, {cases} cases, one worker")
    print(f"  batches of {TIMERS_PER_JOB:<4}        {ours:8.0f} cases/s")
    print(f"  one transaction each   {plain:8.0f} cases/s   batches are {ours / plain:.1f}x as fast")
    print(
        f"  best of three peers    {PEERS_BEST:8.0f} cases/s   batches are {ours / PEERS_BEST:.1f}x as fast"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
