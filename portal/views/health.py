"""Whether the portal can work 健康检查."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from documents.database import database
from portal.signing_in import open_to_strangers

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to_strangers
def healthz() -> ResponseReturnValue:
    """200 while the database answers; anything else is for whoever watches the portal."""
    database().client.admin.command("ping")
    return {"status": "ok"}
