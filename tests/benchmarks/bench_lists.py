"""Lists, search and pages over many complaints: `python -m tests.benchmarks.bench_lists [CASES]`.

Everything runs in one process against one mongod, in turns, so that a noisy machine disturbs both sides
alike. Printed are medians in milliseconds and the ratios that count.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask.testing import FlaskClient

from documents import database
from documents.actions import organising, registration
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, forget_views
from documents.queries import Filters, case_page, condition_of
from documents.sight import sight_of
from portal.application import assemble
from portal.servers import scratch_servers
from portal.settings import Settings
from tests.benchmarks import crowd
from tests.benchmarks.stock import add_bare_page, stock_app
from tests.portal.doors import let_in

NOW = crowd.START + timedelta(days=200)
ROUNDS = 7
PAGE = 50
# The best of three peers on such a machine, 100,000 complaints of 1.1 KB (milliseconds).
PEERS = {"page 1": 566, "page 500": 563, "unit + stage": 58, "search": 2_119, "case page": 68, "create": 33}
WORD = "噪音"

Run = Callable[[], object]


def timed(runs: dict[str, Run], rounds: int = ROUNDS) -> dict[str, float]:
    """The median milliseconds of each, run in turns."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - started) * 1000)
    return {name: median(found) for name, found in taken.items()}


def table(title: str, rows: Sequence[tuple[str, float, float, str]]) -> None:
    """Print a part of the result: name, ours, theirs, and the aim."""
    print(f"\n{title}")
    for name, ours, theirs, aim in rows:
        left = f"  {name:<28}{ours:8.1f} ms {theirs:8.1f} ms {ours / theirs:7.2f} ×"
        print(f"{left} {theirs / ours:8.1f} × faster  {aim}")


class World:
    """A union with so many complaints, a signed-in intake clerk, and the stock application beside it."""

    def __init__(self, settings: Settings, cases: int) -> None:
        forget_views()
        database.ensure_indexes()
        self.cases = cases
        self.policy: Policy = organising.set_up("p01", password="bench", now=crowd.START)
        crowd.fill(self.policy, cases)
        app = assemble(settings)
        app.config["CLOCK"] = lambda: NOW
        app.config["WTF_CSRF_ENABLED"] = False
        add_bare_page(app)
        self.client = _signed_in(app.test_client())
        self.stock = stock_app().test_client()
        self.sight = sight_of(Person.get("intake_clerk"))
        self.submissions = count(1)

    def get(self, address: str) -> None:
        """Open one of our pages."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    def get_stock(self, address: str) -> None:
        """Open a stock page."""
        answer = self.stock.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    def cursor(self, page: int) -> str:
        """The cursor that leads to a page, found once by skipping."""
        condition = condition_of(self.sight, Filters(), NOW)
        newest = Complaint.collection().find(condition).sort([("received_at", -1), ("_id", -1)])
        before = next(iter(newest.skip(min((page - 1) * PAGE, self.cases // 2) - 1).limit(1)))
        self.edge = quote(before["received_at"].isoformat())
        rows = case_page(
            self.sight,
            Filters(received_to=before["received_at"] + timedelta(microseconds=1000)),
            now=NOW,
            size=1,
        )
        return str(rows.next)

    def create(self) -> None:
        """Register a complaint through the action."""
        title, facts = next(self.texts)
        values = {
            "channel": "phone",
            "received_at": NOW.isoformat(),
            "complainant_name": "李小明",
            "title": title[:60],
            "category": "violation_fees",
            "facts": facts,
        }
        registration.register(
            self.policy,
            "complaint",
            values,
            actor=Person.get("cd_clerk"),
            now=NOW,
            submission=f"new-{next(self.submissions)}",
        )

    texts = crowd.texts(99)


def _signed_in(client: FlaskClient) -> FlaskClient:
    let_in(client, "intake_clerk", NOW)
    return client


def lists(world: World) -> None:
    """Our list page against a bare pymongo query rendered with the same template, both through Flask."""
    deep = world.cursor(1_000)
    found = timed(
        {
            "page 1": lambda: world.get("/cases"),
            "bare 1": lambda: world.get("/bare"),
            "page 1000": lambda: world.get(f"/cases?at={deep}"),
            "bare 1000": lambda: world.get(f"/bare?before={world.edge}"),
            "two filters": lambda: world.get("/cases?unit=QH-0100&stage=completed"),
            "bare two": lambda: world.get("/bare?scope=u:QH-0100&stage=completed"),
        }
    )
    table(
        f"List page against bare pymongo query + the same template, {world.cases:,} complaints",
        [
            ("page 1", found["page 1"], found["bare 1"], "≤ 3 ×"),
            ("page 1,000", found["page 1000"], found["bare 1000"], "≤ 3 ×"),
            ("unit + stage", found["two filters"], found["bare two"], "≤ 3 ×"),
            ("page 1,000 against page 1", found["page 1000"], found["page 1"], "≤ 1.5 ×"),
        ],
    )


def stock(world: World) -> None:
    """Our search and deep page against Flask-Admin's stock view."""
    deep = world.cursor(1_000)
    found = timed(
        {
            "search": lambda: world.get(f"/cases?words={WORD}"),
            "stock search": lambda: world.get_stock(f"/admin/plain/?search={WORD}"),
            "deep": lambda: world.get(f"/cases?at={deep}"),
            "stock deep": lambda: world.get_stock("/admin/plain/?page=999"),
        },
        rounds=3,
    )
    table(
        "Against Flask-Admin's stock mongoengine view, same data",
        [
            (f"search “{WORD}”", found["search"], found["stock search"], "≥ 50 × faster"),
            ("page 1,000", found["deep"], found["stock deep"], "≥ 5 × faster"),
        ],
    )


def peers(world: World) -> None:
    """Ours beside the figures of three peers."""
    deep = world.cursor(500)
    one = Complaint.collection().find_one({"stage": "handling"}, {"number": 1})
    assert one is not None
    found = timed(
        {
            "page 1": lambda: world.get("/cases"),
            "page 500": lambda: world.get(f"/cases?at={deep}"),
            "unit + stage": lambda: world.get("/cases?unit=QH-0100&stage=handling"),
            "search": lambda: world.get(f"/cases?words={WORD}"),
            "case page": lambda: world.get(f"/cases/{one['number']}"),
            "create": world.create,
        }
    )
    rows = [
        (name, found[name], float(theirs), "≥ 5 ×" if name in {"page 1", "page 500", "search"} else "beat")
        for name, theirs in PEERS.items()
    ]
    table("Beside the best of three peers (their figures: 100,000 complaints)", rows)


def main() -> None:
    """Fill, then measure each part."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with (
        tempfile.TemporaryDirectory(prefix="juanzong-bench-") as folder,
        scratch_servers(Path(folder)) as addresses,
    ):
        settings = Settings(
            addresses.mongodb_uri, addresses.redis_url, "bench", Path(folder), database_name="bench"
        )
        database.connect(settings.mongodb_uri, settings.database_name)
        started = time.perf_counter()
        world = World(settings, cases)
        print(f"{cases:,} complaints inserted and indexed in {time.perf_counter() - started:.0f} s")
        for part in (lists, stock, peers):
            part(world)
        database.disconnect()


if __name__ == "__main__":
    main()
