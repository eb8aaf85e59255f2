"""The demo (演示数据) after its start: loans are asked for once their volumes are made."""

from __future__ import annotations

from datetime import datetime

from documents import demonstration
from documents.complaint import Complaint
from jobs import papers


def lend(pack: str, now: str) -> int:
    """Make the volumes that the demo lends, and ask for them; how many. Safe to run twice."""
    asked = 0
    for case, script in list(demonstration.loans(pack)):
        papers.render_volume(case.volume.number, now)
        if Complaint.get(case.number).status == "archived":
            demonstration.lend(case, script, now=datetime.fromisoformat(now))
            asked += 1
    return asked
