"""A deadline with its explanation: `python -m tests.benchmarks.bench_deadlines [CASES]`.

Every limit that the shipped policies count, from random starts in 2025 and 2026, in the bank's calendar;
then seven working days with two pauses and an extension, as a resumed clock is counted. The other side is
what one writes first, in the same run and in turns: a loop over days with two sets, without explanation.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median, quantiles

from documents.pack_files import definition, packs
from documents.rules.deadlines import deadline
from documents.rules.limits import SET_BY_SOMEBODY, TimeLimit
from documents.rules.policy import PolicyView
from documents.rules.standing import Extended, History, standing
from documents.work_calendar import shipped_work_calendar

CASES = 20_000
AIM = 200e-6
DAY = timedelta(days=1)
BANK = shipped_work_calendar("cn-bank")
OFF, MAKEUP = frozenset(BANK.days_off), frozenset(BANK.makeup_days)
SEVEN = TimeLimit("handle", "working_days", 7)


def limits() -> list[TimeLimit]:
    """Every limit of the shipped policies that is counted."""
    views = [PolicyView(definition(pack)) for pack in packs()]
    found = [view.time_limit(one["key"]) for view in views for one in view.definition["limits"]]
    return [limit for limit in found if limit.counted_in not in SET_BY_SOMEBODY]


def bare(start: datetime, days: int) -> date:
    """So many working days later, by a loop."""
    day = start.date()
    while days > 0:
        day += DAY
        days -= day in MAKEUP or (day.weekday() < 5 and day not in OFF)
    return day


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def resumed(start: datetime) -> History:
    """Two pauses and an extension between them."""
    pauses = [(start + 2 * DAY, start + 6 * DAY), (start + 16 * DAY, start + 20 * DAY)]
    return History(start, pauses, [Extended(start + 9 * DAY, (start + 30 * DAY).date())])


def main() -> None:
    """Measure and print."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    chance, known = random.Random(20260213), limits()
    ours: list[float] = []
    loop: list[float] = []
    again: list[float] = []
    for _ in range(cases):
        start = datetime(2025, 1, 2, tzinfo=UTC) + timedelta(minutes=chance.randrange(600 * 1440))
        limit, history = chance.choice(known), resumed(start)
        ours.append(timed(partial(deadline, limit, start, BANK)))
        loop.append(timed(partial(bare, start, 7)))
        again.append(timed(partial(standing, SEVEN, history, BANK)))
    base = median(loop)
    print(f"{len(known)} limits of {len(packs())} policies, {cases} starts in 2025 and 2026")
    print(f"bare loop over seven working days   median {base * 1e6:7.1f} µs")
    for name, taken in (("deadline with explanation", ours), ("two pauses and an extension", again)):
        middle, late = median(taken), quantiles(taken, n=20)[-1]
        verdict = "ok" if middle <= AIM else "TOO SLOW"
        times = f"median {middle * 1e6:7.1f} µs   95 % {late * 1e6:7.1f} µs"
        print(f"{name:35} {times}   {middle / base:5.1f} ×   {verdict}")


if __name__ == "__main__":
    main()
