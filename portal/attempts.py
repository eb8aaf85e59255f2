"""Attempts 尝试次数 at the door, counted in Valkey: too many close it for a while."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from enum import Enum

import redis
from flask import current_app

log = logging.getLogger(__name__)
ATTEMPT_WINDOW = 15 * 60
Room = Mapping[str, int]  # what is counted → how many are let through


class Door(Enum):
    """Whether one may try."""

    OPEN = "open"
    CLOSING = (
        "closing"  # this attempt is the first too many: noted once, so that beating does not fill the trail
    )
    CLOSED = "closed"


def try_door(room: Room) -> Door:
    """Count this attempt wherever it counts."""
    counters: redis.Redis = current_app.extensions["attempts"]
    try:
        counts = [(counted(counters, key, ATTEMPT_WINDOW), most) for key, most in room.items()]
    except redis.RedisError:
        # Without Valkey nobody would get in; the password check itself is slow enough to stand alone.
        log.exception("sign-in attempts are not counted: Valkey does not answer")
        return Door.OPEN
    if all(count <= most for count, most in counts):
        return Door.OPEN
    return Door.CLOSING if any(count == most + 1 for count, most in counts) else Door.CLOSED


def counted(counters: redis.Redis, key: str, seconds: int) -> int:
    """How often this happened within so many seconds of the first time, this time included."""
    pipeline = counters.pipeline()
    kept = _counter(key)
    pipeline.incr(kept)
    pipeline.expire(kept, seconds, nx=True)
    return int(pipeline.execute()[0])


def _counter(key: str) -> str:
    """What is counted is kept as a digest 摘要: as a login people type telephone numbers, passwords."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(secret, key.encode(), "sha256").hex()


def forget(account: str, *shared: str) -> None:
    """It was no attack: the account begins anew, what it shares with others takes this one back."""
    counters: redis.Redis = current_app.extensions["attempts"]
    try:
        counters.delete(_counter(account))
        for key in shared:
            counters.decr(_counter(key))
    except redis.RedisError:
        log.exception("sign-in attempts are not forgotten: Valkey does not answer")
