"""Planning what recurs (周期任务)."""

from __future__ import annotations

from datetime import datetime

from documents.actions import duties, duty_versions


def plan(now: str) -> int:
    """Let open duties follow the versions in force, then plan the coming year. Safe to run twice."""
    moment = datetime.fromisoformat(now)
    duty_versions.follow(now=moment)
    return duties.plan(now=moment)
