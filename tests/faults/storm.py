"""`python -m tests.faults.storm [--minutes N] [--seed S]`: people work while everything is killed.

Three databases of one replica set, and the portal as `python -m portal up` runs it. Afterwards everything
that was acknowledged must be there exactly once, and every page must have said saved or kept the words.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pymongo.errors import PyMongoError

from documents import database, keyring
from documents.actions import organising
from documents.complaint import Complaint
from documents.policy import forget_views
from documents.timer import Timer
from tests.data_key import DATA_KEY
from tests.faults import harm, tally
from tests.faults.harm import HARMS, Scene
from tests.faults.household import Household
from tests.faults.people import CLERKS, Form, Journal, Person
from tests.faults.tally import Tally
from tests.faults.trio import Trio, wait

NAME = "juanzong"  # of the database
AFTER_ANOTHER, BREATH = 0.2, 45.0  # how often the next harm waits for nobody, and how long else
SETTLING = 240.0  # seconds until the last case file is sealed: a lost job is found within two minutes


@dataclass
class Outcome:
    """What a storm left."""

    tally: Tally
    journal: Journal
    times: Counter[str]
    faults: list[str]
    trail: str = "not asked; the chains were walked here"

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        return [*self.tally.wrong, *self.journal.forgotten, *self.faults]

    def lines(self) -> Iterator[str]:
        """What is printed."""
        yield from self.tally.table(self.times)
        yield f"reminders fired once: {self.tally.reminders}"
        yield f"what people saw beside “saved”: {dict(self.journal.seen.most_common())}"
        yield f"pages that neither said saved nor kept the words: {len(self.journal.forgotten)}"
        yield f"juanzong audit verify: {self.trail}"


@contextmanager
def standing(folder: Path, *, workers: int = 2) -> Iterator[tuple[Trio, Household]]:
    """Databases with the union of P01 in them, and the portal before them."""
    trio = Trio(folder)
    house: Household | None = None
    try:
        forget_views()
        database.connect(trio.uri, NAME, keyring.master_from(DATA_KEY))
        database.ensure_indexes()
        organising.set_up("p01", password="juanzong", now=datetime.now(UTC) - timedelta(days=30))
        (folder / "house").mkdir()
        house = Household(folder / "house", trio.uri, workers=workers)
        house.wait()
        yield trio, house
    finally:
        if house is not None:
            house.stop()
        database.disconnect()
        forget_views()
        trio.close()


def storm(
    trio: Trio, house: Household, harms: Iterable[str], *, seed: int, people: int, filing: bool = True
) -> Outcome:
    """Let people work, do the harm, let everything heal, and count."""
    scene, journal, times = Scene(trio, house, random.Random(seed)), Journal(), Counter[str]()
    journal.began = database.server_time()
    crowd = [Person(login, house.port, journal, seed=seed, stands=stands) for login in CLERKS[:people]]
    for person in crowd:
        person.filing = filing
    threads = [threading.Thread(target=person.work, daemon=True) for person in crowd]
    for thread in threads:
        thread.start()
    wait(lambda: len(journal.done) >= people, SETTLING)
    for name in harms:
        time.sleep(scene.chance.uniform(0.2, 1.5))
        journal.fault, before = name, len(journal.done)
        times[name] += 1
        HARMS[name](scene)
        enough = 1 if scene.chance.random() < AFTER_ANOTHER else people  # each harm has something to show
        until = time.monotonic() + BREATH
        while len(journal.done) < before + enough and time.monotonic() < until:
            time.sleep(0.1)
    harm.heal(scene)
    quiet = len(journal.done)
    wait(lambda: len(journal.done) >= quiet + people, SETTLING)
    journal.stop.set()
    for thread in threads:
        thread.join(120)
    left = [f"still waiting: {thread.name}" for thread in threads if thread.is_alive()]
    settle()
    return Outcome(tally.taken(journal), journal, times, left)


def verify(house: Household, outcome: Outcome) -> None:
    """What the command of an auditor says, with the checkpoints that the house has signed meanwhile."""
    kept = str(house.folder / "checkpoints")
    found = house.run("portal", "audit", "verify", "--checkpoints", kept)
    outcome.trail = found.stdout.strip().splitlines()[-1]
    if found.returncode:
        outcome.faults.append(f"audit verify: {found.stdout}{found.stderr}")


def stands(form: Form) -> str:
    """The number of the case that holds what the form says, for a person who looks for it."""
    verb = form.address.rpartition("/")[2]
    while True:
        try:
            if "/steps/" not in form.address:
                case = Complaint.objects(title=form.words).first()
                return str(case.number) if case else ""
            case = Complaint.get(form.address.split("/")[2])
            return str(case.number) if any(event.verb == verb for event in case.events) else ""
        except PyMongoError:
            time.sleep(0.5)


def settle() -> None:
    """Until every due timer has fired and every case file that was handed over is sealed."""

    def done() -> bool:
        try:
            waiting = {"state": {"$in": ["pending", "claimed"]}, "due": {"$lt": datetime.now(UTC)}}
            if Timer.collection().count_documents({"subject": "case", **waiting}):
                return False
            return not any(case.in_the_making for case in Complaint.objects(volume__ne=None))
        except PyMongoError:
            return False

    wait(done, SETTLING)


def rounds(chance: random.Random, minutes: float) -> Iterator[str]:
    """Every fault in each round, in an order of chance, until the time is over."""
    until = time.monotonic() + minutes * 60
    while True:
        for name in chance.sample([*HARMS], len(HARMS)):
            if time.monotonic() > until:
                return
            yield name


def main() -> None:
    """Print the counts; end with 1 when anything is lost, doubled, half there or forgotten."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--only", action="append", choices=[*HARMS], help="only these faults")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="juanzong-storm-") as folder, standing(Path(folder)) as ground:
        chosen = told.only or rounds(random.Random(told.seed), told.minutes)
        outcome = storm(*ground, chosen, seed=told.seed, people=told.people)
        verify(ground[1], outcome)
        print(f"seed {told.seed}, {told.people} people\n", *outcome.lines(), sep="\n")
        for line in outcome.wrong:
            print("✗", line)
        if outcome.wrong:
            keep(ground[1])
    sys.exit(1 if outcome.wrong else 0)


def keep(house: Household) -> None:
    """Show the end of what the processes said."""
    for log in [house.log, *sorted((house.folder / "log").glob("*.log"))]:
        print(f"--- {log.name}", log.read_text(errors="replace")[-4_000:], sep="\n")


if __name__ == "__main__":
    main()
