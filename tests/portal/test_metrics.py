"""What a watcher is told, and who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families as parsed

from documents.heartbeat import beat
from documents.outbox import OutboxMessage
from documents.timer import Timer
from jobs import queues
from tests.portal.conftest import NOW, Register

TOKEN = "of the watcher"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(app: Flask) -> Iterator[Flask]:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, metrics_token=TOKEN)
    yield app
    app.extensions["settings"] = before


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return {
        (one.name, *one.labels.values()): one.value
        for family in parsed(answer.text)
        for one in family.samples
    }


def test_nobody_reads_it_without_the_token(app: Flask, stranger: FlaskClient) -> None:
    assert stranger.get("/metrics", headers=BEARER).status_code == 404
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, metrics_token=TOKEN)
    for given in ({}, {"Authorization": TOKEN}, {"Authorization": "Bearer wr\xf6ng\xb2"}):
        answer = stranger.get("/metrics", headers=given)
        assert (answer.status_code, answer.json) == (401, {"error": "token"})
    app.extensions["settings"] = before


def test_figures_follow_what_happens(watched: Flask, stranger: FlaskClient, register: Register) -> None:
    first = figures(stranger)
    assert first["juanzong_clock_beat_age_seconds",] == float("inf")
    assert first["juanzong_valkey_up",] == 1
    assert first["juanzong_files_damaged",] == 0
    assert ("juanzong_outbox_messages", "dead") in first

    case = register()
    beat("one", "clock", now=NOW - timedelta(seconds=30), facts={})
    Timer.objects(case=str(case.id)).update(set__due=NOW - timedelta(seconds=400))
    timers = Timer.objects(case=str(case.id), state="pending").count()
    OutboxMessage(id="m", to="a@b.c", subject="s", body="b", state="dead", created_at=NOW).save()
    queues.enqueue(queues.DEFAULT, queues.FIND_LOANS)
    then = figures(stranger)
    assert then["juanzong_clock_beat_age_seconds",] == 30
    assert then["juanzong_clocks_alive",] == 1
    assert timers
    assert then["juanzong_timers_due",] == first["juanzong_timers_due",] + timers
    assert then["juanzong_timers_late_seconds",] == 400
    assert then["juanzong_outbox_messages", "dead"] == first["juanzong_outbox_messages", "dead"] + 1
    waiting = "juanzong_queue_jobs", "default", "waiting"
    assert then[waiting] == first[waiting] + 1
    assert case.number not in stranger.get("/metrics", headers=BEARER).text


def test_ready_means_that_the_database_takes_writes(app: Flask, stranger: FlaskClient) -> None:
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "up", "valkey": "up"})
