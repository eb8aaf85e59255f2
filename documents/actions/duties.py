"""Duties (周期任务): planned for the coming year, reminded by the same timers, completed with evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from documents import audit
from documents.actions.firing import Ringing, Row
from documents.actions.planned import STORED_TIMERS, rows_of
from documents.database import transaction
from documents.duty import Duty
from documents.governing import calendar_for
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules import planning, reminders
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.notice_words import Occasion
from documents.rules.periods import Occurrence, Recurrence, occurrences
from documents.rules.policy import PolicyView
from documents.rules.recipients import Concern
from documents.rules.reminders import Rung
from documents.rules.telling import Asked, Telling
from documents.timer import Timer
from documents.unit import Unit, fill_slots
from documents.work_calendar import calendar_of

AHEAD = timedelta(days=366)
LIMIT = "duty"
LABELS = {
    False: {"zh": "任务提醒", "en": "Duty due soon"},
    True: {"zh": "任务到期", "en": "Duty due"},
}


def plan(*, now: datetime) -> int:
    """Plan every duty of the coming year, one for each unit that owes it. Safe to run twice."""
    return sum(_plan(duty, now=now) for duty in list(_wanted(now)))


def _wanted(now: datetime) -> Iterator[Duty]:
    for key in sorted(Policy.objects(state="published").distinct("key")):
        policy = Policy.current(key)
        for definition in policy.definition.get("duties", ()):
            yield from _duties(policy, definition, now)


def _duties(policy: Policy, definition: Row, now: datetime) -> Iterator[Duty]:
    view = policy.view()
    recurrence = Recurrence.from_definition({**definition["recurrence"], "key": definition["key"]})
    owing = Unit.objects(kind=definition["owner"]["kind"], retired_on=None).order_by("id")
    known = {duty.id for duty in Duty.objects(policy=policy.key, key=definition["key"]).only("id")}
    found: dict[str, list[Occurrence]] = {}
    for unit in owing:
        calendar = calendar_for(view, {"received": unit.id}).calendar
        if calendar.key not in found:
            found[calendar.key] = list(occurrences(recurrence, now, now + AHEAD, calendar))
        for once in found[calendar.key]:
            duty = _duty(policy, definition, unit.id, once)
            duty.calendar = calendar.key
            if duty.id not in known:
                duty.units = fill_slots(view.definition["slots"], {"received": unit.id})
                yield duty


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
    view = view_of(duty.policy, duty.policy_version)
    rungs = [Rung.from_definition(rung) for rung in rungs_of(view, duty.key)]
    duty.planned_at = now

    def run() -> int:
        if Duty.objects(id=duty.id).first() is not None:
            return 0  # another clock planned it
        duty.save(force_insert=True)
        _insert(_timers(duty, rungs, calendar_of(view, duty.calendar), now))
        return 1

    return transaction(run)


def _insert(rows: list[dict[str, Any]]) -> None:
    if rows:
        STORED_TIMERS.add_timers(rows)


def _timers(duty: Duty, rungs: Sequence[Rung], calendar: WorkCalendar, now: datetime) -> list[dict[str, Any]]:
    planned = reminders.plan(rungs, now, duty.due_at, calendar)
    needless = planning.needless(planned, duty.due_at, now=now)
    common = {"subject": "duty", "case": duty.id, "limit": LIMIT, "round": 1}
    return rows_of(common, planned, needless, now=now)


def definition_of(view: PolicyView, key: str) -> Mapping[str, Any]:
    """A duty of a policy."""
    return next(duty for duty in view.definition["duties"] if duty["key"] == key)


def rungs_of(view: PolicyView, key: str) -> list[dict[str, Any]]:
    """The reminders of a duty as rungs: whole ones, or just their moments (`due-3wd`).

    A moment tells the owner; from the due moment on, also the head of the unit.
    """
    definition = definition_of(view, key)
    return [_rung(moment, definition) for moment in definition["remind"]]


def _rung(moment: str | Mapping[str, Any], definition: Row) -> dict[str, Any]:
    if not isinstance(moment, str):
        return dict(moment)
    is_due = not moment.startswith("due-")
    owner = {"role": definition["owner"]["role"], "at": "received"}
    return {
        "key": moment,
        "at": moment,
        "level": int(is_due),
        "label": LABELS[is_due],
        "tell": [owner, {"is": "head", "at": "received"}] if is_due else [owner],
    }


def duties_of(timers: Sequence[Row]) -> dict[str, Row]:
    """The duties of these timers by id."""
    ids = sorted({timer["case"] for timer in timers if timer["subject"] == "duty"})
    return {duty["_id"]: duty for duty in Duty.collection().find({"_id": {"$in": ids}})} if ids else {}


def duty_ringing(timer: Row, duty: Row | None) -> Ringing | str:
    """What a duty's timer says, or the code of the reason why it is called off."""
    if duty is None:
        return "subject_gone"
    if duty["state"] == "done":
        return "duty_completed"
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
        concern=Concern(slots={**duty.get("units", {}), "received": duty["unit"]}, watching=telling.watching),
        tell=rung["tell"],
        otherwise=telling.otherwise,
        asked=Asked.by_rung(rung, telling, duty["due_at"]),
        telling=telling,
    )


def complete(duty_id: str, evidence: Mapping[str, Any], *, actor: Person, now: datetime) -> Duty:
    """完成: note that a duty was done, with its evidence; its reminders are called off.

    Raises RuleBroken("unknown_duty"), ("duty_completed"), ("not_your_duty"), ("evidence_missing").
    """
    if not any(str(value).strip() for value in evidence.values() if value is not None):
        raise RuleBroken("evidence_missing")

    def run() -> Duty:
        duty = Duty.objects(id=duty_id).first()
        _check(duty, duty_id, actor)
        changes = {"state": "done", "completed_at": now, "completed_by": actor.id, "evidence": dict(evidence)}
        Duty.collection().update_one({"_id": duty_id, "state": "open"}, {"$set": changes})
        waiting = {"case": duty_id, "state": {"$in": ["pending", "claimed", "set_aside"]}}
        reason = dict(planning.CALLED_OFF["duty_completed"])
        Timer.collection().update_many(waiting, {"$set": {"state": "cancelled", "reason": reason}})
        audit.note("complete_duty", duty_id, by=actor.id, at=now, late=now > duty.due_at)
        return Duty.objects.get(id=duty_id)

    return transaction(run)


def _check(duty: Duty | None, duty_id: str, actor: Person) -> None:
    if duty is None:
        raise RuleBroken("unknown_duty", duty=duty_id)
    if duty.state == "done":
        raise RuleBroken("duty_completed", duty=duty_id)
    owner = definition_of(view_of(duty.policy, duty.policy_version), duty.key)["owner"]["role"]
    is_owner = any((post.role, post.unit) == (owner, duty.unit) for post in actor.posts)
    if not is_owner and actor.id not in _heads(duty):
        raise RuleBroken("not_your_duty", duty=duty_id)


def _heads(duty: Duty) -> set[str | None]:
    unit = Unit.objects(id=duty.unit).first()
    return {unit.head, unit.deputy} - {None} if unit else set()
