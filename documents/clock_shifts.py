"""Clock shifts 期限变动: which deadlines of open cases a changed calendar moves, counted in one stream.

The clocks that people settled – an agreed moment, an extension, a pause – are counted from everything that
is kept of them; all others by limit and day of start, once for the thousands that share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from documents.actions.change import Change
from documents.actions.clocks import counted
from documents.case_parts import Clock
from documents.complaint import Complaint
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules import reminders
from documents.rules.calendar_edits import span
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.policy import PolicyView
from documents.rules.recounting import Counting, Recount, by_the_day
from documents.rules.reminders import Rung
from documents.work_calendar import WorkCalendarRecord

Row = Mapping[str, Any]
# A rung may fire this long after its deadline, so days after the deadline matter too.
AFTERWARDS = timedelta(days=120)
ALIVE = ("running", "paused")
NOBODY = Person(id="nobody")
READS = (
    *("number", "title", "policy", "policy_version", "received_at", "extensions.limit"),
    *(f"clocks.{name}" for name in ("limit", "state", "started_at", "due_at", "agreed", "pauses")),
    *(f"clocks.{name}" for name in ("calendar", "calendar_version", "round")),
)


class Found(NamedTuple):
    """What becomes of one running clock 变动: it moves, or only its reminders and explanation change."""

    limit: Mapping[str, str]
    old: datetime
    new: datetime

    @property
    def moves(self) -> bool:
        """Whether the deadline itself moves."""
        return self.new != self.old


class Again(NamedTuple):
    """A deadline counted again 重算: as it was and as it is."""

    old: Deadline
    new: Deadline


class _Way(NamedTuple):
    recount: Recount
    by_day: bool


@dataclass
class Shifts:
    """What a calendar's new definition does to the clocks that are counted in it."""

    record: WorkCalendarRecord
    after: WorkCalendar
    definition: Mapping[str, Any]
    exact: bool = False  # no reminder is left out that hangs on the very minute of the start
    _before: dict[int, WorkCalendar] = field(default_factory=dict)
    _spans: dict[int, tuple[datetime, datetime] | None] = field(default_factory=dict)
    _ways: dict[tuple[Any, ...], _Way] = field(default_factory=dict)
    _founds: dict[tuple[Any, ...], Found | None] = field(default_factory=dict)

    def condition(self) -> dict[str, Any]:
        """Open cases with a clock that is counted in this calendar, or in that of a policy that names it."""
        alive = {"state": {"$in": list(ALIVE)}, **self._between()}
        own = {"calendar": self.record.id, **alive}
        named = {"calendar": None, **alive}
        policies = Policy.objects(definition__policy__calendar=self.record.id).distinct("key")
        return {
            "status": "open",
            "$or": [
                {"clocks": {"$elemMatch": own}},
                {"policy": {"$in": policies}, "clocks": {"$elemMatch": named}},
            ],
        }

    def _between(self) -> dict[str, Any]:
        """Where a running clock can be touched by a day that differs from any version in use."""
        versions = range(1, int(self.after.version))
        moments = [one for one in map(self._differs, versions) if one is not None]
        if not moments:
            return {"started_at": None}  # nothing differs
        first, last = min(one[0] for one in moments), max(one[1] for one in moments)
        if first.year == 1:
            return {}
        return {"started_at": {"$lt": last}, "due_at": {"$gte": first - AFTERWARDS}}

    def _differs(self, version: int) -> tuple[datetime, datetime] | None:
        """From when to when the days of a version differ from the new ones."""
        if version not in self._spans:
            days = span(self.record.definition_at(version), self.definition)
            self._spans[version] = days and (_edge(days[0], -1), _edge(days[1], 2))
        return self._spans[version]

    def of(self, row: Row) -> Iterator[tuple[Row, Found]]:
        """The clocks of a case that change; one that people moved by hand stays."""
        view: PolicyView | None = None
        extended = {one["limit"] for one in row.get("extensions", ())}
        for clock in row.get("clocks", ()):
            if clock["state"] not in ALIVE or not self._touches(clock):
                continue
            view = view or view_of(row["policy"], row["policy_version"])
            if self._is_ours(clock, view):
                settled = bool(clock.get("pauses") or clock.get("agreed") or clock["limit"] in extended)
                found = self._settled(row, clock) if settled else self._counted(view, row, clock)
                if found is not None:
                    yield clock, found

    def _is_ours(self, clock: Row, view: PolicyView) -> bool:
        named = clock.get("calendar") or view.definition["policy"]["calendar"]
        return bool(named == self.record.id)

    def _touches(self, clock: Row) -> bool:
        """Whether a day that differs lies between the start and the last reminder."""
        version = clock.get("calendar_version") or 1
        moments = self._differs(version)
        if moments is None or version == self.after.version:
            return False
        began: datetime = clock["started_at"]
        ended: datetime = clock["due_at"]
        return began < moments[1] and ended + AFTERWARDS >= moments[0]

    def before(self, version: int) -> WorkCalendar:
        """The calendar in the version in which a clock was counted."""
        if version not in self._before:
            self._before[version] = self.record.calendar_at(version)
        return self._before[version]

    def _counted(self, view: PolicyView, row: Row, clock: Row) -> Found | None:
        key = row["policy"], row["policy_version"], clock["limit"], clock.get("calendar_version") or 1
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(view, clock["limit"], key[3])
        started: datetime = clock["started_at"]
        start = way.recount.old.calendar.local(started).date() if way.by_day else started
        shared = key, start, clock["due_at"]
        if shared not in self._founds:
            self._founds[shared] = self._found(way, view, clock)
        return self._founds[shared]

    def _way(self, view: PolicyView, limit: str, version: int) -> _Way:
        """How the clocks of a limit are counted again; all of a day alike, if the hour says nothing."""
        rule, before = view.time_limit(limit), self.before(version)
        recount = Recount(Counting(rule, before), Counting(rule, self.after))
        # A reminder before the end is hardly ever dropped for the hour of the start: a forecast may say so.
        by_end = all(rung.at.startswith("due") for rung in _rungs(view, limit))
        return _Way(recount, by_day=by_the_day(rule) and by_end and not self.exact)

    def _found(self, way: _Way, view: PolicyView, clock: Row) -> Found | None:
        if way.recount.old.limit.counted_in in SET_BY_SOMEBODY:
            return None
        old, new = way.recount.pair(clock["started_at"])
        if old.due_at != clock["due_at"] or not self._changes(view, clock, old, new):
            return None
        return Found(view.limit(clock["limit"])["label"], old.due_at, new.due_at)

    def _settled(self, row: Row, clock: Row) -> Found | None:
        """A clock that was paused, extended or agreed: counted from all that is kept of it."""
        case: Complaint = Complaint.objects(number=row["number"]).first()
        change = Change(case, view_of(row["policy"], row["policy_version"]), NOBODY, case.received_at, {})
        kept = next((one for one in case.clocks if _same(one, clock)), None)
        again = self.again(change, kept) if kept is not None else None
        if again is None:
            return None
        return Found(change.view.limit(clock["limit"])["label"], again.old.due_at, again.new.due_at)

    def again(self, change: Change, clock: Clock) -> Again | None:
        """One clock of a whole case, counted again; None when nothing about it changes."""
        view, version = change.view, clock.calendar_version or 1
        limit = view.time_limit(clock.limit)
        if clock.state not in ALIVE or limit.counted_in in SET_BY_SOMEBODY or not self._is_own(clock, view):
            return None
        if version == self.after.version:
            return None
        old, new = (counted(change, clock, one) for one in (self.before(version), self.after))
        row = {"limit": clock.limit, "started_at": clock.started_at, "calendar_version": version}
        if old.due_at != clock.due_at or not self._changes(view, row, old, new):
            return None
        return Again(old, new)

    def _is_own(self, clock: Clock, view: PolicyView) -> bool:
        return self._is_ours({"calendar": clock.calendar}, view)

    def _changes(self, view: PolicyView, clock: Row, old: Deadline, new: Deadline) -> bool:
        """Whether the date, its explanation or a reminder changes."""
        if old != new:
            return True
        rungs, version = _rungs(view, clock["limit"]), clock.get("calendar_version") or 1
        was, now = (
            reminders.plan(rungs, clock["started_at"], new.due_at, calendar)
            for calendar in (self.before(version), self.after)
        )
        return was != now


def _rungs(view: PolicyView, limit: str) -> Sequence[Rung]:
    ladder = view.limit(limit).get("ladder")
    return view.rungs(ladder) if ladder else ()


def _same(kept: Clock, row: Row) -> bool:
    return (kept.limit, kept.round) == (row["limit"], row.get("round", 1)) and kept.state == row["state"]


def _edge(day: date, days: int) -> datetime:
    """Midnight near a day, a day early or late whatever the zone."""
    if day in (date.min, date.max):
        return datetime.combine(day, time(0), UTC)
    return datetime.combine(day + timedelta(days=days), time(0), UTC)
