"""Dates of duties 任务日期: open duties move with a changed calendar, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from documents import audit
from documents.actions import duty_timers
from documents.database import transaction
from documents.duty import DROPPED, OPEN, Duty
from documents.duty_rights import definition_of
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.periods import Occurrence, Recurrence, occurrences
from documents.rules.policy import PolicyView
from documents.work_calendar import WorkCalendarRecord

# So far a duty may move: a long holiday and the days around it.
REACH = timedelta(days=45)
NO_DAY = {"zh": "工作日历调整，该日不再上班", "en": "the calendar changed: its day is not worked any more"}


class MovedDuty(NamedTuple):
    """An open duty that falls on another moment 任务变动; None when its working day is none any more."""

    duty: Duty
    new: Occurrence | None


def moving_duties(
    record: WorkCalendarRecord, after: WorkCalendar, *, since: datetime | None = None
) -> Iterator[MovedDuty]:
    """The open duties that the calendar would move; only those due since a moment when one is given."""
    known: dict[tuple[Any, ...], list[Occurrence]] = {}
    for duty in Duty.objects(state="open", **({"due_at__gte": since} if since else {})).order_by("id"):
        view = view_of(duty.policy, duty.policy_version)
        if (duty.calendar or view.definition["policy"]["calendar"]) != record.id:
            continue
        found = _again(duty, view, after, known)
        if found is None or (found.due_at, found.certain) != (duty.due_at, duty.certain):
            yield MovedDuty(duty, found)


def _again(
    duty: Duty, view: PolicyView, after: WorkCalendar, known: dict[tuple[Any, ...], list[Occurrence]]
) -> Occurrence | None:
    """The same occurrence by the changed calendar: its day as it was meant, and its number."""
    key = duty.policy, duty.policy_version, duty.key, duty.due_at
    if key not in known:
        definition = definition_of(view, duty.key)
        recurrence = Recurrence.from_definition({**definition["recurrence"], "key": duty.key})
        known[key] = occurrences(recurrence, duty.due_at - REACH, duty.due_at + REACH, after)
    nominal, number = duty.id.rsplit(":", 2)[1:]
    same = (one for one in known[key] if (one.nominal.isoformat(), str(one.number)) == (nominal, number))
    return next(same, None)


def move_duties(record: WorkCalendarRecord, *, since: datetime | None, by: str, now: datetime) -> int:
    """Move them; how many it were. Safe to run twice: what has moved is not found again."""
    after = record.calendar()
    moved = 0
    for duty, new in list(moving_duties(record, after, since=since)):
        moved += transaction(partial(_move, duty, new, {"by": by, "at": now}))
    return moved


def _move(duty: Duty, new: Occurrence | None, note: Mapping[str, Any]) -> int:
    found: Duty | None = Duty.objects(id=duty.id).first()
    if found is None:
        raise RuleBroken("unknown_duty", duty=duty.id)
    if found.state != OPEN or found.due_at != duty.due_at:
        return 0  # done meanwhile, or moved by another worker
    old = found.due_at.isoformat()
    duty_timers.call_off(found, "date_moved")
    entry = {"verb": "moved", **note, "old": found.due_at, "new": new.due_at if new else None}
    if new is None:
        found.state, found.reason = DROPPED, dict(NO_DAY)
    else:
        found.due_at, found.certain = new.due_at, new.certain
        duty_timers.plan(found, now=note["at"], again=True)
    found.history.append(entry)
    found.save()
    audit.note("move_duty", found.id, **note, old=old, new=new.due_at.isoformat() if new else None)
    return 1
