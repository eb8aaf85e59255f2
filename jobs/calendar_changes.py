"""Calendar changes (日历变更): carried out by id in small steps, continued where they stopped."""

from __future__ import annotations

from datetime import datetime

from documents.actions import calendars, notices
from documents.actions.notices import Message
from documents.calendar_change import CalendarChange, lost_changes
from documents.database import transaction
from jobs import duties, queues, stretches


def advance(change: str, now: str) -> str:
    """Move deadlines for a while, then make room for other jobs. Safe to run twice."""
    done = stretches.advance(change, now, step=calendars.advance, queue=queues.change_calendar)
    if done is None:
        return "to be continued"
    _tell(CalendarChange.get(change), done)
    duties.plan(done.isoformat())  # what was refused for want of a year may be planned now
    return "done"


def find_lost(now: str) -> int:
    """Queue again the changes whose worker is gone."""
    return stretches.queue_again(lost_changes, now, queue=queues.change_calendar)


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
