"""How fast one may ask 访问频率: an account, a stranger's address; counted in Valkey by the minute.

Whoever copies a house page by page must go slowly, and the trail says that he was in a hurry.
"""

from __future__ import annotations

import logging

import redis
from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from documents import audit
from documents.rules.networks import network_of
from portal.attempts import counted
from portal.clock import now
from portal.kept_words import kept_words

log = logging.getLogger(__name__)
MINUTE = 60
FREE = frozenset({"assets.asset", "health.healthz", "health.readyz", "health.measures"})
TOO_FAST = _l("操作太频繁，请稍等片刻再试。")


def prepare_pace(app: Flask) -> None:
    """Turn away, until the minute is over, whoever asks more often in it than the settings let him."""
    app.before_request(keep_pace)


def keep_pace() -> ResponseReturnValue | None:
    """Count this request; the page that turns it away keeps what was typed."""
    most: int = current_app.config["REQUESTS_A_MINUTE"]
    if not most or request.endpoint in FREE:
        return None
    person = current_user.person.id if current_user.is_authenticated else ""
    who = f"person:{person}" if person else f"address:{network_of(request.remote_addr)}"
    try:
        count = counted(current_app.extensions["attempts"], f"pace:{who}", MINUTE)
    except redis.RedisError:
        log.warning("requests are not counted: Valkey does not answer")
        return None
    if count <= most:
        return None
    if count == most + 1:
        log.warning("%s asked more than %d times in a minute", who, most)
        if person:
            audit.note("too_fast", who, by=person, at=now(), most=most)
    return turned_away()


def turned_away() -> ResponseReturnValue:
    """429, with what was typed on it, to be sent again."""
    wait = {"Retry-After": str(MINUTE)}
    if request.accept_mimetypes.best == "application/json":
        return {"error": "too_fast", "message": str(TOO_FAST)}, 429, wait
    return render_template("errors/too_fast.html", kept=kept_words()), 429, wait
