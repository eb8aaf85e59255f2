"""Reminders and escalations happen exactly once, oldest first, whatever is killed and whenever."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from documents import events
from documents.actions import timers
from documents.complaint import Complaint
from documents.database import Stored
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import clock, queues
from jobs import surroundings as jobs_surroundings
from tests.faults.conftest import Killable, Tell
from tests.faults.hasty import MARK
from tests.jobs import world
from tests.jobs.houses import House, wait_for
from tests.jobs.post import open_post_office
from tests.long import long

pytestmark = pytest.mark.fault
RUNGS = 6
TOLD = 7  # the six rungs of a case tell seven people
ROUNDS = long(2, 4)  # of killing each kind of process
CHAOS, RUSH = long(200, 500), long(2_000, 10_000)  # cases
DAY = timedelta(days=1)


def crowd(cases: int, *, rungs: tuple[str, ...] = ()) -> None:
    """So many cases as `world.open_case` makes them, each with its whole ladder or these rungs of it."""
    first = world.open_case("TS-0")
    if rungs:
        Timer.collection().delete_many({"rung": {"$nin": rungs}})
    row = Complaint.collection().find_one({"_id": first.id})
    timers_of_first = list(Timer.collection().find({"case": str(first.id)}))
    copies = [{**row, "number": f"TS-{n}", "submission": f"s-{n}"} for n in range(1, cases)]
    for copy in copies:
        del copy["_id"]
    ids = [str(key) for key in Complaint.collection().insert_many(copies).inserted_ids]
    Timer.collection().insert_many(
        [
            {**one, "_id": one["_id"].replace(str(first.id), key), "case": key}
            for key in ids
            for one in timers_of_first
        ]
    )


def counted(document: type[Stored]) -> int:
    """How many there are, by counting: an estimate sees what is not committed."""
    return int(document.collection().count_documents({}))


def everything_fired(house: House, *, seconds: float) -> None:
    """Wait until no timer is left."""
    wait_for(
        lambda: Timer.objects(state__in=["pending", "claimed"]).count() == 0, seconds=seconds, house=house
    )


def all_told_once(cases: int) -> str:
    """Every rung of every case left exactly one trace in each place; the counts, to be printed."""
    states = Counter(timer.state for timer in Timer.objects.only("state"))
    assert states == {"done": cases * RUNGS}
    assert counted(Notice) == counted(OutboxMessage) == cases * TOLD
    for case in Complaint.objects:
        told = [event.facts["timer"] for event in case.events if event.by == "system"]
        assert len(told) == len(set(told)) == RUNGS
        assert case.escalation == 3
        assert events.broken_at(case.events) is None
    return f"{states['done']} timers fired once, {counted(Notice)} notices, {counted(OutboxMessage)} mails"


def claims_of() -> list[list[Timer]]:
    """What each claim took, in the order of the claims; a claim's number ends its owner's name."""
    found: dict[int, list[Timer]] = {}
    for timer in Timer.objects(owner__ne=None).only("owner", "due"):
        found.setdefault(int(timer.owner.rpartition(":")[2]), []).append(timer)
    return [found[number] for number in sorted(found)]


def oldest_first() -> bool:
    """Whether no claim took anything that was due before what an earlier claim took."""
    claims = claims_of()
    return all(
        max(one.due for one in earlier) <= min(one.due for one in later)
        for earlier, later in pairwise(claims)
    )


def hasty(house: House, name: str, *told: str) -> subprocess.Popen[bytes]:
    """One of the hurried processes."""
    return house.run(name, (sys.executable, "-m", "tests.faults.hasty", *told))


def test_a_worker_killed_before_the_commit_has_done_nothing(house: House) -> None:
    case = world.open_case()
    stalled = hasty(house, "stall", "stall")
    wait_for(lambda: MARK in house.logs(), seconds=60, house=house)
    house.kill(stalled)
    assert counted(Notice) == 0
    later = world.DUE + timedelta(days=3650)
    ids = timers.claim(later, 100, "next")
    assert timers.fire(ids, "next", now=later).done == RUNGS
    case.reload()
    assert sorted(event.facts["timer"] for event in case.events if event.by == "system") == sorted(ids)


def tend(
    alive: dict[str, subprocess.Popen[bytes]],
    starts: dict[str, Callable[[], subprocess.Popen[bytes]]],
    kills: Counter[str],
) -> None:
    """Start again what ended by itself, as the supervisor does: a worker gives up when Valkey is away."""
    for name, process in alive.items():
        if process.poll() is not None:
            alive[name] = starts[name]()
            kills["ended"] += 1


def victims(chance: random.Random, clocks: list[str], others: list[str]) -> Iterator[str]:
    """Whom to kill next: two of the four workers, one of the clocks and every server, again and again."""
    for _ in range(ROUNDS):
        workers = chance.sample([f"worker-{number}" for number in range(4)], 2)
        yield from chance.sample([*workers, chance.choice(clocks), *others], 6)


def test_nothing_is_lost_or_told_twice_while_everything_is_killed(
    house: House, mongod: Killable, valkey: Killable, tell: Tell
) -> None:
    """Two clocks, one of them a minute wrong; four workers; Valkey also loses everything."""
    crowd(CHAOS)
    chance = random.Random(20261123)
    clocks: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
        "clock-right": lambda: hasty(house, "clock-right", "clock"),
        "clock-wrong": lambda: hasty(house, "clock-wrong", "clock", "--ahead", "60"),
    }
    starts = {**{f"worker-{number}": lambda: house.start("worker") for number in range(4)}, **clocks}
    others = {"mongod": mongod.kill, "valkey": valkey.kill, "wipe": lambda: queues.connection().flushall()}
    alive = {name: start() for name, start in starts.items()}
    wait_for(lambda: Timer.objects(state="done").count() > 0, seconds=60, house=house)
    kills = Counter[str]()
    for victim in victims(chance, [*clocks], [*others]):
        time.sleep(chance.uniform(0.3, 1.2))
        tend(alive, starts, kills)
        kills[victim.partition("-")[0]] += 1
        if victim in others:
            others[victim]()
            continue
        house.kill(alive[victim])
        alive[victim] = starts[victim]()
    tend(alive, starts, kills)
    left = Timer.objects(state__in=["pending", "claimed"]).count()
    everything_fired(house, seconds=120)
    again = Timer.objects(attempts__gt=1).count()
    tell(f"killed: {dict(kills)}, {left} still to fire; claimed again: {again}; {all_told_once(CHAOS)}")
    assert set(kills) - {"ended"} == {"worker", "clock", "mongod", "valkey", "wipe"}


def test_thousands_due_in_one_minute_and_the_first_of_them_poisoned(house: House, tell: Tell) -> None:
    crowd(RUSH, rungs=("before",))
    first = Timer.objects.order_by("due", "id").first()
    earlier = {"due": first.due - timedelta(seconds=30), "ladder": "gone"}
    Timer.collection().update_one({"_id": first.id}, {"$set": earlier})
    house.start("worker")
    house.start("worker")
    started = time.monotonic()
    house.start("clock")
    everything_fired(house, seconds=120)
    spent = time.monotonic() - started
    aside = Timer.objects.get(state="set_aside")
    assert (aside.id, "gone" in aside.error) == (first.id, True)
    fired = Timer.objects(state="done").count()
    assert fired == counted(Notice) == counted(OutboxMessage) == RUSH - 1
    assert oldest_first()
    tell(f"{RUSH:,} due in the same minute: {fired:,} fired once, 1 set aside, in {spent:.1f} s")


def test_a_clock_that_stood_still_for_three_days_makes_up_for_it_oldest_first(
    house: House, tell: Tell
) -> None:
    """Every quarter of an hour of three days something was due; then the clock starts."""
    crowd(288, rungs=("before",))
    late = Timer.collection()
    moments = [world.START + number * timedelta(minutes=15) for number in range(288)]
    for timer, due in zip(list(late.find({}, {"_id": 1})), moments, strict=True):
        late.update_one({"_id": timer["_id"]}, {"$set": {"due": due}})
    house.start("worker")
    hasty(house, "clock", "clock")
    everything_fired(house, seconds=60)
    assert Timer.objects(state="done").count() == counted(Notice) == 288
    assert len(claims_of()) == 288 / 8
    assert oldest_first()
    tell("three days without a clock: 288 fired once, oldest first")


def test_a_mail_server_that_is_down_for_an_hour_loses_no_message(house: House, tell: Tell) -> None:
    """The hour is told to the clock step by step; a real worker talks, or cannot talk, to the server."""
    crowd(30)
    world.fire_due(world.DUE + 20 * DAY)
    with open_post_office() as office:
        address = office.url
    house.told = replace(house.told, smtp_url=address)
    jobs_surroundings._told[:] = [house.told]
    house.start("worker")
    start = world.DUE + 20 * DAY
    for minutes in (0, 1, 6, 36):
        OutboxMessage.objects.update(unset__last_error=1)
        tried = clock.relay(start + timedelta(minutes=minutes))
        wait_for(lambda: OutboxMessage.objects(last_error=None).count() == 0, seconds=60, house=house)
        assert tried == 30 * TOLD == OutboxMessage.objects(state="waiting").count()
    with open_post_office(port=int(address.rpartition(":")[2])) as office:
        clock.relay(start + timedelta(minutes=60))
        assert OutboxMessage.objects(state="sent").count() == 0  # they still wait for their turn
        clock.relay(start + timedelta(minutes=36 + 120))
        wait_for(lambda: OutboxMessage.objects(state="sent").count() == 30 * TOLD, seconds=60, house=house)
        arrived = Counter(message["Message-ID"] for message in office.received)
    assert (len(arrived), set(arrived.values())) == (30 * TOLD, {1})
    tell(f"mail server down for an hour: {len(arrived)} messages arrived, each once")
