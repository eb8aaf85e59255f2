"""What becomes of a duty beside being done 任务处置: a mistaken "done" undone, or not applicable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from documents import audit
from documents.actions import duty_timers
from documents.actions.duties import granted, open_duty, settle
from documents.database import transaction
from documents.duty import DONE, OPEN, WAIVED, Duty
from documents.duty_rights import DutyRights
from documents.person import Person
from documents.rules.access import Decision
from documents.rules.broken import RuleBroken

SHORTEST_REASON = 2
BY_A_PAPER = ("report", "package")  # what completed the duty by itself, and would stay


def reopen(duty_id: str, reason: str, *, actor: Person, now: datetime) -> Duty:
    """撤销登记: undo a mistaken "done" or "does not apply"; the reminders still ahead are planned again.

    What was noted stays in the history. Raises RuleBroken("unknown_duty"), ("duty_is_open"),
    ("not_your_duty"), ("not_head_of_duty"), ("reason_missing"), ("duty_done_by_paper").
    """
    words = _reason(reason)

    def run() -> Duty:
        duty: Duty | None = Duty.objects(id=duty_id).first()
        if duty is None:
            raise RuleBroken("unknown_duty", duty=duty_id)
        decision = _check_reopening(duty, DutyRights(actor, now))
        told: dict[str, Any] = {"at": now, "by": actor.id, **decision.for_whom}
        entry = {"verb": "undone", **told, "reason": words, "was": duty.state}
        nothing: dict[str, Any] = {
            "done_at": None,
            "completed_at": None,
            "completed_by": None,
            "evidence": {},
        }
        settle(duty, {"state": OPEN, **nothing}, entry)
        duty_timers.plan(duty, now=now, again=True)
        audit.note("reopen_duty", duty_id, **told, reason=words, was=duty.state)
        return Duty.objects.get(id=duty_id)

    return transaction(run)


def _check_reopening(duty: Duty, rights: DutyRights) -> Decision:
    if duty.state not in (DONE, WAIVED):
        raise RuleBroken("duty_is_open", duty=duty.id)
    decision = granted((rights.may_waive if duty.state == WAIVED else rights.may_complete)(duty), duty)
    if any(duty.evidence.get(paper) for paper in BY_A_PAPER):
        raise RuleBroken("duty_done_by_paper", duty=duty.id)
    return decision


def waive(duty_id: str, reason: str, *, actor: Person, now: datetime) -> Duty:
    """本次不适用: a head decides with a reason that the duty need not be done this time.

    Raises RuleBroken("unknown_duty"), ("duty_completed"), ("duty_not_open"), ("not_head_of_duty"),
    ("reason_missing").
    """
    words = _reason(reason)

    def run() -> Duty:
        duty = open_duty(duty_id)
        whom = granted(DutyRights(actor, now).may_waive(duty), duty).for_whom
        told: dict[str, Any] = {"at": now, "by": actor.id, **whom}
        entry = {"verb": "waived", **told, "reason": words}
        changes = {"state": WAIVED, "completed_at": now, "completed_by": actor.id}
        settle(duty, {**changes, "evidence": {"words": words}}, entry)
        duty_timers.call_off(duty, "duty_waived")
        audit.note("waive_duty", duty_id, **told, reason=words)
        return Duty.objects.get(id=duty_id)

    return transaction(run)


def _reason(reason: str) -> str:
    words = reason.strip()
    if len(words) < SHORTEST_REASON:
        raise RuleBroken("reason_missing")
    return words
