"""Moving 迁移 open cases to another version of their policy: each in a transaction of its own, undoable.

Safe to run twice and by two workers: a case that has moved is no longer found, and one that somebody is
working on is left for the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents import audit, events
from documents.actions import clocks, weighing
from documents.actions.change import Change
from documents.actions.surroundings import STORED
from documents.case_move import MOST_LISTED, CaseMove, running_move
from documents.case_parts import Clock, Event
from documents.complaint import Complaint
from documents.database import transaction
from documents.person import Person
from documents.policy import view_of
from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.hearing import ASKED
from documents.rules.impact import timing
from documents.rules.moving import Place, Way
from documents.rules.options import OUTCOMES
from documents.rules.policy import PolicyView
from documents.rules.recounting import Counting, Recount
from documents.work_calendar import calendar_of

COLUMNS = ("category", "channel", "outcome")  # what lists read of a case, as options of its version
MOVED, MOVED_BACK = "move_version", "move_back"
BATCH = 200
CHANGED = "changed_meanwhile"


@dataclass(frozen=True)
class Batch:
    """What one look at the cases came to 一批的结果."""

    moved: int
    stuck: tuple[tuple[str, str], ...]
    last: Any

    @property
    def is_empty(self) -> bool:
        """Whether no case is left."""
        return self.last is None


def advance(move: str, *, now: datetime, size: int = BATCH) -> bool:
    """继续迁移: take the next cases along; whether any may be left. Safe to run twice."""
    found = CaseMove.get(move)
    if found.state == "done":
        return False
    batch = _take(found, now, size)
    listed = [{"number": number, "reason": reason} for number, reason in batch.stuck]
    change: dict[str, Any] = {
        "$inc": {"moved": batch.moved, "stuck": len(listed)},
        "$push": {"listed": {"$each": listed, "$slice": MOST_LISTED}},
        "$set": {"beat_at": now, "cursor": batch.last},
    }
    if batch.is_empty:
        change["$set"] = {"beat_at": now, "state": "done", "finished_at": now}
        audit.note(
            "move_cases", f"policy:{found.policy}", by=found.by, at=now, moved=found.moved, stuck=found.stuck
        )
    CaseMove.collection().update_one({"_id": found.id, "cursor": found.cursor}, change)
    return not batch.is_empty


def _take(move: CaseMove, now: datetime, size: int) -> Batch:
    wanted = _back_condition(move) if move.undoes else move.condition()
    if move.cursor is not None:
        wanted["_id"] = {"$gt": move.cursor}
    ids = [row["_id"] for row in Complaint.collection().find(wanted, {"_id": 1}).sort("_id").limit(size)]
    moved, stuck, ways = 0, [], dict[int, Way]()
    for case in ids:
        number, reason = _one(case, move, ways, now)
        moved += reason is None
        if reason is not None:
            stuck.append((number, reason))
    return Batch(moved, tuple(stuck), ids[-1] if ids else None)


def _back_condition(move: CaseMove) -> dict[str, Any]:
    undone = CaseMove.get(str(move.undoes))
    moved = {"verb": MOVED, "facts.move": str(undone.id)}
    return {
        "policy": move.policy,
        "status": "open",
        "policy_version": undone.to_version,
        "events": {"$elemMatch": moved},
    }


def _one(case: Any, move: CaseMove, ways: dict[int, Way], now: datetime) -> tuple[str, str | None]:
    """Move one case; its number, and the reason why it stays."""

    def run() -> tuple[str, str | None]:
        found: Complaint = Complaint.objects(id=case).first()
        refused = _back(found, move, now) if move.undoes else _forward(found, move, ways, now)
        return str(found.number), refused

    try:
        return transaction(run)
    except RuleBroken as broken:
        number = Complaint.collection().find_one({"_id": case}, {"number": 1})["number"]
        return str(number), broken.code


def _forward(case: Complaint, move: CaseMove, ways: dict[int, Way], now: datetime) -> str | None:
    old, new = view_of(case.policy, case.policy_version), view_of(case.policy, move.to_version)
    way = ways.setdefault(case.policy_version, Way(old.definition, new.definition, move.mapped))
    here = Place(case.case_type, case.stage)
    if any(one.state == ASKED for one in case.hearings):
        return "statement_waits"  # the form is being filled under the version in which it was asked
    refused = way.refusal(here, [clock.limit for clock in case.clocks])
    if refused is not None or case.status != "open":
        return refused or "stage_ends"
    goal = way.place(here)
    if isinstance(goal, str):
        return goal
    before = _remembered(case, move)
    workflow = str(old.workflow(case.case_type)["key"])
    old_version = int(case.policy_version)
    for column in COLUMNS:
        setattr(case, column, _carried(case, column, old, way))
    case.policy_version, (case.case_type, case.stage) = move.to_version, goal
    for letter in case.letters:
        letter.policy_version = letter.policy_version or old_version
    change = Change(case, new, Person(id=move.by), now, {"key": MOVED})
    for clock in case.clocks:
        _recount(change, clock, way, old_version)
    weighing.carry(change, way.identity, old.definition.get("severity", {}).get("list", ""))
    event = _written(change, before, MOVED, old_version, here.stage)
    case.moves = [*case.moves, {"seq": event.seq, "version": old_version, "workflow": workflow}]
    _keep(change, event)
    return None


def _carried(case: Complaint, column: str, old: PolicyView, way: Way) -> str | None:
    """What stands in a column of the case, by the name that the new version has for it."""
    value = getattr(case, column)
    if not value or not way.identity.moves:
        return str(value) if value else None
    kind = old.case_type(case.case_type)["register"]
    source = kind["columns"].get(column)
    fed = next((one for one in fields_of(old.form(kind["form"])) if one["key"] == source), {})
    listed = OUTCOMES if column == "outcome" else fed.get("options")
    return way.identity.key("option", str(value), str(listed)) if listed else str(value)


def _remembered(case: Complaint, move: CaseMove) -> dict[str, Any]:
    """What moving back puts right again."""
    return {
        "move": str(move.id),
        "version": int(case.policy_version),
        "case_type": str(case.case_type),
        "stage": str(case.stage),
        "severity": str(case.severity.level) if case.severity else "",
        "columns": {column: getattr(case, column) for column in COLUMNS},
        "dues": [
            {
                "limit": clock.limit,
                "due": clock.due_at.isoformat(),
                "original": clock.original_due_at.isoformat(),
                "lines": len(clock.explanation),
                "calendar": clock.calendar,
            }
            for clock in case.clocks
        ],
    }


def _recount(change: Change, clock: Clock, way: Way, old_version: int) -> None:
    """Let a clock run on as the new version counts it, from its own start."""
    goal, was = way.limit(clock.limit), clock.limit
    if goal is None:
        raise RuleBroken("limit_gone", limit=clock.limit)
    same = goal == was and timing(way.old, was) == timing(way.new, goal)
    if clock.state != "running" or same:
        clock.limit = goal
        return
    clocks.cancel_timers(change, clock)
    old = view_of(change.view.key, old_version)
    own = clock.calendar if clock.calendar_unit else None  # a unit's calendar stays, the policy's may change
    at = (clock.calendar_version or 1, change.case.received_at)
    recount = Recount(
        Counting(old.time_limit(was), calendar_of(old, own, at)),
        Counting(change.view.time_limit(goal), calendar_of(change.view, own, at)),
    )
    due = recount.due(clock.started_at, clock.due_at, pauses=clock.intervals)
    clock.limit, clock.calendar = goal, recount.new.calendar.key
    clock.calendar_version = recount.new.calendar.version
    if due != clock.due_at:
        found = recount.deadline(clock.started_at, pauses=clock.intervals)
        clock.explanation.append(_moved_line(old_version, int(change.case.policy_version)))
        clock.explanation.extend({"zh": line.zh, "en": line.en} for line in found.explanation)
        clock.due_at = clock.original_due_at = due
        clock.certain = found.certain
    clock.round += 1
    clocks.plan_timers(change, clock)


def _moved_line(old: int, new: int) -> dict[str, str]:
    return {
        "zh": f"制度改版：案件由第 {old} 版移至第 {new} 版，自原起算时间重新计算。",
        "en": f"The case moved from version {old} to version {new}: counted again from its own start.",
    }


def _written(change: Change, facts: Mapping[str, Any], verb: str, old: int, from_stage: str) -> Event:
    case, new = change.case, int(change.case.policy_version)
    return events.append(
        case,
        at=change.now,
        by=change.actor.id,
        verb=verb,
        label={
            "zh": f"制度改版，由第 {old} 版移至第 {new} 版",
            "en": f"Moved from version {old} of the policy to version {new}",
        },
        from_stage=from_stage,
        to_stage=case.stage,
        facts=dict(facts),
    )


def _keep(change: Change, event: Event) -> None:
    case = change.case
    STORED.keep(case, change.view, is_new=False)
    audit.note(
        event.verb,
        case.number,
        by=change.actor.id,
        at=change.now,
        version=case.policy_version,
        stage=case.stage,
    )


def undo(move: str, *, actor: str, now: datetime) -> CaseMove:
    """撤回迁移: begin to take a move back; cases on which somebody acted since stay where they are.

    Raises RuleBroken("unknown_move"), ("move_is_running"), ("move_undone_before").
    """

    def run() -> CaseMove:
        found = CaseMove.get(move)
        if running_move(found.policy) is not None:
            raise RuleBroken("move_is_running")
        if found.undone_by is not None or found.undoes is not None:
            raise RuleBroken("move_undone_before")
        back = CaseMove(
            policy=found.policy,
            to_version=found.to_version,
            undoes=found.id,
            by=actor,
            at=now,
            beat_at=now,
            total=found.moved,
        )
        back.save(force_insert=True)
        CaseMove.collection().update_one({"_id": found.id}, {"$set": {"undone_by": back.id}})
        audit.note("undo_move", f"policy:{found.policy}", by=actor, at=now, move=move)
        return back

    return transaction(run)


def _back(case: Complaint, move: CaseMove, now: datetime) -> str | None:
    last: Event = case.events[-1]
    if last.verb != MOVED or last.facts.get("move") != str(move.undoes):
        return "acted_on_since"
    facts, here, version = last.facts, str(case.stage), int(case.policy_version)
    case.policy_version, case.case_type, case.stage = facts["version"], facts["case_type"], facts["stage"]
    for column, value in facts.get("columns", {}).items():
        setattr(case, column, value)
    change = Change(
        case, view_of(case.policy, case.policy_version), Person(id=move.by), now, {"key": MOVED_BACK}
    )
    for clock, known in zip(case.clocks, facts["dues"], strict=True):
        _restore(change, clock, known, version)
    weighing.carry_back(change, facts.get("severity"))
    case.moves = list(case.moves)[:-1]
    event = _written(change, {"move": str(move.id)}, MOVED_BACK, version, here)
    _keep(change, event)
    return None


def _restore(change: Change, clock: Clock, known: Mapping[str, Any], version: int) -> None:
    due, running = datetime.fromisoformat(known["due"]), clock.state == "running"
    definitions = view_of(change.case.policy, version).definition, change.view.definition
    same = clock.limit == known["limit"] and due == clock.due_at
    same = same and timing(definitions[0], clock.limit) == timing(definitions[1], known["limit"])
    if running and not same:
        clocks.cancel_timers(change, clock)
    clock.limit, clock.due_at, clock.calendar = known["limit"], due, known.get("calendar")
    clock.original_due_at = datetime.fromisoformat(known["original"])
    clock.explanation = list(clock.explanation)[: known["lines"]]
    if running and not same:
        clock.round += 1
        clocks.plan_timers(change, clock)
