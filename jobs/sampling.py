"""The yearly sample 年度抽检: a share of the volumes is inspected, a few at a time, until all are done."""

from __future__ import annotations

from datetime import UTC, datetime

from documents.actions import sampling
from documents.inspection import Sampling
from documents.rules.four_checks import KEEPING
from documents.rules.sampling import is_chosen
from jobs.inspections import inspect_volume
from pdf.wording import BEIJING, beijing

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


def _inspected(found: Sampling, numbers: list[str], now: str) -> int:
    """Inspect the chosen ones; the place is kept after each."""
    done = looked = 0
    for number in numbers:
        looked += 1
        if not is_chosen(found.id, number, found.share):
            continue
        failed = 0
        if not sampling.was_sampled(found.id, number):
            failed = int(inspect_volume(number, now, stage=KEEPING, sampled=found.id) == "failed")
        sampling.advance(found, number, looked=looked, chosen=1, failed=failed)
        done, looked = done + 1, 0
        if done == INSPECTED_AT_ONCE:
            return done
    if looked:
        sampling.advance(found, numbers[-1], looked=looked)
    return done
