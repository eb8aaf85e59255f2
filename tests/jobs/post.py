"""A real SMTP server on loopback, with moods."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.servers import LOOPBACK, free_port


@dataclass
class PostOffice:
    """Takes mail; `moods` are spent one a message: an SMTP answer, `drop` to hang up after DATA, or `hold` to
    have the message and say nothing until the other side is gone."""

    moods: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    received: list[EmailMessage] = field(default_factory=list)
    url: str = ""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Refuse whoever does not live here."""
        if address in self.strangers:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message in today's mood."""
        mood = self.moods.pop(0) if self.moods else "250 taken"
        if mood.startswith("4") or mood.startswith("5"):
            return mood
        self.received.append(message_from_bytes(envelope.content or b"", policy=policy.default))
        if mood == "drop":
            server.transport.close()
        while mood == "hold" and not server.transport.is_closing():
            await asyncio.sleep(0.02)
        return "250 taken"


@contextmanager
def open_post_office(*moods: str, port: int = 0) -> Iterator[PostOffice]:
    """A server that listens until the end of the block, on a port of its own or on this one."""
    office = PostOffice(list(moods))
    controller = Controller(office, hostname=LOOPBACK, port=port or free_port(), enable_SMTPUTF8=True)
    controller.start()
    office.url = f"smtp://{LOOPBACK}:{controller.port}"
    try:
        yield office
    finally:
        controller.stop()
