"""What a watcher measures 监控指标, in the text format of Prometheus; of the house, no case, no person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from admin_views import queue_sight
from documents import server_clock
from documents.checkpoint import Checkpoint
from documents.file_check import any_bad
from documents.heartbeat import SILENT_AFTER, Heartbeat, last_beat
from documents.outbox import OutboxMessage
from documents.timer import Timer

# Beyond it nobody needs the exact number, and counting would cost more than it says.
MOST_COUNTED = 10_000
OUTBOX_STATES = ("waiting", "dead")
JOB_STATES = ("waiting", "running", "failed")


class House(Collector):
    """The state of one house at a moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure with its meaning; ages in seconds, counts up to 10,000."""
        started = time.perf_counter()
        yield self._age("clock_beat", "since a clock last showed that it lives", last_beat("clock"))
        alive = {
            "kind": "clock",
            "beat_at": {"$gte": self.now - SILENT_AFTER, "$lte": self.now + SILENT_AFTER},
        }
        yield _one("clocks_alive", "Clocks that showed themselves in two minutes", _count(Heartbeat, alive))
        yield from self._timers()
        yield self._outbox()
        yield from _queues()
        ahead = server_clock.machine_ahead()
        yield _one("machine_ahead_seconds", "how far this machine's clock is before the database's", ahead)
        yield _one("files_damaged", "whether a stored file is damaged and not repaired", float(any_bad()))
        newest = Checkpoint.objects.order_by("-at").only("at").first()
        yield self._age("checkpoint", "since the audit trail was last signed", newest.at if newest else None)
        yield _one("database_seconds", "how long it took to find all this", time.perf_counter() - started)

    def _age(self, name: str, words: str, at: datetime | None) -> GaugeMetricFamily:
        age = (self.now - at).total_seconds() if at else float("inf")
        return _one(f"{name}_age_seconds", f"Seconds {words}; +Inf: never", age)

    def _timers(self) -> Iterator[GaugeMetricFamily]:
        due = {"state": {"$in": ["pending", "claimed"]}, "due": {"$lte": self.now}}
        yield _one("timers_due", "Reminders and escalations that are due and not fired", _count(Timer, due))
        aside = {"state": "set_aside"}
        yield _one("timers_set_aside", "Timers that failed and wait for a person", _count(Timer, aside))
        oldest = Timer.collection().find_one(due, {"due": 1}, sort=[("due", 1)])
        late = (self.now - oldest["due"]).total_seconds() if oldest else 0.0
        yield _one("timers_late_seconds", "How late the oldest due timer is", late)

    @staticmethod
    def _outbox() -> GaugeMetricFamily:
        found = _family("outbox_messages", "Messages on their way out; dead ones wait for a person", "state")
        for state in OUTBOX_STATES:
            found.add_metric([state], _count(OutboxMessage, {"state": state}))
        return found


def _queues() -> Iterator[GaugeMetricFamily]:
    sight = queue_sight.look()
    yield _one("valkey_up", "Whether Valkey answers", float(sight is not None))
    yield _one("workers", "Worker processes", len(sight.workers) if sight else 0)
    jobs = _family("queue_jobs", "Jobs of a queue", "queue", "state")
    for queue in sight.queues if sight else ():
        for state in JOB_STATES:
            jobs.add_metric([queue.name, state], getattr(queue, state))
    yield jobs


def _family(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"juanzong_{name}", words, labels=labels)


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"juanzong_{name}", words, value=value)


def _count(kind: Any, condition: dict[str, Any]) -> int:
    return int(kind.collection().count_documents(condition, limit=MOST_COUNTED))


def measured(now: datetime) -> bytes:
    """All figures as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(House(now))
    return generate_latest(registry)
