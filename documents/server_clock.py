"""The time of the house 本单位时间: that of the database, on every machine, whatever its own clock says.

How far the database's clock is from the steady counter of this machine is measured once a minute; between,
the counter goes on. A machine whose time is wrong, or is set while it runs, changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

import pymongo
from mongoengine import ConnectionFailure
from pymongo.errors import PyMongoError

from documents.database import server_time

log = logging.getLogger(__name__)
AWAY = (PyMongoError, ConnectionFailure)
EVERY, AGAIN = 60.0, 5.0  # seconds until it is asked again; when it did not answer
PATIENCE, SLOW = 2.0, 0.5  # for an answer; one that took longer says less than what is known


class ServerClock:
    """Tells the time of a server that is asked now and then."""

    def __init__(self, ask: Callable[[], datetime], ticking: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._ticking = ask, ticking
        self._known: tuple[datetime, float] | None = None
        self._next = ticking()
        self._first = Lock()

    def now(self) -> datetime:
        """The moment; as long as the server has never answered, the machine's."""
        if self._known is None:
            with self._first:  # whoever comes meanwhile waits for the answer
                self._look()
        else:
            self._look()
        if self._known is None:
            return datetime.now(UTC)
        moment, at = self._known
        return moment + timedelta(seconds=self._ticking() - at)

    def _look(self) -> None:
        before = self._ticking()
        if before < self._next:
            return
        self._next = before + EVERY  # at once: nobody else asks the same
        try:
            told = self._ask()
        except AWAY as error:
            log.warning("the time of the database is not told: %s", type(error).__name__)
            self._next = self._ticking() + AGAIN
            return
        after = self._ticking()
        if self._known is None or after - before < SLOW:
            self._known = told, (before + after) / 2  # it looked at its clock halfway


def _asked() -> datetime:
    with pymongo.timeout(PATIENCE):
        return server_time()


_clock = ServerClock(_asked)


def now() -> datetime:
    """The moment, by the clock of the database."""
    return _clock.now()


def machine_ahead() -> float:
    """By how many seconds the clock of this machine is ahead of the database's; below 0: behind."""
    return (datetime.now(UTC) - now()).total_seconds()
