"""Doors that failures closed 登录锁定: what an administrator can tell whoever does not get in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from documents.audit import AuditEntry

WINDOW = timedelta(minutes=15)  # for which failures are counted, and a door stays shut
FAILED = "sign_in_failed"
OPENING = ("reset_password", "reset_by_mail", "change_password", "rescue")  # a new password begins anew
MOST = 100


@dataclass(frozen=True)
class Failures:
    """The failed sign-ins of a person in the last while 登录失败, and whether they closed the door."""

    count: int
    closed: bool


def failures_of(person: str, now: datetime) -> Failures:
    """Since the person last got a new password, or for as long as they are counted."""
    told = AuditEntry.objects(subject=f"person:{person}", verb__in=(FAILED, *OPENING), at__gt=now - WINDOW)
    failed = []
    for entry in told.order_by("-at").limit(MOST):
        if entry.verb != FAILED:
            break
        failed.append(entry)
    return Failures(len(failed), any(entry.facts.get("closed") for entry in failed))
