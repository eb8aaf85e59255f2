"""The time line of a running limit 提醒阶梯: what was told and to whom, what will be, what was called off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.case_parts import Clock
from documents.complaint import Complaint
from documents.notice import Notice
from documents.rules.planning import MISSED, TOLD
from documents.rules.policy import PolicyView
from documents.rules.time_lines import DUE, STARTED, WIDTH, Mark, spread
from documents.timer import Timer

CLOSE = 45  # of the thousandths of a line: marks nearer than this stand one above the other
FOLLOWS = {"zh": "逾期后果", "en": "What follows"}
FIELDS = ("case", "limit", "round", "rung", "n", "ladder", "due", "state", "fired_at", "reason")
Label = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """A mark of the line with what became of it: start, due, done, waiting, cancelled or set_aside."""

    mark: Mark
    state: str
    fired_at: datetime | None = None
    told: tuple[str, ...] = ()
    not_told: tuple[tuple[str, Label], ...] = ()
    reason: Label | None = None


@dataclass(frozen=True)
class LadderLine:
    """A limit's line; `here` is how far the present has come, in thousandths."""

    steps: tuple[Step, ...]
    here: float

    def count(self, state: str) -> int:
        """How many rungs are done, waiting or called off."""
        return sum(step.state == state for step in self.steps)

    @property
    def lanes(self) -> int:
        """How many marks stand one above the other at most, the lowest aside."""
        return max(step.mark.lane for step in self.steps)


def ladder_lines(
    case: Complaint, view: PolicyView, told: Sequence[Notice], *, now: datetime
) -> dict[str, LadderLine]:
    """The lines of the limits that run, by limit; those without reminders have none."""
    running = {clock.limit: clock for clock in case.clocks if clock.state in ("running", "paused")}
    if not running:
        return {}
    planned = [
        timer
        for timer in Timer.objects(case=str(case.id), limit__in=list(running)).only(*FIELDS)
        if timer.subject == "case"
    ]
    fired = {_moment(timer): timer for timer in planned if timer.state == "done"}
    rows: dict[str, list[Timer]] = {}
    for timer in planned:
        if timer.round == running[timer.limit].round:
            # Counted again, a limit plans anew; what was told for the same moment before was told.
            shown = fired.get(_moment(timer), timer) if timer.reason == TOLD else timer
            rows.setdefault(timer.limit, []).append(shown)
    by_timer: dict[str, list[Notice]] = {}
    for notice in told:
        by_timer.setdefault(notice.timer or "", []).append(notice)
    return {limit: _line(running[limit], found, view, by_timer, now) for limit, found in rows.items()}


def _moment(timer: Timer) -> tuple[str, str, int, datetime]:
    return timer.limit, timer.rung, timer.n, timer.due


def _line(
    clock: Clock,
    timers: Sequence[Timer],
    view: PolicyView,
    told: Mapping[str, Sequence[Notice]],
    now: datetime,
) -> LadderLine:
    ends = [
        Step(Mark(clock.started_at, "start", STARTED), "start"),
        Step(Mark(clock.due_at, "due", DUE), "due"),
    ]
    steps = [*ends, *(_step(timer, view, told.get(timer.id, ())) for timer in timers)]
    steps.sort(key=lambda step: (step.mark.at, step.mark.kind != "start"))
    placed = spread([step.mark for step in steps], close=CLOSE)
    shown = tuple(_at(step, mark) for step, mark in zip(steps, placed, strict=True))
    first, last = placed[0].at, placed[-1].at
    share = (now - first) / (last - first) if last > first else 1.0
    return LadderLine(shown, round(WIDTH * min(max(share, 0.0), 1.0), 1))


def _at(step: Step, mark: Mark) -> Step:
    return Step(mark, step.state, step.fired_at, step.told, step.not_told, step.reason)


def _step(timer: Timer, view: PolicyView, told: Sequence[Notice]) -> Step:
    rung = _rung(timer, view)
    label = FOLLOWS if timer.rung == MISSED else rung.get("label") or {"zh": timer.rung, "en": timer.rung}
    state = {"pending": "waiting", "claimed": "waiting"}.get(timer.state, timer.state)
    return Step(
        mark=Mark(timer.due, "rung", label, level=int(rung.get("level") or 0), rung=timer.rung),
        state=state,
        fired_at=timer.fired_at,
        told=tuple(one.person for one in told if one.sent and one.person),
        not_told=tuple((one.person or "", one.reason_not_sent or {}) for one in told if not one.sent),
        reason=timer.reason if state == "cancelled" else None,
    )


def _rung(timer: Timer, view: PolicyView) -> Mapping[str, Any]:
    ladders = view.definition.get("ladders", ())
    rungs = next((one["rungs"] for one in ladders if one["key"] == timer.ladder), ())
    return next((one for one in rungs if one["key"] == timer.rung), {})
