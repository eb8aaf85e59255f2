"""Work calendars 工作日历变更: days off and make-up days, and the deadlines that move with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from documents import audit
from documents.actions import timers
from documents.actions.reorganising import rewrite
from documents.calendar_uses import uses_of
from documents.complaint import Clock, Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules import reminders
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline, deadline
from documents.rules.holiday_notices import YearDays
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.policy import PolicyView
from documents.rules.reminders import Rung
from documents.work_calendar import WorkCalendarRecord

# Each case is written with its event and its timers; more than this do not fit into one transaction.
MOST_CASES = 2_000
# A rung may fire this long after its deadline, so days after the deadline matter too.
AFTERWARDS = timedelta(days=120)
ALARM_FROM = (11, 1)  # the yearly notice comes in the autumn; without it, next year's dates are guesses
MOVED = {"zh": "工作日历调整，期限重新计算", "en": "Calendar changed: deadlines recomputed"}
UNMOVED = "期限不变，提醒时刻与说明已更新"
OFF, MAKEUP, ORDINARY = "off", "makeup", "ordinary"


@dataclass(frozen=True)
class CalendarEdit:
    """What changes in a calendar 日历变更: single days, or a whole year's notice with its source."""

    days: Mapping[date, tuple[str, str]] = field(default_factory=dict)  # day -> kind, name
    notice: YearDays | None = None
    source: str = ""


@dataclass(frozen=True)
class Shift:
    """A deadline of an open case that moves 期限变动."""

    number: str
    title: str
    limit: Mapping[str, str]
    old: datetime
    new: datetime


@dataclass(frozen=True)
class Consequences:
    """What a change of the calendar would do 变更影响."""

    definition: dict[str, Any]
    days: tuple[tuple[date, str, str], ...]  # day, what it is, what it becomes
    shifts: tuple[Shift, ...]
    cases: int
    reminders_only: int


def missing_year(record: WorkCalendarRecord, today: date) -> int | None:
    """The year whose notice is missing: this one at any time, the next one from 1 November."""
    covered = set(record.definition.get("covered_years", ()))
    if today.year not in covered:
        return today.year
    late = (today.month, today.day) >= ALARM_FROM
    return today.year + 1 if late and today.year + 1 not in covered else None


def edited(definition: Mapping[str, Any], edit: CalendarEdit) -> dict[str, Any]:
    """The calendar's definition after the change; raises RuleBroken("calendar_invalid")."""
    off, makeup = dict(definition.get("days_off", {})), dict(definition.get("makeup_days", {}))
    years = set(definition.get("covered_years", ()))
    if edit.notice is not None:
        off, makeup = (_without(days, edit.notice.year) for days in (off, makeup))
        off |= {day.isoformat(): name for day, name in edit.notice.days_off.items()}
        makeup |= {day.isoformat(): name for day, name in edit.notice.makeup_days.items()}
        years.add(edit.notice.year)
    for day, (kind, name) in edit.days.items():
        for days, wanted in ((off, OFF), (makeup, MAKEUP)):
            days.pop(day.isoformat(), None)
            if kind == wanted:
                days[day.isoformat()] = name
    changed = {"days_off": dict(sorted(off.items())), "makeup_days": dict(sorted(makeup.items()))}
    return _checked({**definition, **changed, "covered_years": sorted(years)})


def _without(days: Mapping[str, str], year: int) -> dict[str, str]:
    return {day: name for day, name in days.items() if not day.startswith(f"{year}-")}


def _checked(definition: dict[str, Any]) -> dict[str, Any]:
    try:
        WorkCalendar.from_definition(definition)
    except ValueError as error:
        raise RuleBroken("calendar_invalid", problem=str(error)) from error
    return definition


def preview(key: str, edit: CalendarEdit) -> Consequences:
    """What the change would do to the open cases; nothing is written."""
    record = WorkCalendarRecord.get(key)
    definition = edited(record.definition, edit)
    return _consequences(record, definition, list(_affected(record, definition)))


def _consequences(
    record: WorkCalendarRecord, definition: dict[str, Any], affected: Sequence[_Affected]
) -> Consequences:
    days = tuple(_changed_days(record.definition, definition))
    shifts = tuple(shift for one in affected for shift in one.shifts())
    return Consequences(
        definition=definition,
        days=days,
        shifts=shifts,
        cases=len({shift.number for shift in shifts}),
        reminders_only=sum(not one.shifts() for one in affected),
    )


def _changed_days(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[date, str, str]]:
    before, after = _marks(old), _marks(new)
    for day in sorted({*before, *after}):
        if before.get(day) != after.get(day):
            yield date.fromisoformat(day), before.get(day, ORDINARY), after.get(day, ORDINARY)


def _marks(definition: Mapping[str, Any]) -> dict[str, str]:
    found = {day: f"{OFF}:{name}" for day, name in definition.get("days_off", {}).items()}
    return found | {day: f"{MAKEUP}:{name}" for day, name in definition.get("makeup_days", {}).items()}


@dataclass
class _Recount:
    """One running clock counted again with the new calendar."""

    case: Complaint
    clock: Clock
    view: PolicyView
    old: Deadline
    new: Deadline
    calendar: WorkCalendar
    before: WorkCalendar

    @property
    def moves(self) -> bool:
        """Whether the deadline itself moves."""
        return self.new.due_at != self.clock.due_at

    def replans(self) -> bool:
        """Whether a reminder falls on another moment."""
        ladder = self.view.limit(self.clock.limit).get("ladder")
        if not ladder:
            return False
        rungs = [Rung.from_definition(rung) for rung in self.view.ladder(ladder)["rungs"]]
        started = self.clock.started_at
        was = reminders.plan(rungs, started, self.clock.due_at, self.before)
        return was != reminders.plan(rungs, started, self.new.due_at, self.calendar)

    def apply(self, now: datetime) -> None:
        """Move the clock, keep what was added to its explanation by hand, plan its reminders again."""
        clock = self.clock
        added = clock.explanation[len(self.old.explanation) :]
        clock.explanation = [{"zh": line.zh, "en": line.en} for line in self.new.explanation] + list(added)
        clock.certain = self.new.certain
        if self.moves:
            clock.due_at = clock.original_due_at = self.new.due_at
        timers.cancel(str(self.case.id), clock.limit, clock.round)
        clock.round += 1
        definition = self.view.limit(clock.limit)
        if definition.get("ladder"):
            ladder = self.view.ladder(definition["ladder"])
            timers.plan(self.case, clock, ladder, self.calendar, now=now)


@dataclass
class _Affected:
    """A case whose dates change."""

    case: Complaint
    recounts: list[_Recount]

    def shifts(self) -> list[Shift]:
        """The deadlines that move."""
        return [
            Shift(
                self.case.number,
                self.case.title,
                one.view.limit(one.clock.limit)["label"],
                one.clock.due_at,
                one.new.due_at,
            )
            for one in self.recounts
            if one.moves
        ]


def _affected(record: WorkCalendarRecord, definition: dict[str, Any]) -> Iterator[_Affected]:
    before, after = record.calendar(), WorkCalendar.from_definition(definition)
    for case in _cases_between(record.id, *_span(record.definition, definition)):
        view = view_of(case.policy, case.policy_version)
        recounts = [
            one for clock in case.clocks if (one := _recount(case, clock, view, before=before, after=after))
        ]
        if recounts:
            yield _Affected(case, recounts)


def _span(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[date, date]:
    """The first and the last day whose meaning changes."""
    days = [day for day, _, _ in _changed_days(old, new)]
    for year in set(new.get("covered_years", ())) ^ set(old.get("covered_years", ())):
        days += [date(year, 1, 1), date(year, 12, 31)]
    if not days:
        raise RuleBroken("nothing_changed")
    return min(days), max(days)


def _cases_between(key: str, first: date, last: date) -> list[Complaint]:
    """Open cases with a clock that runs over these days."""
    policies = Policy.objects(definition__policy__calendar=key).distinct("key")
    begin = datetime.combine(first, time(0)) - timedelta(days=1) - AFTERWARDS
    end = datetime.combine(last, time(0)) + timedelta(days=2)
    running = {"state": "running", "due_at": {"$gte": begin}, "started_at": {"$lt": end}}
    wanted = {"policy": {"$in": policies}, "status": "open", "clocks": {"$elemMatch": running}}
    return list(Complaint.objects(__raw__=wanted).order_by("id"))


def _recount(
    case: Complaint, clock: Clock, view: PolicyView, *, before: WorkCalendar, after: WorkCalendar
) -> _Recount | None:
    """The clock counted again; None when nothing about it changes.

    A date that the old calendar does not explain was extended or agreed by people: it stays.
    """
    limit = view.time_limit(clock.limit)
    if clock.state != "running" or limit.counted_in in SET_BY_SOMEBODY:
        return None
    old, new = (deadline(limit, clock.started_at, calendar) for calendar in (before, after))
    if old.due_at != clock.due_at:
        return None
    found = _Recount(case, clock, view, old, new, after, before)
    return found if old != new or found.replans() else None


def change_calendar(
    key: str, edit: CalendarEdit, *, seen: datetime | None, actor: Person, now: datetime
) -> Consequences:
    """变更日历: change the calendar and every deadline and reminder that follows from it, in one transaction.

    `seen` is when the calendar that the person saw was last changed. Raises
    RuleBroken("calendar_changed_meanwhile"), ("nothing_changed"), ("calendar_invalid"), ("too_many_cases").
    """

    def run() -> Consequences:
        record = WorkCalendarRecord.get(key)
        if record.changed_at != seen:
            raise RuleBroken("calendar_changed_meanwhile")
        definition = edited(record.definition, edit)
        affected = list(_affected(record, definition))
        found = _consequences(record, definition, affected)
        if len(affected) > MOST_CASES:
            raise RuleBroken("too_many_cases", count=len(affected), most=MOST_CASES)
        _store(record, definition, edit, now)
        for one in affected:
            _write(one, actor, now)
        told = [f"{day.isoformat()} {old} → {new}" for day, old, new in found.days]
        audit.note("change_calendar", f"calendar:{key}", by=actor.id, at=now, days=told, cases=found.cases)
        return found

    return transaction(run)


def _store(record: WorkCalendarRecord, definition: dict[str, Any], edit: CalendarEdit, now: datetime) -> None:
    sources = dict(record.sources)
    if edit.notice is not None:
        sources[str(edit.notice.year)] = edit.source
    record.definition, record.sources, record.changed_at = definition, sources, now
    record.save()


def _write(one: _Affected, actor: Person, now: datetime) -> None:
    local = one.recounts[0].calendar.local
    moved = [
        f"{shift.limit['zh']} {local(shift.old):%Y-%m-%d} → {local(shift.new):%Y-%m-%d}"
        for shift in one.shifts()
    ]
    for recount in one.recounts:
        recount.apply(now)
    rewrite(one.case, "recount", MOVED, actor=actor, now=now, note="；".join(moved) or UNMOVED)


def delete_calendar(key: str, *, actor: Person, now: datetime) -> None:
    """删除日历: take away a calendar that nothing names; raises RuleBroken("calendar_in_use")."""

    def run() -> None:
        record = WorkCalendarRecord.get(key)
        found = uses_of(key)
        if found.count:
            raise RuleBroken("calendar_in_use", calendar=key, count=found.count)
        record.delete()
        audit.note("delete_calendar", f"calendar:{key}", by=actor.id, at=now, name=dict(record.name))

    transaction(run)
