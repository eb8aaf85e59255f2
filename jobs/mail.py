"""Sending mail (发送邮件) from the outbox: at least once, each message under one Message-ID for ever."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote, urlsplit

from documents.actions import mailing
from documents.outbox import OutboxMessage
from jobs.letter_paper import letter
from jobs.surroundings import current

SECONDS_PATIENT = 30
PERMANENT = 500
ENCRYPTED, UPGRADED = "smtps", "smtp+starttls"
PORTS = {"smtp": 25, UPGRADED: 587, ENCRYPTED: 465}


def deliver(ids: list[str], owner: str, now: str) -> dict[str, int]:
    """Send what this owner holds. Run twice it sends only what was not marked as sent."""
    moment = datetime.fromisoformat(now)
    waiting = mailing.taken(ids, owner)
    sent = 0
    while waiting:
        try:
            server = conversation(current().smtp_url)
        except (OSError, smtplib.SMTPException) as error:
            # No server, no blame: all of them wait longer.
            for message in waiting:
                mailing.failed(message, owner, _words(error), now=moment)
            break
        sent += _talk(server, waiting, owner, moment)
    return {"sent": sent, "held": len(ids)}


def _talk(server: smtplib.SMTP, waiting: list[OutboxMessage], owner: str, now: datetime) -> int:
    """Hand over one message after the other, until none is left or the line breaks."""
    sent = 0
    with suppress(smtplib.SMTPException), server:
        while waiting:
            message = waiting.pop(0)
            error = _refusal(server, message, now)
            if error is None:
                mailing.sent(message, owner, now=now)
                sent += 1
                continue
            mailing.failed(message, owner, _words(error), now=now, for_good=_is_permanent(error))
            if isinstance(error, (OSError, smtplib.SMTPServerDisconnected)):
                break
    return sent


def _refusal(server: smtplib.SMTP, message: OutboxMessage, now: datetime) -> Exception | None:
    """Why the server did not take the message; None when it did."""
    house = current()
    try:
        server.send_message(letter(message, sender=house.mail_from, base_url=house.base_url, now=now))
    except (ValueError, OSError, smtplib.SMTPException) as error:
        return error
    return None


def conversation(url: str) -> smtplib.SMTP:
    """Connect and sign in: smtp://, smtp+starttls:// or smtps://, with user and password where needed."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == ENCRYPTED:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS_PATIENT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS_PATIENT)
    if parts.scheme == UPGRADED:
        server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _is_permanent(error: Exception) -> bool:
    """Whether trying again cannot help: the address or the message itself was refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code) >= PERMANENT
    return isinstance(error, ValueError)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
