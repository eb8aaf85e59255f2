"""The clock hands over what is due, whoever else runs, and real workers do it."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from documents.heartbeat import Heartbeat, beat, forget
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import clock, mail, queues, reminders
from jobs import surroundings as jobs_surroundings
from jobs.surroundings import Surroundings
from jobs.timetable import MOST_WAITING, TIMERS_PER_JOB, TIMETABLE, Periodic
from tests.jobs.breaking import BREAKS, left_places_and_no_words
from tests.jobs.houses import open_house, wait_for
from tests.jobs.post import open_post_office
from tests.jobs.world import DUE, START, open_case

pytestmark = pytest.mark.usefixtures("small_world")
BEFORE = DUE - timedelta(days=2)


def arguments(queue: str) -> list[list]:
    """The arguments of the jobs that wait on a queue."""
    return [list(job.args) for job in queues.queue(queue).jobs]


def work(queue: str) -> None:
    """Do the waiting jobs here, as a worker would: from their stored arguments."""
    functions = {queues.FIRE: reminders.fire, queues.DELIVER: mail.deliver}
    for job in queues.queue(queue).jobs:
        functions[job.func_name](*job.args)
    queues.queue(queue).empty()


def test_what_is_due_is_handed_to_a_worker_by_id(surroundings):
    case = open_case()
    assert clock.tick(BEFORE, timetable=())["timers"] == 1
    ids, owner, now = arguments(queues.URGENT)[0]
    assert (ids, now) == ([f"{case.id}:reply:1:before:1"], BEFORE.isoformat())
    assert reminders.fire(ids, owner, now) == {"done": 1, "skipped": 0, "set_aside": 0}


def test_two_clocks_hand_over_everything_once(surroundings):
    for number in range(5):
        open_case(f"TS-{number}")
    assert clock.sweep(BEFORE) + clock.sweep(BEFORE) == 5
    handed = [timer for ids, _, _ in arguments(queues.URGENT) for timer in ids]
    assert len(handed) == len(set(handed)) == 5


def test_a_job_that_valkey_lost_is_handed_over_again(surroundings, queue_connection):
    open_case()
    clock.sweep(BEFORE)
    queue_connection.flushall()
    assert clock.sweep(BEFORE + timedelta(minutes=1)) == 0
    assert clock.sweep(BEFORE + timedelta(minutes=2)) == 1
    work(queues.URGENT)
    assert Notice.objects.count() == 1


def test_a_job_that_comes_late_fires_nothing_twice(surroundings):
    open_case()
    clock.sweep(BEFORE)
    clock.sweep(BEFORE + timedelta(minutes=2))
    assert len(arguments(queues.URGENT)) == 2
    work(queues.URGENT)
    assert Notice.objects.count() == OutboxMessage.objects.count() == 1


def test_the_clock_claims_no_more_than_the_workers_can_take(surroundings, monkeypatch):
    monkeypatch.setattr(clock, "TIMERS_PER_JOB", 1)
    monkeypatch.setattr(clock, "MOST_WAITING", 3)
    for number in range(5):
        open_case(f"TS-{number}")
    assert clock.sweep(BEFORE) == 3
    assert Timer.objects(state="pending", due__lte=BEFORE).count() == 2
    assert TIMERS_PER_JOB * MOST_WAITING > 1000


def test_a_periodic_job_has_one_turn_however_many_clocks_run(surroundings):
    hourly = Periodic("hourly", timedelta(hours=1), queues.DEFAULT, queues.PLAN_DUTIES)
    turns = [
        clock.periodic(START + timedelta(minutes=minutes), [hourly])
        for minutes in (0, 0, 30, 59, 60, 61, 300)
    ]
    assert turns == [1, 0, 0, 0, 1, 0, 1]


def test_the_timetable_names_jobs_that_exist(surroundings):
    assert {job.job for job in TIMETABLE} <= set(queues.JOBS)
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)


def test_the_clock_shows_that_it_is_alive(surroundings):
    clock.tick(START, timetable=())
    clock.tick(BEFORE, timetable=())
    alive = Heartbeat.objects.get(kind="clock")
    assert (alive.started_at, alive.beat_at) == (START, BEFORE)


def test_a_clock_that_is_long_gone_is_forgotten(surroundings):
    beat("clock:old:1", "clock", now=START, facts={})
    beat("clock:new:2", "clock", now=BEFORE, facts={})
    assert forget(BEFORE) == 1
    assert Heartbeat.objects.get().id == "clock:new:2"


def test_mail_is_relayed_and_without_a_mail_server_it_waits(surroundings):
    open_case()
    clock.sweep(BEFORE)
    work(queues.URGENT)
    assert clock.relay(BEFORE) == 0
    with open_post_office() as office:
        jobs_surroundings._told[:] = [replace(surroundings, smtp_url=office.url)]
        assert clock.relay(BEFORE) == 1
        work(queues.DEFAULT)
    assert [message["To"] for message in office.received] == ["zhao@union.example"]


def test_real_workers_and_clocks_tell_everybody_once(
    surroundings: Surroundings, queue_connection: Redis, tmp_path: Path
):
    broken = queues.enqueue(queues.URGENT, BREAKS)
    for number in range(30):
        open_case(f"TS-{number}")  # all of 2026: overdue by now on the wall
    with (
        open_post_office() as office,
        open_house(replace(surroundings, smtp_url=office.url), tmp_path) as house,
    ):
        processes = [house.start(name) for name in ("worker", "worker", "clock", "clock")]
        wait_for(lambda: OutboxMessage.objects(state="sent").count() == 30 * 7, seconds=90, house=house)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(timeout=30) for process in processes] == [0, 0, 0, 0]
    left_places_and_no_words(broken, house.logs(), queue_connection)
    assert Timer.objects(state="done").count() == 30 * 6
    assert Notice.objects.count() == len(office.received) == 30 * 7
    assert len({message["Message-ID"] for message in office.received}) == 30 * 7
