"""Long work 长任务 in stretches: small steps for a while, then room for others; what is lost is queued."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from rq.job import Job

SECONDS_AT_ONCE = 60.0
Queue = Callable[..., Job]  # one of the functions of `queues`: an id, and `now`


def advance(key: str, now: str, *, step: Callable[..., bool], queue: Queue) -> datetime | None:
    """Take steps until none is left, and say when that was; None when the rest was queued again."""
    began, moment = time.monotonic(), datetime.fromisoformat(now)
    while True:
        passed = time.monotonic() - began
        here = moment + timedelta(seconds=passed)
        if not step(key, now=here):
            return here
        if passed > SECONDS_AT_ONCE:
            queue(key, now=here)
            return None


def queue_again(lost: Callable[[datetime], Iterable[str]], now: str, *, queue: Queue) -> int:
    """Queue the work again whose worker is gone; how many."""
    moment = datetime.fromisoformat(now)
    found = list(lost(moment))
    for key in found:
        queue(key, now=moment)
    return len(found)
