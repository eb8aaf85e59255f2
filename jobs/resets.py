"""Answering who forgot a password (处理重设请求); safe to run twice."""

from __future__ import annotations

from datetime import datetime

from documents.actions import resetting
from jobs.surroundings import current


def answer(request: str, now: str) -> bool:
    """Mail a link to whom the request names. Its address is the one that was set, whatever a browser says."""
    return resetting.answer(request, current().base_url, now=datetime.fromisoformat(now))


def tend(now: str) -> int:
    """Answer what Valkey lost, and erase what has run out."""
    return resetting.tend(current().base_url, now=datetime.fromisoformat(now))
