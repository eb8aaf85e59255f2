"""The yearly sample 年度抽检: a share of the volumes is inspected, a few at a time, until all are done."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from rq.timeouts import BaseTimeoutException

from documents.actions import sampling
from documents.inspection import Sampling
from documents.rules.four_checks import KEEPING
from documents.rules.sampling import is_chosen
from jobs.inspections import inspect_volume
from jobs.making import NoRoom
from pdf.wording import BEIJING, beijing

log = logging.getLogger(__name__)
AWAY = (PyMongoError, RedisError, NoRoom, BaseTimeoutException)
LOOKED_AT_ONCE = 2_000
INSPECTED_AT_ONCE = 25


def sample(now: str) -> str:
    """Go on with the sample of this year. Safe to run twice, and late: it goes on where it stopped."""
    moment = datetime.fromisoformat(now)
    year = beijing(moment).year
    found = sampling.begun(year, now=moment)
    if found.finished_at is not None:
        return "finished"
    began = datetime(year, 1, 1, tzinfo=BEIJING).astimezone(UTC)
    numbers = sampling.following(found, began, LOOKED_AT_ONCE)
    if not numbers:
        sampling.finish(found, now=moment)
        return "finished"
    return f"{_inspected(found, numbers, now)} inspected"


def _one(found: Sampling, number: str, now: str, looked: int) -> None:
    """Inspect one volume, unless it was before; one that raises is set aside and shown."""
    try:
        sampled = sampling.was_sampled(found.id, number)
        failed = not sampled and inspect_volume(number, now, stage=KEEPING, sampled=found.id) == "failed"
    except AWAY:
        raise  # a server is away, or the job ran out of time: nothing is wrong with the volume
    except Exception as error:  # one bad volume must not stop the others; it is kept and shown
        log.exception("volume %s could not be inspected", number)
        reason, moment = f"{type(error).__name__}: {error}", datetime.fromisoformat(now)
        sampling.set_aside(found, number, reason, looked=looked, now=moment)
    else:
        sampling.advance(found, number, looked=looked, chosen=1, failed=int(failed))


def _inspected(found: Sampling, numbers: list[str], now: str) -> int:
    """Inspect the chosen ones; the place is kept after each."""
    done = looked = 0
    for number in numbers:
        looked += 1
        if not is_chosen(found.id, number, found.share):
            continue
        _one(found, number, now, looked)
        done, looked = done + 1, 0
        if done == INSPECTED_AT_ONCE:
            return done
    if looked:
        sampling.advance(found, numbers[-1], looked=looked)
    return done
