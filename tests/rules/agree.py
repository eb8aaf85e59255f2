"""Two calculations that share no code, on generated lives: `python -m tests.rules.agree [--cases 100000]`.

A life is a limit of any kind that starts somewhere in two years, in one of five calendars – lunch, half days,
make-up weekends, three zones that change their clocks – and is paused, extended, closed and reopened, under
a cap or none. Each case is seeded by its number, so that one that differs can be looked at alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline
from documents.rules.limits import TimeLimit
from documents.rules.standing import Extended, History, standing
from tests.rules.slow_life import FIXED, MINUTE, ZERO, Life, Pattern, Wall, due
from tests.rules.slow_reference import china_works, exchange_works
from tests.rules.time_world import BANK, EXCHANGE

SEED = 20260213
CASES = 100_000
DAY = 1_440
FIRST, STARTS = 60 * DAY, 640 * DAY  # starts lie between the end of 2024 and October 2026
OFFICE, TRADING = ((510, 720), (840, 1050)), ((570, 690), (780, 900))
AMOUNTS = {
    **{"minutes": 10_000, "hours": 200, "working_minutes": 6_000, "working_hours": 90},
    **{"working_days": 40, "natural_days": 60, "months": 4},
    **dict.fromkeys(sorted(FIXED), 0),
}
BERLIN_WEEK = [["07:15-12:00", "20:00-24:00"]] * 5 + [["00:00-24:00"], ["00:00-01:30", "04:00-23:00"]]
CALENDARS: dict[str, WorkCalendar] = {
    "bank": BANK,
    "exchange": EXCHANGE,
    "berlin": WorkCalendar.from_definition({"key": "berlin", "zone": "Europe/Berlin", "week": BERLIN_WEEK}),
    # Clocks change at midnight here, so that a day begins at one o'clock or has an hour twice before its end.
    "cairo": WorkCalendar.from_definition(
        {
            "key": "cairo",
            "zone": "Africa/Cairo",
            "week": [["09:00-17:00"]] * 4 + [[], ["09:00-12:30"], ["09:00-17:00"]],
        }
    ),
    "halves": WorkCalendar.from_definition(
        {
            "key": "halves",
            "zone": "America/New_York",
            "week": [["09:00-12:00", "13:00-18:00"]] * 5 + [["09:00-12:30"], []],
            "special_hours": {"2026-02-13": ["09:00-10:00"], "2026-03-11": [], "2025-12-31": ["09:00-12:00"]},
        }
    ),
}
SHUT: Pattern = ()


def _berlin(day: date) -> Pattern:
    weekday: Pattern = ((435, 720), (1200, 1440))
    return {6: ((0, 1440),), 7: ((0, 90), (240, 1380))}.get(day.isoweekday(), weekday)


def _cairo(day: date) -> Pattern:
    return {5: SHUT, 6: ((540, 750),)}.get(day.isoweekday(), ((540, 1020),))


def _halves(day: date) -> Pattern:
    special: dict[date, Pattern] = {
        date(2026, 2, 13): ((540, 600),),
        date(2026, 3, 11): SHUT,
        date(2025, 12, 31): ((540, 720),),
    }
    week: Pattern = {6: ((540, 750),), 7: SHUT}.get(day.isoweekday(), ((540, 720), (780, 1080)))
    return special.get(day, week)


OPENING = {
    "bank": lambda day: OFFICE if china_works(day) else SHUT,
    "exchange": lambda day: TRADING if exchange_works(day) else SHUT,
    "berlin": _berlin,
    "cairo": _cairo,
    "halves": _halves,
}


@cache
def wall(world: str) -> Wall:
    """The wall of a calendar, made once in a process."""
    return Wall(CALENDARS[world].zone, OPENING[world])


def some_life(chance: Random, world: str) -> Life:
    """A life of one clock; nothing happens to it after its deadline, as with real ones."""
    shown = wall(world)
    kind = chance.choice(list(AMOUNTS))
    most = AMOUNTS[kind]
    life = Life(
        kind, chance.randint(0, most) if most else 0, FIRST + chance.randrange(STARTS), _rule(chance, kind)
    )
    if chance.random() < 0.4:
        life = replace(life, cap=_cap(chance, life, shown))
    moment = life.start
    for _ in range(chance.choice((0, 1, 1, 2, 3, 4))):
        moment += chance.randrange(1, chance.choice((300, 5_000, 20_000)))
        now_due = due(life, shown)
        if moment * MINUTE >= now_due:
            break
        if chance.random() < 0.65:
            end = moment + chance.randrange(chance.choice((60, 1_440, 25_000)))
            life = replace(life, pauses=(*life.pauses, (moment, end)))
            moment = end
        else:
            life = _extended(chance, life, shown, moment=moment, now_due=now_due)
    return life


def _rule(chance: Random, kind: str) -> dict[str, Any]:
    if kind == "clock_time":
        return {
            "at": chance.choice(("15:30", "00:30", "23:00")),
            "after_hours": chance.choice(("next_day", "next_working_day")),
        }
    rule: dict[str, Any] = {"month_day": chance.choice(("06-15", "12-31", "03-29"))} if kind == "date" else {}
    if kind != "date" and chance.random() < 0.2:
        rule["after_hours"] = "next_opening"
    if kind not in ("working_days", "natural_days", "months", "same_day", "date"):
        return rule
    ends = ["end_of_day", "end_of_day", "close_of_business", "at"]
    rule["ends"] = chance.choice(ends if kind in FIXED else [*ends, "exact"])
    if rule["ends"] == "at":
        rule["at"] = chance.choice(("12:00", "02:30", "23:59"))
    rule |= {chance.choice(("rolls_over", "rolls_back")): True} if chance.random() < 0.5 else {}
    return rule | ({"start_day_counts": True} if kind not in FIXED and chance.random() < 0.3 else {})


def _cap(chance: Random, life: Life, shown: Wall) -> int:
    kind, amount = chance.choice((("months", 3), ("months", 1), ("natural_days", 30), ("natural_days", 5)))
    received = life.start - chance.randrange(10_000)
    return due(Life(kind, amount, received), shown)


def _extended(chance: Random, life: Life, shown: Wall, *, moment: int, now_due: int) -> Life:
    """Extended as the action allows it: to a later day, not beyond the cap."""
    until = shown.day_of(now_due) + chance.randint(1, 25)
    longer = replace(life, extensions=(*life.extensions, (moment, until)))
    beyond = life.cap is not None and due(replace(longer, cap=None), shown) > life.cap
    return life if beyond else longer


def at(minute: int) -> datetime:
    """A minute of the wall as a moment."""
    return ZERO + timedelta(minutes=minute)


def computed(life: Life, world: str) -> int:
    """The same by the rules of the product, as a second on the wall."""
    limit = TimeLimit.from_definition(
        {
            "key": "t",
            "counted_in": life.kind,
            **({"amount": life.amount} if AMOUNTS[life.kind] else {}),
            **life.rule,
        }
    )
    history = History(
        at(life.start),
        [(at(begin), at(end)) for begin, end in life.pauses],
        [Extended(at(decided), date.fromordinal(until)) for decided, until in life.extensions],
        cap=None if life.cap is None else Deadline(ZERO + timedelta(seconds=life.cap), ()),
    )
    found = standing(limit, history, CALENDARS[world])
    return int((found.due_at - ZERO).total_seconds())


def compare(first: int, after: int) -> tuple[Counter[str], list[str]]:
    """Compare the cases of these numbers: what they were about, and how the first few differ."""
    about: Counter[str] = Counter()
    wrong: list[str] = []
    worlds = list(CALENDARS)
    for number in range(first, after):
        world = worlds[number % len(worlds)]
        life = some_life(Random(f"{SEED} {number}"), world)
        about.update(_tags(life))
        expected, found = due(life, wall(world)), computed(life, world)
        if expected != found and len(wrong) < 5:
            told = f"expected {_told(expected, world)}, found {_told(found, world)}"
            wrong.append(f"case {number} in {world}: {life}; {told}")
    return about, wrong


def _tags(life: Life) -> list[str]:
    tags = ["cases", life.kind]
    tags += ["paused"] if life.pauses else []
    tags += ["extended"] if life.extensions else []
    return tags + (["capped"] if life.cap is not None else [])


def _told(second: int, world: str) -> str:
    return CALENDARS[world].local(ZERO + timedelta(seconds=second)).isoformat()


def main() -> None:
    """Compare on every core; print the count, and end with failure when a single case differs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    began, share = time.perf_counter(), -(-asked.cases // asked.processes)
    bounds = [(first, min(first + share, asked.cases)) for first in range(0, asked.cases, share)]
    about: Counter[str] = Counter()
    wrong: list[str] = []
    with ProcessPoolExecutor(asked.processes) as pool:
        for counted, differing in pool.map(compare, *zip(*bounds, strict=True)):
            about.update(counted)
            wrong += differing
    print(", ".join(f"{count:,} {name}" for name, count in about.most_common()))
    print("\n".join(wrong) or f"all agree, in {time.perf_counter() - began:.1f} s")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
