"""Resetting a forgotten password by mail 邮件重设密码: asked for, answered by a worker, used once.

Whoever asks is told the same whether the name exists or not: the page only writes down what was typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from documents import audit
from documents.actions import entering
from documents.database import transaction
from documents.outbox import OutboxMessage
from documents.password_reset import PasswordReset, ResetRequest, account_print
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.reset_words import ASKED, DONE, MINUTES, Mail
from documents.sign_in import SignInRules, hash_of

LIFE = timedelta(minutes=MINUTES)
LOST = timedelta(minutes=1)  # after which a request that no worker answered is answered by the clock's job
STRANGER = "stranger"
PAGE = "/sign-in/reset"


@dataclass(frozen=True)
class Asked:
    """What a stranger typed 申请内容, what the trail may keep of it, and from where it came."""

    text: str
    digest: str
    address: str = ""


def ask(asked: Asked, *, now: datetime) -> str:
    """申请重设密码: write down what was typed; the same work whoever it names. Its id."""
    request = ResetRequest(id=secrets.token_hex(16), asked=asked.text, digest=asked.digest)
    request.address, request.at = asked.address, now
    request.save(force_insert=True)
    return str(request.id)


def answer(request_id: str, base_url: str, *, now: datetime) -> bool:
    """处理重设请求: mail a link to whom the request names, if anybody; safe to run twice. Whether it did."""

    def run() -> bool:
        request: ResetRequest | None = ResetRequest.objects(id=request_id).first()
        if request is None:
            return False
        request.delete()
        if now - request.at > LIFE:
            return False
        person, why_not = _meant(request.asked)
        subject = f"person:{person.id}" if person else f"login:{request.digest}"
        told = {"address": request.address, "why": why_not}
        audit.note("ask_reset", subject, by=STRANGER, at=now, **told)
        if person is None or why_not:
            return False
        _mail_link(person, request, base_url, now)
        return True

    return transaction(run)


def _meant(text: str) -> tuple[Person | None, str]:
    """Whom a name or a mail address means, and why that person gets no link."""
    people = list(
        Person.objects(active=True).only("id", "name", "login", "email", "password_hash", "language")
    )
    mails = [(one.email or "").strip().casefold() for one in people]
    named = [one for one in people if one.login == text.casefold()]  # logins are written small
    found = named or [one for one, mail in zip(people, mails, strict=True) if mail == text.casefold()]
    if len(found) != 1:
        return None, "shared_mail" if found else "nobody"
    person, mail = found[0], (found[0].email or "").strip().casefold()
    if not SignInRules.lets_reset():
        return person, "switched_off"
    if not person.password_hash:
        return person, "no_password"  # whoever comes in through the provider only
    if "@" not in mail:
        return person, "no_mail"
    # Who reads a mailbox of several people must not open the account of each.
    return person, "shared_mail" if mails.count(mail) > 1 else ""


def _mail_link(person: Person, request: ResetRequest, base_url: str, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    PasswordReset(
        id=person.id, token=hash_of(token), account=account_print(person), ends=now + LIFE
    ).save()  # in place of an earlier one
    message = _mail(f"reset:{request.id}", person, ASKED, request.address, now)
    message.until = now + LIFE
    # Behind the # no server, no log and no referrer ever sees it.
    message.link = f"{base_url.rstrip('/')}{PAGE}#{token}"
    message.save(force_insert=True)


def _mail(
    key: str, person: Person, words: Mapping[str, Mail], address: str | None, now: datetime
) -> OutboxMessage:
    mail = words[person.language]
    blanks = {"name": person.name, "login": person.login, "address": address or "—", "minutes": MINUTES}
    return OutboxMessage(
        id=key,
        to=person.email,
        person=person.id,
        language=person.language,
        subject=mail.subject,
        body=mail.filled(**blanks),
        label=mail.button or None,
        created_at=now,
        next_at=now,
    )


def opened(token: str, *, now: datetime) -> Person | None:
    """Whose password a link may replace 链接核验: not used, not run out, and the account as it was."""
    kept: PasswordReset | None = PasswordReset.objects(token=hash_of(token), ends__gt=now).first()
    person: Person | None = Person.objects(id=kept.id, active=True).first() if kept else None
    if kept is None or person is None or account_print(person) != kept.account:
        return None
    return person


def reset(token: str, hashed: str, address: str, *, now: datetime) -> Person:
    """重设密码: the new password in place of the forgotten one; every sign-in ends, and the person is told.

    Raises RuleBroken("reset_over").
    """

    def run() -> Person:
        person = opened(token, now=now)
        if person is None or not SignInRules.lets_reset():
            raise RuleBroken("reset_over")
        PasswordReset.objects(id=person.id).delete()
        Person.objects(id=person.id).update(set__password_hash=hashed, set__password_once=False)
        entering.end_all(person.id, by=person.id, now=now)
        audit.note("reset_by_mail", f"person:{person.id}", by=person.id, at=now, address=address)
        if person.email:
            _mail(f"reset-done:{hash_of(token)[:32]}", person, DONE, address, now).save(force_insert=True)
        return person

    return transaction(run)


def tend(base_url: str, *, now: datetime) -> int:
    """例行清理: answer what was left, and erase links that have run out, also from mails not yet sent."""
    left = [one.id for one in ResetRequest.objects(at__lte=now - LOST).only("id").limit(100)]
    answered = sum(answer(one, base_url, now=now) for one in left)
    PasswordReset.objects(ends__lte=now).delete()
    outbox, over = OutboxMessage.collection(), {"until": {"$lte": now}}
    late = {"state": "cancelled", "reason": "reset_over", "owner": None}
    outbox.update_many({**over, "state": {"$in": ["waiting", "dead"]}}, {"$set": late})
    outbox.update_many(over, {"$unset": {"link": 1, "until": 1}})
    return answered
