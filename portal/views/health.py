"""Whether the portal can work 健康检查, and what a watcher measures."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from documents.database import database
from documents.file_check import any_bad
from documents.heartbeat import is_silent, last_beat
from jobs import queues
from portal import metrics
from portal.clock import now
from portal.signing_in import open_to_strangers

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to_strangers
def healthz() -> ResponseReturnValue:
    """200 while the database answers; `degraded` while no clock runs or a stored file is damaged.

    Neither takes the web server out of service: pages work, reminders wait, people are told of the file.
    """
    database().client.admin.command("ping")
    silent = is_silent("clock", now())
    beat_at = last_beat("clock")
    damaged = any_bad()
    return {
        "status": "degraded" if silent or damaged else "ok",
        "clock": "silent" if silent else "alive",
        "clock_beat": beat_at.isoformat() if beat_at else None,
        "files": "damaged" if damaged else "whole",
    }


@health.get("/readyz")
@open_to_strangers
def readyz() -> ResponseReturnValue:
    """Whether to send people here 就绪: 200 while the database takes writes, else 503.

    Without Valkey people can work: what jobs have to do stays in the database and is queued again later.
    """
    database_up, valkey_up = _database_takes_writes(), _valkey_answers()
    told = {"database": "up" if database_up else "down", "valkey": "up" if valkey_up else "down"}
    return told, 200 if database_up else 503


def _database_takes_writes() -> bool:
    try:
        return bool(database().client.admin.command("hello").get("isWritablePrimary"))
    except PyMongoError:
        return False


def _valkey_answers() -> bool:
    try:
        return bool(queues.connection().ping())
    except RedisError:
        return False


@health.get("/metrics")
@open_to_strangers
def measures() -> ResponseReturnValue:
    """The figures of the house for whoever brings the token; without one in the settings there is no page."""
    token = current_app.extensions["settings"].metrics_token
    if not token:
        abort(404)
    # As the bytes that were sent: texts are compared only while both are ASCII, and a stranger sends any.
    brought = request.headers.get("Authorization", "").encode("latin-1", "replace")
    if not hmac.compare_digest(brought, f"Bearer {token}".encode()):
        return {"error": "token"}, 401
    return Response(metrics.measured(now()), content_type="text/plain; version=0.0.4; charset=utf-8")
