"""Counting for the gate (发布前清点), by the revision of a draft, with signs of life for the page."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from documents import gate_count
from documents.consequences import consequences
from documents.draft import Draft
from documents.gate_count import GateCount
from documents.policy import Policy


def count(policy: str, revision: int, base: int, now: str) -> str:
    """Count what a draft means for the cases on file. Safe to run twice."""
    began, moment = time.monotonic(), datetime.fromisoformat(now)
    draft = Draft.open_of(policy)
    if draft is None or draft.revision != revision or GateCount.of(policy, revision, base) is None:
        return "the draft went on"
    key = gate_count.count_id(policy, revision, base)

    def here() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - began)

    found = consequences(
        Policy.of(policy, base).definition,
        draft.definition,
        now=moment,
        on_progress=lambda done, total: gate_count.beat(key, done, total, now=here()),
    )
    gate_count.keep(key, found, now=here())
    return "counted"
