"""Whether the portal can work 健康检查."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from documents.database import database
from documents.heartbeat import is_silent, last_beat
from portal.clock import now
from portal.signing_in import open_to_strangers

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to_strangers
def healthz() -> ResponseReturnValue:
    """200 while the database answers; `degraded` while no clock has run for two minutes.

    A silent clock does not take the web server out of service: pages work, only reminders wait.
    """
    database().client.admin.command("ping")
    silent = is_silent("clock", now())
    beat_at = last_beat("clock")
    return {
        "status": "degraded" if silent else "ok",
        "clock": "silent" if silent else "alive",
        "clock_beat": beat_at.isoformat() if beat_at else None,
    }
