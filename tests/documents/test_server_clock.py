"""The time is the database's: the machine's own says nothing, and a database that is away takes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from itsdangerous import SignatureExpired
from pymongo.database import Database
from pymongo.errors import ServerSelectionTimeoutError

from documents import server_clock
from documents.server_clock import AGAIN, EVERY, ServerClock
from portal.session_time import LEEWAY, HouseSigner

TOLD = datetime(2026, 11, 27, 9, tzinfo=UTC)


class Machine:
    """A steady counter, and a server an hour of it away."""

    def __init__(self) -> None:
        self.counter, self.lasting = 500.0, 0.0
        self.answers: list[datetime | None] = []
        self.clock = ServerClock(self.ask, lambda: self.counter)

    def ask(self) -> datetime:
        """What the server says; the answer takes its time."""
        self.counter += self.lasting
        told = self.answers.pop(0)
        if told is None:
            raise ServerSelectionTimeoutError("away")
        return told


def test_between_two_answers_the_counter_goes_on() -> None:
    machine = Machine()
    machine.answers = [TOLD, TOLD + timedelta(hours=5)]
    assert machine.clock.now() == TOLD
    machine.counter += EVERY - 1
    assert machine.clock.now() == TOLD + timedelta(seconds=EVERY - 1)
    machine.counter += 1
    assert machine.clock.now() == TOLD + timedelta(hours=5)


def test_a_server_that_is_away_or_slow_changes_nothing() -> None:
    machine = Machine()
    machine.answers = [None, TOLD, None, TOLD + timedelta(hours=1), TOLD + timedelta(hours=2)]
    assert abs(machine.clock.now() - datetime.now(UTC)) < timedelta(seconds=30)  # nothing else is known
    machine.counter += AGAIN
    assert machine.clock.now() == TOLD
    machine.counter += EVERY
    assert machine.clock.now() == TOLD + timedelta(seconds=EVERY)  # away
    machine.counter += AGAIN
    machine.lasting = 1.0
    assert machine.clock.now() == TOLD + timedelta(seconds=EVERY + AGAIN + 1)  # too slow to be believed
    machine.counter += EVERY
    machine.lasting = 0.2
    assert machine.clock.now() == TOLD + timedelta(hours=2, seconds=0.1)  # halfway of a short way


def test_cookies_are_signed_by_the_time_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = {"now": TOLD}
    monkeypatch.setattr(server_clock, "now", lambda: moment["now"])
    signer = HouseSigner("secret of a test")
    cookie = signer.sign(b"person")
    for later in (timedelta(seconds=-LEEWAY), timedelta(), timedelta(seconds=99)):
        moment["now"] = TOLD + later
        assert HouseSigner("secret of a test").unsign(cookie, max_age=100) == b"person"
    for wrong in (timedelta(seconds=-LEEWAY - 1), timedelta(seconds=101)):
        moment["now"] = TOLD + wrong
        with pytest.raises(SignatureExpired):
            HouseSigner("secret of a test").unsign(cookie, max_age=100)


def test_it_is_the_time_of_the_database(database: Database[dict[str, Any]]) -> None:
    told = database.client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
    assert abs(server_clock.now() - told) < timedelta(seconds=5)
    assert abs(server_clock.machine_ahead()) < 5
