"""Calendar changes (日历变更): carried out by id in small steps, continued where they stopped."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from documents.actions import calendars, notices
from documents.actions.notices import Message
from documents.calendar_change import CalendarChange, lost_changes
from documents.database import transaction
from jobs import queues

SECONDS_AT_ONCE = 60.0


def advance(change: str, now: str) -> str:
    """Move deadlines for a while, then make room for other jobs. Safe to run twice."""
    began, moment = time.monotonic(), datetime.fromisoformat(now)
    while True:
        passed = time.monotonic() - began
        here = moment + timedelta(seconds=passed)
        if not calendars.advance(change, now=here):
            _tell(CalendarChange.get(change), here)
            return "done"
        if passed > SECONDS_AT_ONCE:
            queues.change_calendar(change, now=here)
            return "to be continued"


def find_lost(now: str) -> int:
    """Queue again the changes whose worker is gone."""
    moment = datetime.fromisoformat(now)
    lost = lost_changes(moment)
    for change in lost:
        queues.change_calendar(change, now=moment)
    return len(lost)


def _tell(change: CalendarChange, now: datetime) -> None:
    """Report back in the bell to who asked for it."""
    zh = f"{change.cases} 件在办投诉的期限已变动，其中 {change.overdue} 项因此逾期"
    en = f"The deadlines of {change.cases} open cases moved; {change.overdue} are overdue by that"
    message = Message(
        key=f"calendar:{change.id}",
        title={"zh": "工作日历变更已完成", "en": "Calendar change completed"},
        body={"zh": zh, "en": en},
    )
    transaction(lambda: notices.announce([change.by], message, now=now))
