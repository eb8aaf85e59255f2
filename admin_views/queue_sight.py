"""What the queues and their workers are doing 队列与工作进程: asked of Valkey, which may be away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from documents.rules.breakage import in_one_line
from jobs import queues

log = logging.getLogger(__name__)

SHOWN = 5
LONGEST = 300
JOBS: Mapping[str, Any] = {
    queues.DESTROY: _l("销毁"),
    queues.FIND_DESTRUCTIONS: _l("查找中断的销毁"),
    queues.COPY_VOLUME: _l("生成阅览件"),
    queues.FIND_LOANS: _l("查找未生成的阅览件"),
    queues.CHECK_FIXITY: _l("校验文件"),
    queues.LOOK_ROUND: _l("档案例行检查"),
    queues.ANSWER_RESET: _l("处理重设密码请求"),
    queues.TEND_RESETS: _l("清理重设密码链接"),
    queues.SWEEP_SIGN_INS: _l("清理过期登录"),
    queues.FIRE: _l("触发提醒"),
    queues.DELIVER: _l("发送邮件"),
    queues.DELIVER_OUTWARD: _l("发送短信与机器人消息"),
    queues.PLAN_DUTIES: _l("排定周期事项"),
    queues.RENDER_LETTER: _l("生成函件"),
    queues.RENDER_VOLUME: _l("制卷"),
    queues.RENDER_REPORT: _l("生成报告"),
    queues.PRINT_REGISTER: _l("导出登记册"),
    queues.CHECK_PACKAGE: _l("检查移交包"),
    queues.BUILD_PACKAGE: _l("制作移交包"),
    queues.MOVE_CASES: _l("迁移在办案件"),
    queues.CHANGE_CALENDAR: _l("调整期限"),
}


@dataclass(frozen=True)
class Failure:
    """A job that failed 失败的任务: what, when, on which worker, its error and where it was raised."""

    what: str
    at: datetime | None
    worker: str
    error: str


@dataclass(frozen=True)
class QueueSight:
    """One queue 队列; `since` is how long its oldest job has waited."""

    name: str
    waiting: int
    running: int
    failed: int
    since: datetime | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class WorkerSight:
    """One worker 工作进程, and the job that it does at the moment."""

    name: str
    state: str
    queues: tuple[str, ...]
    seen: datetime | None
    done: int
    failed: int
    job: str
    job_since: datetime | None


@dataclass(frozen=True)
class Sight:
    """All queues and workers at this moment."""

    queues: tuple[QueueSight, ...]
    workers: tuple[WorkerSight, ...]


def look() -> Sight | None:
    """What is going on; None when Valkey does not answer."""
    try:
        workers = Worker.all(connection=queues.connection(), serializer=JSONSerializer)
        return Sight(tuple(map(_queue, queues.NAMES)), tuple(map(_worker, workers)))
    except RedisError:
        log.exception("Valkey does not answer")
        return None


def retry(name: str) -> int:
    """Queue the failed jobs of a queue again; how many. Each is safe to run twice."""
    registry = FailedJobRegistry(queue=queues.queue(name))
    ids = registry.get_job_ids()
    for job in ids:
        registry.requeue(job)
    return len(ids)


def _queue(name: str) -> QueueSight:
    queue = queues.queue(name)
    running, failed = StartedJobRegistry(queue=queue), FailedJobRegistry(queue=queue)
    oldest = next(iter(queue.get_jobs(0, 1)), None)
    newest = failed.get_job_ids(desc=True)[:SHOWN] if len(failed) else []
    jobs = Job.fetch_many(newest, connection=queues.connection(), serializer=JSONSerializer)
    return QueueSight(
        name=name,
        waiting=int(queue.count),
        running=len(running),
        failed=len(failed),
        since=_aware(oldest.enqueued_at) if oldest else None,
        failures=tuple(_failure(job) for job in jobs if job is not None),
    )


def _failure(job: Job) -> Failure:
    result = job.latest_result()
    told = in_one_line((result.exc_string if result else "") or "")
    return Failure(_what(job), _aware(job.ended_at), job.worker_name or "", told[:LONGEST])


def _worker(worker: Any) -> WorkerSight:
    job = worker.get_current_job()
    return WorkerSight(
        name=worker.name,
        state=str(worker.get_state()),
        queues=tuple(worker.queue_names()),
        seen=_aware(worker.last_heartbeat),
        done=int(worker.successful_job_count or 0),
        failed=int(worker.failed_job_count or 0),
        job=_what(job) if job else "",
        job_since=_aware(job.started_at) if job else None,
    )


def _what(job: Job) -> str:
    return str(JOBS.get(job.func_name, job.func_name))


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
