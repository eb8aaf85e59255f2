"""Which firings of a ladder are still worth planning (提醒计划) when a clock starts, or runs on."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta

from documents.rules.reminders import PlannedTimer

Text = Mapping[str, str]
Firing = tuple[str, int, datetime]  # rung, number, moment

# The rung under which a timer stands for what follows when the limit is missed; no rung can be called so.
MISSED = "!missed"
JUST_AFTER = timedelta(seconds=1)

TOO_LATE: Text = {"zh": "设定提醒时该时刻已过", "en": "its moment had passed when it was planned"}
TOLD: Text = {"zh": "该时刻此前已提醒", "en": "it was told for this moment before"}

# Why a timer that came due tells nobody any more.
CALLED_OFF: Mapping[str, Text] = {
    "subject_gone": {"zh": "案件或任务不存在", "en": "the case or duty is gone"},
    "clock_stopped": {"zh": "时限已完成或已终止", "en": "the limit was met or stopped"},
    "clock_paused": {"zh": "计时暂停", "en": "the clock was paused"},
    "archived": {"zh": "案件已归档", "en": "the case is archived"},
    "no_level": {"zh": "该案件不定级", "en": "the case has no level"},
    "weighed_anew": {"zh": "已重新定级", "en": "the case was weighed anew"},
    "not_fitting": {"zh": "触发时该级的条件不成立", "en": "its condition did not hold at the moment"},
    "duty_completed": {"zh": "任务已完成", "en": "the duty is completed"},
    "duty_waived": {"zh": "任务本次不适用", "en": "the duty does not apply this time"},
    "duty_dropped": {"zh": "任务已取消", "en": "the duty was called off"},
    "duty_changed": {"zh": "制度修订，任务已变", "en": "a new version of the policy changed the duty"},
    "date_moved": {"zh": "工作日历调整，日期已变", "en": "the calendar changed: the date moved"},
}


def when_missed(due_at: datetime) -> PlannedTimer:
    """The firing at which a limit has been missed: who acts at the very deadline is in time."""
    return PlannedTimer(MISSED, 1, due_at + JUST_AFTER)


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
