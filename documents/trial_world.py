"""The world of a trial 试行环境: an organisation, its clock and its timers in memory. Nothing is written."""

from __future__ import annotations

import copy
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions import firing, missing, reweighing, sealing
from documents.actions.sealing import Sealed
from documents.archive_number import ArchiveNumber
from documents.case_parts import Event
from documents.complaint import Complaint
from documents.organisation import Organisation
from documents.person import Person
from documents.rules import filing, slots
from documents.rules.access import Reach, case_keys, reach_of
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.forms import Checked
from documents.rules.moments import moment_facts
from documents.rules.planning import CALLED_OFF
from documents.rules.policy import PolicyView
from documents.rules.recusal import Relative
from documents.rules.severity_counting import Alike
from documents.rules.severity_scale import Scale
from documents.rules.workflow import Viewer
from documents.unit import Unit
from documents.upload import Upload
from documents.work_calendar import Counted, shipped_work_calendar

Row = dict[str, Any]
PRINTED = "trial"  # the letter that a trial prints has no pages


@dataclass
class World:
    """Surroundings 周边 in memory, with a clock that a trial moves on."""

    policy: PolicyView
    work_calendar: WorkCalendar
    organisation: Organisation
    cases: dict[str, Complaint] = field(default_factory=dict)
    notices: list[Row] = field(default_factory=list)
    named_calendar: Callable[[str], WorkCalendar] = shipped_work_calendar

    def __post_init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._timers: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        self._waiting: list[tuple[datetime, int, Row]] = []
        self._order = count()

    # What an action asks.

    def view(self, policy: str, version: int) -> PolicyView:
        return self.policy

    def roles(self, policy: str) -> Sequence[Mapping[str, Any]]:
        roles: Sequence[Mapping[str, Any]] = self.policy.definition.get("roles", ())
        return roles

    def calendar(self, view: PolicyView, key: str | None = None, at: Counted | None = None) -> WorkCalendar:
        return self.named_calendar(key) if key and key != self.work_calendar.key else self.work_calendar

    def own_calendar(self, unit: str) -> tuple[str, str] | None:
        return self.organisation.own_calendar(unit)

    def unit(self, code: str) -> Unit:
        if code not in self.organisation.units:
            raise RuleBroken("unknown_unit", unit=code)
        return self.organisation.units[code]

    def has_below(self, unit: str) -> bool:
        return any(one.parent == unit for one in self.organisation.units.values())

    def slots(self, view: PolicyView, units: Mapping[str, str]) -> dict[str, str]:
        return slots.filled(view.definition.get("slots", {}), units, self.organisation)

    def person(self, person: str) -> Person:
        if person not in self.organisation.people:
            raise RuleBroken("unknown_person", person=person)
        return self.organisation.people[person]

    def staff(self, above: str | None = None) -> dict[str, str]:
        return self.organisation.names(above)

    def holders(self, role: str, unit: str) -> Sequence[str]:
        return self.organisation.roster.staff.holders.get((role, unit), ())

    def relatives(self, units: Mapping[str, str]) -> Sequence[Relative]:
        """The people of an example have no kin."""
        return ()

    def workers_on(self, number: str) -> Sequence[str]:
        return [one for case in self.cases.values() if case.number == number for one in case.workers()]

    def next_in(self, series: str) -> int:
        self._numbers[series] += 1
        return self._numbers[series]

    def reserve(self, number: ArchiveNumber) -> bool:
        """A trial gives out each number of a series once."""
        return True

    def is_held(self, number: str) -> bool:
        return False

    def take_upload(self, upload: str, *, by: str, case: Complaint) -> Upload:
        kept = {"file_id": upload, "name": upload, "size": 0, "sha256": "", "media_type": "text/plain"}
        return Upload(id=upload, by=by, case=str(case.id), **kept)

    def uploads(self, keys: Sequence[str], by: str) -> Mapping[str, Upload]:
        """A trial's files have names, but no size to speak of."""
        return {}

    def case_for(self, number: str, reader: Person, _now: datetime) -> Complaint | None:
        found = (case for case in self.cases.values() if case.number == number)
        return next((case for case in found if case.case_scope().refusal(reader.id) is None), None)

    def viewer(self, actor: Person, _now: datetime) -> Viewer:
        """The people of an example are never absent."""
        return actor.viewer()

    def reach(self, reader: Person, _now: datetime) -> Reach:
        above = self.organisation.kinds_above(post.unit for post in reader.posts)
        return reach_of(reader.viewer(), self.roles(self.policy.key), above)

    def timers_of(self, case: str, limit: str) -> Sequence[Row]:
        return self._timers[(case, limit)]

    def add_timers(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._timers[(row["case"], row["limit"])].append(row)
            if row["state"] == "pending":
                heapq.heappush(self._waiting, (row["due"], next(self._order), row))

    def announce(self, handing: object, *, now: datetime) -> None:
        """A trial tells only what ladders tell."""

    def tell(self, people: Sequence[str], message: object, *, now: datetime) -> None:
        """The same."""

    def cancel_timers(self, case: str, limit: str, round: int, *, why: str = "clock_stopped") -> None:
        for row in self._timers[(case, limit)]:
            if row["round"] == round and row["state"] == "pending":
                _call_off(row, why)

    def same_type(self, case: Complaint, scale: Scale) -> list[Alike]:
        return [
            Alike(one.received_at, one.severity.who, one.closed_at)
            for one in self.cases.values()
            if one.id != case.id and one.severity and one.severity.type == case.severity.type
        ]

    def waiting(self, case: Complaint, scale: Scale) -> list[str]:
        return [
            key
            for key, one in self.cases.items()
            if one.id != case.id and one.severity and one.severity.type == case.severity.type
            if one.severity.waits
        ]

    def keep(self, case: Complaint, view: PolicyView, *, is_new: bool) -> None:
        """Keep the case; its letters are printed and its file is sealed at once, as the jobs would do."""
        if not is_new:
            case.revision += 1
            case.turn += 1
        for letter in case.letters:
            letter.file_id = letter.file_id or PRINTED
        if case.in_the_making is not None:
            sealed = Sealed(PRINTED, "", 0, 0)
            sealing.close(case, sealed, now=case.in_the_making.submitted_at, view=view)
        case.papers = []
        lines = self.organisation.kinds_above(case.units.values())
        above = {code: [unit for unit, _kind in line] for code, line in lines.items()}
        people = [case.handler, case.registrar, *(one["person"] for one in case.stand_ins)]
        case.scope = case_keys(case.units, above, people)
        self.cases[str(case.id)] = case

    def settle(self, checked: Checked) -> dict[str, Any]:
        return checked.or_raise()

    def link(self, case: Complaint, link: dict[str, str]) -> None:
        """The case in memory is linked already."""

    def someone(self, digest: str | None) -> str | None:
        return digest

    def note(self, verb: str, subject: str, *, by: str, at: datetime, **facts: Any) -> None:
        """A trial leaves no trace."""

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back what is done inside, as the database takes back a refused transaction."""
        kept = copy.deepcopy((self._numbers, self._timers, self._waiting))
        try:
            yield
        finally:
            self._numbers, self._timers, self._waiting = kept

    # The clock.

    def pass_before(self, moment: datetime) -> None:
        """Let time pass until just before a moment: who acts at the very moment of a timer is in time."""
        while self._waiting and self._waiting[0][0] < moment:
            self._ring()

    def pass_through(self, moment: datetime) -> None:
        """Let time pass up to and with a moment."""
        while self._waiting and self._waiting[0][0] <= moment:
            self._ring()

    def _ring(self) -> None:
        """Fire the timer that falls due next, unless it was cancelled."""
        row = heapq.heappop(self._waiting)[2]
        if row["state"] == "pending":
            self._fire(row)

    def _fire(self, row: Row) -> None:
        case = self.cases[row["case"]]
        if row["subject"] == "severity":
            self._weigh(case, row)
            return
        if missing.is_missed(row):
            why = missing.carry_out(case, row, self, now=row["due"])
            _call_off(row, why) if why else row.update(state="done")
            return
        seen = _seen(case)
        answer = firing.case_ringing(
            row, seen, self.view, lambda _row: case.facts(ZoneInfo(self.policy.zone))
        )
        if isinstance(answer, str):
            _call_off(row, answer)
            return
        answer = replace(answer, letter=None)  # a trial reads no letters to anybody
        batch = firing.compose([answer], {row["case"]: seen}, people=self.organisation.roster, now=row["due"])
        row["state"] = "done"
        self.notices.extend(batch.notices)
        case.events.extend(Event(**event) for chain in batch.events.values() for event in chain)
        case.escalation = max([case.escalation, *batch.levels.values()])

    def _weigh(self, case: Complaint, row: Row) -> None:
        row["state"] = "done"
        if reweighing.called_off(case, self) is None:
            reweighing.reweigh(case, row, self, row["due"])


def _call_off(row: Row, why: str) -> None:
    row.update(state="cancelled", reason=CALLED_OFF[why])


def _seen(case: Complaint) -> Row:
    """What firing reads of a case."""
    return {
        "_id": case.id,
        "number": case.number,
        "policy": case.policy,
        "policy_version": case.policy_version,
        "status": case.status,
        "units": case.units,
        "handler": case.handler,
        "registrar": case.registrar,
        "recused": case.recused,
        "known_to": case.known_to,
        "clocks": [
            {"limit": clock.limit, "round": clock.round, "state": clock.state, "due_at": clock.due_at}
            for clock in case.clocks
        ],
        "events": [{"seq": event.seq, "hash": event.hash} for event in case.events[-1:]],
    }


def retention_code(case: Complaint, view: PolicyView, now: datetime) -> str | None:
    """The retention 保管期限 that the archive rules give to the case as it stands then."""
    rules = view.definition.get("archive")
    known = {**case.facts(), **moment_facts(now, view.zone)}
    return str(filing.proposed(rules, known)["code"]) if rules else None
