"""Clocks and workers for the fault tests: the real ones, in a hurry.

`python -m tests.faults.hasty clock` ticks fast, hands out small batches and takes them back after seconds,
so that a minute of killing covers what takes an hour otherwise; `--ahead` is by how many seconds
its machine's time is wrong. `… astray` is the clock that people start, on such a machine. `… stall` claims
what is due, does all of its writing, and hangs before the commit – to be killed there.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta, tzinfo
from threading import Event
from typing import Self

from documents.actions import firing, timers
from jobs import clock, surroundings
from portal.commands.housing import house
from portal.settings import Settings

LEASE = timedelta(seconds=4)
TICK = 0.3
MARK = "written, not committed"


def hurry(ahead: float) -> None:
    """Tick until killed: a clock that leases for seconds; servers that are away are waited for."""
    timers.LEASE = LEASE
    timers.HOPELESS = 1000  # here every worker is killed, again and again: no timer is to blame
    clock.TIMERS_PER_JOB = 8
    clock.MOST_WAITING = 6
    while True:
        try:
            clock.tick(datetime.now(UTC) + timedelta(seconds=ahead))
        except clock.AWAY as error:
            print(f"a server is away: {error}", flush=True)
        time.sleep(TICK)


def astray(ahead: float) -> None:
    """The clock as it is, on a machine whose time is wrong."""

    class WrongTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(seconds=ahead)

    vars(clock)["datetime"] = WrongTime
    clock.run(Event())


def stall() -> None:
    """Claim, write everything, and hang inside the transaction."""
    write = firing.write

    def write_and_hang(batch: firing.Batch, owner: str, *, now: datetime) -> None:
        write(batch, owner, now=now)
        print(MARK, flush=True)
        time.sleep(600)

    firing.write = write_and_hang
    now = datetime.now(UTC)
    timers.fire(timers.claim(now, 100, "stalled"), "stalled", now=now)


def main() -> None:
    """Do what the first argument says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("clock", "astray", "stall"))
    parser.add_argument("--ahead", type=float, default=0)
    told = parser.parse_args()
    surroundings.use(house(Settings.from_environment()))
    if told.what == "stall":
        stall()
    (hurry if told.what == "clock" else astray)(told.ahead)


if __name__ == "__main__":
    main()
