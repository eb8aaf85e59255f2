"""Which firings of a ladder are still worth planning (提醒计划) when a clock starts, or runs on."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from documents.rules.reminders import PlannedTimer

Text = Mapping[str, str]
Firing = tuple[str, int, datetime]  # rung, number, moment

TOO_LATE: Text = {"zh": "设定提醒时该时刻已过", "en": "its moment had passed when it was planned"}
TOLD: Text = {"zh": "该时刻此前已提醒", "en": "it was told for this moment before"}


def needless(
    planned: Sequence[PlannedTimer], due_at: datetime, *, now: datetime, told: Container[Firing] = ()
) -> dict[PlannedTimer, Text]:
    """The firings that would tell nothing new, each with the reason.

    A firing that already happened for the same moment is not repeated when the clock runs on (退回重办).
    Of the firings before the deadline that are past, one is kept – the last – and only while the deadline
    is ahead and no other reminder is. What falls on or after the deadline is always planned: it is overdue.
    """
    before = [timer for timer in planned if timer.due < due_at]
    past = [timer for timer in before if timer.due < now]
    still_useful = past[-1:] if now < due_at and len(past) == len(before) else []
    reasons = {timer: TOO_LATE for timer in past if timer not in still_useful}
    return reasons | {timer: TOLD for timer in planned if (timer.rung, timer.number, timer.due) in told}
