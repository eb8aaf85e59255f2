"""Signing in: how much of it is argon2, and what a request pays to know who is asking.

    python -m tests.benchmarks.bench_sign_in [ROUNDS]

One process, one mongod, in turns. Printed are medians in milliseconds and the share of argon2, which is
what signing in should be bounded by.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from documents import database
from documents.actions import organising, second_factors
from documents.person import Person
from documents.policy import forget_views
from documents.second_factor import code_at
from documents.sign_in import SignIn, hash_of, holding, touch
from portal.application import assemble
from portal.passwords import password_fits
from portal.servers import scratch_servers
from portal.settings import Settings
from tests.portal.doors import let_in

LOGIN, PERSON, PASSWORD = "chengdong", "cd_clerk", "juanzong"
ROUNDS = 20
BESIDES = 500  # people who are signed in too
AIM = 0.8  # of signing in, argon2 should take at least this share


class World:
    """The union of P01 with a clerk at the door, and many others inside."""

    def __init__(self, settings: Settings) -> None:
        forget_views()
        database.ensure_indexes()
        self.moment = datetime.now(UTC)
        organising.set_up("p01", password=PASSWORD, now=self.moment)
        self.app: Flask = assemble(settings)
        self.app.config.update(CLOCK=lambda: self.moment, WTF_CSRF_ENABLED=False)
        for _ in range(BESIDES):
            let_in(self.app.test_client(), "hk_clerk", self.moment)
        self.inside = self.app.test_client()
        let_in(self.inside, PERSON, self.moment)
        with self.inside.session_transaction() as session:
            self.token: str = session["_user_id"]
        self.secret = b""

    def signs_in(self) -> FlaskClient:
        """Password; a client of its own, as each browser is."""
        client = self.app.test_client()
        assert client.post("/sign-in", data={"login": LOGIN, "password": PASSWORD}).status_code in (200, 302)
        return client

    def sets_up_factor(self) -> None:
        """From now on the door asks for a code."""
        kept = hash_of(self.token)
        self.secret = second_factors.prepare(PERSON, kept)
        code = code_at(self.secret, self.moment)
        second_factors.confirm(Person.get(PERSON), kept, code, now=self.moment)

    def shows_code(self, client: FlaskClient) -> None:
        """The code of a moment that nobody has used."""
        answer = client.post("/sign-in/code", data={"code": code_at(self.secret, self.moment)})
        assert answer.status_code == 302


def milliseconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def measured(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median of each, in turns; the first round warms up."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            spent = milliseconds(run)
            if turn:
                taken[name].append(spent)
    return {name: median(found) for name, found in taken.items()}


def door(world: World, rounds: int) -> bool:
    """Password alone, and password with code."""
    person = Person.get(PERSON)
    argon2 = lambda: password_fits(person, PASSWORD)  # noqa: E731 - one of several runs
    found = measured({"argon2": argon2, "sign-in": world.signs_in}, rounds)
    share = found["argon2"] / found["sign-in"]
    print("\nAt the door")
    print(f"  argon2 alone                {found['argon2']:8.1f} ms")
    print(f"  the whole request           {found['sign-in']:8.1f} ms   argon2 {share:.0%} (aim ≥ {AIM:.0%})")
    world.sets_up_factor()
    codes = []
    for turn in count(1):
        if turn > rounds:
            break
        world.moment += timedelta(seconds=60)
        client = world.signs_in()
        codes.append(milliseconds(lambda: world.shows_code(client)))  # noqa: B023 - called at once
    print(f"  the code after it           {median(codes):8.1f} ms")
    return share >= AIM


def inside(world: World, rounds: int) -> None:
    """What each request pays for knowing its sign-in; a page beside it."""
    row: Any = holding(world.token, world.moment)
    runs = {
        "sign-in": lambda: holding(world.token, world.moment),
        "person": lambda: Person.objects(id=PERSON, active=True).first(),
        "page": lambda: world.inside.get("/profile"),
        "touch": lambda: touch({**row, "seen": world.moment - timedelta(hours=1)}, world.moment),
    }
    found = measured(runs, rounds * 5)
    print(f"\nEach request, with {SignIn.objects.count()} sign-ins kept")
    print(f"  reading the sign-in         {found['sign-in']:8.2f} ms   one read by its key")
    print(f"  reading the person          {found['person']:8.2f} ms   as before")
    print(f"  last used, once a minute    {found['touch']:8.2f} ms")
    share = found["sign-in"] / found["page"]
    print(f"  a small page (the account)  {found['page']:8.2f} ms   the sign-in is {share:.1%} of it")


def main() -> int:
    """Measure and print; 1 when argon2 does not bound it."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        settings = Settings(
            mongodb_uri=addresses.mongodb_uri,
            redis_url=addresses.redis_url,
            secret_key="for the benchmark only",
            data_folder=Path(folder),
            database_name="bench",
        )
        world = World(settings)
        world.inside.get("/profile")
        inside(world, rounds)
        bounded = door(world, rounds)
        database.disconnect()
    return 0 if bounded else 1


if __name__ == "__main__":
    sys.exit(main())
