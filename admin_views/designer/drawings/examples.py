"""The example of a canvas 示例: when it starts and what it shows; remembered for the session."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request, session

from admin_views.designer.bench import Bench
from admin_views.standing import now
from documents.rules.broken import RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.policy_problems import table
from documents.work_calendar import calendar_of

START, LIMIT = "example_start", "example_limit"
EARLIEST, LATEST = 2000, 2100


def example_start(zone: ZoneInfo) -> datetime:
    """The moment at which the example starts: asked for just now, or before, or the present one."""
    asked = request.args.get("start", "")
    if _read(asked) is not None:
        session[START] = asked[:16]
    found = _read(str(session.get(START, "")))
    moment = found or now().astimezone(zone).replace(tzinfo=None)
    return moment.replace(second=0, microsecond=0, tzinfo=zone)


def _read(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=None) if EARLIEST <= found.year <= LATEST else None


def example_limit(known: list[str]) -> str:
    """The limit by which a ladder is shown: the one that was asked for, or the first."""
    asked = request.args.get("limit", "")
    if asked in known:
        session[LIMIT] = asked
    kept = str(session.get(LIMIT, ""))
    return kept if kept in known else next(iter(known), "")


def calendar_for(bench: Bench) -> WorkCalendar | None:
    """The work calendar that the draft names; None when there is none of that name."""
    if not table(bench.definition.get("policy")).get("calendar"):
        return None
    try:
        return calendar_of(bench.view)
    except RuleBroken:
        return None
