"""Every periodic job on one screen (时间表)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from jobs import queues


@dataclass(frozen=True)
class Periodic:
    """A job that the clock queues again and again (周期作业), with the moment as its only argument."""

    name: str
    every: timedelta
    queue: str
    job: str


TIMETABLE = (
    Periodic("plan-duties", timedelta(hours=6), queues.DEFAULT, queues.PLAN_DUTIES),
    Periodic("find-moves", timedelta(minutes=1), queues.DEFAULT, queues.FIND_MOVES),
    Periodic("find-changes", timedelta(minutes=1), queues.DEFAULT, queues.FIND_CHANGES),
    Periodic("find-replays", timedelta(minutes=1), queues.DEFAULT, queues.FIND_REPLAYS),
    Periodic("find-destructions", timedelta(minutes=1), queues.DEFAULT, queues.FIND_DESTRUCTIONS),
    Periodic("find-loans", timedelta(minutes=1), queues.DEFAULT, queues.FIND_LOANS),
    Periodic("check-fixity", timedelta(minutes=10), queues.DEFAULT, queues.CHECK_FIXITY),
    Periodic("write-checkpoint", timedelta(minutes=10), queues.DEFAULT, queues.WRITE_CHECKPOINT),
    Periodic("tend-resets", timedelta(minutes=1), queues.DEFAULT, queues.TEND_RESETS),
    Periodic("sweep-sign-ins", timedelta(hours=1), queues.DEFAULT, queues.SWEEP_SIGN_INS),
    Periodic("look-round", timedelta(hours=1), queues.DEFAULT, queues.LOOK_ROUND),
    Periodic("keep-watched", timedelta(hours=1), queues.DEFAULT, queues.KEEP_WATCHED),
    Periodic("sample-volumes", timedelta(minutes=10), queues.PAPER, queues.SAMPLE_VOLUMES),
    Periodic("find-batches", timedelta(minutes=1), queues.DEFAULT, queues.FIND_BATCHES),
    Periodic("find-papers", timedelta(minutes=1), queues.DEFAULT, queues.FIND_PAPERS),
)

# Timers and mail are swept at every tick: they are due to the minute, not by the timetable.
TICK = timedelta(seconds=2)
TIMERS_PER_JOB = 100
MAILS_PER_JOB = 25
# With more than this waiting, the clock leaves what is due in MongoDB: its lease would only run out.
MOST_WAITING = 40
