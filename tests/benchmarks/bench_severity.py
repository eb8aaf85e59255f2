"""Counting a complaint among others of its type: among ten thousand cases and among a million, in one run.

`python -m tests.benchmarks.bench_severity [CASES]` stores cases that hold what the count reads, under the
indexes of levels, and counts one of a rare type and one of a type that has a tenth of all cases. Printed are
the medians and their ratios (2 is the bound for the common one), and how many index entries a count looks at.
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
from zoneinfo import ZoneInfo

from bson import ObjectId

from documents import database
from documents.actions import neighbours
from documents.complaint import Complaint
from documents.rules.severity_counting import Alike, counted, looked_at
from documents.rules.severity_scale import Rule, Scale, Similar, Span
from documents.severity import Severity
from portal.servers import scratch_servers

FEW, ROUNDS, TYPES = 10_000, 60, 400
START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365 * 86_400
MONTH = Similar(3, Span(1, "months"))
SCALE = Scale(
    levels=("general", "hot"),
    labels={},
    rules=(Rule("same_type", "hot", {"zh": "同类", "en": "alike"}, similar=MONTH),),
    zone=ZoneInfo("Asia/Shanghai"),
)


def type_of(number: int) -> str:
    """Every tenth case is of one type, the others are spread."""
    return "p10:complaint:common" if number % 10 == 0 else f"p10:complaint:{number % TYPES}"


def cases(first: int, last: int, whole: int) -> Iterator[dict[str, Any]]:
    """Cases over a year; one in five waits for another of its type."""
    for number in range(first, last):
        received = START + timedelta(seconds=number * 7_919 % YEAR)
        level: dict[str, Any] = {"level": "general", "rank": 0, "type": type_of(number)}
        level |= {"who": f"{number * 31 % max(whole // 3, 1):032x}"}
        if number % 5 == 1:
            level["waits"] = True
        yield {"_id": ObjectId(), "number": str(number), "received_at": received, "severity": level}


def fill(first: int, last: int) -> None:
    """Store cases."""
    for start in range(first, last, 20_000):
        batch = list(cases(start, min(start + 20_000, last), last))
        Complaint.collection().insert_many(batch, ordered=False)


def index() -> None:
    """Build the indexes of levels alone: the others cost every case the same, whatever is counted."""
    for spec in Complaint._meta["index_specs"]:
        fields = spec["fields"]
        if any(name.startswith("severity") for name, _ in fields):
            rest = {name: value for name, value in spec.items() if name not in ("fields", "cls")}
            Complaint.collection().create_index(fields, **rest)


def one_of(kind: str) -> Complaint:
    """A case in the middle of the year."""
    level = Severity(level="general", since=START, by="system", type=kind, who="0" * 32)
    return Complaint(id=ObjectId(), received_at=START + timedelta(days=180), severity=level)


def count(case: Complaint) -> float:
    """Seconds for counting a case and finding those that wait."""
    started = time.perf_counter()
    counted(SCALE, Alike(case.received_at, case.severity.who), neighbours.same_type(case, SCALE))
    neighbours.waiting(case, SCALE)
    return time.perf_counter() - started


def median(kind: str) -> float:
    """The median of the counts, after three to warm up."""
    case = one_of(kind)
    return statistics.median([count(case) for _ in range(3 + ROUNDS)][3:])


def entries(kind: str) -> int:
    """How many index entries the count of a type looks at."""
    case = one_of(kind)
    first, last = neighbours.reach(SCALE, case.received_at)
    condition = {"severity.type": kind, "received_at": {"$gte": first, "$lte": last}}
    told = (
        Complaint.collection()
        .find(condition, neighbours.READ)
        .sort("received_at", -1)
        .limit(looked_at(SCALE))
    )
    return int(told.explain()["executionStats"]["totalKeysExamined"])


def main(whole: int) -> None:
    """Fill twice, count twice, print."""
    kinds = {"rare": "p10:complaint:7", "common": "p10:complaint:common"}
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as servers:
        database.connect(servers.mongodb_uri, "bench")
        fill(0, FEW)
        index()
        few = {name: median(kind) for name, kind in kinds.items()}
        fill(FEW, whole)
        for name, kind in kinds.items():
            many = median(kind)
            print(
                f"{name}: {few[name] * 1e3:.2f} ms among {FEW:,}, {many * 1e3:.2f} ms among {whole:,}, "
                f"ratio {many / few[name]:.2f}, {entries(kind):,} index entries"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
