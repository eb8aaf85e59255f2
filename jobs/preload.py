"""Loading every job before a worker takes one, so that a missing library is known at once (预载)."""

from __future__ import annotations

from importlib import import_module

from jobs import queues


def modules() -> None:
    """Import the modules of all jobs."""
    for job in queues.JOBS:
        import_module(job.rpartition(".")[0])
