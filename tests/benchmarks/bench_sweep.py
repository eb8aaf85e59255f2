"""A sweep of the clock: 100 timers due among a million planned ones, beside the same 100 among 10,000.

`python -m tests.benchmarks.bench_sweep [PLANNED]` claims the 100 that are due, puts them back, and does so
again and again; first among few, then among many, in one run. Printed are both medians, their ratio (1.5 is
the bound), and how many index entries the claim looks at.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from documents import database
from documents.actions import timers
from documents.timer import Timer
from portal.servers import scratch_servers

FEW, DUE, ROUNDS = 10_000, 100, 60
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def planned(first: int, last: int) -> Iterator[dict[str, Any]]:
    """Timers of the coming year, a case's six rungs each."""
    for number in range(first, last):
        yield {
            "_id": f"{number // 6:024x}:reply:1:rung{number % 6}:1",
            **{"subject": "case", "case": f"{number // 6:024x}", "limit": "reply", "round": 1, "n": 1},
            **{"rung": f"rung{number % 6}", "ladder": "usual", "state": "pending", "attempts": 0},
            "due": NOW + timedelta(seconds=1 + number * 31 % (365 * 86_400)),
            "reason": {},
        }


def fill(first: int, last: int) -> None:
    """Store timers that are not due."""
    for start in range(first, last, 20_000):
        Timer.collection().insert_many(list(planned(start, min(start + 20_000, last))), ordered=False)


def sweep() -> float:
    """Seconds for claiming all that is due; it is due again afterwards."""
    started = time.perf_counter()
    taken = timers.claim(NOW, DUE, "bench")
    spent = time.perf_counter() - started
    assert len(taken) == DUE
    back = {"$set": {"state": "pending", "attempts": 0}, "$unset": {"owner": 1, "lease": 1}}
    Timer.collection().update_many({"_id": {"$in": taken}}, back)
    return spent


def median() -> float:
    """The median of the sweeps, after three to warm up."""
    return statistics.median([sweep() for _ in range(3 + ROUNDS)][3:])


def looked_at() -> int:
    """Index entries that finding the due ones looks at."""
    found = Timer.collection().find(timers.due_now(NOW), {"_id": 1}).sort("due").limit(DUE)
    return int(found.explain()["executionStats"]["totalKeysExamined"])


def main(many: int) -> None:
    """Measure among few, then among many."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        fill(0, FEW)
        due = [
            {**row, "_id": f"due:{n}", "due": NOW - timedelta(seconds=n)}
            for n, row in enumerate(planned(0, DUE))
        ]
        Timer.collection().insert_many(due)
        few, few_keys = median(), looked_at()
        fill(FEW, many)
        large, large_keys = median(), looked_at()
        database.disconnect()
    print(f"a sweep with {DUE} due, median of {ROUNDS}")
    print(f"  among {FEW:>9,} planned   {few * 1000:7.1f} ms   {few_keys} index entries")
    print(f"  among {many:>9,} planned   {large * 1000:7.1f} ms   {large_keys} index entries")
    print(f"  ratio {large / few:.2f} (bound 1.5)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
