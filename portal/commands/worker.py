"""`juanzong worker`: one rq worker."""

from __future__ import annotations

import logging
from contextlib import suppress

import click
from pymongo.errors import PyMongoError

from jobs import packages, preload, queues, scratch, surroundings
from portal.commands.housing import house
from portal.data_key import open_database
from portal.settings import Settings
from portal.waste import spare_what_is_loaded, unsearched


@click.command()
@click.option(
    "--queue",
    "names",
    type=click.Choice(queues.NAMES),
    multiple=True,
    default=queues.NAMES,
    help="只处理这些队列。 Only these queues, the most urgent first.",
)
@click.option("--burst", is_flag=True, help="队列空后即退出。 Stop when the queues are empty.")
def worker(names: tuple[str, ...], burst: bool) -> None:
    """处理后台作业，直到 SIGTERM。 Do the jobs until SIGTERM; the job in hand is finished first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings.from_environment()
    open_database(settings)
    scratch.use(settings.scratch_folder)
    surroundings.use(house(settings))
    with suppress(PyMongoError):  # who asks the database next says that it is away
        packages.sweep()
    with unsearched():
        preload.modules()
    spare_what_is_loaded()  # each job is done by a fork, which shares what is never touched
    queues.worker(names).work(burst=burst, logging_level="WARNING")
