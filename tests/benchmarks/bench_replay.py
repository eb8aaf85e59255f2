"""Replay of 10,000 real cases through a draft, beside what the same steps cost when they are really taken.

The scenarios of P01 are played as real cases against MongoDB; each is then kept many times over. The baseline
is the time of those real steps, for one case. `python -m tests.benchmarks.bench_replay [CASES]`.
"""

from __future__ import annotations

import copy
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

from documents import database, replay, staging
from documents.actions import organising
from documents.complaint import Complaint
from documents.house import example_house
from documents.pack_files import definition as pack_definition
from documents.policy import Policy, publish
from documents.replay import Replay
from documents.rules.scenarios import scenarios_of
from portal.servers import scratch_servers
from tests.benchmarks.crowd import texts

NOW = datetime(2026, 7, 22, 6, 30, tzinfo=UTC)
CASES = 10_000
AIM = 120.0
BATCH = 1_000
Definition = dict[str, Any]


def main(cases: int) -> None:
    """Measure, and print beside the baseline."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        policy = _policy()
        real = _stage(policy)
        _multiply(cases)
        print(f"the same steps for real: {real * 1000:.1f} ms a case")
        for name, change in DRAFTS:
            busy = time.process_time()
            seconds, found = _measure(change, cases)
            busy = time.process_time() - busy
            each = seconds / found.tally.cases
            print(
                f"{name}: {found.tally.cases:,} cases in {seconds:.1f} s ({busy:.1f} s of CPU) "
                f"({each * 1000:.2f} ms a case, 1/{real / each:.0f} of the real steps), "
                f"{found.tally.different:,} differ, aim ≤ {AIM * cases / CASES:.0f} s"
            )
            assert found.tally.cases == cases
        database.disconnect()


def _policy() -> Policy:
    definition = pack_definition("p01")
    house = example_house(definition)
    organising.load_calendar("cn", now=NOW)
    organising.load_units(house.units)
    organising.load_people(house.people, password="juanzong")
    return publish(definition, by="bench", now=NOW)


def _stage(policy: Policy) -> float:
    """Play the scenarios for real; the seconds that one case takes."""
    scenarios = [one for one in scenarios_of(policy.definition) if one.steps]
    started = time.perf_counter()
    for scenario in scenarios:
        # In whole weeks, so that all of them lie before now.
        weeks = 0 if scenario.steps[-1].at < NOW.strftime("%Y-%m-%d") else 30
        staging.stage(policy, scenario, moved=timedelta(weeks=-weeks))
    return (time.perf_counter() - started) / Complaint.objects.count()


def _multiply(cases: int) -> None:
    """Keep the staged cases over and over, each with its own number and words."""
    patterns = list(Complaint.collection().find())
    source, chance = texts(), random.Random(7)
    Complaint.collection().delete_many({})
    Complaint.collection().drop_indexes()
    for first in range(0, cases, BATCH):
        rows = [
            _copy(chance.choice(patterns), number, next(source)) for number in range(first, first + BATCH)
        ]
        Complaint.collection().insert_many(rows, ordered=False)
    database.ensure_indexes()


def _copy(pattern: dict[str, Any], number: int, text: tuple[str, str]) -> dict[str, Any]:
    row = copy.deepcopy(pattern)
    ending = row["submission"].rpartition(":")[2]
    row.update(
        _id=ObjectId(), number=f"TS-{number:07d}", submission=f"bench-{number}:{ending}", title=text[0]
    )
    values = row["answers"][0]["values"]
    values.update(title=text[0], facts=text[1])
    return row


def _measure(change: Callable[[Definition], None], cases: int) -> tuple[float, Replay]:
    draft = pack_definition("p01")
    change(draft)
    started = time.perf_counter()
    found = replay.run(draft, most=cases, by="admin", now=NOW)
    return time.perf_counter() - started, found


def _nothing(_draft: Definition) -> None:
    """A draft that says what is in force."""


def _tighter(draft: Definition) -> None:
    """Nearly every case differs: a shorter cap, fewer days to handle and to supervise."""
    for one in draft["limits"]:
        if one["key"] in ("handle", "supervise", "cap"):
            one["amount"] -= 1


DRAFTS = (("a draft that changes nothing", _nothing), ("a draft that moves most dates", _tighter))

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
