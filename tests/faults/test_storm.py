"""A small storm over a replica set of three: nothing acknowledged is lost or doubled, no word forgotten."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from documents.actions import registration
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy
from tests.faults.conftest import Tell
from tests.faults.harm import HARMS
from tests.faults.storm import standing, storm, verify
from tests.long import LONG, long
from tests.portal.samples import COMPLAINT

pytestmark = pytest.mark.fault
SMALL = ["kill primary", "kill web server", "cut primary off"]  # what hurts people most
EACH = long(30, 60)


class Registrar(threading.Thread):
    """Registers through the action itself, one after the other; refused, presses the button again."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.numbers: list[str] = []
        self.refused = 0

    def run(self) -> None:
        actor, policy = Person.get("cd_clerk"), Policy.current("p01")
        while len(self.numbers) < EACH:
            words = f"{self.name}-{len(self.numbers)}"
            received = (datetime.now(UTC) - timedelta(days=4)).isoformat()
            told = {**COMPLAINT, "title": words, "received_at": received}
            try:
                made = registration.register(
                    policy, "complaint", told, actor=actor, now=datetime.now(UTC), submission=words
                )
            except PyMongoError:
                self.refused += 1
                time.sleep(0.2)
            else:
                self.numbers.append(made.number)


def test_people_work_while_everything_is_killed_and_nothing_is_lost(tmp_path: Path, tell: Tell) -> None:
    """The harm that hurts most; with --long all there is, in an order of chance."""
    harms = random.Random(20261126).sample([*HARMS], len(HARMS)) if LONG else SMALL
    with standing(tmp_path, workers=long(1, 2)) as (trio, house):
        registrars = [Registrar(name) for name in ("left", "right")]
        for one in registrars:
            one.start()
        # A case file whose job died with the web server is found by the clock within a minute: too long here.
        outcome = storm(trio, house, harms, seed=6, people=long(2, 3), filing=LONG)
        if LONG:
            verify(house, outcome)
        for one in registrars:
            one.join(120)
        stored = {case.title: case.number for case in Complaint.objects.only("title", "number")}
    for line in outcome.lines():
        tell(line)
    tell(f"registered beside: {2 * EACH}, refusals seen {sum(one.refused for one in registrars)}")
    for one in registrars:
        assert [stored[f"{one.name}-{turn}"] for turn in range(EACH)] == one.numbers
    assert outcome.wrong == []
    acknowledged, found, lost, doubled = outcome.tally.counts()
    assert (found, lost, doubled) == (acknowledged, 0, 0)
    assert acknowledged > 30
    assert outcome.tally.reminders > 0
