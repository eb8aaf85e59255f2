"""Planning what recurs (周期任务)."""

from __future__ import annotations

from datetime import datetime

from documents.actions import duties


def plan(now: str) -> int:
    """Plan the duties of the coming year. Safe to run twice: what is planned stays."""
    return duties.plan(now=datetime.fromisoformat(now))
