"""The permission function on a list page: `python -m tests.benchmarks.bench_permissions [CASES]`.

A page of 50 rows, and for each row the question for 30 fields, asked as the pages ask it: with the scope of
the row, the roles of the case's policy and the reach of the person. Aim: at most 10 % of the page.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from documents import database
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import roles_in_force
from documents.rules.access import READ, SCOPE_COLUMNS, CaseScope, Reach, may
from documents.rules.fields import fields_of
from portal.servers import scratch_servers
from portal.settings import Settings
from tests.benchmarks.bench_lists import World, timed

ROWS, FIELDS, CASES, ROUNDS = 50, 30, 2_000, 41
AIM = 0.10


def ask(rows: Sequence[dict[str, Any]], fields: Sequence[Any], reach: Reach, roles: Sequence[Any]) -> int:
    """How many of the questions are answered with yes."""
    scopes = [CaseScope.of(row) for row in rows]
    return sum(bool(may(reach, READ, one, roles=roles, field=each)) for one in scopes for each in fields)


def measure(world: World) -> bool:
    """Print the share of the page; whether the aim is met."""
    roles = roles_in_force()
    rows = list(Complaint.collection().find({}, list(SCOPE_COLUMNS)).limit(ROWS))
    for row in rows[::5]:
        row["known_to"] = ["intake_clerk", "qs_head"]  # some are confidential
    asked = [one for form in world.policy.view().forms() for one in fields_of(form)]
    fields = list(islice(cycle(asked), FIELDS))
    reach = Person.get("intake_clerk").reach(roles)
    found = timed(
        {"page": lambda: world.get("/cases"), "function": lambda: ask(rows, fields, reach, roles)}, ROUNDS
    )
    share = found["function"] / found["page"]
    each = found["function"] * 1_000 / (len(rows) * len(fields))
    asked_for = f"{len(rows)} × {len(fields)} questions to the function"
    print(f"{'list page of ' + str(len(rows)) + ' rows':<36}{found['page']:8.2f} ms")
    print(f"{asked_for:<36}{found['function']:8.2f} ms, {each:.2f} µs each")
    print(f"{'share of the page':<36}{share:8.1%}   aim ≤ {AIM:.0%}")
    return share <= AIM


def main() -> None:
    """Measure on servers of its own."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        settings = Settings(
            addresses.mongodb_uri, addresses.redis_url, "bench", Path(folder), database_name="bench"
        )
        database.connect(settings.mongodb_uri, settings.database_name)
        met = measure(World(settings, cases))
        database.disconnect()
    raise SystemExit(not met)


if __name__ == "__main__":
    main()
