"""What a trial finds 试行结果: how each case went, and the time line that a page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.complaint import Complaint
from documents.rules.policy import PolicyView
from documents.rules.scenario_results import CaseFound, ClockFound, Difference, NoticeFound
from documents.rules.scenarios import MAIN
from documents.trial_world import World, retention_code

Text = Mapping[str, str]


@dataclass(frozen=True)
class Happening:
    """Something on the time line 时间线: when, what, by whom, on which case of the scenario."""

    at: datetime
    kind: str  # "step", "reminder", "escalation", "seal", "severity", "refused"
    what: Text
    by: str
    by_name: str = ""
    case: str = MAIN
    stage: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopped:
    """The step 中止 that went otherwise than it says, from 1, and the fields that it left unanswered."""

    position: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScenarioResult:
    """How a scenario went 试行结论; the parts of the first case can be read off the result itself."""

    key: str
    label: Text
    differences: tuple[Difference, ...]
    cases: Mapping[str, CaseFound]
    timeline: tuple[Happening, ...] = ()
    stopped: Stopped | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences

    @property
    def route(self) -> Sequence[str]:
        """The stages of the first case, in the order entered."""
        return self._main.route

    @property
    def clocks(self) -> Sequence[ClockFound]:
        """The clocks of the first case."""
        return self._main.clocks

    @property
    def notices(self) -> Sequence[NoticeFound]:
        """The reminders that fired for the first case."""
        return self._main.notices

    @property
    def letters(self) -> Sequence[str]:
        """The letters of the first case."""
        return self._main.letters

    @property
    def _main(self) -> CaseFound:
        return self.cases.get(MAIN) or CaseFound("", "", (), "")


def case_found(case: Complaint, view: PolicyView, world: World, *, now: datetime) -> CaseFound:
    """What became of a case by now."""
    return CaseFound(
        case_type=case.case_type,
        number=case.number,
        route=route_of(case),
        status=case.status,
        outcome=case.outcome,
        clocks=tuple(
            ClockFound(clock.limit, clock.due_at, clock.state, clock.is_late(now)) for clock in case.clocks
        ),
        notices=notices_of(case, world.notices),
        letters=tuple(letter.key for letter in case.letters),
        flags=tuple(case.flags),
        units=dict(case.units),
        handler=case.handler,
        archive=retention_code(case, view, now),
        answers=case.facts(),
        severity=case.severity.level if case.severity else None,
    )


def route_of(case: Complaint) -> tuple[str, ...]:
    """The stages that a case entered, in order."""
    entered: list[str] = []
    for event in case.events:
        if event.to_stage and (not entered or event.to_stage != entered[-1]):
            entered.append(event.to_stage)
    return tuple(entered)


def notices_of(case: Complaint, notices: Sequence[Mapping[str, Any]]) -> tuple[NoticeFound, ...]:
    """The firings of a case's timers, each with those who were told."""
    fired: dict[str, list[Mapping[str, Any]]] = {}
    for notice in notices:
        if notice["case"] == str(case.id):
            fired.setdefault(notice["timer"], []).append(notice)
    return tuple(
        NoticeFound(
            limit=rows[0]["limit"],
            rung=rows[0]["rung"],
            at=rows[0]["at"],
            to=tuple(row["person"] for row in rows if row["sent"] and row["person"]),
            channels=tuple(rows[0]["channels"]),
        )
        for rows in fired.values()
    )


KINDS = {
    "missed": "escalation",
    "reminder": "reminder",
    "escalation": "escalation",
    "seal": "seal",
    "severity": "severity",
}


def timeline_of(cases: Mapping[str, Complaint], refused: Sequence[Happening]) -> tuple[Happening, ...]:
    """Everything that happened to the cases, and what was refused, in order."""
    found = [
        Happening(
            at=event.at,
            kind=KINDS.get(event.verb, "step"),
            what=dict(event.label),
            by=event.by,
            by_name=event.by_name or "",
            case=name,
            stage=event.to_stage or "",
            told=tuple(event.facts.get("told", ())),
        )
        for name, case in cases.items()
        for event in case.events
    ]
    return tuple(sorted([*found, *refused], key=lambda one: one.at))
