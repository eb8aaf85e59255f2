"""The time 现在 at the edge: everything below the portal takes it as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """The moment of this request."""
    moment: datetime = current_app.config["CLOCK"]()
    return moment.astimezone(UTC)


def zone() -> ZoneInfo:
    """The organisation's time zone, in which its days begin."""
    return ZoneInfo(current_app.config["ZONE"])


def local(moment: datetime) -> datetime:
    """The moment on the organisation's clocks."""
    return moment.astimezone(zone())


def today() -> date:
    """The organisation's date."""
    return local(now()).date()
