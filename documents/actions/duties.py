"""Duties (周期任务): planned for the coming year, reminded by the same timers, completed with evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from documents import audit, refused_duty
from documents.actions import duty_timers
from documents.actions.duty_timers import rungs_of
from documents.actions.firing import Ringing, Row
from documents.database import transaction
from documents.duty import DONE, DROPPED, OPEN, WAIVED, Duty
from documents.duty_rights import DutyRights, definition_of
from documents.governing import calendar_for
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules.access import Decision
from documents.rules.broken import RuleBroken
from documents.rules.notice_words import Occasion
from documents.rules.periods import Occurrence, Recurrence, occurrences
from documents.rules.recipients import Concern
from documents.rules.refused_years import RefusedYear, reason, sorted_out
from documents.rules.telling import Asked, Telling
from documents.unit import Unit, fill_slots
from documents.work_calendar import WorkCalendarRecord

AHEAD = timedelta(days=366)
CLOSED_BY = {DONE: "duty_completed", WAIVED: "duty_waived", DROPPED: "duty_dropped"}


@dataclass(frozen=True)
class Owed:
    """What one unit owes of a duty in the coming year: the known days, and the years that are missing."""

    unit: str
    slots: Row
    calendar: str
    known: list[Occurrence]
    refused: list[RefusedYear]


def plan(*, now: datetime) -> int:
    """Plan every duty of the coming year, one for each unit that owes it; note what is refused.

    A day that depends on a year whose notice is missing is not planned. Safe to run twice.
    """
    keys = sorted(Policy.objects(state="published").distinct("key"))
    policies = [Policy.current(key) for key in keys]
    refused_duty.keep([row for policy in policies for row in refused(policy, now)], now=now)
    return sum(_plan(duty, now=now) for policy in policies for duty in _missing(policy, now))


def _missing(policy: Policy, now: datetime) -> list[Duty]:
    known = {duty.id for duty in Duty.objects(policy=policy.key).only("id")}
    return [duty for duty in wanted(policy, now) if duty.id not in known]


def wanted(policy: Policy, now: datetime) -> Iterator[Duty]:
    """Every occurrence of the coming year whose day is known, as this version has it; nothing is written."""
    for definition in policy.definition.get("duties", ()):
        for owed in _owed(policy, definition, now):
            for once in owed.known:
                duty = _duty(policy, definition, owed.unit, once)
                duty.calendar, duty.units = owed.calendar, owed.slots
                yield duty


def refused(policy: Policy, now: datetime) -> list[dict[str, Any]]:
    """What of the coming year is not planned, as rows to keep: by duty, calendar and year, with its units."""
    found: dict[str, dict[str, Any]] = {}
    for definition in policy.definition.get("duties", ()):
        for owed in _owed(policy, definition, now):
            for year in owed.refused:
                row = _refusal(policy, definition, owed.calendar, year)
                found.setdefault(row["_id"], row)["units"].append(owed.unit)
    names = {key: WorkCalendarRecord.get(key).name for key in {row["calendar"] for row in found.values()}}
    return [{**row, "reason": reason(names[row["calendar"]], row["year"])} for row in found.values()]


def _refusal(policy: Policy, definition: Row, calendar: str, year: RefusedYear) -> dict[str, Any]:
    return {
        "_id": f"{policy.key}:{definition['key']}:{calendar}:{year.year}",
        "policy": policy.key,
        "policy_version": policy.version,
        "key": definition["key"],
        "label": dict(definition["label"]),
        "calendar": calendar,
        "year": year.year,
        "first": year.first.isoformat(),
        "last": year.last.isoformat(),
        "count": year.count,
        "units": [],
    }


def _owed(policy: Policy, definition: Row, now: datetime) -> Iterator[Owed]:
    view = policy.view()
    recurrence = Recurrence.from_definition({**definition["recurrence"], "key": definition["key"]})
    found: dict[str, tuple[list[Occurrence], list[RefusedYear]]] = {}
    for unit in Unit.objects(kind=definition["owner"]["kind"], retired_on=None).order_by("id"):
        calendar = calendar_for(view, {"received": unit.id}).calendar
        if calendar.key not in found:
            due = occurrences(recurrence, now, now + AHEAD, calendar)
            found[calendar.key] = sorted_out(due, calendar)
        known, missing = found[calendar.key]
        slots = fill_slots(view.definition["slots"], {"received": unit.id}) if known else {}
        yield Owed(unit.id, slots, calendar.key, known, missing)


def _duty(policy: Policy, definition: Row, unit: str, once: Occurrence) -> Duty:
    return Duty(
        id=f"{policy.key}:{definition['key']}:{unit}:{once.nominal.isoformat()}:{once.number}",
        policy=policy.key,
        policy_version=policy.version,
        key=definition["key"],
        unit=unit,
        label=dict(definition["label"]),
        period={"first": once.period.first.isoformat(), "last": once.period.last.isoformat()},
        due_at=once.due_at,
        certain=once.certain,
    )


def _plan(duty: Duty, *, now: datetime) -> int:
    duty.planned_at = now

    def run() -> int:
        if Duty.objects(id=duty.id).first() is not None:
            return 0  # another clock planned it
        duty.save(force_insert=True)
        duty_timers.plan(duty, now=now)
        return 1

    return transaction(run)


def duties_of(timers: Sequence[Row]) -> dict[str, Row]:
    """The duties of these timers by id."""
    ids = sorted({timer["case"] for timer in timers if timer["subject"] == "duty"})
    return {duty["_id"]: duty for duty in Duty.collection().find({"_id": {"$in": ids}})} if ids else {}


def duty_ringing(timer: Row, duty: Row | None) -> Ringing | str:
    """What a duty's timer says, or the code of the reason why it is called off."""
    if duty is None:
        return "subject_gone"
    if duty["state"] != OPEN:
        return CLOSED_BY[duty["state"]]
    view = view_of(duty["policy"], duty["policy_version"])
    rung = next(rung for rung in rungs_of(view, duty["key"]) if rung["key"] == timer["rung"])
    telling = Telling.of(view.definition)
    return Ringing(
        timer=timer,
        occasion=Occasion(
            number="",
            subject=duty["label"],
            rung=rung["label"],
            level=rung.get("level", 0),
            due=duty["due_at"],
            zone=view.zone,
        ),
        concern=Concern(
            slots={**duty.get("units", {}), "received": duty["unit"]},
            watching=telling.watching,
            policy=duty["policy"],
        ),
        tell=rung["tell"],
        otherwise=telling.otherwise,
        asked=Asked.by_rung(rung, telling, duty["due_at"]),
        telling=telling,
    )


def complete(
    duty_id: str, evidence: Row, *, actor: Person, now: datetime, done_at: datetime | None = None
) -> Duty:
    """完成: note that a duty was done, when, and its evidence; its reminders are called off.

    Raises RuleBroken("unknown_duty"), ("duty_completed"), ("duty_not_open"), ("not_your_duty"),
    ("absent"), ("evidence_missing"), ("done_in_future"), ("done_before_period").
    """
    if not any(str(value).strip() for value in evidence.values() if value is not None):
        raise RuleBroken("evidence_missing")

    def run() -> Duty:
        duty = open_duty(duty_id)
        whom = granted(DutyRights(actor, now).may_complete(duty), duty).for_whom
        moment = _when_done(duty, done_at, now)
        told: dict[str, Any] = {"at": now, "by": actor.id, **whom}
        entry = {"verb": "done", **told, "done_at": moment, "evidence": dict(evidence)}
        changes = {"state": DONE, "done_at": moment, "completed_at": now, "completed_by": actor.id}
        settle(duty, {**changes, "evidence": dict(evidence)}, entry)
        duty_timers.call_off(duty, "duty_completed")
        audit.note("complete_duty", duty_id, **told, done=moment, late=moment > duty.due_at)
        return Duty.objects.get(id=duty_id)

    return transaction(run)


def granted(decision: Decision, duty: Duty) -> Decision:
    """The right to settle a duty; raises RuleBroken with the reason where there is none."""
    if not decision:
        raise RuleBroken(decision.reason, duty=duty.id)
    return decision


def open_duty(duty_id: str) -> Duty:
    """A duty that is still to be done."""
    duty: Duty | None = Duty.objects(id=duty_id).first()
    if duty is None:
        raise RuleBroken("unknown_duty", duty=duty_id)
    if duty.state != OPEN:
        raise RuleBroken("duty_completed" if duty.state == DONE else "duty_not_open", duty=duty_id)
    return duty


def settle(duty: Duty, changes: Row, entry: Row) -> None:
    """Write a turn of a duty and its entry of history together, if nobody was faster."""
    change = {"$set": dict(changes), "$push": {"history": dict(entry)}}
    written = Duty.collection().update_one({"_id": duty.id, "state": duty.state}, change)
    if written.modified_count != 1:
        raise RuleBroken("duty_changed_meanwhile", duty=duty.id)


def _when_done(duty: Duty, done_at: datetime | None, now: datetime) -> datetime:
    """The moment it was really done: not to come, and not before the period for which it is owed.

    A duty with a day of its own (06-15, the 25th) may be done early; one owed in a period is done in it.
    """
    if done_at is None:
        return now
    if done_at > now:
        raise RuleBroken("done_in_future", duty=duty.id)
    view = view_of(duty.policy, duty.policy_version)
    recurrence = definition_of(view, duty.key)["recurrence"]
    first = date.fromisoformat(duty.period["first"])
    owed_in_period = not {"day", "on"} & set(recurrence)
    if owed_in_period and done_at.astimezone(ZoneInfo(view.zone)).date() < first:
        raise RuleBroken("done_before_period", duty=duty.id, first=first.isoformat())
    return done_at
