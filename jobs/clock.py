"""The clock (时钟): finds what is due and hands it to the workers, by id.

Any number of clocks may run. Each takes what no other has, so a second one changes nothing but speed.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from threading import Event

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from documents.actions import digests, mailing, timers
from documents.database import ensure_indexes, server_time
from documents.heartbeat import beat, forget, take_turn
from documents.rules.telling import MAIL, SMS, WEBHOOK
from jobs import queues
from jobs.surroundings import current
from jobs.timetable import MAILS_PER_JOB, MOST_WAITING, TICK, TIMERS_PER_JOB, TIMETABLE, Periodic

log = logging.getLogger(__name__)

AWAY = (PyMongoError, RedisError)  # what a server that is away, or coming back, raises
REMEMBERED = timedelta(days=1)  # for so long a clock that is gone is shown as gone

_claims = count(1)
_start = secrets.token_hex(4)  # a restarted clock may get the process number of the one before


def identity() -> str:
    """This clock's name."""
    return f"clock:{socket.gethostname()}:{os.getpid()}"


def run(stop: Event) -> None:
    """Tick until told to stop; a server that is away is waited for.

    The time is the database's: a clock on a machine whose time is wrong hurries and holds up nothing.
    """
    ready = False
    while not stop.is_set():
        try:
            now = server_time()
            if not ready:
                ensure_indexes()
                forget(now - REMEMBERED)
                ready = True
            tick(now)
        except AWAY as error:
            log.warning("a server is away, trying again: %s", error)
        stop.wait(TICK.total_seconds())


def tick(now: datetime, timetable: Sequence[Periodic] = TIMETABLE) -> dict[str, int]:
    """Hand over everything that is due at this moment; how much that was."""
    handed: dict[str, object] = {
        "timers": sweep(now),
        "digests": digests.gather(now),
        "mails": relay(now),
        "periodic": periodic(now, timetable),
    }
    beat(identity(), "clock", now=now, facts=handed)
    return {name: int(str(amount)) for name, amount in handed.items()}


def sweep(now: datetime) -> int:
    """Claim due timers, oldest first, until none is left or enough wait."""
    total = 0
    while queues.backlog(queues.URGENT) < MOST_WAITING:
        owner = _claim_name()
        ids = timers.claim(now, TIMERS_PER_JOB, owner)
        if not ids:
            break
        queues.enqueue(queues.URGENT, queues.FIRE, ids, owner, now.isoformat())
        total += len(ids)
    return total


def relay(now: datetime) -> int:
    """Claim what waits to leave until nothing is left; without a mail server mail waits in the outbox."""
    mail = _relay(now, (MAIL,), queues.DELIVER) if current().smtp_url else 0
    return mail + _relay(now, (WEBHOOK, SMS), queues.DELIVER_OUTWARD)


def _relay(now: datetime, channels: tuple[str, ...], job: str) -> int:
    total = 0
    while queues.backlog(queues.DEFAULT) < MOST_WAITING:
        owner = _claim_name()
        ids = mailing.claim(now, MAILS_PER_JOB, owner, channels)
        if not ids:
            break
        queues.enqueue(queues.DEFAULT, job, ids, owner, now.isoformat())
        total += len(ids)
    return total


def periodic(now: datetime, timetable: Sequence[Periodic] = TIMETABLE) -> int:
    """Queue the periodic jobs whose turn it is."""
    turns = [job for job in timetable if take_turn(job.name, job.every, now=now)]
    for job in turns:
        queues.enqueue(job.queue, job.job, now.isoformat())
    return len(turns)


def _claim_name() -> str:
    # A new name for each claim: a job of an earlier claim that was lost and found again holds nothing.
    return f"{identity()}:{_start}:{next(_claims)}"
