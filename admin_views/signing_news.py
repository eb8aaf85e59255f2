"""What the archive room must know of signing 签名提示: volumes that wait for it, a certificate that ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from documents.delayed_signature import DelayedSignature
from documents.signing_state import signing_state

WARNED_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class News:
    """One thing to know 提示."""

    tone: str
    headline: str
    words: str


def news(now: datetime) -> list[News]:
    """Everything to know; nothing on most days."""
    return [*_waiting(), *_ending(now)]


def _waiting() -> Iterator[News]:
    newest = DelayedSignature.objects.order_by("-tried_at").first()
    if newest is None:
        return
    oldest = DelayedSignature.objects.order_by("since").first()
    yield News(
        "warning",
        _("%(count)s 卷等待封存", count=DelayedSignature.objects.count()),
        _(
            "%(reason)s。自 %(since)s 起等待，系统每分钟重试，恢复后自动封存，不需要操作。",
            reason=newest.reason,
            since=format_datetime(oldest.since, "yyyy-MM-dd HH:mm"),
        ),
    )


def _ending(now: datetime) -> Iterator[News]:
    state = signing_state()
    if state is None or state.test or state.not_after - now > WARNED_BEFORE:
        return
    ends = format_date(state.not_after, "yyyy-MM-dd")
    yield News(
        "danger" if state.not_after <= now else "warning",
        _("系统签名证书 %(subject)s 将于 %(day)s 到期", subject=state.subject, day=ends)
        if state.not_after > now
        else _("系统签名证书 %(subject)s 已于 %(day)s 到期", subject=state.subject, day=ends),
        _("请系统管理员更换签名密钥；到期后新案卷等待签名，已封存的案卷仍按时间戳验证。"),
    )
