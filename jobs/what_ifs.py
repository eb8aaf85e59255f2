"""What-ifs (变更预演): counted by id when there are too many open cases for a page to wait."""

from __future__ import annotations

from datetime import datetime

from documents import draft_shifts
from documents.actions import calendars
from documents.what_if import WhatIf


def count(what_if: str, now: str) -> str:
    """Count and list what a change would move. Safe to run twice."""
    found = WhatIf.get(what_if)
    if found.state == "done":
        return "counted before"
    counting = draft_shifts.count if found.kind == "policy" else calendars.count
    counting(found, now=datetime.fromisoformat(now))
    return "counted"
