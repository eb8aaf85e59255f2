"""Firing reminders and escalations (触发提醒与升级)."""

from __future__ import annotations

from datetime import datetime

from documents.actions import timers


def fire(ids: list[str], owner: str, now: str) -> dict[str, int]:
    """Fire the timers that this owner still holds. Safe to run twice: the second time it holds none."""
    fired = timers.fire(ids, owner, now=datetime.fromisoformat(now))
    return {"done": fired.done, "skipped": fired.skipped, "set_aside": fired.set_aside}
