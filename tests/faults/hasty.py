"""Clocks and workers for the fault tests: the real ones, in a hurry.

`python -m tests.faults.hasty clock` ticks fast, hands out small batches and takes them back after seconds,
so that a minute of killing covers what takes an hour otherwise. `… stall` claims what is due, does all of
its writing, and hangs before the commit – to be killed there.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from threading import Event

from documents.actions import firing, timers
from jobs import clock, surroundings
from portal.commands.housing import house
from portal.settings import Settings

LEASE = timedelta(seconds=4)
MARK = "written, not committed"


def run_clock() -> None:
    """Tick until killed."""
    timers.LEASE = LEASE
    timers.HOPELESS = 1000  # here every worker is killed, again and again: no timer is to blame
    clock.TICK = timedelta(milliseconds=300)
    clock.TIMERS_PER_JOB = 8
    clock.MOST_WAITING = 6
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


if __name__ == "__main__":
    surroundings.use(house(Settings.from_environment()))
    {"clock": run_clock, "stall": stall}[sys.argv[1]]()
