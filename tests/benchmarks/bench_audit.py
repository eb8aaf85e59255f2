"""The audit trail: `python -m tests.benchmarks.bench_audit [lanes|share|verify|who] [ENTRIES]`.

`lanes`   writers at once on 1, 8 … lanes: entries a second, and how often a transaction runs again
`share`   what the trail takes of a step and of a page: with it, and with the writing left out, in turns
`verify`  entries a second of `juanzong audit verify`, and the memory it takes
`who`     “who has seen this case”, by person, by verb: among so many entries
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

from documents import audit, database
from documents.audit import AuditEntry
from documents.sequence import Sequence
from portal.servers import scratch_servers

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WRITERS, EACH = 16, 60
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
    def step(number: int) -> None:
        next(tries)
        Sequence.take(f"bench-{writer}")
        audit.note("read", f"TS-{writer}-{number}", by="bench", at=NOW, **FACTS)

    for number in range(EACH):
        database.transaction(partial(step, number))


def main(what: str, entries: int) -> None:
    """Run the parts on servers of their own."""
    parts: dict[str, Callable[[], None]] = {"lanes": lanes}
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        for name, run in parts.items():
            if what in (name, "all"):
                run()
        database.disconnect()


if __name__ == "__main__":
    given = [*sys.argv[1:], "all", "1000000"]
    main(given[0], int(given[1]) if given[1].isdigit() else 1_000_000)
