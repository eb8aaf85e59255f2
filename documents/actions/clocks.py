"""Clocks 时限 of a case: started, met, resumed – with their timers in the same transaction.

What a clock's deadline is follows from what is kept of it: its start, an agreed moment, its pauses and the
case's approved extensions. Whatever adds to these counts the deadline again (`recount`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from documents.actions import planned
from documents.actions.change import Change
from documents.case_parts import Clock, ClockPause
from documents.rules.broken import RuleBroken
from documents.rules.calendars import Line, WorkCalendar
from documents.rules.deadlines import Deadline, deadline, hard_cap
from documents.rules.standing import Extended, History, standing

REOPENED = {
    "zh": "重开继续计算，停止期间不计入。",
    "en": "Reopened: it runs on, and the time in between does not count.",
    "act": "resume",
}
SENT_BACK = {
    "zh": "退回重办，期限不变，继续计算。",
    "en": "Sent back: the deadline stays and keeps running.",
    "act": "resume",
}

Counting = tuple[datetime | None, WorkCalendar]  # the agreed moment, if any, and the calendar


def start(change: Change, limit: str, argument: Mapping[str, Any]) -> None:
    """Start a time limit now, or at the moment that a field of the form gives."""
    definition = change.view.limit(limit)
    started_at = _anchor(change, argument.get("anchor"))
    agreed = _agreed(change, definition)
    if agreed is None and definition["counted_in"] in ("agreed", "external"):
        raise RuleBroken("limit_without_date", limit=limit)
    governing = change.governing(limit)
    found = _deadline(change, definition, started_at, (agreed, governing.calendar))
    _end(change, limit, "stopped")
    rounds = [clock.round for clock in change.case.clocks if clock.limit == limit]
    clock = Clock(
        limit=limit,
        round=max(rounds, default=0) + 1,
        started_at=started_at,
        due_at=found.due_at,
        original_due_at=found.due_at,
        explanation=[{**_text(governing.line), "act": "calendar"}, *map(_text, found.explanation)],
        certain=found.certain,
        calendar=governing.calendar.key,
        calendar_version=governing.calendar.version,
        calendar_unit=governing.unit,
        agreed=agreed,
    )
    change.case.clocks.append(clock)
    plan_timers(change, clock)


def _deadline(
    change: Change, definition: Mapping[str, Any], started_at: datetime, counting: Counting
) -> Deadline:
    """The deadline; what was agreed in an earlier form may be past by now: it stands, and is overdue."""
    agreed, calendar = counting
    earlier = agreed is not None and definition["agreed_field"] not in change.values
    counted_from = min(started_at, agreed) if agreed is not None and earlier else started_at
    return deadline(change.view.time_limit(definition["key"]), counted_from, calendar, agreed=agreed)


def plan_timers(change: Change, clock: Clock) -> None:
    """Plan the rungs of the limit's ladder for a running clock, and what follows when it is missed."""
    watch = planned.watch_of(str(change.case.id), clock, change.view, change.calendar_of(clock))
    planned.plan(change.surroundings, watch, now=change.now)


def cancel_timers(change: Change, clock: Clock) -> None:
    """Cancel what the ladder still has in store for a clock."""
    change.surroundings.cancel_timers(str(change.case.id), clock.limit, clock.round)


def stop(change: Change, limit: str, _argument: Mapping[str, Any]) -> None:
    """The limit was met 按时限完成 (late or not); its timers are cancelled.

    What is done before a window 最早—最晚 opens does not meet it: raises RuleBroken("window_not_open").
    """
    clock = change.case.unended(limit)
    if clock is not None:
        _check_window(change, clock)
        close(change, clock, "met")


def _check_window(change: Change, clock: Clock) -> None:
    rule = change.view.time_limit(clock.limit)
    if rule.earliest is None or rule.soft:
        return
    calendar = change.calendar_of(clock)
    opens_at = deadline(rule, clock.started_at, calendar, pauses=clock.intervals).opens_at
    if opens_at is not None and change.now < opens_at:
        earliest = calendar.local(opens_at).isoformat()
        raise RuleBroken("window_not_open", limit=clock.limit, earliest=earliest)


def call_off(change: Change, limit: str, _argument: Mapping[str, Any]) -> None:
    """The limit no longer applies 不再计时: it is neither met nor missed; its timers are cancelled."""
    _end(change, limit, "stopped")


def resume(change: Change, limit: str, argument: Mapping[str, Any]) -> None:
    """Let the newest clock of the limit run on: work was sent back 退回, or the case is reopened 重开.

    With its old deadline; or, when the time since it stopped is left out, like after a pause.
    """
    clock = next((clock for clock in reversed(change.case.clocks) if clock.limit == limit), None)
    if clock is None:
        return
    end_pauses(change, [clock])
    ended_at, clock.state, clock.met_at = clock.met_at, "running", None
    if argument.get("break") == "left_out" and ended_at is not None:
        _leave_out(change, clock, ended_at)
    else:
        clock.explanation.append(SENT_BACK)
    clock.round += 1
    plan_timers(change, clock)


def _leave_out(change: Change, clock: Clock, since: datetime) -> None:
    """The time since the clock stopped does not count: its deadline moves on by it."""
    reason, by = change.transition["label"]["zh"], change.actor.id
    clock.pauses.append(ClockPause(since=since, until=change.now, reason=reason, by=by, ended_by=by))
    clock.explanation.append(REOPENED)
    recount(change, clock)


def stop_all(change: Change, keep: set[str]) -> None:
    """Stop every running clock but those to keep: the case has ended."""
    ended = [
        clock
        for clock in change.case.clocks
        if clock.state in ("running", "paused") and clock.limit not in keep
    ]
    end_pauses(change, ended)
    for clock in ended:
        close(change, clock, "stopped")


def _end(change: Change, limit: str, state: str) -> None:
    clock = change.case.unended(limit)
    if clock is not None:
        close(change, clock, state)


def close(change: Change, clock: Clock, state: str) -> None:
    """Let a clock end as met or stopped; its timers are cancelled."""
    end_pauses(change, [clock])
    clock.state, clock.met_at = state, change.now
    cancel_timers(change, clock)


def end_pauses(change: Change, ended: Iterable[Clock]) -> list[Clock]:
    """End the pauses 恢复 that last and count these deadlines again; the clocks that were paused."""
    paused = [clock for clock in ended if clock.state == "paused"]
    for clock in paused:
        clock.pauses[-1].until, clock.pauses[-1].ended_by = change.now, change.actor.id
        clock.state = "running"
    for clock in paused:  # only now: the cap of one may be another of them
        recount(change, clock)
    return paused


def recount(change: Change, clock: Clock) -> None:
    """重新计算期限: the deadline from all that is kept of the clock; lines about acts stay."""
    limit, calendar = change.view.time_limit(clock.limit), change.calendar_of(clock)
    found = standing(limit, _history(change, clock), calendar)
    _tell(clock, found)


def _tell(clock: Clock, found: Deadline) -> None:
    """Take the deadline with its explanation; what is said about the calendar and about acts stays."""
    head = [line for line in clock.explanation if line.get("act") == "calendar"]
    acts = [line for line in clock.explanation if line.get("act", "calendar") != "calendar"]
    clock.due_at, clock.certain = found.due_at, found.certain
    clock.explanation = [*head, *map(_text, found.explanation), *acts]


def _text(line: Line) -> dict[str, str]:
    return {"zh": line.zh, "en": line.en}


def _history(change: Change, clock: Clock) -> History:
    approved = [
        Extended(one.decided_at, date.fromisoformat(one.until))
        for one in change.case.extensions
        if one.limit == clock.limit and one.decision == "approved" and one.requested_at >= clock.started_at
    ]
    return History(
        started_at=clock.started_at,
        pauses=clock.intervals,
        extensions=approved,
        agreed=clock.agreed,
        cap=cap_of(change, clock),
    )


def counted(change: Change, clock: Clock, calendar: WorkCalendar) -> Deadline:
    """A clock's deadline as this calendar counts it, from all that is kept of the clock."""
    return standing(change.view.time_limit(clock.limit), _history(change, clock), calendar)


def take(change: Change, clock: Clock, found: Deadline, calendar: WorkCalendar) -> None:
    """Let a clock run on to the deadline that a changed calendar gives it, and plan its reminders again."""
    cancel_timers(change, clock)
    if clock.original_due_at == clock.due_at:
        clock.original_due_at = found.due_at
    _tell(clock, found)
    clock.calendar, clock.calendar_version = calendar.key, calendar.version
    clock.round += 1
    if clock.state == "running":
        plan_timers(change, clock)


def _anchor(change: Change, name: str | None) -> datetime:
    moment = change.fact(name) if name else None
    return moment if isinstance(moment, datetime) else change.now


def _agreed(change: Change, definition: Mapping[str, Any]) -> datetime | None:
    """The moment that a superior or the customer gave, the end of the day when it is a date."""
    field = definition.get("agreed_field")
    value = change.fact(field) if field else None
    if not value:
        return None
    if isinstance(value, datetime):
        return value
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(change.view.zone))


def cap_of(change: Change, clock: Clock) -> Deadline | None:
    """The hard cap 最长期限 over all extensions of a clock, counted from the first receipt.

    It moves only with pauses of its own clock, when the policy starts and pauses one.
    """
    cap = change.view.limit(clock.limit).get("cap")
    if not cap:
        return None
    own = next((one for one in reversed(change.case.clocks) if one.limit == cap), None)
    pauses, calendar = own.intervals if own else (), change.calendar_of(clock)
    return hard_cap(change.case.received_at, change.view.time_limit(cap), calendar, pauses=pauses)
