"""The publish gate over many open cases: `python -m tests.benchmarks.bench_gate [CASES]`.

A draft that tightens a field, adds a required one, retires an option, takes a field away and shortens a
limit is examined: everything is counted exactly. The baseline is one plain scan of the same cases with the
same projection, in the same run.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from documents import consequences as counting
from documents import database
from documents.actions import drafting, organising
from documents.case_stream import apart
from documents.complaint import Complaint
from documents.consequences import consequences
from documents.database import ensure_indexes
from documents.examination import examine
from documents.failing import Failing
from documents.forecast import Forecast
from documents.policy import Policy, forget_views
from documents.rules.change_classes import classified
from documents.rules.deadlines import deadline
from documents.rules.impact import Impact
from documents.standing_cases import standing
from documents.work_calendar import calendar_of
from portal.servers import scratch_servers
from tests.benchmarks import crowd

NOW = crowd.START + timedelta(days=100)
MATTER = "forms[intake].sections[matter].fields"
EDITS = (
    {"do": "set", "path": f"{MATTER}[title].max", "value": 13},
    {"do": "set", "path": f"{MATTER}[facts].max", "value": 344},
    {
        "do": "add",
        "path": MATTER,
        "value": {"key": "place", "type": "text", "label": {"zh": "地点", "en": "Place"}, "required": True},
    },
    {"do": "remove", "path": f"{MATTER}[happened_on]"},
    {"do": "set", "path": "lists.channels[phone].retired", "value": "2026-03-01"},
    {"do": "set", "path": "limits[handle].amount", "value": 5},
    {"do": "set", "path": "limits[cap].amount", "value": 2},
)


def fill(policy: Policy, count: int) -> None:
    """So many open cases at the handling unit, each with clocks that run from its own receipt."""
    pattern, chance = crowd._pattern(policy), random.Random(7)
    outlets, source = crowd._outlets(), crowd.texts()
    view, calendar = policy.view(), calendar_of(policy.view())
    known: dict[tuple[str, Any], datetime] = {}

    def due(limit: str, started: datetime) -> datetime:
        key = limit, calendar.local(started).date()
        if key not in known:
            known[key] = deadline(view.time_limit(limit), started, calendar).due_at
        return known[key]

    Complaint.collection().drop_indexes()
    for first in range(0, count, crowd.BATCH):
        rows = []
        for number in range(first, min(first + crowd.BATCH, count)):
            row = crowd._vary(pattern, number, next(source), outlets, chance)
            started = row["received_at"]
            row |= {"status": "open", "stage": pattern["stage"]}
            row["clocks"] = [
                {**clock, "started_at": started, "due_at": due(clock["limit"], started)}
                for clock in pattern["clocks"]
            ]
            rows.append(row)
        Complaint.collection().insert_many(rows, ordered=False)
    ensure_indexes()


def scan(policy: Policy, draft: dict[str, Any]) -> int:
    """The baseline: every open case once, with the projection that the gate reads."""
    impact = Impact(policy.definition, draft, classified(policy.definition, draft))
    where = standing(policy.key)
    future = Forecast(policy.key, draft, NOW)
    future.prepare(where)
    reads = [*Failing(policy.key, impact, [policy.version], NOW).reads, *future.reads]
    columns = apart(dict.fromkeys(reads, 1))
    found = Complaint.collection().find({"policy": policy.key, "status": "open"}, columns)
    return sum(1 for _ in found.batch_size(2_000))


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


def main(cases: int) -> None:
    """Measure the gate and the baseline in turns, and print both."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        forget_views()
        ensure_indexes()
        policy = organising.set_up("p01", password="bench", now=crowd.START)
        fill(policy, cases)
        drafting.start("p01", actor="admin", now=NOW)
        draft = drafting.edit("p01", EDITS, actor="admin", now=NOW).definition
        baseline, counted, whole = [], [], []
        for _ in range(3):
            baseline.append(timed(lambda: scan(policy, draft))[0])
            seconds, found = timed(lambda: consequences(policy.definition, draft, now=NOW))
            counted.append(seconds)
            whole.append(timed(lambda: examine("p01", now=NOW))[0])
        database.disconnect()
    assert found.asked == min(cases + 1, counting.MOST_ASKED)
    print(f"publish gate, {cases} open cases (best of 3)")
    print(f"  one scan, same projection     {min(baseline):6.2f} s")
    ratio = min(counted) / min(baseline)
    print(f"  consequences, all of them     {min(counted):6.2f} s   {ratio:.1f} × the scan")
    print(f"  the whole examination         {min(whole):6.2f} s   with {len(draft['scenarios'])} scenarios")
    for line in found.lines:
        print(f"    {line.zh}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
