"""The audit trail: `python -m tests.benchmarks.bench_audit [lanes|share|verify|who] [ENTRIES]`.

`lanes`   writers at once on 1, 8 … lanes: entries a second, and how often a transaction runs again
`share`   what the trail takes of a registration, a step and a page: with it and without, in turns
`verify`  entries a second of `juanzong audit verify`, and the memory it takes
`who`     “who has seen this case”, by person, by verb: among so many entries
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from unittest.mock import patch

from bson import ObjectId

from documents import audit, audit_check, database, page_entries
from documents.actions import steps
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.person import Person
from documents.rules import trail
from documents.sequence import Sequence
from documents.who_has_seen import Asked, seen, viewers
from portal.servers import Addresses, scratch_servers
from portal.settings import Settings
from tests.benchmarks.bench_lists import NOW as REGISTERED
from tests.benchmarks.bench_lists import World, timed
from tests.portal.samples import UNSOLVED

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WRITERS, EACH = 16, 60
PAIRS, ROUNDS, BATCH, CASES = 240, 31, 1_000, 50_000
LANES = (1, 4, 16, 64, 128, 256)
FACTS = {"way": "page", "fields": ["complainant_name", "complainant_phone", "complainant_address"]}


def lanes() -> None:
    """Transactions that write a record of their own and an entry, from many threads at once."""
    print(f"{WRITERS} writers at once, {WRITERS * EACH} transactions with one entry each")
    usual = audit.LANES
    for several in LANES:
        audit.LANES = several
        tries = count()
        AuditEntry.collection().delete_many({})
        started = time.perf_counter()
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(partial(_writer, tries=tries), range(WRITERS)))
        spent = time.perf_counter() - started
        done = WRITERS * EACH
        again = next(tries) - done
        print(f"  {several:>4} lanes {done / spent:8.0f} a second {again / done:8.1%} run again")
    audit.LANES = usual


def _writer(writer: int, tries: Iterator[int]) -> None:
    for number in range(EACH):
        database.transaction(partial(_step, writer, number, tries))


def _step(writer: int, number: int, tries: Iterator[int]) -> None:
    next(tries)
    Sequence.take(f"bench-{writer}")
    audit.note("read", f"TS-{writer}-{number}", by="bench", at=NOW, **FACTS)


def nothing(_rows: object) -> None:
    """What is measured against: no entry is written."""


def share(world: World) -> None:
    """A registration, a step of a case and two pages, with their entries and without, in turns."""
    waiting = iter(fresh_cases(world, 2 * PAIRS))
    case = Complaint.collection().find_one({"stage": "handling"}, {"number": 1})
    assert case is not None
    runs: dict[str, Callable[[], object]] = {
        "registering": world.create,
        "step": lambda: report(next(waiting)),
        "case page": partial(world.get, f"/cases/{case['number']}"),
        "list page": partial(world.get, "/cases"),
    }
    both: dict[str, Callable[[], object]] = {}
    for name, run in runs.items():
        both |= {name: run, f"{name}, none": partial(_without, run)}
    found = quick_fifth(both)
    print(f"with the trail and without, the quickest fifth of {PAIRS}")
    for name in runs:
        ours, bare = found[name], found[f"{name}, none"]
        print(f"  {name:<12} {ours:7.2f} ms {bare:7.2f} ms   the trail takes {(ours - bare) / ours:6.1%}")


def fresh_cases(world: World, several: int) -> list[str]:
    """The numbers of so many cases, registered through the action just now: none was ever taken further."""
    last = Complaint.collection().find_one(sort=[("_id", -1)])
    assert last is not None
    for _ in range(several):
        world.create()
    rows = Complaint.collection().find({"_id": {"$gt": last["_id"]}}, {"number": 1}).sort("_id", 1)
    return [row["number"] for row in rows]


def report(number: str) -> None:
    """A transition as a person makes it: a form, clocks, notices, and the case to another stage."""
    turn = Complaint.get(number).turn
    who = Person.get("cd_clerk")
    steps.perform(number, "report", UNSOLVED, actor=who, now=REGISTERED, turn=turn, submission=number)


def quick_fifth(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of each, run in turns: the end of its quickest fifth, which other work hardly touches."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(PAIRS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - started) * 1000)
    return {name: sorted(found)[len(found) // 5] for name, found in taken.items()}


def _without(run: Callable[[], object]) -> None:
    with patch.object(audit, "note_rows", nothing), patch.object(page_entries, "note_page", nothing):
        run()


def fill(entries: int) -> None:
    """A trail of so many entries: reads of 50,000 cases by 400 people, and a list of 50 now and then."""
    AuditEntry.collection().delete_many({})
    heads: dict[int, trail.Head | None] = {}
    salts = iter(lambda: os.urandom(16), None)
    for first in range(0, entries, BATCH):
        lane = 1 + first // BATCH % audit.LANES
        rows = [_entry(number) for number in range(first, min(first + BATCH, entries))]
        linked = trail.chained(rows, lane, heads.get(lane), salts)
        heads[lane] = linked[-1]["seq"], linked[-1]["hash"]
        AuditEntry.collection().insert_many(linked, ordered=False)


def _entry(number: int) -> dict[str, object]:
    told = {"_id": ObjectId(), "at": NOW + timedelta(seconds=number), "by": f"p{number % 400}"}
    if number % 20:
        return {**told, "verb": "read", "subject": f"TS-{number * 7919 % CASES}", "facts": FACTS}
    cases = [f"TS-{(number * 31 + step) % CASES}" for step in range(50)]
    return {**told, "verb": "read_list", "subject": "cases", "facts": {"way": "list", "cases": cases}}


def verify(entries: int) -> None:
    """The whole check."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    walk = audit_check.walk_along()
    started = time.perf_counter()
    assert not list(audit_check.check(walk))
    spent = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"verify: {walk.count:,} entries in {len(walk.heads)} lanes, {walk.count / spent:,.0f} a second,")
    print(f"  memory grew by {grown:.0f} MB")


def who(entries: int) -> None:
    """The questions of the page, and how many index entries and documents they look at."""
    print(f"who has seen, among {entries:,} entries")
    questions = {
        "a case": Asked(["TS-7919"]),
        "its telephone": Asked(["TS-7919"], field="complainant_phone"),
        "by one person": Asked(["TS-7919"], by="p1"),
    }
    for name, asked in questions.items():
        found = timed({name: partial(seen, asked), "people": partial(viewers, asked)}, rounds=ROUNDS)
        rows = AuditEntry.collection().find(asked.condition()).sort([("at", -1), ("_id", -1)])
        looked = rows.limit(51).explain()["executionStats"]
        print(f"  {name:<14} {found[name]:7.2f} ms, its people {found['people']:7.2f} ms,", end=" ")
        print(f"{looked['totalKeysExamined']} index entries, {looked['totalDocsExamined']} entries")
    sizes = database.database().command("collStats", "audit")
    disk, indexes = sizes["storageSize"] / entries, sizes["totalIndexSize"] / entries
    print(f"  on the disk {disk:.0f} bytes an entry, indexes {indexes:.0f}")


def main(what: str, entries: int) -> None:
    """Run the parts on servers of their own."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        if what in ("lanes", "all"):
            lanes()
        if what in ("share", "all"):
            AuditEntry.collection().delete_many({})
            share(World(_settings(addresses, Path(folder)), 2_000))
        if what in ("verify", "who", "all"):
            fill(entries)
            verify(entries)
            who(entries)
        database.disconnect()


def _settings(addresses: Addresses, folder: Path) -> Settings:
    return Settings(addresses.mongodb_uri, addresses.redis_url, "bench", folder, database_name="bench")


if __name__ == "__main__":
    given = [*sys.argv[1:], "all", "1000000"]
    main(given[0], int(given[1]) if given[1].isdigit() else 1_000_000)
