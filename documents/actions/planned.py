"""Timers as they are first written (计划中的计时), for cases and duties alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from documents.case_parts import Clock
from documents.outbox import OutboxMessage
from documents.rules import planning, reminders
from documents.rules.calendars import WorkCalendar
from documents.rules.policy import PolicyView
from documents.rules.reminders import PlannedTimer, Rung
from documents.timer import Timer

Row = Mapping[str, Any]


class TimerBook(Protocol):
    """Where timers are written down 计时簿."""

    def timers_of(self, case: str, limit: str) -> Sequence[Row]:
        """Every timer of a case's limit: `_id`, `rung`, `n`, `due`, `state`."""

    def add_timers(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write new timers down."""

    def cancel_timers(self, case: str, limit: str, round: int, *, why: str = "clock_stopped") -> object:
        """Cancel what is still planned for a clock, with one of the reasons of `planning`."""


@dataclass(frozen=True)
class Watch:
    """A running clock and the ladder that watches it 监看."""

    case: str
    clock: Clock
    ladder: str | None
    rungs: Sequence[Rung]
    calendar: WorkCalendar
    missed: bool = False  # whether anything follows when the limit is missed


def watch_of(case: str, clock: Clock, view: PolicyView, calendar: WorkCalendar) -> Watch:
    """What the policy plans for a clock: the rungs of its ladder, and what follows when it is missed."""
    ladder = view.limit(clock.limit).get("ladder")
    rungs = view.rungs(ladder) if ladder else ()
    return Watch(case, clock, ladder, rungs, calendar, view.has_consequence(clock.limit))


def plan(book: TimerBook, watch: Watch, *, now: datetime) -> None:
    """Plan every rung of a clock's ladder. Safe to run twice."""
    clock, limit = watch.clock, watch.clock.limit
    due = reminders.plan(watch.rungs, clock.started_at, clock.due_at, watch.calendar)
    if watch.missed:
        due.append(planning.when_missed(clock.due_at))
    if not due:
        return
    known = book.timers_of(watch.case, limit)
    told = {(row["rung"], row["n"], row["due"]) for row in known if row["state"] == "done"}
    needless = planning.needless(due, clock.due_at, now=now, told=told)
    common = {"subject": "case", "case": watch.case, "limit": limit, "ladder": watch.ladder}
    rows = rows_of({**common, "round": clock.round}, due, needless, now=now)
    taken = {row["_id"] for row in known}
    fresh = [row for row in rows if row["_id"] not in taken]
    if fresh:
        book.add_timers(fresh)


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


class StoredTimers:
    """The timers in the database; joins the running transaction."""

    fields = {"rung": 1, "n": 1, "due": 1, "state": 1}

    def timers_of(self, case: str, limit: str) -> Sequence[Row]:
        return list(Timer.collection().find({"case": case, "limit": limit}, self.fields))

    def add_timers(self, rows: Sequence[dict[str, Any]]) -> None:
        Timer.collection().insert_many(list(rows))

    def cancel_timers(self, case: str, limit: str, round: int, *, why: str = "clock_stopped") -> int:
        waiting = {
            "case": case,
            "limit": limit,
            "round": round,
            "state": {"$in": ["pending", "claimed", "set_aside"]},
        }
        change = {
            "$set": {"state": "cancelled", "reason": dict(planning.CALLED_OFF[why])},
            "$unset": {"owner": 1, "lease": 1},
        }
        self._call_back(case, limit, round, why)
        return int(Timer.collection().update_many(waiting, change).modified_count)

    @staticmethod
    def _call_back(case: str, limit: str, round: int, why: str) -> None:
        """What waits for the morning or for a digest is moot as well."""
        waiting = {"case": case, "limit": limit, "round": round, "held": True, "attempts": 0}
        states = {"$in": ["waiting", "collected"]}
        change = {"state": "cancelled", "reason": planning.CALLED_OFF[why]["zh"]}
        OutboxMessage.collection().update_many({**waiting, "state": states}, {"$set": change})


STORED_TIMERS = StoredTimers()
