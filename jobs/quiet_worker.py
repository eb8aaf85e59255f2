"""A worker 工作进程 that keeps of a failed job where it broke, and none of the words of the error."""

from __future__ import annotations

import sys
from typing import Any

from rq import Queue, SimpleWorker
from rq.exceptions import DeserializationError
from rq.job import Job

from documents.rules.breakage import places


class QuietWorker(SimpleWorker):
    """rq writes the whole traceback into its log and into Valkey; an error may quote a complaint."""

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log which job failed, and where."""
        self.log.error("job %s (%s) failed: %s", job.id, _name(job), places(exc_info[1]))

    def handle_job_failure(
        self, job: Job, queue: Queue, started_job_registry: Any = None, exc_string: str = ""
    ) -> None:
        """Keep in Valkey where it failed; without an error the words are rq's own."""
        error = sys.exc_info()[1]
        told = places(error) if error else exc_string
        super().handle_job_failure(job, queue, started_job_registry, told)


def _name(job: Job) -> str:
    try:
        return str(job.func_name)
    except DeserializationError:
        return "?"
