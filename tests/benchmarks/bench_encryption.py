"""What encryption takes of a page and of a step: `python -m tests.benchmarks.bench_encryption [CASES]`.

The same work in turns on the data as it is kept, and on a readable copy of it, through the same application.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from documents import database
from documents.actions import renewing
from documents.complaint import Complaint
from documents.database import SessionCollection, documents
from portal.servers import scratch_servers
from portal.settings import Settings
from tests.benchmarks.bench_audit import PAIRS, quick_fifth
from tests.benchmarks.bench_lists import World

CASES = 3_000
MOST = 0.10
BATCH = 1_000


def readable_copy() -> dict[type[Any], SessionCollection]:
    """Every collection once more, in a database of its own, with nothing encrypted."""
    found: dict[type[Any], SessionCollection] = {}
    beside = database.database().client["bench_readable"]
    for one in documents():
        name, rows = one._get_collection_name(), list(one.collection().find())
        for first in range(0, len(rows), BATCH):
            beside[name].insert_many(rows[first : first + BATCH])
        for index in database.database()[name].list_indexes():
            told = {key: value for key, value in index.items() if key not in ("v", "ns", "key")}
            beside[name].create_index(list(index["key"].items()), **told)
        found[one] = SessionCollection(beside[name])
    return found


def on(collections: dict[type[Any], SessionCollection], run: Callable[[], object]) -> None:
    """Do it on these collections."""
    usual = {one: one.collection() for one in collections}
    for one, collection in collections.items():
        one._collection = collection
    try:
        run()
    finally:
        for one, collection in usual.items():
            one._collection = collection


def measure(world: World) -> bool:
    """Print what it takes; whether pages stay within their share."""
    plain = readable_copy()
    case = Complaint.collection().find_one({"stage": "handling"}, {"number": 1})
    assert case is not None
    runs: dict[str, Callable[[], object]] = {
        "case page": partial(world.get, f"/cases/{case['number']}"),
        "list page": partial(world.get, "/cases"),
        "search": partial(world.get, "/cases?words=手续费"),
        "registering": world.create,
    }
    both: dict[str, Callable[[], object]] = {}
    for name, run in runs.items():
        both |= {name: run, f"{name}, readable": partial(on, plain, run)}
    found = quick_fifth(both)
    print(f"encrypted and readable, the quickest fifth of {PAIRS}")
    shares = {}
    for name in runs:
        ours, bare = found[name], found[f"{name}, readable"]
        shares[name] = (ours - bare) / ours
        print(f"  {name:<12} {ours:7.2f} ms {bare:7.2f} ms   encryption takes {shares[name]:6.1%}")
    sizes = {
        name: one.database().command("collStats", "complaints")
        for name, one in (("encrypted", database), ("readable", _Beside))
    }
    for name, told in sizes.items():
        print(f"  complaints, {name:<10} {told['avgObjSize']:>7,} bytes, indexes {told['totalIndexSize']:,}")
    used = dict(renewing.usage())["complaints"]
    print(f"  {sum(used.values()):,} encrypted values in {world.cases:,} cases")
    return shares["case page"] <= MOST


class _Beside:
    @staticmethod
    def database() -> Any:
        return database.database().client["bench_readable"]


def main() -> None:
    """Run on servers of its own."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        settings = Settings(
            addresses.mongodb_uri, addresses.redis_url, "bench", Path(folder), database_name="bench"
        )
        kept = measure(World(settings, cases))
        database.disconnect()
    sys.exit(0 if kept else f"encryption takes more than {MOST:.0%} of a case page")


if __name__ == "__main__":
    main()
