"""What the queues and their workers are doing 队列与工作进程: asked of Valkey, which may be away."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError
from rq import Worker
from rq.registry import FailedJobRegistry, StartedJobRegistry

from jobs import queues

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QueueSight:
    """One queue 队列."""

    name: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True)
class WorkerSight:
    """One worker 工作进程."""

    name: str
    state: str
    queues: tuple[str, ...]
    seen: datetime | None
    done: int
    failed: int


@dataclass(frozen=True)
class Sight:
    """All queues and workers at this moment."""

    queues: tuple[QueueSight, ...]
    workers: tuple[WorkerSight, ...]


def look() -> Sight | None:
    """What is going on; None when Valkey does not answer."""
    try:
        workers = Worker.all(connection=queues.connection())
        return Sight(tuple(map(_queue, queues.NAMES)), tuple(map(_worker, workers)))
    except RedisError:
        log.exception("Valkey does not answer")
        return None


def _queue(name: str) -> QueueSight:
    queue = queues.queue(name)
    running, failed = StartedJobRegistry(queue=queue), FailedJobRegistry(queue=queue)
    return QueueSight(name, int(queue.count), len(running), len(failed))


def _worker(worker: Any) -> WorkerSight:
    seen = worker.last_heartbeat
    return WorkerSight(
        name=worker.name,
        state=str(worker.get_state()),
        queues=tuple(worker.queue_names()),
        seen=seen.replace(tzinfo=UTC) if seen and seen.tzinfo is None else seen,
        done=int(worker.successful_job_count or 0),
        failed=int(worker.failed_job_count or 0),
    )
