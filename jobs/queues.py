"""The rq queues (队列). MongoDB keeps what is to be done; a queue only carries it to a worker.

A job that is lost here is queued again by the clock, so nothing is kept in Valkey alone. Jobs are named by
their path, so that the portal can queue one without loading what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from jobs.quiet_worker import QuietWorker

URGENT, DEFAULT, PAPER = "urgent", "default", "paper"
NAMES = (URGENT, DEFAULT, PAPER)

FIRE = "jobs.reminders.fire"
DELIVER = "jobs.mail.deliver"
DELIVER_OUTWARD = "jobs.ways_out.deliver"
PLAN_DUTIES = "jobs.duties.plan"
RENDER_LETTER = "jobs.papers.render_letter"
RENDER_VOLUME = "jobs.papers.render_volume"
RENDER_REPORT = "jobs.reports.render_report"
PRINT_REGISTER = "jobs.registers.print_register"
CHECK_PACKAGE = "jobs.packages.check"
BUILD_PACKAGE = "jobs.packages.build"
INSPECT_VOLUME = "jobs.inspections.inspect_volume"
PRINT_INSPECTION = "jobs.inspections.print_report"
SAMPLE_VOLUMES = "jobs.sampling.sample"
CHECK_SIGNATURE = "jobs.signing.recheck"
CHECK_CERTIFICATE = "jobs.signing.recheck_certificate"
FIND_PAPERS = "jobs.papers.find_waiting"
FILE_BATCH = "jobs.filing.advance"
FIND_BATCHES = "jobs.filing.find_lost"
MOVE_CASES = "jobs.case_moves.advance"
FIND_MOVES = "jobs.case_moves.find_lost"
CHANGE_CALENDAR = "jobs.calendar_changes.advance"
FIND_CHANGES = "jobs.calendar_changes.find_lost"
COUNT_WHAT_IF = "jobs.what_ifs.count"
COUNT_FOR_GATE = "jobs.gate_counts.count"
REPLAY = "jobs.replays.run"
FIND_REPLAYS = "jobs.replays.find_lost"
DESTROY = "jobs.destructions.carry_out"
FIND_DESTRUCTIONS = "jobs.destructions.find_lost"
LOOK_ROUND = "jobs.custody.look_round"
KEEP_WATCHED = "jobs.confidence.keep_watched"
ANSWER_RESET = "jobs.resets.answer"
TEND_RESETS = "jobs.resets.tend"
SWEEP_SIGN_INS = "jobs.sign_ins.sweep"
WRITE_CHECKPOINT = "jobs.checkpoints.write"
CHECK_FIXITY = "jobs.fixity.check"
COPY_VOLUME = "jobs.loans.make_copy"
FIND_LOANS = "jobs.loans.find_lost"
LEND_IN_DEMO = "jobs.demonstration.lend"
JOBS = (
    *(FIRE, DELIVER, DELIVER_OUTWARD, PLAN_DUTIES, RENDER_LETTER, RENDER_VOLUME, FIND_PAPERS),
    *(RENDER_REPORT, PRINT_REGISTER, CHECK_PACKAGE, BUILD_PACKAGE, MOVE_CASES, FIND_MOVES),
    *(CHECK_SIGNATURE, CHECK_CERTIFICATE, INSPECT_VOLUME, PRINT_INSPECTION, SAMPLE_VOLUMES),
    *(FILE_BATCH, FIND_BATCHES),
    *(COUNT_FOR_GATE, REPLAY, FIND_REPLAYS, CHANGE_CALENDAR, FIND_CHANGES, COUNT_WHAT_IF),
    *(DESTROY, FIND_DESTRUCTIONS, LOOK_ROUND, COPY_VOLUME, FIND_LOANS),
    LEND_IN_DEMO,
    CHECK_FIXITY,
    WRITE_CHECKPOINT,
    KEEP_WATCHED,
    SWEEP_SIGN_INS,
    ANSWER_RESET,
    TEND_RESETS,
)

SECONDS_ALLOWED = {URGENT: 120, DEFAULT: 300, PAPER: 1800}
SECONDS_REMEMBERED = {"result_ttl": 600, "failure_ttl": 30 * 86_400}

# An idle worker looks after the dead only when its wait ends: with rq's own 420 s a killed worker's job
# would lie for more than seven minutes.
WORKER_TTL = 30
MAINTENANCE_INTERVAL = 10

_connections: list[Redis] = []


def connect(redis_url: str) -> None:
    """Use the Valkey or Redis at this address; connects when first used."""
    _connections[:] = [Redis.from_url(redis_url, socket_connect_timeout=5, health_check_interval=30)]


def connection() -> Redis:
    """The connection of this process."""
    if not _connections:
        raise RuntimeError("jobs.queues.connect was not called in this process")
    return _connections[0]


def queue(name: str) -> Queue:
    """One of the queues."""
    return Queue(name, connection=connection(), serializer=JSONSerializer)


def enqueue(name: str, job: str, *arguments: str | int | list[str]) -> Job:
    """Put a job on a queue; its arguments are ids, counts and ISO moments."""
    return queue(name).enqueue_call(job, args=arguments, timeout=SECONDS_ALLOWED[name], **SECONDS_REMEMBERED)


def backlog(name: str) -> int:
    """How many jobs wait on a queue."""
    return int(queue(name).count)


def render_letter(number: str, letter: int, *, now: datetime) -> Job:
    """Queue the rendering of a letter (函件)."""
    return enqueue(PAPER, RENDER_LETTER, number, letter, now.isoformat())


def render_volume(number: str, *, now: datetime) -> Job:
    """Queue the sealing of a case file (案卷)."""
    return enqueue(PAPER, RENDER_VOLUME, number, now.isoformat())


def render_report(report: str, *, now: datetime) -> Job:
    """Queue the PDF of a frozen report (报告)."""
    return enqueue(PAPER, RENDER_REPORT, report, now.isoformat())


def print_register(order: str, *, now: datetime) -> Job:
    """Queue an export of the register (登记册)."""
    return enqueue(PAPER, PRINT_REGISTER, order, now.isoformat())


def check_package(package: str, *, now: datetime) -> Job:
    """Queue the completeness check of a year-end package (完整性检查)."""
    return enqueue(PAPER, CHECK_PACKAGE, package, now.isoformat())


def build_package(package: str, *, now: datetime) -> Job:
    """Queue the assembly of a year-end package (移交包)."""
    return enqueue(PAPER, BUILD_PACKAGE, package, now.isoformat())


def inspect_volume(volume: str, *, by: str, now: datetime) -> Job:
    """Queue an inspection of a volume (四性检测)."""
    return enqueue(PAPER, INSPECT_VOLUME, volume, now.isoformat(), by)


def print_inspection(inspection: str, *, now: datetime) -> Job:
    """Queue the printing of a report (检测报告)."""
    return enqueue(PAPER, PRINT_INSPECTION, inspection, now.isoformat())


def check_signature(volume: str, *, now: datetime) -> Job:
    """Queue a check of the signature of a volume (验签)."""
    return enqueue(PAPER, CHECK_SIGNATURE, volume, now.isoformat())


def check_certificate(list_id: str, *, now: datetime) -> Job:
    """Queue a check of the signature of a certificate of destruction (验签)."""
    return enqueue(PAPER, CHECK_CERTIFICATE, list_id, now.isoformat())


def file_batch(batch: str, *, now: datetime) -> Job:
    """Queue the next stretch of a filing batch (归档批次)."""
    return enqueue(DEFAULT, FILE_BATCH, batch, now.isoformat())


def move_cases(move: str, *, now: datetime) -> Job:
    """Queue the next stretch of a move of open cases (在办迁移)."""
    return enqueue(DEFAULT, MOVE_CASES, move, now.isoformat())


def change_calendar(change: str, *, now: datetime) -> Job:
    """Queue the next stretch of moving deadlines to a changed calendar (日历变更)."""
    return enqueue(DEFAULT, CHANGE_CALENDAR, change, now.isoformat())


def count_what_if(what_if: str, *, now: datetime) -> Job:
    """Queue the counting of what a change would move (变更预演)."""
    return enqueue(DEFAULT, COUNT_WHAT_IF, what_if, now.isoformat())


def count_for_gate(policy: str, revision: int, base: int, *, now: datetime) -> Job:
    """Queue the counting of what a draft means for the cases on file (发布前清点)."""
    return enqueue(DEFAULT, COUNT_FOR_GATE, policy, revision, base, now.isoformat())


def replay_cases(order: str, *, now: datetime) -> Job:
    """Queue a replay of real cases under a draft (回放)."""
    return enqueue(PAPER, REPLAY, order, now.isoformat())


def destroy(found: str, *, now: datetime) -> Job:
    """Queue the next stretch of a released destruction (销毁)."""
    return enqueue(DEFAULT, DESTROY, found, now.isoformat())


def copy_volume(loan: str, *, now: datetime) -> Job:
    """Queue the reading copy of an approved loan (阅览件)."""
    return enqueue(PAPER, COPY_VOLUME, loan, now.isoformat())


def answer_reset(request: str, *, now: datetime) -> Job:
    """Queue the answer to somebody who forgot a password (处理重设请求)."""
    return enqueue(URGENT, ANSWER_RESET, request, now.isoformat())


def lend_in_demo(pack: str, *, now: datetime) -> Job:
    """Queue the loans of the demo (演示借阅)."""
    return enqueue(PAPER, LEND_IN_DEMO, pack, now.isoformat())


def worker(names: Iterable[str] = NAMES, **options: Any) -> QuietWorker:
    """A worker for these queues, the most urgent first.

    It does its jobs itself instead of forking for each: what could hurt it – a hostile upload – is rendered
    in a sandbox of its own anyway, no connection crosses a fork, and it is several times faster.
    """
    return QuietWorker(
        [queue(name) for name in names],
        connection=connection(),
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_INTERVAL,
        log_job_description=False,
        **options,
    )
