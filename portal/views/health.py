"""Whether the portal can work 健康检查."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from documents.database import database
from documents.file_check import any_bad
from documents.heartbeat import is_silent, last_beat
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
