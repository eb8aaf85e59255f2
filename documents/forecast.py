"""Forecast 迁移预测: what would become of the open cases if they moved to a new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.policy import view_of
from documents.rules.consequence_words import Consequence
from documents.rules.impact import moved_limits
from documents.rules.moving import Place, Way
from documents.rules.policy import PolicyView
from documents.rules.recounting import Counting, Recount
from documents.standing_cases import Standing
from documents.what_if import Shift
from documents.work_calendar import WorkCalendarRecord, calendar_of

Definition = Mapping[str, Any]
Row = Mapping[str, Any]
SAMPLES = 10
READ_OF_CLOCKS = (
    *("limit", "state", "started_at", "due_at", "pauses"),
    *("calendar", "calendar_unit", "calendar_version"),
)


@dataclass
class Forecast:
    """Asks each open case where it would go, and which of its deadlines would move."""

    policy: str
    new: Definition
    now: datetime
    stage_map: Mapping[str, str] = field(default_factory=dict)
    reads: Sequence[str] = ()
    keep: Callable[[Shift], None] = lambda _shift: None  # told every deadline that would move
    shifts: list[Shift] = field(default_factory=list)
    shifted: int = 0
    overdue: list[str] = field(default_factory=list)
    relieved: int = 0
    replanned: int = 0
    stuck: Counter[tuple[Place, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.view = PolicyView(self.new)
        self._ways: dict[int, Way] = {}
        self._moved: dict[int, dict[str, str]] = {}
        self._recounts: dict[tuple[int, str, str | None, int], Recount] = {}
        self._calendars: dict[str, WorkCalendarRecord] = {}

    def prepare(self, where: Sequence[Standing]) -> None:
        """Find out from the versions in use what must be read of a case."""
        for version in sorted({one.version for one in where}):
            old = view_of(self.policy, version).definition
            self._ways[version] = Way(old, self.new, self.stage_map)
            self._moved[version] = moved_limits(old, self.new)
        for one in where:
            reason = self._ways[one.version].place(Place(one.case_type, one.stage))
            if isinstance(reason, str):
                self.stuck[Place(one.case_type, one.stage), reason] += one.count
        if any(self._moved.values()) or any(way.loses_limits() for way in self._ways.values()):
            clocks = tuple(f"clocks.{name}" for name in READ_OF_CLOCKS)
            self.reads = ("policy_version", "number", "title", "received_at", "case_type", "stage", *clocks)

    @property
    def unmapped(self) -> int:
        """How many cases do not fit the new version."""
        return sum(self.stuck.values())

    def ask(self, row: Row) -> None:
        """Take one open case into account."""
        version, here = row["policy_version"], Place(row["case_type"], row["stage"])
        way = self._ways.get(version)
        if way is None or isinstance(way.place(here), str):
            return
        clocks = row.get("clocks", ())
        if way.refusal(here, (clock["limit"] for clock in clocks)) is not None:
            self.stuck[here, "limit_gone"] += 1
            return
        late = False
        for clock in clocks:
            if clock["state"] == "running" and clock["limit"] in self._moved[version]:
                late |= self._take(row, clock)
        if late:
            self.overdue.append(row["number"])

    def _take(self, row: Row, clock: Row) -> bool:
        """One clock; whether it becomes overdue."""
        self.replanned += 1
        recount = self._recount(row, clock)
        pauses = [(one["since"], one.get("until")) for one in clock.get("pauses", ())]
        old = clock["due_at"]
        new = recount.due(clock["started_at"], old, pauses=pauses)
        if new == old:
            return False
        self.shifted += 1
        self.relieved += new >= self.now > old
        label = self.view.limit(self._moved[row["policy_version"]][clock["limit"]])["label"]
        shift = Shift(row["number"], row["title"], row["received_at"], label, old, new)
        self.keep(shift)
        if len(self.shifts) < SAMPLES:
            self.shifts.append(shift)
        return bool(new < self.now <= old)

    def _recount(self, row: Row, clock: Row) -> Recount:
        version, limit = row["policy_version"], clock["limit"]
        own = clock.get("calendar") if clock.get("calendar_unit") else None
        old = view_of(self.policy, version)
        at = clock.get("calendar_version") or 1, row["received_at"]
        counted = self._calendar(old, own).version_for(at)
        key = version, limit, own, counted
        if key not in self._recounts:
            goal = self._moved[version][limit]
            self._recounts[key] = Recount(
                Counting(old.time_limit(limit), calendar_of(old, own, at)),
                Counting(self.view.time_limit(goal), calendar_of(self.view, own, at)),
            )
        return self._recounts[key]

    def _calendar(self, view: PolicyView, own: str | None) -> WorkCalendarRecord:
        key = own or str(view.definition["policy"]["calendar"])
        if key not in self._calendars:
            self._calendars[key] = WorkCalendarRecord.get(key)
        return self._calendars[key]

    def lines(self) -> Iterator[Consequence]:
        """The forecast in sentences."""
        if self.unmapped:
            yield Consequence("unmapped", self.unmapped)
        if self.shifted:
            numbers = tuple(one.number for one in self.shifts)
            yield Consequence("shifted", self.shifted, samples=numbers)
        if self.overdue:
            yield Consequence("overdue", len(self.overdue), samples=tuple(self.overdue[:SAMPLES]))
        if self.replanned:
            yield Consequence("replanned", self.replanned)
