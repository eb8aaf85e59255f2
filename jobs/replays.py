"""Replays (回放) in the background: real cases through a draft, with progress, stopped when asked."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from documents import replay
from documents.actions import replaying
from documents.replay_order import MOST_TRIES, ReplayOrder, lost_replays
from documents.rules.broken import PolicyInvalid, RuleBroken
from jobs import queues

NEVER_FINISHED = f"连续 {MOST_TRIES} 次都没有完成，请减少案件数后重试"


def run(order: str, now: str) -> str:
    """Carry a replay out. Safe to run twice: it writes nothing but its result, and the first one stays."""
    asked, moment, began = ReplayOrder.get(order), datetime.fromisoformat(now), time.monotonic()
    if asked.finished_at or asked.problem:
        return "done before"
    if replaying.begin(asked, now=moment) > MOST_TRIES:
        replaying.set_aside(asked, NEVER_FINISHED)
        return "set aside"

    def progress(done: int, _of: int) -> bool:
        return replaying.tell(asked, done, now=moment + timedelta(seconds=time.monotonic() - began))

    try:
        found = replay.run(asked.definition, most=asked.cases, now=asked.at, progress=progress)
    except (RuleBroken, PolicyInvalid) as refused:
        replaying.set_aside(asked, f"无法回放：{refused}")
        return "set aside"
    ended = moment + timedelta(seconds=time.monotonic() - began)
    return "kept" if replaying.finish(asked, found.as_table(), now=ended) else "another worker was first"


def find_lost(now: str) -> int:
    """Queue again the replays whose worker is gone."""
    moment = datetime.fromisoformat(now)
    lost = lost_replays(moment)
    for order in lost:
        queues.replay_cases(order, now=moment)
    return len(lost)
