"""`juanzong clock`: finds what is due and hands it to the workers."""

from __future__ import annotations

import logging
import signal
from threading import Event

import click

from jobs import clock as jobs_clock
from jobs import surroundings
from portal.commands.housing import house
from portal.settings import Settings


@click.command()
def clock() -> None:
    """派发到期事项，直到 SIGTERM；可运行多个。 Hand over what is due until SIGTERM; any number may run."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    surroundings.use(house(Settings.from_environment()))
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    jobs_clock.run(stop)
