"""Timers as they are first written (计划中的计时), for cases and duties alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from documents.rules.reminders import PlannedTimer
from documents.timer import Timer

Row = Mapping[str, Any]


def rows_of(
    common: Row, planned: Sequence[PlannedTimer], needless: Mapping[PlannedTimer, Row], *, now: datetime
) -> list[dict[str, Any]]:
    """The rows of a plan; what is needless is kept too, with its reason."""
    return [_row(common, timer, needless.get(timer), now) for timer in planned]


def _row(common: Row, timer: PlannedTimer, reason: Row | None, now: datetime) -> dict[str, Any]:
    return {
        "_id": f"{common['case']}:{common['limit']}:{common['round']}:{timer.rung}:{timer.number}",
        **common,
        "rung": timer.rung,
        "n": timer.number,
        "due": timer.due,
        "planned_at": now,
        "state": "cancelled" if reason else "pending",
        "reason": dict(reason or {}),
        "attempts": 0,
    }


def insert_new(rows: Sequence[dict[str, Any]], known: set[str]) -> None:
    """Insert the timers that are not planned yet."""
    fresh = [row for row in rows if row["_id"] not in known]
    if fresh:
        Timer.collection().insert_many(fresh)
