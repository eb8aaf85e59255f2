"""Timers (计时): planned and cancelled with the case, claimed by lease, fired once.

A timer is `pending` until a sweep claims it for a worker. The worker fires a batch in one transaction that
also marks the timers done, so a worker that dies has done nothing or everything, and the lease gives the
timers to another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import ConnectionFailure, PyMongoError

from documents.actions import firing, missing, planned, reweighing
from documents.actions.duties import duties_of, duty_ringing
from documents.actions.firing import Ringing, Row
from documents.actions.surroundings import STORED
from documents.audit import note
from documents.case_parts import Clock
from documents.complaint import Complaint
from documents.database import transaction
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.planning import CALLED_OFF
from documents.rules.reminders import Rung
from documents.timer import Timer

cancel = planned.STORED_TIMERS.cancel_timers

LEASE = timedelta(minutes=2)
# A timer whose workers died this often is fired alone, so that it can take nobody with it …
SUSPICIOUS = 3
# … and after this many it is set aside.
HOPELESS = 6
KILLED = "every worker that tried was killed before it could report"


@dataclass(frozen=True)
class Fired:
    """What became of a batch (触发结果)."""

    done: int = 0
    skipped: int = 0
    set_aside: int = 0

    def __add__(self, other: Fired) -> Fired:
        return Fired(self.done + other.done, self.skipped + other.skipped, self.set_aside + other.set_aside)


def plan(
    case: Complaint,
    clock: Clock,
    ladder: Mapping[str, Any],
    calendar: WorkCalendar,
    *,
    now: datetime,
) -> None:
    """Plan every rung of a clock's ladder; joins the running transaction. Safe to run twice."""
    rungs = [Rung.from_definition(rung) for rung in ladder["rungs"]]
    watch = planned.Watch(str(case.id), clock, ladder["key"], rungs, calendar)
    planned.plan(planned.STORED_TIMERS, watch, now=now)


def claim(now: datetime, size: int, owner: str) -> list[str]:
    """Take up to `size` due timers for one worker, the oldest first, also those whose lease ran out."""
    timers, free = Timer.collection(), due_now(now)
    _set_aside_the_hopeless(now)
    found = [row["_id"] for row in timers.find(free, {"_id": 1}).sort("due").limit(size)]
    if not found:
        return []
    taking = {"$set": {"state": "claimed", "owner": owner, "lease": now + LEASE}, "$inc": {"attempts": 1}}
    timers.update_many({"_id": {"$in": found}, **free}, taking)
    held = timers.find({"_id": {"$in": found}, "state": "claimed", "owner": owner}, {"_id": 1})
    return [row["_id"] for row in held.sort("due")]


def due_now(now: datetime) -> dict[str, Any]:
    """What a sweep may take: what is due, and what a worker took and did not finish within its lease."""
    return {"$or": [{"state": "pending", "due": {"$lte": now}}, _lost(now)]}


def _lost(now: datetime) -> dict[str, Any]:
    """What nobody holds any more; a lease of twice as long as there is was given when the time was wrong."""
    running = {"$gt": now, "$lte": now + 2 * LEASE}
    return {"state": "claimed", "due": {"$lte": now}, "lease": {"$not": running}}


def _set_aside_the_hopeless(now: datetime) -> None:
    lost = {**_lost(now), "attempts": {"$gte": HOPELESS}}
    Timer.collection().update_many(lost, {"$set": {"state": "set_aside", "error": KILLED}})


def fire(ids: Sequence[str], owner: str, *, now: datetime) -> Fired:
    """Fire the timers that this owner still holds; safe to run twice.

    A batch that fails is fired one by one; a timer that fails alone is set aside with its error.
    """
    held = list(_held(ids, owner))
    suspects = [timer["_id"] for timer in held if timer["attempts"] >= SUSPICIOUS]
    batch = [timer["_id"] for timer in held if timer["attempts"] < SUSPICIOUS]
    fired = Fired(skipped=len(ids) - len(held))
    if batch:
        fired += _attempt(
            lambda: _fire(batch, owner, now), otherwise=lambda _: _one_by_one(batch, owner, now)
        )
    return fired + _one_by_one(suspects, owner, now)


def _attempt(work: Callable[[], Fired], *, otherwise: Callable[[Exception], Fired]) -> Fired:
    try:
        return transaction(work)
    except Exception as error:  # one bad record must not stop the others; it is kept and shown
        if is_the_databases(error):
            raise
        return otherwise(error)


def is_the_databases(error: Exception) -> bool:
    """No record is to blame when the database is away or busy; the lease brings the batch back."""
    if isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError"):
        return True
    return isinstance(error, ConnectionFailure)


def _one_by_one(ids: Sequence[str], owner: str, now: datetime) -> Fired:
    return sum((_alone(timer, owner, now) for timer in ids), Fired())


def _alone(timer: str, owner: str, now: datetime) -> Fired:
    return _attempt(
        lambda: _fire([timer], owner, now), otherwise=lambda error: _set_aside(timer, owner, error)
    )


def _set_aside(timer: str, owner: str, error: Exception) -> Fired:
    change = {"state": "set_aside", "error": f"{type(error).__name__}: {error}"[:2000]}
    held = {"_id": timer, "state": "claimed", "owner": owner}
    return Fired(set_aside=int(Timer.collection().update_one(held, {"$set": change}).modified_count))


def _held(ids: Sequence[str], owner: str) -> list[Row]:
    held = {"_id": {"$in": list(ids)}, "state": "claimed", "owner": owner}
    return list(Timer.collection().find(held).sort([("due", 1), ("_id", 1)]))


def _fire(ids: Sequence[str], owner: str, now: datetime) -> Fired:
    every = _held(ids, owner)
    batch = prepare(every, now=now)
    # Cases are weighed, and what follows missed limits happens, after what the batch itself writes to them.
    firing.write(batch, owner, now=now)
    for timer in every:
        if timer["_id"] in batch.missed:
            _follow(timer, now)
    weighed = [_weigh(timer, owner, now) for timer in every if timer["subject"] == "severity"]
    done = len(batch.done) + sum(weighed)
    return Fired(done=done, skipped=len(ids) - done)


def _weigh(timer: Row, owner: str, now: datetime) -> bool:
    """Weigh the case of a timer of severity; whether there was anything to weigh."""
    case: Complaint | None = Complaint.objects(id=ObjectId(timer["case"])).first()
    refused = reweighing.called_off(case, STORED)
    if refused is None and case is not None:
        reweighing.reweigh(case, timer, STORED, now)
    firing.finish([timer["_id"]], owner, now, called_off=refused)
    return refused is None


def _follow(timer: Row, now: datetime) -> None:
    """Let happen what follows a missed limit; the case may have been changed by this very batch."""
    why = missing.carry_out(Complaint.objects(id=timer["case"]).first(), timer, STORED, now=now)
    if why is not None:
        change = {"state": "cancelled", "reason": dict(CALLED_OFF[why])}
        Timer.collection().update_one({"_id": timer["_id"]}, {"$set": change})


def prepare(held: Sequence[Row], *, now: datetime) -> firing.Batch:
    """Everything that these timers would tell now, those of severity aside; nothing is written."""
    held = [timer for timer in held if timer["subject"] != "severity"]
    cases = firing.cases_of(held)
    duties = duties_of(held)
    answers = {timer["_id"]: _ask(timer, cases, duties) for timer in held}
    ringing = [answer for answer in answers.values() if isinstance(answer, Ringing)]
    batch = firing.compose(ringing, cases, people=firing.people_for(ringing), now=now)
    batch.called_off = {timer: answer for timer, answer in answers.items() if isinstance(answer, str)}
    batch.missed = {
        timer["_id"]: cases[timer["case"]]["number"] for timer in held if answers[timer["_id"]] is None
    }
    batch.done.extend(batch.missed)
    return batch


def _ask(timer: Row, cases: dict[str, Row], duties: dict[str, Row]) -> Ringing | str | None:
    """What a timer says, the code of the reason why it is called off; None when a limit was missed."""
    if timer["subject"] == "duty":
        return duty_ringing(timer, duties.get(timer["case"]))
    if missing.is_missed(timer):
        return firing.moot(timer, cases.get(timer["case"]))
    return firing.case_ringing(timer, cases.get(timer["case"]))


def release(timer: str, *, actor: str, now: datetime) -> None:
    """Let a timer that was set aside try again (重新触发)."""
    change: dict[str, Any] = {"state": "pending", "attempts": 0, "error": None, "owner": None, "lease": None}
    released = Timer.collection().update_one({"_id": timer, "state": "set_aside"}, {"$set": change})
    if not released.modified_count:
        raise RuleBroken("timer_not_set_aside", timer=timer)
    note("release", timer, by=actor, at=now)


def release_all(*, actor: str, now: datetime) -> int:
    """Let every timer that was set aside try again; how many."""
    change: dict[str, Any] = {"state": "pending", "attempts": 0, "error": None, "owner": None, "lease": None}
    released = Timer.collection().update_many({"state": "set_aside"}, {"$set": change})
    if released.modified_count:
        note("release_all", "timers", by=actor, at=now, count=released.modified_count)
    return int(released.modified_count)
