"""Work calendars 工作日历变更: forecast, changed at once for new cases, then open cases step by step.

Moving the open cases is safe to run twice and by two workers: a clock that was moved carries the version it
is counted in, and each case is written in a transaction of its own together with the figures of the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from documents import audit
from documents.actions import clocks
from documents.actions.change import Change
from documents.actions.duty_dates import move_duties, moving_duties
from documents.actions.reorganising import rewrite
from documents.calendar_change import ALL, FROM, MOST_LISTED, NEW, CalendarChange, running_change
from documents.calendar_uses import uses_of
from documents.case_parts import Clock
from documents.clock_shifts import READS, Again, Shifts
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.calendar_edits import CalendarEdit, edited, span
from documents.rules.calendars import WorkCalendar
from documents.rules.durations import day_start
from documents.what_if import Ledger, Shift, WhatIf
from documents.work_calendar import WorkCalendarRecord

MOVED = {"zh": "工作日历调整，期限重新计算", "en": "Calendar changed: deadlines recomputed"}
UNMOVED = "期限不变，提醒时刻与说明已更新"
BATCH = 500
SCAN = 2_000


def consider(key: str, edit: CalendarEdit, *, actor: str, now: datetime) -> WhatIf:
    """预演: what the change would be; counted by `count`. Raises RuleBroken("nothing_changed")."""
    record = WorkCalendarRecord.get(key)
    definition = edited(record.definition, edit)
    if span(record.definition, definition) is None:
        raise RuleBroken("nothing_changed")
    found = WhatIf(
        kind="calendar",
        subject=key,
        base=record.version,
        definition=definition,
        source=edit.source,
        year=edit.notice.year if edit.notice else None,
        by=actor,
        at=now,
        beat_at=now,
        total=Complaint.collection().count_documents(_shifts(record, definition).condition()),
    )
    WhatIf.forget_old(now)
    found.save(force_insert=True)
    return found


def _shifts(record: WorkCalendarRecord, definition: dict[str, Any]) -> Shifts:
    calendar = record.as_calendar(definition, int(record.version) + 1)
    return Shifts(record, calendar, definition)


def count(what_if: WhatIf, *, now: datetime) -> WhatIf:
    """Look through the open cases and write down every deadline that would move. Safe to run twice."""
    record = WorkCalendarRecord.get(what_if.subject)
    shifts, ledger = _shifts(record, dict(what_if.definition)), Ledger(what_if, now)
    reads = {**dict.fromkeys(READS, 1), "_id": 0}
    found = Complaint.collection().find(shifts.condition(), reads).batch_size(SCAN)
    looked = 0
    for looked, row in enumerate(found, start=1):
        changed = [one for _, one in shifts.of(row)]
        moved = [one for one in changed if one.moves]
        for one in moved:
            ledger.take(Shift(row["number"], row["title"], row["received_at"], one.limit, one.old, one.new))
        ledger.reminders += bool(changed) and not moved
        if looked % SCAN == 0:
            ledger.beat(looked, now)
    ledger.beat(looked, now)
    ledger.close(now, duties=len(list(moving_duties(record, shifts.after))))
    return WhatIf.get(str(what_if.id))


@dataclass(frozen=True)
class Scope:
    """Which cases the change counts for 适用范围: only new ones, all open ones, those received from a day."""

    kind: str = ALL
    since: date | None = None

    def received_from(self, calendar: WorkCalendar) -> datetime | None:
        """The first moment of the day; raises RuleBroken("scope_without_day")."""
        if self.kind not in (NEW, ALL, FROM) or (self.kind == FROM and self.since is None):
            raise RuleBroken("scope_without_day")
        return day_start(self.since, calendar.tz) if self.kind == FROM and self.since else None


def change_calendar(what_if: str, scope: Scope, *, actor: Person, now: datetime) -> CalendarChange:
    """变更日历: the new version counts for new cases at once; open ones in scope are moved by `advance`.

    Raises RuleBroken("calendar_changed_meanwhile"), ("calendar_change_runs"), ("scope_without_day").
    """

    def run() -> CalendarChange:
        asked = WhatIf.get(what_if)
        record = WorkCalendarRecord.get(asked.subject)
        if record.version != asked.base:
            raise RuleBroken("calendar_changed_meanwhile")
        if running_change(record.id) is not None:
            raise RuleBroken("calendar_change_runs")
        reach = {"scope": scope.kind, "since": scope.received_from(record.calendar())}
        record.take(dict(asked.definition), reach, by=actor.id, source=asked.source or "", now=now)
        _keep_source(record, asked)
        change = _begin(record, asked, scope, actor=actor.id, now=now)
        facts: Mapping[str, Any] = {"version": record.version, "scope": scope.kind, "source": asked.source}
        since = {"since": scope.since.isoformat()} if scope.since else {}
        audit.note("change_calendar", f"calendar:{record.id}", by=actor.id, at=now, **facts, **since)
        return change

    return transaction(run)


def _keep_source(record: WorkCalendarRecord, asked: WhatIf) -> None:
    """Note where the days of a newly loaded year come from."""
    if asked.year and asked.source:
        record.sources = {**record.sources, str(asked.year): asked.source}
        record.save()


def _begin(
    record: WorkCalendarRecord, asked: WhatIf, scope: Scope, *, actor: str, now: datetime
) -> CalendarChange:
    change = CalendarChange(
        calendar=record.id,
        to_version=record.version,
        scope=scope.kind,
        received_from=scope.received_from(record.calendar()),
        by=actor,
        at=now,
        beat_at=now,
        total=0 if scope.kind == NEW else asked.total,
    )
    if scope.kind == NEW:
        change.state, change.finished_at = "done", now
    change.save(force_insert=True)
    return change


def advance(change: str, *, now: datetime, size: int = BATCH) -> bool:
    """继续变更: take the next open cases along; whether any may be left. Safe to run twice."""
    found = CalendarChange.get(change)
    if found.state == "done":
        return False
    record = WorkCalendarRecord.get(found.calendar)
    shifts = Shifts(record, record.calendar(), record.definition, exact=True)
    rows = _next(found, shifts, size)
    for row in rows:
        if any(True for _ in shifts.of(row)):
            _one(row["_id"], found, shifts, now)
    if rows:
        wanted = {"_id": found.id, "cursor": found.cursor}
        done = {"$set": {"beat_at": now, "cursor": rows[-1]["_id"]}, "$inc": {"looked": len(rows)}}
        CalendarChange.collection().update_one(wanted, done)
        return True
    _finish(found, record, now)
    return False


def _next(change: CalendarChange, shifts: Shifts, size: int) -> list[Mapping[str, Any]]:
    wanted = shifts.condition()
    if change.received_from is not None:
        wanted["received_at"] = {"$gte": change.received_from}
    if change.cursor is not None:
        wanted["_id"] = {"$gt": change.cursor}
    found = Complaint.collection().find(wanted, dict.fromkeys(READS, 1)).sort("_id").limit(size)
    return list(found)


def _one(case: Any, change: CalendarChange, shifts: Shifts, now: datetime) -> None:
    """Move one case and add it to the figures, both or neither."""

    def run() -> None:
        found: Complaint = Complaint.objects(id=case).first()
        view = view_of(found.policy, found.policy_version)
        actor = Person.objects(id=change.by).first() or Person(id=change.by)
        doing = Change(found, view, actor, now, {"key": "recount"})
        moving = [(clock, shifts.again(doing, clock)) for clock in found.clocks]
        affected = [(clock, again) for clock, again in moving if again is not None]
        if found.status == "open" and affected:
            _write(doing, affected, change, shifts.after)

    try:
        transaction(run)
    except RuleBroken as broken:
        number = Complaint.collection().find_one({"_id": case}, {"number": 1})["number"]
        listed = {"$each": [{"number": number, "reason": broken.code}], "$slice": MOST_LISTED}
        CalendarChange.collection().update_one({"_id": change.id}, {"$push": {"listed": listed}})


def _write(
    doing: Change, affected: list[tuple[Clock, Again]], change: CalendarChange, calendar: WorkCalendar
) -> None:
    now = doing.now
    moves = [(clock, again) for clock, again in affected if again.old.due_at != again.new.due_at]
    overdue = sum(again.new.due_at < now <= again.old.due_at for _, again in moves)
    told = [_told(doing, clock, again) for clock, again in moves]
    for clock, again in affected:
        clocks.take(doing, clock, again.new, calendar)
    note = "；".join(told) or UNMOVED
    rewrite(doing.case, "recount", MOVED, actor=doing.actor, now=now, note=note)
    figures = {"cases": bool(moves), "deadlines": len(moves), "overdue": overdue, "reminders": not moves}
    added = {name: int(figure) for name, figure in figures.items()}
    CalendarChange.collection().update_one({"_id": change.id}, {"$inc": added, "$set": {"beat_at": now}})


def _told(doing: Change, clock: Clock, again: Again) -> str:
    local, label = doing.calendar.local, doing.view.limit(clock.limit)["label"]["zh"]
    return f"{label} {local(again.old.due_at):%Y-%m-%d} → {local(again.new.due_at):%Y-%m-%d}"


def _finish(change: CalendarChange, record: WorkCalendarRecord, now: datetime) -> None:
    duties = move_duties(record, since=change.received_from, by=change.by, now=now)

    def run() -> None:
        done = {"state": "done", "finished_at": now, "beat_at": now}
        wanted = {"_id": change.id, "state": "running"}
        update = {"$set": done, "$inc": {"duties": duties}}
        if not CalendarChange.collection().update_one(wanted, update).modified_count:
            return  # another worker finished it
        found = CalendarChange.get(str(change.id))
        figures = {name: found[name] for name in ("cases", "deadlines", "overdue", "reminders", "duties")}
        subject = f"calendar:{change.calendar}"
        audit.note("move_deadlines", subject, by=change.by, at=now, version=change.to_version, **figures)

    transaction(run)


def delete_calendar(key: str, *, actor: Person, now: datetime) -> None:
    """删除日历: take away a calendar that nothing names.

    Raises RuleBroken("calendar_in_use"), ("calendar_counts_still").
    """

    def run() -> None:
        record = WorkCalendarRecord.get(key)
        found = uses_of(key)
        if found.count:
            raise RuleBroken("calendar_in_use", calendar=key, count=found.count)
        if Complaint.objects(status="open", clocks__calendar=key).first() is not None:
            raise RuleBroken("calendar_counts_still", calendar=key)
        record.keep_version(by=actor.id, source="")
        record.delete()
        audit.note("delete_calendar", f"calendar:{key}", by=actor.id, at=now, name=dict(record.name))

    transaction(run)
