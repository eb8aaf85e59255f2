"""New calendars 新建工作日历: with the official holidays, or as a copy of another one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from documents import audit
from documents.database import transaction
from documents.rules.broken import RuleBroken
from documents.work_calendar import CalendarVersion, WorkCalendarRecord

KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
Text = Mapping[str, str]


def begin(
    key: str, name: Text, definition: Mapping[str, Any], sources: Mapping[str, str], now: datetime
) -> WorkCalendarRecord:
    """Store a calendar that is not there; joins a running transaction.

    One that bears the name of a deleted calendar goes on with its versions, so that what was counted in
    those keeps its meaning.
    """
    last: CalendarVersion | None = CalendarVersion.objects(calendar=key).order_by("-version").first()
    record = WorkCalendarRecord(
        id=key,
        name=dict(name),
        definition={**definition, "key": key},
        sources=dict(sources),
        changed_at=now,
        version=last.version + 1 if last else 1,
    )
    return record.save(force_insert=True)


def copy_calendar(key: str, name: Text, model: str, *, actor: str, now: datetime) -> WorkCalendarRecord:
    """新建日历: days and hours as in another calendar, to be changed from there.

    Raises RuleBroken("calendar_key"), ("calendar_taken"), ("unknown_calendar").
    """
    if not KEY.fullmatch(key):
        raise RuleBroken("calendar_key", key=key)
    named = {"zh": name["zh"].strip(), "en": name.get("en", "").strip() or name["zh"].strip()}

    def run() -> WorkCalendarRecord:
        if WorkCalendarRecord.objects(id=key).first() is not None:
            raise RuleBroken("calendar_taken", key=key)
        like = WorkCalendarRecord.get(model)
        made = begin(key, named, like.definition, like.sources, now)
        audit.note("create_calendar", f"calendar:{key}", by=actor, at=now, source=model)
        return made

    return transaction(run)
