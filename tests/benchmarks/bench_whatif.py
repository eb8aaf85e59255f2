"""The what-if of a calendar over many open cases: `python -m tests.benchmarks.bench_whatif [CASES]`.

Three edits are forecast: a day off in the middle of the running limits, a half day (which moves no deadline
that ends with the day), and other weekly hours (which every clock is counted by). The baseline is one plain
scan of the same cases with the same projection, in the same run. Then the day off is made: so many cases a
second are moved, each in its own transaction.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from documents import database
from documents.actions import calendars, organising
from documents.actions.calendars import Scope
from documents.calendar_change import CalendarChange
from documents.clock_shifts import READS
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.person import Person
from documents.policy import forget_views
from documents.rules.calendar_edits import HOURS, OFF, CalendarEdit, DayChange
from documents.what_if import WhatIf
from portal.servers import scratch_servers
from tests.benchmarks import crowd
from tests.benchmarks.bench_gate import NOW, fill, timed

DAY = date(2026, 3, 18)
EDITS = {
    "a day off": CalendarEdit({DAY: DayChange(OFF, "停业")}),
    "half a day": CalendarEdit({DAY: DayChange(HOURS, hours=("08:30-12:00",))}),
    "other weekly hours": CalendarEdit(week=(("09:00-12:00", "13:00-17:00"),) * 5 + ((), ())),
}
MOVED_FOR = 20.0  # seconds


def scan() -> int:
    """The baseline: every open case once, with the projection that the what-if reads."""
    found = Complaint.collection().find({"status": "open"}, {**dict.fromkeys(READS, 1), "_id": 0})
    return sum(1 for _ in found.batch_size(2_000))


def forecast(edit: CalendarEdit) -> WhatIf:
    """One what-if from the edit to the last row of its list."""
    return calendars.count(calendars.consider("cn", edit, actor="admin", now=NOW), now=NOW)


def moved() -> float:
    """Cases moved in a second, by a day off in the limits of the oldest ones."""
    oldest = Complaint.collection().find_one({"status": "open"}, {"received_at": 1}, sort=[("_id", 1)])
    day = oldest["received_at"].date() + timedelta(days=2)
    what_if = forecast(CalendarEdit({day: DayChange(OFF, "停业")}))
    actor = Person.get("admin")
    change = str(calendars.change_calendar(str(what_if.id), Scope(), actor=actor, now=NOW).id)
    began = time.perf_counter()
    while calendars.advance(change, now=NOW) and time.perf_counter() - began < MOVED_FOR:
        pass
    return float(CalendarChange.get(change).cases / (time.perf_counter() - began))


def main(cases: int) -> None:
    """Measure the what-ifs and the baseline in turns, and print both."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        forget_views()
        ensure_indexes()
        policy = organising.set_up("p01", password="bench", now=crowd.START)
        fill(policy, cases)
        print(f"what-if of a calendar, {cases} open cases (best of 2)")
        baseline = min(timed(scan)[0] for _ in range(2))
        print(f"  one scan, same projection   {baseline:6.2f} s")
        for name, edit in EDITS.items():
            runs = [timed(lambda edit=edit: forecast(edit)) for _ in range(2)]  # type: ignore[misc]
            seconds, found = min(runs, key=lambda run: run[0])
            figures = f"{found.deadlines} deadlines of {found.cases} cases, {found.reminders} reminders only"
            print(f"  {name:<26}  {seconds:6.2f} s   {seconds / baseline:.1f} × the scan; {figures}")
        print(f"  moved                       {moved():6.0f} cases a second")
        database.disconnect()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
