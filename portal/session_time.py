"""When a cookie was signed 会话签名时间: by the time of the house, so that every machine takes it for fresh.

Signed on a machine whose own clock is ahead it would be of the future for all others, and refused.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from documents import server_clock

LEEWAY = 60  # seconds by which two processes may differ in what they take for now


class HouseSigner(TimestampSigner):
    """Signs with the time of the house, and takes what another process signed a moment ahead."""

    leeway = 0

    def get_timestamp(self) -> int:
        """Seconds of this moment."""
        return int(server_clock.now().timestamp()) + self.leeway

    def unsign(self, signed_value: Any, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """What was signed; raises BadSignature, also for what is older than `max_age`."""
        self.leeway = LEEWAY
        most = None if max_age is None else max_age + LEEWAY
        return super().unsign(signed_value, max_age=most, return_timestamp=return_timestamp)  # type: ignore[call-overload]


class HouseSessions(SecureCookieSessionInterface):
    """Sessions in signed cookies."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Flask's own, with our time."""
        found = super().get_signing_serializer(app)
        if found is not None:
            found.signer = HouseSigner
        return found


def prepare_sessions(app: Flask) -> None:
    """Sign cookies by the time of the house."""
    app.session_interface = HouseSessions()
