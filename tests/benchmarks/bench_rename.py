"""Renaming a field that 100,000 cases hold, beside rewriting every answer; read by the new name meanwhile.

The whole is measured: the dry run with counts and samples, the edit of the draft, and publishing. The
baseline rewrites the key in every case. `python -m tests.benchmarks.bench_rename [CASES]`.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from documents import database
from documents.actions import drafting, organising, publishing
from documents.actions.publishing import OpenCases
from documents.complaint import Complaint
from documents.draft import Draft
from documents.draft_insight import insight
from documents.held_names import condition_of
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.queries import Filters, case_page
from documents.rename_samples import holders, samples
from documents.rules.identity import Name
from documents.rules.renaming import rename
from documents.sight import sight_of
from portal.servers import scratch_servers
from tests.benchmarks import crowd

CASES = 100_000
AIM = 60.0
OLD, NEW = Name("field", "complainant_phone"), Name("field", "customer_phone")


def main(cases: int) -> None:
    """Measure, and print beside the baseline."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        forget_views()
        database.ensure_indexes()
        policy = organising.set_up("p01", password="bench", now=crowd.START)
        crowd.fill(policy, cases)
        cases = Complaint.collection().estimated_document_count()
        done = _whole(cases)
        rewritten = _timed(_rewrite)
        print(f"rewriting every answer: {rewritten:.1f} s for {cases:,} cases")
        print(f"renaming, whole: {done:.1f} s, {rewritten / done:.1f} × faster; aim ≤ {AIM:.0f} s")
        database.disconnect()


def _whole(cases: int) -> float:
    """Every part of a rename, while another thread reads by the name in force."""
    reader = Reader(cases)
    with reader:
        began = time.perf_counter()
        draft = drafting.start("p01", actor="admin", now=crowd.START)
        known = insight(draft)
        for name, run in (
            ("dry run: count", lambda: holders("p01", known.definition, OLD, "admin")),
            ("dry run: samples", lambda: samples("p01", known.definition, OLD)),
            ("edit", lambda: _edit(draft)),
            ("publish", _publish),
        ):
            print(f"  {name}: {_timed(run):.2f} s")
        reader.once()
        seconds = time.perf_counter() - began
    print(f"  readings meanwhile: {reader.readings}, each found all {cases:,} cases")
    return seconds


def _edit(draft: Draft) -> None:
    operations = rename(insight(draft).definition, OLD, NEW.key)
    drafting.edit("p01", operations, actor="admin", now=crowd.START, about="rename")


def _publish() -> None:
    revision = Draft.of("p01").revision
    stay = OpenCases(move=False)
    publishing.publish_draft("p01", actor="admin", now=crowd.START, seen=revision, open_cases=stay)


class Reader:
    """Somebody who reads by the name in force, over and over, while it is renamed."""

    def __init__(self, cases: int) -> None:
        self.cases, self.readings, self._over = cases, 0, threading.Event()
        self.sight = sight_of(Person.get("intake_clerk"))
        self._thread = threading.Thread(target=self._read)
        self._failed: list[BaseException] = []

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._failed:
            raise self._failed[0]

    def once(self) -> None:
        """The field of the version in force, whatever it is called there, and a search for one value."""
        definition = Policy.current("p01").definition
        renamed = any(one["to"] == NEW.key for one in definition.get("migrate", ()))
        condition = condition_of(definition, NEW if renamed else OLD)
        found = Complaint.collection().count_documents({"policy": "p01", **condition})
        assert found == self.cases, (found, renamed)
        page = case_page(self.sight, Filters(words="13900000007"), now=crowd.START)
        assert page.counted == 1, page.counted
        self.readings += 1

    def _read(self) -> None:
        try:
            while not self._over.is_set():
                self.once()
        except AssertionError as error:
            self._failed.append(error)


def _rewrite() -> None:
    """What a rename costs that writes the new key into every answer of every case."""
    values = "answers.values"
    Complaint.collection().update_many(
        {"policy": "p01"},
        [{"$set": {"answers": {"$map": {"input": "$answers", "as": "one", "in": _moved("$$one")}}}}],
    )
    assert Complaint.collection().count_documents({f"{values}.{OLD.key}": {"$exists": True}}) == 0


def _moved(one: str) -> dict[str, object]:
    old = f"{one}.values.{OLD.key}"
    pairs = {"$objectToArray": f"{one}.values"}
    kept = {"$filter": {"input": pairs, "as": "pair", "cond": {"$ne": ["$$pair.k", OLD.key]}}}
    fresh = {"$cond": [{"$ne": [{"$type": old}, "missing"]}, [{"k": NEW.key, "v": old}], []]}
    return {"$mergeObjects": [one, {"values": {"$arrayToObject": {"$concatArrays": [kept, fresh]}}}]}


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
